"""What an import commits is indexed in a process beside it, and what is found stays the same."""

import json
import os
import subprocess
from contextlib import closing

import pytest

from corpus.article import Article
from index.embedded.segments import building, indexing
from index.embedded.segments.indexing import Indexing, index_coming
from index.embedded.segments.kept import newest_in
from index.embedded.segments.snapshot import MANIFEST
from index.encoder import load_bundled
from index.store.database import DATABASE, Store
from index.store.lock import serving
from tests.conftest import HashEncoder
from tests.index.embedded.segments.test_building import article, counts, filled, folders

POPEN = subprocess.Popen
DIMENSION = HashEncoder().dimension
TAKE, CORES = Indexing.take, indexing.cores


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(indexing, "cores", lambda: 2)
    monkeypatch.setattr(indexing, "_MANY", 10)


@pytest.fixture
def taken(monkeypatch):
    """What was taken over from processes, `None` where one had nothing."""
    found = []
    monkeypatch.setattr(Indexing, "take", lambda self: found.append(TAKE(self)) or found[-1])
    return found


def come(library, numbers):
    library.add((article(number) for number in numbers), batch=8)


def segments(library):
    """Return the folders of the parts that are kept, each with the checksums of its files."""
    return json.loads((library.home / "derived" / MANIFEST).read_text())["segments"]


def instead(monkeypatch, *command):
    """Start another command where a process would be; return the list of those started."""
    started = []

    def popen(_command, **named):
        started.append(POPEN(command, **named))
        return started[-1]

    monkeypatch.setattr(indexing.subprocess, "Popen", popen)
    return started


def saying(what):
    """Return a command that says something and does not end by itself."""
    return ("sh", "-c", 'echo "$0"; cat > /dev/null', json.dumps(what))


def test_another_process_makes_the_same_files(tmp_path, monkeypatch, taken):
    # Small as it is, what was there before is not put together with what comes.
    monkeypatch.setattr(building, "_TIMES", 0.1)
    # Nor is anything that lies where the import runs.
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    with closing(filled(tmp_path / "beside", 6)) as library:
        come(library, range(6, 60))
        assert counts(library) == [6, 54]
        assert [part.segment.files.folder for part in taken] == [segments(library)[1][0]]
        assert library.faults() == []
        beside = [crc32 for _, crc32 in segments(library)]
    monkeypatch.setattr(indexing, "cores", lambda: 1)
    with closing(filled(tmp_path / "alone", 6)) as library:
        come(library, range(6, 60))
        assert [crc32 for _, crc32 in segments(library)] == beside
        assert len(taken) == 1


def test_passages_are_indexed_as_they_come_and_go(tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "CHUNK", 4)
    monkeypatch.setattr(indexing, "cores", lambda: 1)
    with closing(filled(tmp_path, 30)) as library, closing(Store(tmp_path / DATABASE)) as store:

        def told():
            yield
            library.add([Article("a20", "خبر آخر عن المطر.", language="ar"), article(30)])
            yield
            yield

        made = index_coming(store, 10, DIMENSION, told())
        at_once = building._indexed(store, store.passages(10), DIMENSION, load_bundled())
    assert made.passages.ids.tolist() == [*range(11, 21), *range(22, 33)]
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for segment, folder in ((made, ours), (at_once, theirs)):
        folder.mkdir()
        segment.save(folder)
    files = [file.relative_to(theirs) for file in theirs.rglob("*.*")]
    compared = [file for file in files if file.parts[0] != "tokens"]
    assert len(compared) > 20
    for file in compared:
        assert (ours / file).read_bytes() == (theirs / file).read_bytes(), file


def test_only_what_came_is_taken_and_all_of_it(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 12)) as library, closing(Store(tmp_path / DATABASE)) as store:
        library.add([article(12)])
        (second, _) = segments(library)[1]

        def handed(after):
            instead(monkeypatch, *saying([second, {}]))
            made = Indexing(tmp_path, DIMENSION)
            made.committed(10)
            assert len(made.finish(store, after, load_bundled())) == 13 - after
            return made.take()

        assert handed(11) is None
        assert handed(12).segment.passages.ids.tolist() == [13]
        assert library.faults() == []


LEFT = "mkdir derived/revision-9-left && echo half > derived/revision-9-left/ids.npy; exit 1"


@pytest.mark.parametrize(
    "command",
    [
        ("there-is-no-such-command",),
        ("false",),
        ("sh", "-c", LEFT),
        saying("nonsense"),
        saying(["revision-gone", {}]),
        ("sleep", "60"),
    ],
)
def test_a_process_that_fails_leaves_a_right_index(tmp_path, monkeypatch, command, taken):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(indexing, "_PATIENCE_SECONDS", 0.02)
    with closing(filled(tmp_path, 6)) as library:
        started = instead(monkeypatch, *command)
        come(library, range(6, 30))
        assert len(started) <= 1
        assert all(each.returncode is not None for each in started)
        assert set(taken) <= {None}
        assert library.faults() == []
        assert not (tmp_path / "derived" / "revision-9-left").exists()
        assert library.engine.snapshot().passages.ids.tolist() == list(range(1, 31))


def test_few_passages_start_no_process(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 0)) as library:
        started = instead(monkeypatch, "cat")
        come(library, range(9))
        library.remove(["a3"])
        come(library, range(9))
        assert started == []
        with serving(tmp_path):
            come(library, range(9, 20))
        monkeypatch.setattr(indexing, "cores", lambda: 1)
        come(library, range(20, 31))
        assert started == []
        assert len(library.engine) == 31


def test_a_process_ends_with_the_import(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 0)) as library:
        started = instead(monkeypatch, "cat")

        def broken_off():
            yield from (article(number) for number in range(20))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            library.add(broken_off(), batch=8)
        (process,) = started
        assert process.returncode is not None


def test_a_process_ends_with_its_input(tmp_path):
    with closing(filled(tmp_path, 3)) as library:
        before = folders(library)
        command = indexing.command(tmp_path, DIMENSION)
        assert subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60).returncode == 1
        assert folders(library) == before


def test_where_to_go_on_is_known_from_files_alone(tmp_path):
    assert newest_in(tmp_path / "derived") == 0
    with closing(filled(tmp_path, 3)) as library:
        assert newest_in(tmp_path / "derived") == 3
        library.remove(["a2"])
        library.add([article(7)])
        assert newest_in(tmp_path / "derived") == 4
    (tmp_path / "derived" / MANIFEST).write_text('{"segments": []}')
    assert newest_in(tmp_path / "derived") == 0


def test_cores_are_those_this_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert CORES() == 1
    # Some systems do not tell.
    monkeypatch.delattr(os, "sched_getaffinity")
    assert CORES() == 8
