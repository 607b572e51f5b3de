"""Passages that answers are made of, saved answers with the spans they cite, what readers said.

Feedback is kept beside the answers and never used for ranking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.article import Article, Passage
from corpus.errors import DamagedError, MissingError
from index.engine import Candidate
from index.store.database import Store
from index.store.texts import PAGED, known_article

# Articles of passages found, kept for the next question.
_MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The JSON of a saved answer, and the ISO time in UTC when it was given."""

    body: str
    created_at: str


def save_answer(
    store: Store, answer_id: str, body: str, spans: Sequence[Passage], owner: str = ""
) -> None:
    """Keep `body` with the spans it cites, whose versions then outlive updates and removals.

    `owner` is the reader it belongs to: a user's name, or "" for whoever sits at this machine.
    Raises `MissingError` for a span of an article that was removed while the answer was made.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction():
        store.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", answer_id, now, body, owner)
        for n, span in enumerate(spans, start=1):
            cited = "SELECT 1 FROM versions WHERE article_id = ? AND version = ?"
            if not store.execute(cited, span.article_id, span.version):
                raise MissingError(f"The cited article {span.article_id!r} was removed meanwhile.")
            store.execute(
                "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?)",
                answer_id, n, span.article_id, span.version, span.start, span.end,
            )  # fmt: skip


def stored_answer(store: Store, answer_id: str, owner: str = "") -> StoredAnswer | None:
    """Return a saved answer of `owner`, or `None`; another's is as one that never was."""
    # A library of schema 3 that this user may not write has no column for owners, and none.
    sound = store.sound("answers", "a")
    rows = store.execute(f"SELECT {sound}, a.* FROM answers a WHERE id = ?", answer_id)
    if not rows or (*rows[0], "")[4] != owner:
        return None
    if not rows[0][0]:
        raise DamagedError(
            f"The saved answer {answer_id!r} was damaged on the disk and is not shown. Ask again."
        )
    _, _, created_at, body, *_ = rows[0]
    return StoredAnswer(str(body), str(created_at))


def recent_answers(store: Store, most: int) -> list[StoredAnswer]:
    """Return the `most` answers saved last, whoever they belong to, the newest first."""
    rows = store.execute(
        f"SELECT body, created_at FROM answers a WHERE {store.sound('answers', 'a')} "
        "ORDER BY created_at DESC, rowid DESC LIMIT ?",
        most,
    )
    return [StoredAnswer(str(body), str(created_at)) for body, created_at in rows]


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer helped, and why; `created_at` is an ISO time in UTC."""

    helpful: bool
    note: str
    created_at: str


class FeedbackTable:
    """The feedback in a store, one for each answer; use it as `Library.feedback`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, answer_id: str, *, helpful: bool, note: str = "", owner: str = "") -> Feedback:
        """Store feedback in place of what was said before of the same answer.

        Raises `MissingError` when no such answer of `owner` is saved.
        """
        given = Feedback(helpful, note, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._store.transaction():
            if stored_answer(self._store, answer_id, owner) is None:
                raise MissingError(f"There is no saved answer {answer_id!r} in the library.")
            self._store.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)",
                answer_id, given.created_at, int(helpful), note,
            )  # fmt: skip
        return given

    def rated(self) -> list[tuple[str, str]]:
        """Return id and owner of every saved answer with feedback, the oldest answer first."""
        if not self._exists():
            return []
        # As in `stored_answer`: a library of schema 3 may have no owners.
        rows = self._store.execute(
            "SELECT a.* FROM answers a JOIN feedback f ON f.answer_id = a.id "
            "ORDER BY a.created_at, a.id"
        )
        return [(str(row[0]), str((*row, "")[3])) for row in rows]

    def of(self, answer_id: str) -> Feedback | None:
        """Return what was said last of an answer, `None` if nothing was or it was damaged."""
        if not self._exists():
            return None
        rows = self._store.execute(
            "SELECT helpful, note, created_at FROM feedback f WHERE answer_id = ? "
            f"AND {self._store.sound('feedback', 'f')}",
            answer_id,
        )
        return Feedback(bool(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def _exists(self) -> bool:
        """Whether there is a table: not in a library of schema 2 that this user may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'feedback'"))


class Shown:
    """Reads the passages found in `store`; `damage` tells of the last article that was damaged."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles: dict[tuple[str, int | None], Article] = {}
        self._revision, self._paged = 0, True
        self.damage = ""

    def passage(self, candidate: Candidate) -> tuple[Article, Passage]:
        """Return a passage with its article; raise `MissingError` or `DamagedError`."""
        self._follow()
        return self._read(candidate)

    def passages(self, candidates: Iterable[Candidate]) -> Iterator[tuple[Article, Passage] | None]:
        """Yield what `passage` returns of each, `None` for what is missing or damaged.

        They are of one state of the library, within `Store.reading` at least.
        """
        self._follow()
        for candidate in candidates:
            try:
                found = self._read(candidate)
            except (DamagedError, MissingError):
                yield None
            else:
                yield found

    def newest(self, article_ids: Iterable[str]) -> Iterator[Article]:
        """Yield the newest version of each article but those that are damaged; as `passages`."""
        self._follow()
        for article_id in article_ids:
            with suppress(DamagedError):
                yield self._article(article_id, None)

    def _follow(self) -> None:
        # Another process may have purged some.
        if self._revision != (revision := self._store.revision):
            self._articles.clear()
            self._revision, self._paged = revision, True
            # Whatever is read tells of a setting that is damaged.
            with suppress(DamagedError):
                self._paged = self._store.get(PAGED) is not None

    def _read(self, candidate: Candidate) -> tuple[Article, Passage]:
        article_id, version, start, end = candidate[:4]
        try:
            article = self._article(article_id, version)
        except DamagedError as error:
            self.damage = str(error)
            raise
        return article, Passage(article_id, version, start, end, article.text[start:end])

    def _article(self, article_id: str, version: int | None) -> Article:
        key = article_id, version
        if (article := self._articles.get(key)) is None:
            self._articles = {} if len(self._articles) > _MOST_SHOWN else self._articles
            found = None if self._paged else self._store.article(*key)
            article = self._articles[key] = found or known_article(self._store, *key)
        return article
