"""FAISS finds what a brute-force product finds."""

import numpy as np
import pytest

from index.embedded import vectors as module
from index.embedded.vectors import VectorIndex


@pytest.fixture
def vectors():
    drawn = np.random.default_rng(7).normal(size=(200, 16)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_search_equals_brute_force(vectors):
    query = vectors[3] + vectors[90]
    expected = np.argsort(-(vectors @ query), kind="stable")[:20]
    assert VectorIndex.build(vectors).search(query, 20).tolist() == expected.tolist()


def test_filter_acts_before_ranking(vectors):
    allowed = np.arange(200) % 3 == 1
    query = vectors[3]
    expected = [row for row in np.argsort(-(vectors @ query)) if allowed[row]][:15]
    assert VectorIndex.build(vectors).search(query, 15, allowed).tolist() == expected
    assert len(VectorIndex.build(vectors).search(query, 200, allowed)) == allowed.sum()


def test_equal_scores_come_in_row_order():
    index = VectorIndex.build(np.ones((9, 4), np.float32) / 2)
    assert index.search(np.ones(4, np.float32), 9).tolist() == list(range(9))


def test_saved_and_extended(tmp_path, vectors):
    index = VectorIndex.build(vectors[:100])
    index.save(tmp_path / "vectors.faiss")
    keep = np.arange(0, 100, 2)
    extended = VectorIndex.load(tmp_path / "vectors.faiss").extended(keep, vectors[100:])
    expected = np.concatenate([vectors[:100:2], vectors[100:]])
    assert np.array_equal(extended.vectors(np.arange(150)), expected)


def test_empty_index_finds_nothing():
    index = VectorIndex.build(np.zeros((0, 8), np.float32))
    assert index.search(np.ones(8, np.float32), 5).tolist() == []
    assert index.scores(np.ones(8, np.float32), np.zeros(0, np.int64)).tolist() == []


@pytest.fixture(scope="module")
def many():
    """Vectors around a few hundred topics, as those of passages are."""
    random = np.random.default_rng(5)
    topics = random.normal(size=(300, 32))
    rows = topics[random.integers(0, 300, module._MANY)]
    rows = (rows + 0.7 * random.normal(size=rows.shape)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def large(many):
    return VectorIndex.build(many)


@pytest.mark.parametrize("left_out", [None, 40, 7])
def test_many_vectors_are_searched_by_pairs_and_all_but_all_the_nearest_found(
    many, large, left_out
):
    assert large.pairs is not None
    allowed = None if left_out is None else np.arange(len(many)) % left_out > 0
    met = []
    for query in many[:40]:
        scores = many @ query
        if allowed is not None:
            scores[~allowed] = -np.inf
        found = large.search(query, 100, allowed)
        assert len(set(found.tolist())) == 100
        assert allowed is None or allowed[found].all()
        assert (np.diff(scores[found]) <= 1e-6).all()
        met.append(np.isin(np.argsort(-scores)[:100], found).mean())
    assert np.mean(met) > 0.99


def test_many_vectors_saved_find_the_same(tmp_path, many, large):
    large.save(tmp_path / "vectors")
    loaded = VectorIndex.load(tmp_path / "vectors")
    assert loaded.pairs is not None
    assert loaded.search(many[9], 50).tolist() == large.search(many[9], 50).tolist()
