"""The tables of a library, made or brought up to this version of Dalil."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import DalilError
from index.store.connection import APPLICATION_ID, Digests, complete, digest_in, key_in
from index.store.faults import ReadOnlyError

SCHEMA_VERSION = 7
# The schema in which every row got a digest.
SEALED = 7
_SCHEMA = Path(__file__).with_name("schema.sql")


class Store(Protocol):
    """What is asked of a store whose tables are made."""

    path: Path
    digests: Digests

    def execute(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""

    def script(self, statements: str) -> None:
        """Run several statements."""


def bring_up(store: Store, version: int) -> int:
    """Make the tables of a new library, or add what one of `version` lacks; return its version.

    Who may not write can read an older library as it is: things have only been added.  Raises
    `DalilError` for a library of a newer version.
    """
    if version > SCHEMA_VERSION:
        raise DalilError(
            f"The library {store.path} was written by a newer Dalil (schema {version}, this "
            f"one knows {SCHEMA_VERSION}). Install the newer version to open it."
        )
    try:
        if version == 0:
            store.execute("PRAGMA journal_mode = WAL")
        else:
            from index.store.tables.steps import add_owners, key_withdrawals_by_version

            add_owners(store.execute)
            key_withdrawals_by_version(store.execute)
        _make_tables(store, SCHEMA_VERSION)
    except ReadOnlyError:
        return version
    return SCHEMA_VERSION


def _make_tables(store: Store, version: int) -> None:
    """Add the tables that are missing and name the schema's version, in one transaction.

    The rows of a library of before schema 7 get their digests.  One that has the table of digests
    has them already: to make them anew would call damaged rows sound.
    """
    store.execute("BEGIN IMMEDIATE")
    try:
        known = {str(row[0]) for row in store.execute("SELECT name FROM sqlite_master")}
        for statement in statements():
            store.execute(statement)
        if "digests" not in known:
            seal(store)
        for table in store.digests.tables().keys() - known:
            store.execute("DELETE FROM digests WHERE of = ?", table)
        store.execute(
            "INSERT OR REPLACE INTO digests VALUES ('schema', '', ?)", digest_of_schema(store)
        )
        store.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        store.execute(f"PRAGMA user_version = {version}")
        store.execute("COMMIT")
    except BaseException:
        store.script("ROLLBACK")
        raise


def statements() -> list[str]:
    """Return the statements that make the tables, in order."""
    found, begun = list[str](), ""
    for line in _SCHEMA.read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            begun += line + "\n"
            if complete(begun):
                found.append(begun)
                begun = ""
    return found


def seal(store: Store) -> None:
    """Enter the digest of every row as it is now."""
    for table, (columns, keys) in store.digests.tables().items():
        store.execute(
            f"INSERT OR REPLACE INTO digests SELECT '{table}', {key_in('r', keys)}, "
            f'{digest_in("r", columns)} FROM "{table}" r'
        )


def seal_version(store: Store, article_id: str, version: int) -> None:
    """Enter the digest of an article's version anew, after a change by another than Dalil.

    Whoever writes within `Store.transaction` need not: its triggers do.
    """
    columns, keys = store.digests.tables()["versions"]
    store.execute(
        f"INSERT OR REPLACE INTO digests SELECT 'versions', {key_in('r', keys)}, "
        f"{digest_in('r', columns)} FROM versions r WHERE article_id = ? AND version = ?",
        article_id,
        version,
    )


def digest_of_schema(store: Store) -> bytes:
    """Return the digest of how tables, indexes and triggers are defined."""
    rows = store.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    )
    return blake2b(repr(rows).encode(), digest_size=16).digest()
