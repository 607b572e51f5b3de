"""A library that may only be read: listed, searched and asked, and told so once."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Filters, Library, load_encoder
from index.engine import IndexCache
from index.store.database import DATABASE
from index.store.faults import ReadOnlyError
from index.store.safety.backup import back_up
from rag import Assistant
from ui.reopening import file_id

TEXT = "The market of Tell Halaf opened again on Tuesday. Forty traders came."
NOBODY = 65534
FAULTS = {
    "kept": [],
    "gone": ["The search index is missing."],
    "stale": ["The search index is stale."],
}


@pytest.fixture
def home():
    """A library in a folder that everybody may enter, as pytest's own may not be."""
    folder = Path(tempfile.mkdtemp(prefix="dalil-read-only-"))
    folder.chmod(0o755)
    made = folder / "library"
    made.mkdir(mode=0o755)
    library = opened(made, create=True)
    library.add([Article("market", TEXT)])
    # What is loaded when it is first needed may lie where only root may read.
    Assistant(library).ask("How many traders came?")
    Assistant(library).search("traders", (), 1, Filters())
    assert library.faults() == []
    library.close()
    yield made
    made.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def barred(home):
    """Take the right to write away: the folder's, and from root all that is above it."""
    state = {"user": os.geteuid()}

    def bar(*, folder=0o555, file=0o444):
        for path in home.rglob("*"):
            path.chmod(0o555 if path.is_dir() else file)
        home.chmod(folder)
        if state["user"] == 0:
            os.seteuid(NOBODY)

    yield bar
    os.seteuid(state["user"])


def opened(home, **options):
    return Library.open(home, load_encoder("bundled"), **options)


def files(home):
    return {
        path: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in home.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("index", ["kept", "gone", "stale"])
@pytest.mark.parametrize("file", [0o444, 0o666])
def test_it_is_listed_searched_and_asked(home, barred, index, file):
    """In a folder that may not be written, whatever the file's own permissions say."""
    if index == "gone":
        shutil.rmtree(home / "derived")
    elif index == "stale":
        library = opened(home)
        with library._store.transaction():
            library._store.raise_revision()
        library.close()
    before, said, cache = files(home), [], IndexCache()
    barred(file=file)
    for _ in range(2):
        library = opened(home, say=said.append, cache=cache)
        assert [article.id for article in library.articles()] == ["market"]
        answer = Assistant(library).ask("How many traders came?")
        assert [citation.quote for citation in answer.citations] == ["Forty traders came."]
        assert (answer.answer_id, answer.notice) == (None, None)
        assert Assistant(library).search("traders", (), 1, Filters())[0]
        assert library.faults() == FAULTS[index]
        library.close()
    assert [message for message in said if "read-only here" in message] == said[:1]
    assert files(home) == before


def test_whoever_writes_is_told_in_a_sentence(home, barred, tmp_path):
    barred()
    library = opened(home)
    for write in (
        lambda: library.add([Article("late", "A late report.")]),
        lambda: library.remove(["market"]),
        lambda: library.save_answer("one", "{}", []),
        library.rebuild,
        lambda: opened(home, create=True).add([Article("late", "A late report.")]),
    ):
        with pytest.raises(ReadOnlyError, match="read-only here"):
            write()
    assert [article.id for article in library.articles()] == ["market"]


def test_a_file_alone_that_may_not_be_written_is_read_too(home, barred):
    said = []
    barred(folder=0o777)
    library = opened(home, say=said.append)
    assert Assistant(library).ask("How many traders came?").citations
    assert "read-only here" in said[0]
    with pytest.raises(ReadOnlyError, match="read-only here"):
        library.save_answer("one", "{}", [])
    library.close()


def test_a_backup_can_be_made_of_it(home, barred):
    elsewhere = home.parent / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    barred()
    assert back_up(home, elsewhere / "copy.sqlite").articles == 1


def test_what_is_only_in_the_log_is_never_passed_over(home, barred):
    """A log without the file that says how far it is good, as a copy without it has."""
    library = opened(home)
    library.add([Article("late", "A late report.")])
    log = (home / f"{DATABASE}-wal").read_bytes()
    library.close()
    (home / f"{DATABASE}-wal").write_bytes(log)
    barred()
    with pytest.raises(DalilError, match="last changes are only in"):
        opened(home)


def test_who_reads_beside_a_writer_sees_what_that_adds(home, barred):
    writer = opened(home)
    writer.add([Article("late", "A late report.")])
    barred()
    reader = opened(home)
    assert [article.id for article in reader.articles()] == ["late", "market"]
    with pytest.raises(ReadOnlyError):
        reader.remove(["late"])
    assert reader.trouble is None


def test_a_server_opens_it_anew_when_somebody_has_written(home, barred):
    user = os.geteuid()
    barred()
    before = file_id(home / DATABASE)
    assert file_id(home / DATABASE) == before
    os.seteuid(user)
    home.chmod(0o755)
    (home / DATABASE).chmod(0o644)
    writer = opened(home)
    writer.add([Article("late", "A late report.")])
    writer.close()
    barred()
    assert file_id(home / DATABASE) != before
