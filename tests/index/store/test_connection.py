"""What a database consists of while other connections come and go."""

from pathlib import Path

from index.store.connection import beside
from index.store.database import DATABASE, Store


def test_a_log_may_go_while_it_is_looked_at(tmp_path, monkeypatch):
    database = tmp_path / "library.sqlite"
    log = tmp_path / "library.sqlite-wal"
    for file in (database, log):
        file.touch()
    real = Path.stat

    def closing(path, **options):
        """Look at a file, and take the log away right after, as the last to close does."""
        found = real(path, **options)
        if path == log:
            log.unlink()
        return found

    kept = beside(database)
    monkeypatch.setattr(Path, "stat", closing)
    assert beside(database) == kept
    assert beside(database) == (*kept[:1], 0, 0)


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path):
    """FULL, whatever SQLite was built with: at NORMAL a log is only synced when it is moved."""
    store = Store(tmp_path / "library.sqlite", create=True)
    assert store.execute("PRAGMA synchronous") == [(2,)]
    assert store.execute("PRAGMA journal_mode") == [("wal",)]
    store.close()


def test_the_digest_of_a_row_is_looked_up_and_not_searched_for(tmp_path):
    # Going through the digests of all passages for each of them took longer than all the rest.
    store = Store(tmp_path / DATABASE, create=True)
    for table in ("passages", "articles", "versions"):
        plan = store.execute(f"EXPLAIN QUERY PLAN SELECT {store.sound(table, 't')} FROM {table} t")
        assert any("(of=? AND key=?)" in line[-1] for line in plan), plan
    store.close()
