"""The truth: one SQLite file with articles, their versions, passages, vectors and answers.

Every change of the collection is one transaction that also raises `revision`, by which files
derived from the store know that they are stale.  This is the only module that imports sqlite3.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Passage
from corpus.errors import DalilError

DATABASE = "library.sqlite"
SCHEMA_VERSION = 7
# "Dali" in ASCII, so that `file` and we can tell a library from any other SQLite database.
_APPLICATION_ID = 0x44616C69
# A writer commits batches, so nobody waits for a whole import.
_BUSY_SECONDS = 60.0
# A SQLite built without locks of its own (PEP 249's levels 0 and 1) stays in its thread.
_ONE_THREAD = sqlite3.threadsafety < 3

_SCHEMA = Path(__file__).with_name("schema.sql")
_FIELDS = "v.article_id, v.text, v.title, v.outlet, v.source, v.url, v.published, v.language"


@dataclass(frozen=True, slots=True)
class PassageRow:
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

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._turn = RLock()
        self._connection = _connect(path, create=create)
        try:
            self._prepare(create=create)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, *, create: bool) -> None:
        try:
            version = self._count("PRAGMA user_version")
            application = self._count("PRAGMA application_id")
            empty = self._count("SELECT count(*) FROM sqlite_master") == 0
        except sqlite3.DatabaseError as error:
            raise _unreadable(self.path, str(error)) from error
        if create and empty:
            self._create()
        elif application != _APPLICATION_ID:
            raise _unreadable(self.path, "it is not a Dalil library")
        elif version > SCHEMA_VERSION:
            raise DalilError(
                f"The library {self.path} was written by a newer Dalil (schema {version}, this "
                f"one knows {SCHEMA_VERSION}). Install the newer version to open it."
            )
        elif version < SCHEMA_VERSION:
            self._upgrade()

    def _create(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._make_tables()

    def _upgrade(self) -> None:
        from index.store.steps import add_owners, key_withdrawals_by_version

        try:
            add_owners(self.execute)
            key_withdrawals_by_version(self.execute)
            self._make_tables()
        except sqlite3.OperationalError as error:
            # Who may not write can read an older library as it is: things have only been added.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
                raise _unreadable(self.path, str(error)) from error

    def _make_tables(self) -> None:
        """Add the tables that are missing and name the schema's version, in one transaction."""
        script = _SCHEMA.read_text(encoding="utf-8")
        self._connection.executescript(
            f"BEGIN IMMEDIATE;{script}PRAGMA application_id = {_APPLICATION_ID};"
            f"PRAGMA user_version = {SCHEMA_VERSION};COMMIT;"
        )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def execute(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, for modules that keep a table of their own."""
        return self._connection.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> int | str | bytes | None:
        row = self._connection.execute(query, values).fetchone()
        return None if row is None else row[0]

    def _count(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block writes as one change, or nothing of it."""
        with self._turn:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise DalilError(
                    f"The library {self.path} cannot be written ({error}). Check the folder's "
                    "permissions and free space, or try again when the other writer is done."
                ) from error
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

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
                self._connection.execute("COMMIT")

    def get(self, key: str) -> str | None:
        """Return the setting of the library under `key`, or `None`."""
        value = self._one("SELECT value FROM meta WHERE key = ?", key)
        return None if value is None else str(value)

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
        row = self._connection.execute(
            "SELECT latest, present FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        return (0, False) if row is None else (int(row[0]), bool(row[1]))

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
        """Return a version (the newest by default) of an article, or `None`."""
        row = self._connection.execute(
            f"SELECT {_FIELDS}, v.version FROM versions v WHERE v.article_id = ?1 "
            "AND (?2 IS NULL OR v.version = ?2) ORDER BY v.version DESC LIMIT 1",
            (article_id, version),
        ).fetchone()
        return None if row is None else _article(row)

    def articles(self, *, texts: bool = False) -> Iterator[Article]:
        """Yield the present articles in order of their ids, with empty texts unless asked."""
        fields = _FIELDS if texts else _FIELDS.replace("v.text", "''")
        for row in self._connection.execute(
            f"SELECT {fields}, v.version FROM articles a JOIN versions v "
            "ON v.article_id = a.id AND v.version = a.latest WHERE a.present ORDER BY a.id"
        ):
            yield _article(row)

    def count_articles(self) -> int:
        """Return the number of present articles."""
        return self._count("SELECT count(*) FROM articles WHERE present")

    def passages(self, after: int = 0) -> list[PassageRow]:
        """Return the present passages with ids above `after`, by id."""
        rows = self._connection.execute(
            "SELECT p.id, p.article_id, p.version, p.first, p.last, v.outlet, v.published, "
            "v.language FROM passages p JOIN versions v ON v.article_id = p.article_id AND "
            "v.version = p.version WHERE p.id > ? ORDER BY p.id",
            (after,),
        )
        return [
            PassageRow(number, article_id, version, start, end, outlet, _date(published), language)
            for number, article_id, version, start, end, outlet, published, language in rows
        ]

    def count_passages(self) -> int:
        """Return the number of present passages."""
        return self._count("SELECT count(*) FROM passages")

    def vectors(self, dimension: int, after: int = 0) -> NDArray[np.float32]:
        """Return the vectors of `passages(after)`, float32 (n, dimension), in the same order."""
        rows = self.execute("SELECT vector FROM passages WHERE id > ? ORDER BY id", after)
        return np.frombuffer(b"".join(row[0] for row in rows), "<f4").reshape(-1, dimension)

    def faults(self) -> list[str]:
        """Return what SQLite finds wrong with the file, nothing for a sound one."""
        rows = self._connection.execute("PRAGMA integrity_check").fetchall()
        return [str(row[0]) for row in rows if row[0] != "ok"]


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    if not path.exists():
        if not create:
            raise DalilError(f"There is no library at {path}. Make one with: dalil add PATH")
        from index.store.making import make_whole

        make_whole(path, lambda draft: Store(draft, create=True).close())
    try:
        return sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=_ONE_THREAD
        )
    except sqlite3.OperationalError as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> DalilError:
    return DalilError(
        f"The library {path} cannot be opened: {why}. Name another folder with --home, or put "
        "a backup of the file in its place."
    )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _article(row: tuple[str, str, str, str, str, str, str, str, int]) -> Article:
    article_id, text, title, outlet, source, url, published, language, version = row
    return Article(
        article_id, text, title, outlet, source, url, _date(published), language, version
    )
