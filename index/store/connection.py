"""A connection to SQLite that tells of faults in sentences, and keeps a digest of every row.

The digests lie in a table of their own.  Triggers of the connection keep them, so that nobody who
writes has to think of it; a writer other than Dalil leaves rows that their digests do not fit.
This is the only module that imports sqlite3.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from corpus.errors import DalilError
from index.store.faults import lost, pending, sentence, unreadable

# "Dali" in ASCII, so that `file` and we can tell a library from any other SQLite database.
APPLICATION_ID = 0x44616C69
# A writer commits batches, so nobody waits for a whole import.
_BUSY_SECONDS = 60.0
# A SQLite built without locks of its own (PEP 249's levels 0 and 1) stays in its thread.
_ONE_THREAD = sqlite3.threadsafety < 3
# Tells if a text is a whole statement, such as one of a trigger with its own semicolons.
complete = sqlite3.complete_statement
_P = ParamSpec("_P")
_R = TypeVar("_R")


def _told(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a method of a cursor raise `DalilError` for what SQLite cannot do."""

    @wraps(method)
    def run(*args: _P.args, **named: _P.kwargs) -> _R:
        try:
            return method(*args, **named)
        except sqlite3.DatabaseError as error:
            cursor: Any = args[0]
            told = sentence(error, cursor.connection.path)
        # What SQLite says of undecodable text holds the text, which nobody is to see.
        raise told

    return run


class _Cursor(sqlite3.Cursor):
    execute = _told(sqlite3.Cursor.execute)
    executemany = _told(sqlite3.Cursor.executemany)
    executescript = _told(sqlite3.Cursor.executescript)
    fetchone = _told(sqlite3.Cursor.fetchone)
    fetchall = _told(sqlite3.Cursor.fetchall)
    __next__ = _told(sqlite3.Cursor.__next__)  # type: ignore[arg-type]


class Connection(sqlite3.Connection):
    """A connection to the file `path`; whatever it cannot do is a `DalilError`.

    A `frozen` one takes it that nobody writes the file while it is open.
    """

    path: Path
    frozen: bool

    def cursor(  # type: ignore[override]
        self, factory: type[sqlite3.Cursor] | None = None
    ) -> Any:  # noqa: ANN401
        """Return a cursor, as `sqlite3.Connection.cursor` does."""
        return super().cursor(factory or _Cursor)

    def copy_into(
        self, other: Connection, pages: int = -1, on_step: Callable[[int, int], None] | None = None
    ) -> None:
        """Put the whole of this database in the place of `other`, `pages` at a time, in one change.

        `on_step` gets the pages done, and all.  Within a transaction it is that state of this.
        """
        steps = on_step or (lambda _done, _all: None)
        try:
            self.backup(other, pages=pages, progress=lambda _, left, n: steps(n - left, n))
        except sqlite3.DatabaseError as error:
            raise sentence(error, other.path) from error

    # SQLite's own shortcuts pass the cursor's methods by.
    def execute(self, *given: Any) -> Any:  # noqa: ANN401
        """Run a statement, as `sqlite3.Connection.execute` does."""
        return self.cursor().execute(*given)

    def executemany(self, *given: Any) -> Any:  # noqa: ANN401
        """Run a statement for many rows, as `sqlite3.Connection.executemany` does."""
        return self.cursor().executemany(*given)

    def executescript(self, *given: Any) -> Any:  # noqa: ANN401
        """Run statements, as `sqlite3.Connection.executescript` does."""
        return self.cursor().executescript(*given)


def connect(path: Path, *, create: bool = False) -> Connection:
    """Open the database at `path`; raise `DalilError` where there is none and none to `create`."""
    if not create and not path.exists():
        raise DalilError(f"There is no library at {path}. Make one with: dalil add PATH")
    frozen = path.exists() and is_frozen(path)
    if frozen and _size(path, "-wal"):
        raise pending(path)
    # SQLite keeps a log beside a file that it reads, unless it is told that nobody writes it.
    address = f"{path.absolute().as_uri()}?immutable=1" if frozen else path
    try:
        found = sqlite3.connect(
            address,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=_ONE_THREAD,
            factory=Connection,
            uri=frozen,
        )
    except sqlite3.OperationalError as error:
        raise unreadable(path, str(error)) from error
    found.path, found.frozen = path, frozen
    found.create_function("dalil_digest", -1, _digest, deterministic=True)
    try:
        # Some builds of SQLite sync a log only when it is moved into the file, and then a change
        # that was reported may be lost with the power.
        found.execute("PRAGMA synchronous = FULL")
    except BaseException:
        found.close()
        raise
    return found


def is_writable(file: Path) -> bool:
    """Tell whether this process may write a file or a folder."""
    return os.access(file, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def is_frozen(path: Path) -> bool:
    """Tell whether the database at `path` can only be read as a file that nobody writes.

    It is so in a folder that may not be written, unless somebody who may has it open.
    """
    return not (is_writable(path.parent) or (_size(path, "-wal") and _size(path, "-shm")))


def _size(path: Path, end: str) -> int:
    try:
        return path.with_name(path.name + end).stat().st_size
    except FileNotFoundError:
        return 0


def beside(path: Path) -> tuple[int, ...]:
    """Return which files the database at `path` consists of while it is open, 0 for none."""
    return tuple(_inode(path.with_name(path.name + end)) for end in ("", "-wal", "-shm"))


def _inode(file: Path) -> int:
    # Another connection that closes takes the log away at any moment, so it is looked at once.
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return 0


def cells(row: Sequence[Any]) -> list[Any]:
    """Return what a row holds; a text that one bit made bytes is a text, if not the one stored.

    >>> cells([b"Tal News", 1, None])
    ['Tal News', 1, None]
    """
    return [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell for cell in row]


def day(value: str | None) -> date | None:
    """Return the day of a row, `None` for none and for what only a damaged row has.

    >>> day("2020-04-18"), day("2020-94-18"), day(None)
    (datetime.date(2020, 4, 18), None, None)
    """
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


class Digests:
    """The digests of the rows of a database, one for each row of every other table."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sound: dict[str, str] = {}
        self._armed = False

    def tables(self) -> dict[str, tuple[list[str], list[str]]]:
        """Return the tables whose rows have digests, with their columns and keys."""
        found = {}
        named = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (name,) in self.connection.execute(named).fetchall():
            if name != "digests" and not name.startswith("sqlite_"):
                columns = self.connection.execute(f'PRAGMA table_info("{name}")').fetchall()
                keys = sorted((row[5], row[1]) for row in columns if row[5])
                found[str(name)] = [row[1] for row in columns], [name for _, name in keys]
        return found

    def arm(self) -> None:
        """Let this connection keep the digests of what it writes from now on."""
        if self._armed:
            return
        for table, (columns, keys) in self.tables().items():
            new, old = digest_in("new", columns), digest_in("old", columns)
            to, at = key_in("new", keys), key_in("old", keys)
            gone = f"DELETE FROM digests WHERE of = '{table}' AND key ="
            for event, does in {
                "INSERT": f"{gone} {to}; INSERT INTO digests VALUES ('{table}', {to}, {new})",
                # A row that was damaged before stays so, whatever is written into it.
                "UPDATE": f"UPDATE digests SET key = {to}, digest = {new} "
                f"WHERE of = '{table}' AND key = {at} AND digest = {old}",
                "DELETE": f"{gone} {at}",
            }.items():
                self.connection.execute(
                    f'CREATE TEMP TRIGGER "{table}_{event}" AFTER {event} ON main."{table}" '
                    f"BEGIN {does}; END"
                )
        self._armed = True

    def sound(self, table: str, alias: str) -> str:
        """Return SQL that is 1 for a row of `table`, named `alias`, that is as it was stored.

        Raises `DamagedError` if there is no such table any more.
        """
        if table not in self._sound:
            known = self.tables()
            if table not in known:
                raise lost(self.connection.path, f"the table {table} is gone")
            columns, keys = known[table]
            self._sound[table] = (
                f"({digest_in('{0}', columns)} IS (SELECT digest FROM digests "
                f"WHERE of = '{table}' AND key = {key_in('{0}', keys)}))"
            )
        return self._sound[table].format(alias)


def digest_in(row: str, columns: Sequence[str]) -> str:
    """Return SQL for the digest of a row, which does not change when an empty column is added."""
    values = (f'\'{c}\', typeof({row}."{c}"), CAST({row}."{c}" AS BLOB)' for c in columns)
    return f"dalil_digest({', '.join(values)})"


def key_in(row: str, keys: Sequence[str]) -> str:
    """Return SQL for the name of a row within its table."""
    # As text, since SQLite looks no number up in an index of texts: it would go through all of it.
    return " || char(31) || ".join(f'CAST({row}."{key}" AS TEXT)' for key in keys)


def _digest(*columns: str | bytes | None) -> bytes:
    """Return the digest of name, type and bytes of each column in turn, empty ones left out."""
    # Written for speed, in one piece: an import and a build of the index take it of every row.
    parts: list[bytes] = []
    rest = iter(columns)
    for name, kind, value in zip(rest, rest, rest, strict=True):
        if isinstance(value, bytes):
            parts += b"%b%d " % (_heading(name, kind), len(value)), value
    return blake2b(b"".join(parts), digest_size=16).digest()


@lru_cache(maxsize=1_000)
def _heading(name: str | bytes | None, kind: str | bytes | None) -> bytes:
    return f"{name!r} {kind!r} ".encode()
