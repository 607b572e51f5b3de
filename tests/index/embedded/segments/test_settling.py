"""Parts are put together beside whoever adds and searches, and what is found stays the same."""

import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from corpus.article import Article
from index import Filters, Library, incoming
from index.embedded.segments import building, settling
from index.embedded.segments.merging import Merging
from index.embedded.segments.settling import MERGE_LOCK, settle_beside
from index.encoder import load_bundled
from index.store.database import DATABASE, Store
from index.store.lock import serving, write_lock
from tests.conftest import HashEncoder
from tests.index.embedded.segments.test_building import WORDS, article, counts, filled
from tests.index.queries import query_of


@pytest.fixture(autouse=True)
def nothing_soon(monkeypatch):
    """Leave all that is put together to the background."""
    monkeypatch.setattr(building, "_SOON", 0)


@contextmanager
def elsewhere(home):
    """Let whoever adds believe that another process puts parts together."""
    with write_lock(home / "derived", name=MERGE_LOCK) as held:
        assert held
        yield


def in_parts(home):
    library = filled(home, 40)
    with elsewhere(home):
        for number in range(40, 46):
            library.add([article(number)])
    assert counts(library) == [40, 1, 1, 1, 1, 1, 1]
    return library


def shown(home):
    """Return what a process that opens the library finds, with all scores."""
    with closing(Library.open(home, HashEncoder())) as library:
        assert library.faults() == []
        found = [
            library.search(query_of(word, load_bundled()), 60, Filters()).found for word in WORDS
        ]
        return [{one.article_id: one[5:10] for one in each} for each in found], counts(library)


def assert_as_built_anew(home):
    found, parts = shown(home)
    with closing(Library.open(home, HashEncoder())) as library:
        library.rebuild()
    expected, _ = shown(home)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.keys() == theirs.keys()
        for name, scores in theirs.items():
            assert ours[name] == pytest.approx(scores, rel=1e-5, abs=1e-5)
    return parts


def drafts(home):
    return list((home / "derived").glob("merging-*"))


def test_parts_are_put_together_in_another_process(tmp_path):
    with closing(in_parts(tmp_path)):
        (tmp_path / "derived" / "merging-left").mkdir()
        command = [sys.executable, "-m", settling.__spec__.name, str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.wait(60) == 0
        # What another process had left half done is gone, too.
        assert drafts(tmp_path) == []
        assert assert_as_built_anew(tmp_path) == [40, 6]


def test_what_comes_and_goes_meanwhile_stays_so(tmp_path):
    with (
        closing(in_parts(tmp_path)) as library,
        closing(Store(tmp_path / DATABASE)) as store,
    ):
        before = settling._kept(store, tmp_path / "derived", load_bundled())
        after = building.settled(before)
        with elsewhere(tmp_path):
            library.remove(["a41", "a43", "a3"])
            library.add([article(50), Article("a44", "خبر آخر عن المطر.", language="ar")])
        assert settling._put(store, tmp_path, before, after, 0)
        assert assert_as_built_anew(tmp_path) == [39, 3, 2]


def test_what_another_has_put_together_is_left(tmp_path):
    with (
        closing(in_parts(tmp_path)) as library,
        closing(Store(tmp_path / DATABASE)) as store,
    ):
        before = settling._kept(store, tmp_path / "derived", load_bundled())
        after = building.settled(before)
        library.add([article(60)])
        assert counts(library) == [40, 7]
        assert not settling._put(store, tmp_path, before, after, 0)
        assert drafts(tmp_path) == []
        assert assert_as_built_anew(tmp_path) == [40, 7]


def test_an_index_built_anew_meanwhile_is_left(tmp_path):
    with (
        closing(in_parts(tmp_path)) as library,
        closing(Store(tmp_path / DATABASE)) as store,
    ):
        before = settling._kept(store, tmp_path / "derived", load_bundled())
        after = building.settled(before)
        library.rebuild()
        assert not settling._put(store, tmp_path, before, after, 0)
        assert assert_as_built_anew(tmp_path) == [46]


def test_who_adds_is_not_disturbed(tmp_path):
    with closing(in_parts(tmp_path)):
        for lock, name in ((tmp_path / "derived", MERGE_LOCK), (tmp_path, "write.lock")):
            with write_lock(lock, name=name):
                assert not settle_beside(tmp_path, load_bundled(), 0)
        assert drafts(tmp_path) == []
        assert shown(tmp_path)[1] == [40, 1, 1, 1, 1, 1, 1]
        assert settle_beside(tmp_path, load_bundled(), 0)
        assert shown(tmp_path)[1] == [40, 6]


def test_a_writer_goes_on_from_what_was_put_together(tmp_path):
    with closing(in_parts(tmp_path)) as library:
        assert settle_beside(tmp_path, load_bundled(), 0)
        with elsewhere(tmp_path):
            library.add([article(70)])
        assert counts(library) == [40, 6, 1]
        assert assert_as_built_anew(tmp_path) == [40, 6, 1]


@pytest.fixture
def small_steps(monkeypatch):
    """Have an import index ten passages at a time; tell of what sizes parts it puts together."""
    monkeypatch.setattr(incoming, "_MOST_PASSAGES", 10)
    monkeypatch.setattr(building, "_LARGEST", 50)
    put = []
    save = Merging.save

    def told(one, folder):
        put.append(len(one))
        save(one, folder)

    monkeypatch.setattr(Merging, "save", told)
    return put


def test_an_import_puts_each_passage_into_a_larger_part_once(tmp_path, small_steps):
    with closing(Library.open(tmp_path, HashEncoder(), create=True)) as library:
        library.add(map(article, range(132)), batch=10)
        # A few that came last stay apart, until more have come.
        assert small_steps == [50, 50, 30]
        assert counts(library) == [50, 50, 30, 2]
    assert assert_as_built_anew(tmp_path) == [50, 50, 30, 2]


def test_who_searches_meanwhile_has_few_parts(tmp_path, small_steps):
    with (
        closing(Library.open(tmp_path, HashEncoder(), create=True)) as library,
        serving(tmp_path),
    ):
        library.add(map(article, range(40)), batch=10)
        assert small_steps == [20, 30, 40]


def test_an_import_that_was_stopped_leaves_parts_for_the_next(tmp_path, small_steps):
    def stop(done):
        if done == 40:
            raise KeyboardInterrupt

    with closing(Library.open(tmp_path, HashEncoder(), create=True)) as library:
        with pytest.raises(KeyboardInterrupt):
            library.add(map(article, range(60)), batch=10, on_batch=stop)
        assert counts(library) == [10] * 4
        assert library.faults() == []
        library.add(map(article, range(60)), batch=10)
        assert (small_steps, counts(library)) == ([50], [50, 10])
