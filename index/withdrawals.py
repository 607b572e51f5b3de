"""Articles taken out of the collection whole, so that they can be put back; and why, if retracted.

`Library.remove` is for good and keeps only what saved answers cite.  What is withdrawn leaves every
search at once and keeps its versions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from corpus.article import Article
from corpus.errors import MissingError
from corpus.furniture.describe import opening
from corpus.split import split
from index.edits import Edits
from index.encoder import Encoder, check_encoder
from index.engine import Engine
from index.store.database import Store
from index.store.lock import writing
from index.store.texts import sound_article, whole_article

# As many as a list shows; older ones are still known by their ids.
_MOST = 1_000
# An older library that could not be upgraded has its columns in another order, perhaps.
_FIELDS = "w.article_id, w.version, CAST(w.at AS BLOB), CAST(w.reason AS BLOB)"
DAMAGED_REASON = (
    "What was said when this article was taken out was damaged on the disk; its day may be wrong."
)
_SOME_DAY = datetime.fromtimestamp(0, UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a version was taken out: the ISO time in UTC, and the reason if it was retracted.

    One that was damaged on the disk counts as a retraction, and `DAMAGED_REASON` is its reason.
    """

    article_id: str
    version: int
    at: str
    reason: str | None


class Withdrawals:
    """What was taken out of a library; use it as `Library.withdrawals`."""

    def __init__(
        self, store: Store, home: Path, encoder: Encoder, engine: Engine, say: Callable[[str], None]
    ) -> None:
        self._store, self._home = store, home
        self._encoder, self._engine, self._say = encoder, engine, say
        self._edits = Edits(store, home, encoder, engine, say)

    def of(self, article_id: str) -> Withdrawal | None:
        """Return what is known of the newest version that was taken out, `None` if none was."""
        return next(iter(self.every(article_id)), None)

    def every(self, article_id: str) -> list[Withdrawal]:
        """Return which versions of an article were taken out and not put back, the newest first."""
        if not self._exists():
            return []
        rows = self._store.execute(
            f"SELECT {_FIELDS}, {self._sound()} FROM withdrawals w WHERE article_id = ? "
            "ORDER BY version DESC",
            article_id,
        )
        return [_withdrawal(row) for row in rows]

    def retracted(self, article_id: str, version: int) -> bool:
        """Tell whether this version of an article was retracted."""
        return any(one.reason and one.version == version for one in self.every(article_id))

    def retractions(self, article_id: str) -> list[Article]:
        """Return the versions of an article that were retracted and can still be read."""
        found = [self._version(one) for one in self.every(article_id) if one.reason is not None]
        return [article for article in found if article is not None]

    def keeps_out(self, article: Article) -> bool:
        """Tell whether an article was taken out or removed as it is, and not added again since."""
        if self._store.latest(article.id)[1]:
            return False
        if self._removed(article):
            return True
        edited = self._edits.applied(article)
        outs = map(self._version, self.every(article.id))
        return any(same_content(edited, out) for out in outs if out is not None)

    def listed(self) -> list[tuple[Withdrawal, Article]]:
        """Return what can be put back, the newest first, with its articles (at most 1,000)."""
        if not self._exists():
            return []
        with self._store.reading():
            rows = self._store.execute(
                f"SELECT {_FIELDS}, {self._sound()} FROM withdrawals w "
                "JOIN articles a ON a.id = w.article_id "
                "WHERE NOT a.present AND a.latest = w.version "
                "ORDER BY w.at DESC, w.article_id LIMIT ?",
                _MOST,
            )
            taken = [_withdrawal(row) for row in rows]
            found = [(one, self._store.intact(one.article_id, one.version)) for one in taken]
        return [(one, article) for one, article in found if article is not None]

    def take_out(self, article_id: str, reason: str | None = None) -> Withdrawal:
        """Take an article out of every search, its versions untouched.

        With a `reason` it is retracted: the same text does not come back by being added again.
        What was taken out already can be given another reason, and keeps the one it has without.
        Raises `MissingError` for an article that is neither present nor withdrawn.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with writing(self._home, self._say):
            with self._store.transaction():
                latest, present = self._store.latest(article_id)
                before = next((w for w in self.every(article_id) if w.version == latest), None)
                if not (present or before or self.of(article_id)):
                    raise MissingError(
                        f"There is no article {article_id!r} in the library. List the articles "
                        "with: dalil list"
                    )
                # Who has an older page open must not undo a retraction by removing it once more.
                kept = before.reason if before and not present else None
                taken = Withdrawal(article_id, latest, now, reason or kept)
                self._store.execute(
                    "INSERT OR REPLACE INTO withdrawals VALUES (?, ?, ?, ?)",
                    taken.article_id, taken.version, taken.at, taken.reason,
                )  # fmt: skip
                self._store.execute("DELETE FROM passages WHERE article_id = ?", article_id)
                self._store.execute("UPDATE articles SET present = 0 WHERE id = ?", article_id)
                self._store.raise_revision()
            self._engine.follow(writing=True)
        return taken

    def put_back(self, article_id: str) -> Article:
        """Make the version that was taken out the present one again, and return it.

        Raises `MissingError` for an article that is not withdrawn.
        """
        with writing(self._home, self._say):
            with self._store.transaction():
                article = self._withdrawn(article_id)
                check_encoder(self._store, self._encoder, self._home)
                passages = split(article)
                vectors = self._encoder.encode_passages([passage.text for passage in passages])
                for passage, vector in zip(passages, vectors, strict=True):
                    self._store.execute(
                        "INSERT INTO passages (article_id, version, first, last, vector) "
                        "VALUES (?, ?, ?, ?, ?)",
                        article.id, article.version, passage.start, passage.end,
                        vector.astype("<f4").tobytes(),
                    )  # fmt: skip
                self._store.execute("UPDATE articles SET present = 1 WHERE id = ?", article_id)
                self._store.execute(
                    "DELETE FROM withdrawals WHERE article_id = ? AND version = ?",
                    article_id,
                    article.version,
                )
                self._store.raise_revision()
            self._engine.follow(writing=True)
        return article

    def forget(self, article_id: str, *, by_hand: bool) -> bool:
        """Drop the note that an article was taken out, and tell if it was and could be put back.

        For `Library.remove`, within its transaction.  A retraction stays: links in saved answers
        still lead to what was retracted.  What is removed `by_hand` is remembered by a digest, so
        that its file does not bring it back as it was, and edits of it are forgotten.
        """
        taken = self.of(article_id)
        last = sound_article(self._store, article_id, self._store.latest(article_id)[0])
        if by_hand:
            if last is not None:
                seal = _seal(self._edits.as_read(last))
                now = datetime.now(UTC).isoformat(timespec="seconds")
                self._store.execute(
                    "INSERT OR REPLACE INTO removals VALUES (?, ?, ?)", article_id, seal, now
                )
            self._edits.forget(article_id)
        if taken is None:
            return False
        self._drop(article_id)
        return self._store.holds(article_id, taken.version)

    def let_in(self, article_id: str) -> None:
        """Forget, within the transaction that adds an article, that it was taken out or removed."""
        self._drop(article_id)
        self._store.execute("DELETE FROM removals WHERE article_id = ?", article_id)

    def _drop(self, article_id: str) -> None:
        self._store.execute(
            "DELETE FROM withdrawals WHERE article_id = ? AND reason IS NULL", article_id
        )

    def _removed(self, article: Article) -> bool:
        sound = self._store.sound("removals", "r")
        rows = self._store.execute(
            f"SELECT CAST(seal AS BLOB), {sound} FROM removals r WHERE article_id = ?", article.id
        )
        # Where what the file said is not known any more, only who removed it brings it back.
        return bool(rows) and (not rows[0][1] or rows[0][0].decode() == _seal(article))

    def _withdrawn(self, article_id: str) -> Article:
        latest, present = self._store.latest(article_id)
        # A later version that was removed for good leaves none to be put back.
        if not present and any(one.version == latest for one in self.every(article_id)):
            article = whole_article(self._store, article_id, latest)
            if article is not None:
                return article
        raise MissingError(
            f"No article {article_id!r} was taken out that could be put back. Add it again."
        )

    def _version(self, taken: Withdrawal) -> Article | None:
        return sound_article(self._store, taken.article_id, taken.version)

    def _sound(self) -> str:
        return self._store.sound("withdrawals", "w")

    def _exists(self) -> bool:
        """Whether there is a table: not in a library of schema 5 that this user may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'withdrawals'"))


def _withdrawal(row: tuple[str, int, bytes, bytes | None, bool]) -> Withdrawal:
    article_id, version, at, reason, sound = row
    if sound:
        said = None if reason is None else reason.decode()
        return Withdrawal(article_id, version, at.decode(), said)
    try:
        day = datetime.fromisoformat(at.decode()).isoformat(timespec="seconds")
    except ValueError:
        day = _SOME_DAY
    return Withdrawal(article_id, version, day, DAMAGED_REASON)


def same_content(one: Article, other: Article) -> bool:
    """Tell whether two articles are the same but for version and source.

    A title that was made of the first words is none: an older Dalil made none.
    """
    return _plain(one) == _plain(other)


def _plain(article: Article) -> Article:
    made = article.title is not None and article.title == opening(article.text)
    return replace(article, version=1, source=None, title=None if made else article.title)


def _seal(article: Article) -> str:
    """Return a digest of what an article says, whatever its version and source."""
    content = repr(_plain(article)).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).hexdigest()
