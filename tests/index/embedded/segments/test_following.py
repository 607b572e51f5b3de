"""Who searches waits for nobody who adds, and sees what came as soon as it is indexed."""

import threading
import time
from contextlib import closing, contextmanager

import pytest

from corpus.errors import DalilError
from index import Filters, Library
from index.embedded import engine as engines
from index.embedded.segments import building
from index.embedded.segments import following as followers
from index.encoder import load_bundled
from index.engine import IndexCache
from index.reencoding import reencode
from index.store.lock import is_served, write_lock
from tests.conftest import HashEncoder
from tests.index.embedded.segments.test_building import article, counts, filled
from tests.index.queries import query_of

# Far longer than any of it takes.
LONG = 30.0


@contextmanager
def served(home):
    """Open a library as a server does, with its follower at work."""
    cache = IndexCache(background=True)
    with closing(Library.open(home, HashEncoder(), cache=cache)) as library:
        names(library)
        assert cache.follower is not None
        try:
            yield library
        finally:
            cache.close()


def names(library):
    found = library.search(query_of("خبر", load_bundled()), 60, Filters()).found
    return {one.article_id for one in found}


def eventually(condition):
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def never_follow(library, monkeypatch):
    """Let a library commit and not index, as a process does that is killed between."""
    monkeypatch.setattr(library.engine, "follow", lambda *, writing: None)
    return library


@contextmanager
def held_up(monkeypatch):
    """Let whoever indexes wait until the block is over."""
    go_on, begun, build = threading.Event(), threading.Event(), engines.build

    def waiting(*args, **named):
        begun.set()
        assert go_on.wait(LONG)
        return build(*args, **named)

    monkeypatch.setattr(engines, "build", waiting)
    try:
        yield begun
    finally:
        go_on.set()


def test_what_another_process_adds_is_seen_by_itself(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 3)) as writer, served(tmp_path) as library:
        eventually(lambda: is_served(tmp_path))
        writer.add([article(3)])
        # Nobody asks meanwhile.
        eventually(lambda: library._store.revision == library.engine._cache.newest.revision)
        monkeypatch.setattr(followers, "_PATIENCE_SECONDS", 0.0)
        assert names(library) == {"a0", "a1", "a2", "a3"}
    eventually(lambda: not is_served(tmp_path))


def test_who_searches_does_not_wait_for_what_is_being_indexed(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 4)) as writer, served(tmp_path) as library:
        never_follow(writer, monkeypatch)
        with held_up(monkeypatch) as begun:
            writer.add([article(4)])
            writer.remove(["a1"])
            assert begun.wait(LONG)
            # What is gone is not shown; what came is, once it is indexed.
            assert names(library) == {"a0", "a2", "a3"}
        eventually(lambda: names(library) == {"a0", "a2", "a3", "a4"})


def test_who_adds_is_left_to_index_it(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 4)) as writer, served(tmp_path) as library:
        with write_lock(tmp_path), held_up(monkeypatch) as begun:
            with writer._store.transaction():
                writer._store.raise_revision()
            assert names(library) == {"a0", "a1", "a2", "a3"}
            assert not begun.wait(2 * followers._LOOK_SECONDS)
        eventually(lambda: library.engine._cache.newest.revision == writer.revision)


def test_parts_are_put_together_behind_a_server(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "_SOON", 0)
    with closing(filled(tmp_path, 20)), served(tmp_path) as library:
        for number in (20, 21):
            library.add([article(number)])
        eventually(lambda: counts(library) == [20, 2])
        assert names(library) == {f"a{number}" for number in range(22)}
        assert library.faults() == []


def test_another_encoder_is_told_by_who_searches(tmp_path):
    with closing(filled(tmp_path, 4)), served(tmp_path) as library:
        reencode(tmp_path, load_bundled())
        with pytest.raises(DalilError, match="dalil reindex"):
            eventually(lambda: not names(library))
        assert library.engine._cache.follower is None


def test_a_library_in_the_place_of_another_has_a_follower_of_its_own(tmp_path):
    with closing(filled(tmp_path / "one", 2)), served(tmp_path / "one") as library:
        follower = library.engine._cache.follower
        # Only what it has opened can be another's later.
        eventually(lambda: follower._seen is not None)
        (tmp_path / "one" / "library.sqlite").rename(tmp_path / "moved")
        eventually(lambda: not follower.relied_on)
