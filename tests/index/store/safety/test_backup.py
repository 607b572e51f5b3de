"""A backup taken at any time restores to a sound library, and a damaged one restores nothing."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Library, load_encoder
from index.store.database import DATABASE, Store
from index.store.safety.backup import back_up, restore
from rag import Assistant

ASKED = "How many traders came?"


def article(number):
    text = f"The market of Tell Halaf opened again on Tuesday. {number} traders came."
    return Article(f"market-{number}", text, f"Market {number}")


def opened(home, **options):
    return Library.open(home, load_encoder("bundled"), **options)


@pytest.fixture
def library(tmp_path):
    made = opened(tmp_path / "library", create=True)
    made.add([article(40)])
    Assistant(made).ask(ASKED)
    return made


def ids(library):
    return [article.id for article in library.articles()]


def silent(_):
    pass


def test_a_backup_is_put_back_under_an_open_library(tmp_path, library):
    file = tmp_path / "kept.sqlite"
    made = back_up(library.home, file)
    assert (made.articles, file.stat().st_mode & 0o777) == (1, 0o600)
    assert {each.name for each in tmp_path.iterdir()} == {"library", "kept.sqlite"}
    library.add([article(50), article(60)])
    library.remove(["market-40"])
    before = library.revision
    done = restore(library.home, file, silent)
    assert (done.articles, done.made_at, done.aside) == (1, made.made_at, None)
    # The connection that was open all along sees it, and goes on writing.
    assert ids(library) == ["market-40"]
    assert library.revision > before
    assert "40" in Assistant(library).ask(ASKED).citations[0].quote
    library.add([article(70)])
    assert "70" in Assistant(library).ask("Did 70 traders come?").citations[0].quote
    assert library.faults() == []
    assert library._store.get("backup") is None


def test_ids_of_passages_are_not_given_twice_after_a_restore(tmp_path, library):
    back_up(library.home, tmp_path / "kept.sqlite")
    library.add([article(50)])
    newest = max(row.id for row in library._store.passages())
    restore(library.home, tmp_path / "kept.sqlite", silent)
    library.add([article(60)])
    assert max(row.id for row in library._store.passages()) > newest
    assert "60" in Assistant(library).ask("Did 60 traders come?").citations[0].quote


def test_backups_during_an_import_are_all_sound(tmp_path, library):
    """What was committed when a backup began is in it, and nothing in halves."""
    committed, counts = [], []

    def add():
        mine = opened(library.home)
        mine.add([article(n) for n in range(100, 400)], batch=10, on_batch=committed.append)

    with ThreadPoolExecutor(1) as threads:
        adding = threads.submit(add)
        while not adding.done():
            acknowledged = committed[-1] if committed else 0
            made = back_up(library.home, tmp_path / f"{len(counts)}.sqlite")
            assert made.articles > acknowledged
            counts.append(made.articles)
        adding.result()
    assert len(set(counts)) > 1
    for number, count in list(enumerate(counts))[:: max(1, len(counts) // 3)]:
        home = tmp_path / f"home-{number}"
        restore(home, tmp_path / f"{number}.sqlite", silent)
        again = opened(home)
        again.rebuild()
        assert (len(again), again.faults()) == (count, [])


@pytest.mark.parametrize("harm", ["row", "page", "cut", "both", "text"])
def test_a_damaged_backup_changes_nothing(tmp_path, library, harm):
    file = tmp_path / "kept.sqlite"
    back_up(library.home, file)
    data = file.read_bytes()
    if harm == "text":
        file.write_text("Not a backup.")
    elif harm == "page":
        file.write_bytes(data[: 4096 * 4] + bytes(4096) + data[4096 * 5 :])
    elif harm == "cut":
        file.write_bytes(data[: len(data) // 2])
    else:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("DELETE FROM versions")
            if harm == "both":
                connection.execute("DELETE FROM digests WHERE of = 'versions'")
    library.add([article(50)])
    with pytest.raises(DalilError, match=r"nothing was changed|no backup|cannot be opened|damaged"):
        restore(library.home, file, silent)
    assert ids(library) == ["market-40", "market-50"]
    assert library.faults() == []
    assert not list(library.home.glob(".dalil-*"))


@pytest.mark.parametrize("harm", ["header", "pages"])
def test_a_backup_takes_the_place_of_a_file_that_cannot_be_opened(tmp_path, library, harm):
    file, path = tmp_path / "kept.sqlite", library.home / DATABASE
    back_up(library.home, file)
    library.close()
    data = path.read_bytes()
    path.write_bytes(
        bytes(100) + data[100:] if harm == "header" else data[:4096] + bytes(len(data))
    )
    done = restore(library.home, file, silent)
    assert ids(opened(library.home)) == ["market-40"]
    assert done.aside is None or done.aside.exists()


def test_what_is_refused(tmp_path, library):
    other = tmp_path / "notes.txt"
    other.write_text("Mine.")
    for file, why in (
        (library.home / DATABASE, "the library itself"),
        (other, "no backup"),
        (tmp_path / "nowhere" / "file", "no folder"),
    ):
        with pytest.raises(DalilError, match=why):
            back_up(library.home, file)
    assert other.read_text() == "Mine."
    with closing(sqlite3.connect(library.home / DATABASE)) as connection, connection:
        connection.execute("UPDATE versions SET text = 'Nothing.'")
    with pytest.raises(DalilError, match="damaged"):
        back_up(library.home, tmp_path / "kept.sqlite")
    assert not (tmp_path / "kept.sqlite").exists()


def test_a_plain_copy_of_an_older_library_can_be_put_back(tmp_path, library):
    file = tmp_path / "copy.sqlite"
    with closing(Store(library.home / DATABASE)) as store, closing(sqlite3.connect(file)) as copy:
        store.digests.connection.backup(copy)
        copy.executescript("DROP TABLE digests; PRAGMA user_version = 6;")
    done = restore(tmp_path / "new", file, silent)
    assert (done.made_at, done.articles) == (None, 1)
    assert ids(opened(tmp_path / "new")) == ["market-40"]


def test_a_library_that_is_open_is_put_back_with_what_its_log_holds(tmp_path, library):
    library.add([article(50)])
    done = restore(tmp_path / "new", library.home / DATABASE, silent)
    assert (done.articles, ids(opened(tmp_path / "new"))) == (2, ["market-40", "market-50"])


def test_a_library_is_not_put_back_over_itself(tmp_path, library):
    library.add([article(50)])
    with pytest.raises(DalilError, match="the library itself"):
        restore(library.home, library.home / DATABASE, silent)
    assert ids(library) == ["market-40", "market-50"]


def test_another_librarys_backup_brings_no_passage_under_the_id_of_one_before(tmp_path, library):
    other = opened(tmp_path / "other", create=True)
    words = ["bread", "wool", "copper"]
    other.add([Article(f"{word}-1", f"The price of {word} fell in Afrin.", word) for word in words])
    back_up(other.home, tmp_path / "other.sqlite")
    library.add([article(number) for number in (50, 60)])
    restore(library.home, tmp_path / "other.sqlite", silent)
    for each in (library, opened(library.home)):
        for word in words:
            hits, _ = Assistant(each).search(f"What of {word}?", k=1)
            assert [hit.article.id for hit in hits] == [f"{word}-1"]
    assert library.faults() == []
