"""Qdrant's core, and its client's own imitation of a server, beside the embedded engine."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Filters, Library
from index.encoder import load_bundled
from index.moving import move
from index.qdrant.analysis import Bag, Bags, packed, unpacked
from index.qdrant.engine import QdrantEngine
from index.qdrant.places import connect
from index.qdrant.points import Made, ids_of
from index.qdrant.scoring import sparse
from index.qdrant.search import Asked
from index.qdrant.server import ServerTransport
from index.qdrant.transport import Condition
from index.store.database import DATABASE, Store
from index.store.lock import write_lock
from index.store.safety.backup import back_up, restore
from index.store.safety.repair import repair
from tests.conftest import HashEncoder
from tests.index.queries import query_of

pytest.importorskip("qdrant_edge", reason="Qdrant's core has no wheel for this machine")
SUBJECTS = ["القمح", "النهر", "المدرسة", "السوق", "wheat", "schools", "رقة", "قسد"]


@pytest.fixture
def folder():
    """In memory where there is one: making a shard waits for a disk a lot."""
    held = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    yield held
    shutil.rmtree(held)


def article(number):
    one, other = SUBJECTS[number % 8], SUBJECTS[number * 5 % 7]
    return Article(
        f"a{number}", f"خبر {number} عن {one} قرب {other}. " * (1 + number % 3),
        title=f"{one} {number}", language="en" if number % 8 in (4, 5) else "ar",
        outlet=("Echo", "صدى", None)[number % 3], published=date(2020, 1 + number % 12, 1),
    )  # fmt: skip


def filled(folder, index="embedded", count=60):
    library = Library.open(folder / "library", HashEncoder(), create=True, index=index)
    library.add(article(number) for number in range(count))
    return library


def of_server(folder):
    client = pytest.importorskip("qdrant_client").QdrantClient(":memory:")
    return ServerTransport(client, "dalil")


def of_edge(folder):
    return connect(f"qdrant-edge:{folder}", "dalil")


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
@pytest.mark.parametrize("transport", [of_edge, of_server])
def test_scores_filters_and_changes_equal_the_embedded_engine(folder, transport):
    with closing(filled(folder)) as library, closing(Store(library.home / DATABASE)) as store:
        given = (store, library.home, library.encoder, library.words, lambda _: None)
        engine = QdrantEngine(*given, index="qdrant:test", transport=transport(folder))
        for change in (lambda: None, change_it(library)):
            change()
            for text in ("القمح قرب الرقة", "wheat schools", "خبر 17"):
                for filters in (Filters(), Filters(outlet="echo", since=date(2020, 4, 1))):
                    assert_equal(engine, library, query_of(text, load_bundled()), filters)
        assert engine.faults() == []
        engine.close()


def change_it(library):
    def change():
        library.remove(["a3", "a10"])
        library.add([Article("a4", "وصل القمح إلى السوق.", language="ar", outlet="Echo")])

    return change


def assert_equal(engine, library, query, filters):
    found, expected = (one.search(query, 8, filters) for one in (engine, library))
    assert found.rarity == pytest.approx(expected.rarity, rel=1e-6)
    assert [c[:5] for c in found.found] == [c[:5] for c in expected.found]
    for place in range(5, 10):
        scores = [np.array([c[place] for c in one.found]) for one in (found, expected)]
        np.testing.assert_allclose(*scores, rtol=1e-6, atol=1e-6)
    for place in (10, 11):
        matched = [np.array([c[place] for c in one.found]) for one in (found, expected)]
        np.testing.assert_allclose(*matched, atol=1e-5)


def test_two_halves_merged_find_what_one_finds(folder):
    with closing(filled(folder)) as library, closing(Store(library.home / DATABASE)) as store:
        given = (store, library.home, library.encoder, library.words, lambda _: None)
        engine = QdrantEngine(*given, index=f"qdrant-edge:{folder / 'whole'}")
        query = query_of("القمح قرب الرقة", load_bundled())
        engine.search(query, 5, Filters())
        halves = [connect(f"qdrant-edge:{folder}", name) for name in ("one", "two")]
        made = Made.of(store, ids_of(store).tolist(), 32, library.words)
        for number, half in enumerate(halves):
            half.prepare(32)
            half.upsert([p for p in made.points(engine._state) if p.id % 2 == number])
        vector = library.encoder.encode_queries([query.text])[0]
        state = engine._state
        asked = Asked.of(query, vector, state, engine._meaning(state))
        legs = asked.legs(state, 5, Condition())
        whole = engine.transport.search(legs)
        parts = zip(*(half.search(legs) for half in halves), strict=True)
        assert len(legs) > 4
        for leg, one, (left, right) in zip(legs, whole, parts, strict=True):
            merged = sorted((score for _, score in left + right), reverse=True)[: leg.limit]
            assert [score for _, score in one] == pytest.approx(merged, rel=1e-6)
        for each in (engine, *halves):
            each.close()


def test_what_was_written_survives_a_kill_and_moving_goes_on(folder):
    """The process kills itself after the second request for points: none of it is counted yet."""
    filled(folder).close()
    code = f"""
import os, signal
from pathlib import Path
from index.qdrant import filling, edge
from index.moving import move
from tests.conftest import HashEncoder
filling.BATCH, filling._REQUEST = 20, 10
write, written = edge.EdgeTransport.upsert, []
def upsert(self, points):
    write(self, points)
    written.append(len(points))
    if len(written) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
edge.EdgeTransport.upsert = upsert
move(Path({str(folder / "library")!r}), HashEncoder(), "qdrant-edge:{folder / "points"}")
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, timeout=100)
    assert done.returncode == -signal.SIGKILL
    name = next(path.name for path in (folder / "points").iterdir())
    with closing(connect(f"qdrant-edge:{folder / 'points'}", name)) as left:
        assert len(left) == 50
    steps = []
    index = f"qdrant-edge:{folder / 'points'}"
    moved = move(folder / "library", HashEncoder(), index, on_batch=lambda *n: steps.append(n))
    assert (moved.passages, steps) == (60, [(60, 60)])
    assert moved.scores > 50
    # An article that is gone from the truth is gone from what is found.
    with closing(Library.open(folder / "library", HashEncoder(), index=index)) as library:
        library.remove(["a1"])
        assert len(library.engine.transport) == 59 == library.count_passages()


def test_a_folder_serves_one_process(folder):
    with closing(connect(f"qdrant-edge:{folder}", "dalil")):
        code = f"from index.qdrant.places import connect; connect('qdrant-edge:{folder}', 'dalil')"
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert b"Another process has" in done.stderr


def test_a_folder_that_cannot_be_loaded_is_let_go_of(folder):
    (folder / "dalil" / "shard").mkdir(parents=True)
    (folder / "dalil" / "shard" / "edge_config.json").write_text("none")
    with pytest.raises(DalilError, match="could not use"):
        connect(f"qdrant-edge:{folder}", "dalil")
    shutil.rmtree(folder / "dalil" / "shard")
    with closing(connect(f"qdrant-edge:{folder}", "dalil")) as mended:
        assert len(mended) == 0


def test_a_copy_of_a_library_writes_into_no_collection_but_its_own(folder):
    index = f"qdrant-edge:{folder / 'points'}"
    with closing(filled(folder, index, 10)):
        pass
    shutil.copytree(folder / "library", folder / "copy")
    with closing(Library.open(folder / "copy", HashEncoder(), index=index)) as copy:
        with pytest.raises(DalilError, match="dalil index move --to 'qdrant-edge:"):
            copy.add([article(10)])
        with pytest.raises(DalilError, match="was copied or moved"):
            copy.rebuild()
    assert move(folder / "copy", HashEncoder(), index).passages == 11
    with closing(Library.open(folder / "copy", HashEncoder(), index=index)) as copy:
        copy.remove(["a1"])
        assert len(copy.engine.transport) == copy.count_passages() == 10
    with closing(Library.open(folder / "library", HashEncoder(), index=index)) as library:
        assert len(library.engine.transport) == library.count_passages() == 10
        assert library.faults() == []
        library.add([article(11)])
        assert len(library.engine.transport) == 11
    assert len(list((folder / "points").iterdir())) == 2


def test_a_restored_library_keeps_its_own_collection_and_takes_no_other(folder):
    index = f"qdrant-edge:{folder / 'points'}"
    with closing(filled(folder, index, 10)) as library:
        back_up(library.home, folder / "kept.sqlite")
        library.remove(["a1"])
        restore(library.home, folder / "kept.sqlite", lambda _: None)
        # The connection that was open all along goes on with the same collection.
        library.add([article(10)])
        assert len(library.engine.transport) == library.count_passages() == 11
        assert library.faults() == []
        assert len(list((folder / "points").iterdir())) == 1
        # Another library that takes the backup over has other passages under the same ids.
        other = Library.open(folder / "other", HashEncoder(), create=True, index=index)
        with closing(other):
            other.add(article(number) for number in range(20, 26))
            restore(other.home, folder / "kept.sqlite", lambda _: None)
            other.remove(["a0"])
            assert len(other.engine.transport) == other.count_passages() == 9
            with closing(Library.open(folder / "other", HashEncoder())) as embedded:
                embedded.rebuild()
                assert_equal(other, embedded, query_of("القمح 5", load_bundled()), Filters())
        assert len(library.engine.transport) == 11
    restore(folder / "third", folder / "kept.sqlite", lambda _: None)
    with closing(Library.open(folder / "third", HashEncoder(), index=index)) as third:
        assert third.search(query_of("القمح 5", load_bundled()), 5, Filters()).found
    assert len(list((folder / "points").iterdir())) == 4


def test_a_repaired_library_keeps_its_own_collection(folder):
    index = f"qdrant-edge:{folder / 'points'}"
    with closing(filled(folder, index, 10)):
        pass
    shutil.copytree(folder / "library", folder / "copy")
    for name in ("library", "copy"):
        repair(folder / name, HashEncoder(), lambda _: None, lambda *_: None)
    with closing(Library.open(folder / "library", HashEncoder(), index=index)) as library:
        library.rebuild()
        library.add([article(10)])
        assert len(library.engine.transport) == library.count_passages() == 11
        assert library.faults() == []
    with (
        closing(Library.open(folder / "copy", HashEncoder(), index=index)) as copy,
        pytest.raises(DalilError, match="was copied or moved"),
    ):
        copy.rebuild()


def test_a_server_that_is_not_there_is_told_of(folder):
    pytest.importorskip("qdrant_client")
    with pytest.raises(DalilError, match="server of the setting index is up"):
        len(connect("qdrant:http://127.0.0.1:9", "dalil"))


def test_a_collection_that_cannot_be_filled_is_no_empty_one(folder):
    filled(folder).close()
    (folder / "file").touch()
    there = f"qdrant-edge:{folder / 'file' / 'in'}"
    library = Library.open(folder / "library", HashEncoder(), index=there)
    with closing(library), pytest.raises(DalilError, match="cannot be used"):
        library.search(query_of("wheat", load_bundled()), 5, Filters())


def test_a_library_that_another_writes_is_not_empty_before_it_is_filled(folder):
    filled(folder).close()
    there = f"qdrant-edge:{folder / 'qdrant'}"
    with closing(Library.open(folder / "library", HashEncoder(), index=there)) as library:
        with write_lock(folder / "library"), pytest.raises(DalilError, match="not been filled"):
            library.search(query_of("wheat", load_bundled()), 5, Filters())
        assert library.search(query_of("wheat", load_bundled()), 5, Filters()).found


def test_a_setting_without_the_options_of_moving_means_the_same_collection(folder):
    pytest.importorskip("qdrant_client")
    from tests.fakes.qdrant_cluster import Cluster

    filled(folder, count=12).close()
    with Cluster(folder, members=2) as servers:
        there = f"qdrant:{servers.addresses[0]}"
        move(folder / "library", HashEncoder(), f"{there}?shards=4&replicas=2")
        for index in (there, f"{there}/"):
            with closing(Library.open(folder / "library", HashEncoder(), index=index)) as library:
                assert library.search(query_of("wheat", load_bundled()), 5, Filters()).found
                assert library.faults() == []
        assert (servers.made, servers.written) == (1, 12)
        assert (servers.params["shard_number"], servers.params["replication_factor"]) == (4, 2)


def test_terms_that_share_what_qdrant_takes_of_their_numbers_are_one_there_and_two_here():
    keys = np.array([5, 2**40 + 5, 2**33 + 7], np.uint64)
    vector = sparse(keys, np.array([1.0, 2.0, 4.0]))
    assert (vector.keys.tolist(), vector.values.tolist()) == ([5, 7], [3.0, 4.0])
    bag = Bag.of(np.repeat(keys, [2, 1, 3]))
    texts = Bags.of([*unpacked(packed(bag), 1), bag])
    assert texts.keys.tolist() == sorted(keys.tolist()) * 2
    assert texts.holding([2**40 + 5]).all()
    assert not texts.holding([7]).any()
