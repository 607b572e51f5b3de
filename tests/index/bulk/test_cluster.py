"""Groups go to a Ray cluster a few at a time, and what fails there is told in a sentence.

The cluster is a stand-in; docs/scale.md says what was tried on Ray itself.
"""

import sys

import numpy as np
import pytest

from corpus.errors import DalilError
from index.bulk import cluster, encoding
from index.bulk.cluster import Share, on_ray
from index.bulk.encoding import Encoded, How, encode_texts
from index.bulk.shards import Shards, digests_of
from tests.conftest import HashEncoder
from tests.fakes.ray_cluster import RayCluster

TEXTS = [f"خبر رقم {n}." for n in range(300)]


@pytest.fixture(autouse=True)
def own_workers(monkeypatch):
    monkeypatch.setattr(encoding, "GROUP", 16)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "1")
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED")
    cluster._opened.cache_clear()


@pytest.fixture
def start(monkeypatch):
    def begin(**about):
        ray = RayCluster(**about)
        monkeypatch.setitem(sys.modules, "ray", ray)
        return ray

    return begin


def load(name):
    return HashEncoder(name, 16)


def load_another(name):
    return HashEncoder(name, 8)


def load_none(name):
    raise DalilError(f"The encoder {name!r} needs a package.")


def load_broken(name):
    raise MemoryError(f"too large: {name}\nmore")


def encode(home, load=load, share=None, address="local"):
    with on_ray(address, share or Share(), load) as run:
        return encode_texts(home, HashEncoder("other", 16), TEXTS, How(run, 1e-5))


def test_a_cluster_makes_the_same_vectors(tmp_path, start):
    ray = start()
    assert encode(tmp_path) == Encoded(300, 300, 0, 64, 0)
    # Two workers, and two groups for each; they were done in another order than they were given.
    assert (ray.most, len(ray.tasks), ray.running) == (4, 19, False)
    assert ray.options == {"num_cpus": 1, "num_gpus": 0, "max_retries": 5}
    known = Shards.of(tmp_path, load("other")).read()
    expected = load("other").encode_passages(TEXTS)
    np.testing.assert_array_equal(known.vectors(known.find(digests_of(TEXTS))), expected)


def test_ray_is_told_to_report_nothing(tmp_path, start, monkeypatch):
    start()
    encode(tmp_path)
    assert cluster.os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


@pytest.mark.parametrize(
    ("about", "how", "told"),
    [
        ({}, {"address": "auto"}, r"'auto' cannot be used \(nobody answers.*ray start"),
        ({}, {"address": "127.0.0.1:1"}, r"cannot be used \(.*refused\).*ray start"),
        ({}, {"address": "ray://127.0.0.1:http"}, r"cannot be used \(invalid literal"),
        ({"cores": 2.0}, {"share": Share(4)}, "has 4 cores and 0 graphics.*--cpus"),
        ({}, {"share": Share(1, 0.5)}, "has 1 cores and 0.5 graphics.*--gpus"),
        ({}, {"load": load_another}, "is another one.*same versions"),
        ({}, {"load": load_none}, "On a machine.*'other' needs a package"),
        ({}, {"load": load_broken}, r"\(too large: other\).*run this again"),
        ({"killing": TEXTS[100]}, {}, r"lost 6 times.*\(the worker died\).*--cpus"),
    ],
)
def test_what_fails_is_told(tmp_path, start, about, how, told):
    ray = start(**about)
    with pytest.raises(DalilError, match=told):
        encode(tmp_path, **how)
    assert not ray.running


def test_what_was_done_before_a_failure_is_kept(tmp_path, start):
    start(killing=TEXTS[100])
    with pytest.raises(DalilError, match="lost 6 times"):
        encode(tmp_path)
    kept = len(Shards.of(tmp_path, load("other")).read())
    assert 0 < kept < 300
    start()
    assert encode(tmp_path).resumed == kept


def test_without_ray_the_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(DalilError, match=r"pip install '.\[ray\]'"):
        encode(tmp_path)
