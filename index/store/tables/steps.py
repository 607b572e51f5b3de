"""Steps from older schemas that cannot be taken by adding tables; each can be taken twice.

They raise what SQLite raises, since who may not write can read an older library as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Runs one statement of SQL and returns its rows.
Execute = Callable[[str], list[tuple[Any, ...]]]

_KEYS = "SELECT count(*) FROM pragma_table_info('withdrawals') WHERE pk > 0"


def add_owners(execute: Execute) -> None:
    """Give the answers of a schema before 4 the column `owner`, if they lack it."""
    with _step(execute):
        columns = [row[1] for row in execute("PRAGMA table_info(answers)")]
        if columns and "owner" not in columns:
            execute("ALTER TABLE answers ADD COLUMN owner TEXT NOT NULL DEFAULT ''")


def key_withdrawals_by_version(execute: Execute) -> None:
    """Give a library of schema 6 one row for each version that was taken out.

    Before, an article had one, so that putting a version back forgot why another was retracted.
    """
    with _step(execute):
        if execute(_KEYS)[0][0] != 1:
            return
        execute("ALTER TABLE withdrawals RENAME TO withdrawals_of_articles")
        execute(
            "CREATE TABLE withdrawals (article_id TEXT NOT NULL, version INTEGER NOT NULL, "
            "at TEXT NOT NULL, reason TEXT, PRIMARY KEY (article_id, version)) "
            "STRICT, WITHOUT ROWID"
        )
        execute(
            "INSERT INTO withdrawals SELECT article_id, version, at, reason "
            "FROM withdrawals_of_articles"
        )
        execute("DROP TABLE withdrawals_of_articles")


@contextmanager
def _step(execute: Execute) -> Iterator[None]:
    execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        execute("ROLLBACK")
        raise
    execute("COMMIT")
