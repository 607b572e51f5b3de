"""What SQLite cannot do, as sentences with a remedy."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from corpus.errors import DalilError, DamagedError

_REMEDY = (
    "Put a backup in its place with: dalil restore FILE; or save what can be saved with: "
    "dalil doctor --repair"
)


def unreadable(path: Path, why: str) -> DalilError:
    """Return that the library at `path` cannot be opened, with the remedy."""
    return DalilError(
        f"The library {path} cannot be opened: {why}. Name another folder with --home, or put a "
        "backup in its place with: dalil restore FILE"
    )


def damaged(article_id: str) -> DamagedError:
    """Return that a version of an article is not what was stored, with the remedy."""
    return DamagedError(
        f"The article {article_id!r} was damaged on the disk: it is not what was stored, and is "
        "not quoted. Add it again, or put a backup in place with: dalil restore FILE"
    )


def lost(path: Path, why: str) -> DamagedError:
    """Return that the library at `path` is damaged, with the remedy."""
    return DamagedError(f"The library {path} is damaged: {why}. {_REMEDY}")


def pending(path: Path) -> DalilError:
    """Return that the library cannot be read where it lies, as the last changes are in its log."""
    return DalilError(
        f"The library {path} cannot be read where it lies: its folder may not be written, and its "
        f"last changes are only in {path.name}-wal. Run `dalil doctor` on it where it may be "
        "written, or copy the folder to such a place."
    )


class ReadOnlyError(DalilError):
    """The library may only be read."""


def read_only(path: Path) -> ReadOnlyError:
    """Return that the library at `path` may only be read here."""
    return ReadOnlyError(
        f"The library {path.parent} is read-only here: it can be listed, searched and asked, but "
        "nothing is added, changed or saved. To write to it, check the permissions of the folder "
        "and its files, and how its disk is mounted."
    )


def sentence(error: sqlite3.DatabaseError, path: Path) -> Exception:
    """Return what a person is told of `error`; a defect of Dalil is returned as it is.

    Text that cannot be decoded stands in SQLite's own message, and is left out.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return error
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN):
        return unreadable(path, str(error))
    if code == sqlite3.SQLITE_READONLY:
        return read_only(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DalilError(
            f"The library {path} is in use by another writer ({error}). Try again when it is done."
        )
    if code == sqlite3.SQLITE_FULL:
        return DalilError(
            f"The disk of the library {path} is full, and nothing of this change was kept. Make "
            "room and run the command again."
        )
    if code == sqlite3.SQLITE_IOERR:
        return DalilError(
            f"The disk of the library {path} failed ({error}), and nothing of this change was "
            "kept. Look after the disk, then run: dalil doctor"
        )
    undecodable = not code and "decode" in str(error)
    why = "it holds text that cannot be decoded" if undecodable else str(error)
    return lost(path, why)


def cut_off(path: Path, connection: sqlite3.Connection) -> DalilError:
    """Return that files of the library were deleted or replaced while it was open.

    What was committed to a log that was deleted is moved into the library's file first, unless
    another process may have begun a new log since.
    """
    if not path.with_name(f"{path.name}-wal").exists():
        # Within a transaction it cannot be moved; the next look at the files does it.
        with suppress(DalilError):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return DalilError(
        f"Files of the library {path} (itself, {path.name}-wal or {path.name}-shm) were deleted "
        "or replaced while it was open, and nothing more is written to it. Stop every Dalil that "
        "has it open, then run: dalil doctor"
    )
