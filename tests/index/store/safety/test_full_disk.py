"""A disk that is full or fails: a sentence, and what was committed stays."""

import errno
import json
import sqlite3

import numpy as np
import pytest

from corpus.article import Article
from corpus.errors import DalilError, DamagedError
from index import Library, load_encoder
from index.embedded import vectors
from index.store.database import DATABASE
from index.store.faults import sentence
from ui.cli.main import main

TEXT = "The market of Tell Halaf opened again on Tuesday. Forty traders came."


@pytest.fixture
def said():
    return []


@pytest.fixture
def library(tmp_path, said):
    made = Library.open(tmp_path, load_encoder("bundled"), create=True, say=said.append)
    made.add([Article("market", TEXT), Article("bridge", "A bridge fell.")])
    return made


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def failing(*_, **__):
    raise RuntimeError("Error in virtual size_t faiss::FileIOWriter: fwrite failed")


@pytest.mark.parametrize(
    "broken", [(np, "save", full), (vectors.faiss, "write_index", failing)], ids=["numpy", "faiss"]
)
def test_an_index_that_cannot_be_kept_undoes_no_change(library, said, monkeypatch, broken):
    with monkeypatch.context() as patched:
        patched.setattr(*broken)
        assert library.remove(["market"]) == ["market"]
        assert [a.id for a in library.add([Article("late", "A late report.")]).added] == ["late"]
        assert [article.id for article in library.articles()] == ["bridge", "late"]
        with pytest.raises(DalilError, match="could not be kept"):
            library.rebuild()
    assert len(said) == 2
    assert all("The articles are safe" in each for each in said)
    assert "faiss::" not in "".join(said)
    # Nothing of the failed ones is left beside the last that was kept.
    derived = library.home / "derived"
    manifest = json.loads((derived / "manifest.json").read_text())
    named = [name for name, _ in (*manifest["segments"], manifest["neighbours"])]
    assert sorted(named) == sorted(folder.name for folder in derived.glob("revision-*"))
    again = Library.open(library.home, library.encoder)
    assert again.count_passages() == 2
    assert again.faults() == []


def test_a_change_that_finds_the_disk_full_is_undone(library):
    store = library._store
    (pages,) = store.execute("PRAGMA page_count")[0]
    store.execute(f"PRAGMA max_page_count = {pages}")
    long = Article("long", "\n".join(f"{TEXT} {number}" for number in range(400)))
    with pytest.raises(DalilError, match="is full, and nothing of this change was kept"):
        library.add([long])
    assert [article.id for article in library.articles()] == ["bridge", "market"]
    store.execute("PRAGMA max_page_count = 100000")
    assert [article.id for article in library.add([long]).added] == ["long"]
    assert library.faults() == []


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, DalilError, "disk of the library .* failed"),
        (sqlite3.SQLITE_FULL, DalilError, "is full"),
        (sqlite3.SQLITE_CORRUPT, DamagedError, "dalil doctor --repair"),
        (sqlite3.SQLITE_NOTADB, DalilError, "dalil restore"),
        (sqlite3.SQLITE_BUSY, DalilError, "another writer"),
        (sqlite3.SQLITE_READONLY, DalilError, "permissions"),
    ],
)
def test_what_sqlite_cannot_do_is_a_sentence(tmp_path, code, kind, told):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    with pytest.raises(kind, match=told):
        raise sentence(error, tmp_path / DATABASE)


def test_a_defect_stays_one(tmp_path):
    defect = sqlite3.ProgrammingError("Cannot operate on a closed database.")
    assert sentence(defect, tmp_path) is defect


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, True), (errno.EIO, True), (errno.EMFILE, False)]
)
def test_the_command_tells_of_a_full_disk(monkeypatch, capsys, number, told):
    def fails():
        raise OSError(number, "as the system says it")

    monkeypatch.setattr("ui.cli.main.app", fails)
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.reconfigure", lambda **_: None, raising=False)
    with pytest.raises(SystemExit if told else OSError):
        main()
    assert ("The disk failed (as the system says it)" in capsys.readouterr().err) == told
