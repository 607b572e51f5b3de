"""Files deleted under an open library: writing stops and says so, and what was committed stays."""

import shutil

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Library, load_encoder
from index.store.database import DATABASE
from rag import Assistant

TEXT = "The market of Tell Halaf opened again on Tuesday. Forty traders came."


def opened(home, **options):
    return Library.open(home, load_encoder("bundled"), **options)


@pytest.mark.parametrize("ends", [["-wal"], ["-shm"], ["-wal", "-shm"]])
def test_nothing_is_written_any_more(tmp_path, ends):
    library = opened(tmp_path, create=True)
    library.add([Article("market", TEXT)])
    assert library.trouble is None
    for end in ends:
        (tmp_path / (DATABASE + end)).unlink()
    for write in (
        lambda: library.add([Article("late", "A late report.")]),
        lambda: library.remove(["market"]),
        # A new connection of this process would share what is in memory of the deleted files.
        lambda: opened(tmp_path),
    ):
        with pytest.raises(DalilError, match="deleted or replaced") as raised:
            write()
        assert "Stop every Dalil" in str(raised.value)
    answer = Assistant(library).ask("How many traders came?")
    assert answer.citations
    assert "deleted or replaced" in str(answer.notice)
    assert answer.answer_id is None
    library.close()
    after = opened(tmp_path)
    assert [article.id for article in after.articles()] == ["market"]
    assert after.faults() == []
    assert [a.id for a in after.add([Article("late", "A late report.")]).added] == ["late"]


def test_what_was_committed_outlives_the_process(tmp_path):
    """The file alone, as it is after a kill, holds what stood in the deleted log."""
    library = opened(tmp_path, create=True)
    library.add([Article("market", TEXT)])
    (tmp_path / f"{DATABASE}-wal").unlink()
    assert library.trouble
    (tmp_path / "copy").mkdir()
    shutil.copy(tmp_path / DATABASE, tmp_path / "copy")
    after = opened(tmp_path / "copy")
    after.rebuild()
    assert [article.id for article in after.articles()] == ["market"]
    assert after.faults() == []


def test_files_deleted_during_a_change_undo_it(tmp_path):
    library = opened(tmp_path, create=True)
    library.add([Article("market", TEXT)])
    store = library._store

    def change():
        with store.transaction():
            store.set("mark", "1")
            (tmp_path / f"{DATABASE}-wal").unlink()

    with pytest.raises(DalilError, match="deleted or replaced"):
        change()
    assert store.get("mark") is None


def test_an_open_library_whose_files_stay_is_written(tmp_path):
    one = opened(tmp_path, create=True)
    other = opened(tmp_path)
    one.add([Article("market", TEXT)])
    one.close()
    other.add([Article("late", "A late report.")])
    assert other.trouble is None
    assert len(other) == 2
