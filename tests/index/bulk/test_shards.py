"""Files of vectors are whole or not there, and what is no longer as it was written is told."""

import os

import numpy as np
import pytest

from index.bulk.shards import Shards, digests_of

TEXTS = ["خبر", "a\ud800b", "", "a\0", "a"]


@pytest.fixture
def shards(tmp_path):
    made = Shards(tmp_path / "encoded" / "some", 4)
    made.prepare()
    return made


def vectors(count):
    return np.random.default_rng(count).normal(size=(count, 4)).astype(np.float32)


def test_vectors_are_found_by_their_texts(shards):
    first, second = vectors(5), vectors(2)
    shards.keep(TEXTS, first)
    shards.keep(["b", "c"], second)
    known = shards.read()
    assert len(known) == 7
    places = known.find(digests_of(["c", "never seen", *TEXTS]))
    assert (places < 0).tolist() == [False, True, *[False] * 5]
    found = known.vectors(places[places >= 0])
    np.testing.assert_array_equal(found, [second[1], *first])


def test_nothing_is_found_where_nothing_is(shards):
    known = shards.read()
    assert (len(known), known.find(digests_of(["a", "b"])).tolist()) == (0, [-1, -1])
    assert known.vectors(np.empty(0, np.int64)).shape == (0, 4)


@pytest.mark.parametrize("harm", [lambda data: data[:-1], lambda data: data[:-1] + b"\x99"])
def test_a_file_that_changed_is_deleted(shards, harm):
    shards.keep(["a"], vectors(1))
    (path,) = shards.folder.iterdir()
    shards.keep(["b"], vectors(1))
    path.write_bytes(harm(path.read_bytes()))
    said = []
    assert (shards.read(said.append).find(digests_of(["a", "b"])) >= 0).tolist() == [False, True]
    assert said == ["1 file(s) of vectors were damaged; their passages are encoded again."]
    assert not path.exists()


def test_a_full_disk_leaves_no_part_of_a_file(shards, monkeypatch):
    def fail(_):
        raise OSError(28, "No space left on device")

    shards.keep(["a"], vectors(1))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space"):
            shards.keep(["b"], vectors(1))
    assert len(list(shards.folder.iterdir())) == 1


def test_what_a_killed_process_was_writing_is_deleted(shards):
    (shards.folder / ".123.npy").write_bytes(b"half")
    assert len(shards.read()) == 0
    shards.prepare()
    assert list(shards.folder.iterdir()) == []


def test_files_go_when_all_their_vectors_were_used(shards):
    shards.keep(["a", "b"], vectors(2))
    shards.keep(["c"], vectors(1))
    known = shards.read()
    known.vectors(known.find(digests_of(["a", "c"])))
    shards.discard_used(known)
    assert (shards.read().find(digests_of(["a", "b", "c"])) >= 0).tolist() == [True, True, False]
    known.vectors(known.find(digests_of(["b"])))
    shards.discard_used(known)
    assert not shards.folder.parent.exists()
