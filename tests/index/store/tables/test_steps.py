"""An older library gains a row for each version that was taken out, and loses none."""

import sqlite3
from contextlib import closing

from index import Library


def test_withdrawals_of_schema_6_are_kept(library, encoder, make_article):
    library.add([make_article()])
    library.close()
    with closing(sqlite3.connect(library.home / "library.sqlite")) as connection:
        connection.executescript(
            "DROP TABLE withdrawals; DROP TABLE edits; DROP TABLE removals; DROP TABLE digests;"
            "CREATE TABLE withdrawals (article_id TEXT PRIMARY KEY, version INTEGER NOT NULL,"
            " at TEXT NOT NULL, reason TEXT) STRICT;"
            "INSERT INTO withdrawals VALUES ('article-1', 1, '2026-01-02T03:04:05+00:00', 'Why.');"
            "UPDATE articles SET present = 0; PRAGMA user_version = 6;"
        )
    for _ in range(2):
        upgraded = Library.open(library.home, encoder)
        assert upgraded.withdrawals.retracted("article-1", 1)
        assert upgraded.withdrawals.of("article-1").reason == "Why."
        upgraded.close()
    upgraded = Library.open(library.home, encoder)
    upgraded.add([make_article(text="خبر مصحّح.")])
    upgraded.withdrawals.take_out("article-1")
    assert [one.version for one in upgraded.withdrawals.every("article-1")] == [2, 1]
    upgraded.close()
