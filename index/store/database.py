"""The truth: one SQLite file with articles, their versions, passages, vectors and answers.

Every change of the collection is one transaction that also raises `revision`, by which files
derived from the store know that they are stale.

Every row has a digest, kept by triggers of the connection that writes: what changes a row behind
Dalil's back, if only by a bit, is told from what was stored (`index/store/safety/`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar, NamedTuple
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Passage
from corpus.errors import DamagedError
from index.store.connection import (
    APPLICATION_ID,
    Digests,
    beside,
    cells,
    connect,
    day,
    is_writable,
)
from index.store.faults import cut_off, damaged, unreadable
from index.store.tables.schema import SCHEMA_VERSION, SEALED, bring_up

DATABASE = "library.sqlite"

_FIELDS = "v.article_id, v.text, v.title, v.outlet, v.source, v.url, v.published, v.language"


class PassageRow(NamedTuple):
    """A passage of the present collection with what filters need to know of its article."""

    id: int
    article_id: str
    version: int
    start: int
    end: int
    outlet: str | None
    published: date | None
    language: str | None


class Store:
    """A connection to `path`, with its schema if `create`; threads take turns with its blocks."""

    # SQLite shares the files beside a database between all connections of a process.
    _open: ClassVar[WeakSet[Store]] = WeakSet()

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._turn = RLock()
        if create and not path.exists():
            from index.store.tables.making import make_whole

            make_whole(path, lambda draft: Store(draft, create=True).close())
        self._beside = beside(path)
        for other in list(self._open):
            # A file put in the place of another has files of its own beside it.
            if other.path == path and other._beside[0] == self._beside[0]:
                other.check_beside()
        self._connection = connect(path, create=create)
        self.read_only = self._connection.frozen or not is_writable(path)
        self.digests = Digests(self._connection)
        try:
            self._prepare(create=create)
        except BaseException:
            self._connection.close()
            raise
        self._open.add(self)

    def _prepare(self, *, create: bool) -> None:
        version = self._count("PRAGMA user_version")
        empty = self._count("SELECT count(*) FROM sqlite_master") == 0
        known = self._count("PRAGMA application_id") == APPLICATION_ID
        if not (known or (create and empty)):
            raise unreadable(self.path, "it is not a Dalil library")
        if version != SCHEMA_VERSION:
            version = bring_up(self, version)
        self.sealed = version >= SEALED
        self._beside = beside(self.path)

    def check_beside(self) -> None:
        """Raise `DalilError` if the file or its log of writes is not the one in use any more."""
        if not self._connection.frozen and self._beside != beside(self.path):
            raise cut_off(self.path, self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._open.discard(self)
        self._connection.close()

    def execute(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, for modules that keep a table of their own."""
        return list(self._connection.execute(query, values).fetchall())

    def script(self, statements: str) -> None:
        """Run several statements."""
        self._connection.executescript(statements)

    def _count(self, query: str) -> int:
        return int(self.execute(query)[0][0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block writes as one change, or nothing of it."""
        with self._turn:
            self.check_beside()
            if self.sealed:
                self.digests.arm()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.check_beside()
                self._connection.execute("COMMIT")
            except BaseException:
                # Where the disk is full, SQLite has rolled back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Give every read of the block the same state of the library; blocks may be nested."""
        with self._turn:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")

    def sound(self, table: str, alias: str) -> str:
        """Return SQL that is 1 for a row of `table`, named `alias`, that is as it was stored."""
        return self.digests.sound(table, alias) if self.sealed else "1"

    def get(self, key: str) -> str | None:
        """Return the setting of the library under `key`, or `None`."""
        sound = self.sound("meta", "m")
        rows = self.execute(f"SELECT value, {sound} FROM meta m WHERE key = ?", key)
        if rows and not rows[0][1]:
            raise DamagedError(f"The setting {key!r} of the library {self.path} is damaged.")
        return str(rows[0][0]) if rows else None

    def set(self, key: str, value: str) -> None:
        """Store a setting of the library."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def revision(self) -> int:
        """How often the collection has changed."""
        return int(self.get("revision") or 0)

    def raise_revision(self) -> None:
        """Mark files derived from the collection as stale; call within each change."""
        self.set("revision", str(self.revision + 1))

    def latest(self, article_id: str) -> tuple[int, bool]:
        """Return the newest version number ever given (0 for none), and if it is present."""
        rows = self.execute("SELECT latest, present FROM articles WHERE id = ?", article_id)
        return (int(rows[0][0]), bool(rows[0][1])) if rows else (0, False)

    def insert(
        self, article: Article, passages: Sequence[Passage], vectors: NDArray[np.float32]
    ) -> None:
        """Make `article` the present version, with `passages` and their vectors (n, dimension)."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        published = article.published.isoformat() if article.published else None
        self._connection.execute("DELETE FROM passages WHERE article_id = ?", (article.id,))
        self._connection.execute(
            "INSERT OR REPLACE INTO articles VALUES (?, ?, 1)", (article.id, article.version)
        )
        self._connection.execute(
            "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (article.id, article.version, article.title, article.outlet, article.source,
             article.url, published, article.language, article.text, now),
        )  # fmt: skip
        self._connection.executemany(
            "INSERT INTO passages (article_id, version, first, last, vector) VALUES (?,?,?,?,?)",
            [
                (p.article_id, p.version, p.start, p.end, vector.astype("<f4").tobytes())
                for p, vector in zip(passages, vectors, strict=True)
            ],
        )

    def remove(self, article_id: str, *, purge: bool) -> None:
        """Take the article out of the collection; keep versions that answers cite, or purge.

        Its row stays, so that a version number never comes to mean another text.
        """
        self._connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
        kept = "" if purge else (
            " AND version NOT IN (SELECT version FROM citations WHERE article_id = ?1)"
        )  # fmt: skip
        self._connection.execute("DELETE FROM versions WHERE article_id = ?1" + kept, (article_id,))
        self._connection.execute("UPDATE articles SET present = 0 WHERE id = ?", (article_id,))

    def article(self, article_id: str, version: int | None = None) -> Article | None:
        """Return a version (the newest by default) of an article, or `None`.

        Raises `DamagedError` if it is not what was stored.
        """
        try:
            rows = self.execute(
                f"SELECT {_FIELDS}, v.version, {self.sound('versions', 'v')} FROM versions v "
                "WHERE v.article_id = ?1 AND (?2 IS NULL OR v.version = ?2) "
                "ORDER BY v.version DESC LIMIT 1",
                article_id,
                version,
            )
        except DamagedError as error:
            raise damaged(article_id) from error
        if rows and not rows[0][-1]:
            raise damaged(article_id)
        return _article(rows[0][:-1]) if rows else None

    def intact(self, article_id: str, version: int | None = None) -> Article | None:
        """Return what `article` does, `None` for a damaged one, too."""
        try:
            return self.article(article_id, version)
        except DamagedError:
            return None

    def articles(self, *, texts: bool = False) -> Iterator[Article]:
        """Yield the present articles in order of their ids, with empty texts unless asked."""
        fields = _FIELDS if texts else _FIELDS.replace("v.text", "''")
        for row in self._connection.execute(
            f"SELECT {fields}, v.version FROM articles a JOIN versions v "
            "ON v.article_id = a.id AND v.version = a.latest WHERE a.present ORDER BY a.id"
        ):
            yield _article(row)

    def holds(self, article_id: str, version: int | None = None) -> bool:
        """Tell whether a version (any by default) of an article is stored, sound or damaged."""
        held = "SELECT 1 FROM versions WHERE article_id = ?1 AND (?2 IS NULL OR version = ?2)"
        return bool(self.execute(held, article_id, version))

    def count_articles(self) -> int:
        """Return the number of present articles."""
        return self._count("SELECT count(*) FROM articles WHERE present")

    def passages(self, after: int = 0) -> list[PassageRow]:
        """Return the present passages with ids above `after`, by id; damaged ones are empty."""
        # Each version is looked through once and not for each of its passages.
        rows = self._connection.execute(
            "WITH held AS MATERIALIZED (SELECT v.article_id, v.version, v.outlet, v.published, "
            f"v.language, {self.sound('versions', 'v')} AS sound FROM versions v WHERE "
            "(v.article_id, v.version) IN (SELECT article_id, version FROM passages WHERE id > ?1)"
            ") SELECT p.id, p.article_id, p.version, p.first, p.last, h.outlet, h.published, "
            f"h.language, {self.sound('passages', 'p')} AND h.sound FROM passages p JOIN held h ON "
            "h.article_id = p.article_id AND h.version = p.version WHERE p.id > ?1 ORDER BY p.id",
            (after,),
        )
        return [
            PassageRow(number, article_id, version, start, end, outlet, day(published), language)
            if sound
            else PassageRow(number, "", 0, 0, 0, None, None, None)
            for number, article_id, version, start, end, outlet, published, language, sound in rows
        ]

    def count_passages(self) -> int:
        """Return the number of present passages."""
        return self._count("SELECT count(*) FROM passages")

    def vectors(self, dimension: int, after: int = 0) -> NDArray[np.float32]:
        """Return the vectors of `passages(after)`, float32 (n, dimension), in the same order.

        Those of damaged passages are zero.
        """
        sound = self.sound("passages", "p")
        rows = self._connection.execute(
            f"SELECT vector, {sound} FROM passages p WHERE id > ? ORDER BY id", (after,)
        )
        nothing = bytes(4 * dimension)
        held = b"".join(vector if sound else nothing for vector, sound in rows)
        return np.frombuffer(held, "<f4").reshape(-1, dimension)


def _article(row: Sequence[Any]) -> Article:
    article_id, text, title, outlet, source, url, published, language, version = cells(row)
    return Article(article_id, text, title, outlet, source, url, day(published), language, version)
