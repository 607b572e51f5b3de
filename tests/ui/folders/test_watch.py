"""A folder is followed while it changes: by a process of its own, and beside eight who ask."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from corpus.errors import InputError
from index import Filters, Library, load_encoder
from ui.folders.watch import watching
from ui.service import Question, Service, Shared
from ui.settings.settings import Settings

ROOT = Path(__file__).parents[3]
QUESTION = Question("Who opened the bakery in Tell Nar?")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder / "rain.txt", "Rain fell on the plain of Dara for two days.")
    return folder


@pytest.fixture
def until(kit):
    return kit.until


def write(file, text):
    file.write_text(text, encoding="utf-8")


def cited(service):
    answer = service.ask(QUESTION, Filters())
    return " ".join(citation.quote for citation in answer.citations)


def test_a_file_comes_changes_and_goes(folder, tmp_path, until):
    """A process of its own follows the folder, and another answers from the library."""
    home = tmp_path / "home"
    Library.open(home, load_encoder("bundled"), create=True).close()
    command = [sys.executable, "-m", "ui.cli", "--home", home, "watch", folder]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            bakery = folder / "deep" / "bakery.txt"
            bakery.parent.mkdir()
            write(bakery, "Salma Haddad opened the bakery in Tell Nar on Sunday.")
            service = Service(Settings(home, "bundled"), lambda _: None)
            until(lambda: "Salma Haddad" in cited(service))
            write(bakery, "Omar Saleh opened the bakery in Tell Nar on Sunday.")
            until(lambda: "Omar Saleh" in cited(service))
            bakery.unlink()
            until(lambda: "bakery" not in cited(service))
            found = service.search(QUESTION, 10, Filters()).hits
            assert [hit.article.id for hit in found] == [str(folder / "rain.txt")]
            # An answer that was given stays as it was.
            saved = service.assistant().library
            assert saved.article(str(bakery), 2).text.startswith("Omar Saleh")
        finally:
            process.send_signal(signal.SIGINT)
        told = process.stderr.read()
    assert (process.returncode, "Traceback" in told) == (0, False), told
    assert "1 removed" in told


def test_nothing_is_lost_and_nothing_comes_twice_while_eight_ask(folder, tmp_path, until):
    """Half of the files stay and always are found once; the rest come, change and go."""
    settings = Settings(tmp_path / "home", "bundled")
    for number in range(6):
        write(folder / f"stays-{number}.txt", f"Mill {number} ground the wheat of Dara.")
    shared, said, faults, stop = Shared(settings), [], [], threading.Event()
    asked = Question("Which mill ground the wheat of Dara?")

    def ask():
        service = Service(settings, said.append, shared)
        rounds = 0
        while not stop.is_set() or not rounds:
            hits = service.search(asked, 50, Filters()).hits
            ids = [hit.article.id for hit in hits]
            assert len(ids) == len(set(ids)), ids
            assert sum("stays" in each for each in ids) == 6, ids
            service.ask(asked, Filters())
            rounds += 1
        return rounds

    with watching(settings, [folder], said.append, faults.append, shared):
        until(lambda: said)
        with ThreadPoolExecutor(8) as threads:
            asking = [threads.submit(ask) for _ in range(8)]
            try:
                for number in range(4):
                    write(folder / f"comes-{number}.txt", f"Guest mill {number} ground wheat.")
                until(lambda: articles(settings) == 11)
                write(folder / "comes-0.txt", "Guest mill 0 stood still.")
                (folder / "comes-1.txt").unlink()
                (folder / "comes-2.txt").rename(folder / "moved.txt")
                now = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
                until(lambda: texts(settings) == now)
            finally:
                # Else those who ask would be waited for without end.
                stop.set()
            rounds = [each.result() for each in asking]
    assert (faults, min(rounds) > 0, len(now)) == ([], True, 10)
    assert texts(settings) == now


def articles(settings):
    return len(texts(settings))


def texts(settings):
    library = Library.open(settings.home, load_encoder("bundled"))
    try:
        # Of one state: what is listed may be gone before it is read.
        with library.reading():
            ids = [each.id for each in library.articles()]
            return {Path(each).name: library.article(each).text for each in ids}
    finally:
        library.close()


def test_a_drive_that_is_mounted_later(folder, tmp_path, until):
    """A missing folder is told once and followed when it is there; an empty one takes nothing."""
    settings = Settings(tmp_path / "home", "bundled")
    away, said, faults = tmp_path / "away", [], []
    folder.rename(away)
    with watching(settings, [folder], said.append, faults.append):
        until(lambda: said)
        assert "cannot be read" in said[0]
        away.rename(folder)
        until(lambda: any("1 added" in each for each in said))
        assert len(said) == 2
        folder.rename(away)
        folder.mkdir()
        until(lambda: "holds no articles any more" in said[-1])
    # For an instant there was no folder, and whoever looks just then says so.
    assert ["cannot be read" in each for each in said[2:]] in ([False], [True, False])
    assert (articles(settings), faults) == (1, [])


def test_where_the_system_tells_nothing(folder, tmp_path, monkeypatch, until):
    def refuse(*_, **__):
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("ui.folders.watch.watch", refuse)
    monkeypatch.setattr("ui.folders.watch.UNTOLD_SECONDS", 0.2)
    said = []
    with watching(Settings(tmp_path / "home", "bundled"), [folder], said.append, pytest.fail):
        until(lambda: any("1 added" in each for each in said))
        write(folder / "snow.txt", "Snow fell on the hills.")
        until(lambda: sum("1 added" in each for each in said) == 2)
    assert "watch limit reached" in said[0]


def test_what_is_no_folder_is_refused(folder, tmp_path):
    chosen = partial(watching, Settings(tmp_path / "home", "bundled"))
    with pytest.raises(InputError, match="is no folder"):
        chosen([folder / "rain.txt"], print, pytest.fail).__enter__()
