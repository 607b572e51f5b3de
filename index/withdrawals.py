"""Articles taken out of the collection whole, so that they can be put back; and why, if retracted.

`Library.remove` is for good and keeps only what saved answers cite.  What is withdrawn leaves every
search at once and keeps its versions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.article import Article
from corpus.errors import MissingError
from corpus.split import split
from index.encoder import Encoder, check_encoder
from index.engine import Engine
from index.store.database import Store
from index.store.lock import writing
from index.store.texts import PAGED, with_pages

# As many as a list shows; older ones are still known by their ids.
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a version was taken out: the ISO time in UTC, and the reason if it was retracted."""

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

    def of(self, article_id: str) -> Withdrawal | None:
        """Return what is known of an article that was taken out last, `None` if it never was."""
        if not self._exists():
            return None
        rows = self._store.execute("SELECT * FROM withdrawals WHERE article_id = ?", article_id)
        return Withdrawal(*rows[0]) if rows else None

    def retracted(self, article_id: str, version: int) -> bool:
        """Tell whether this version of an article was retracted."""
        found = self.of(article_id)
        return found is not None and found.reason is not None and found.version == version

    def retraction(self, article_id: str) -> Article | None:
        """Return the version of an article that was retracted, `None` if none was or it is gone."""
        taken = self.of(article_id)
        return self._version(taken) if taken is not None and taken.reason is not None else None

    def keeps_out(self, article: Article) -> bool:
        """Tell whether an article was taken out as it is, and was not added again since."""
        taken = self.of(article.id)
        if taken is None or self._store.latest(article.id)[1]:
            return False
        out = self._version(taken)
        return out == replace(article, version=taken.version, source=out.source if out else None)

    def listed(self) -> list[tuple[Withdrawal, Article]]:
        """Return what can be put back, the newest first, with its articles (at most 1,000)."""
        if not self._exists():
            return []
        with self._store.reading():
            rows = self._store.execute(
                "SELECT w.* FROM withdrawals w JOIN articles a ON a.id = w.article_id "
                "WHERE NOT a.present AND a.latest = w.version "
                "ORDER BY w.at DESC, w.article_id LIMIT ?",
                _MOST,
            )
            taken = [Withdrawal(*row) for row in rows]
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
                before = self.of(article_id)
                if not (present or before):
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
                self._store.execute("DELETE FROM withdrawals WHERE article_id = ?", article_id)
                self._store.raise_revision()
            self._engine.follow(writing=True)
        return article

    def forget(self, article_id: str) -> bool:
        """Drop the note that an article was taken out, and tell if it was and could be put back.

        For `Library.remove`, within its transaction.  A retraction stays: links in saved answers
        still lead to what was retracted.
        """
        taken = self.of(article_id)
        if taken is None:
            return False
        if taken.reason is None:
            self._store.execute("DELETE FROM withdrawals WHERE article_id = ?", article_id)
        return self._store.holds(article_id, taken.version)

    def _withdrawn(self, article_id: str) -> Article:
        taken = self.of(article_id)
        latest, present = self._store.latest(article_id)
        # A later version that was removed for good leaves none to be put back.
        if taken is not None and not present and taken.version == latest:
            article = self._store.article(article_id, taken.version)
            if article is not None:
                return article
        raise MissingError(
            f"No article {article_id!r} was taken out that could be put back. Add it again."
        )

    def _version(self, taken: Withdrawal) -> Article | None:
        found = self._store.article(taken.article_id, taken.version)
        return with_pages(self._store, found) if found and self._store.get(PAGED) else found

    def _exists(self) -> bool:
        """Whether there is a table: not in a library of schema 5 that this user may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'withdrawals'"))
