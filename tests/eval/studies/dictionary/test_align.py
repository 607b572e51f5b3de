"""Words that stand together in many sentences are linked, wherever they stand."""

import numpy as np

from eval.studies.dictionary.align import align

PAIRS = [
    (["بيت", "كبير"], ["big", "house"]),
    (["بيت", "صغير"], ["small", "house"]),
    (["رجل", "كبير"], ["big", "man"]),
    (["رجل", "صغير"], ["small", "man"]),
    *[(["بيت"], ["house"]), (["رجل"], ["man"]), (["كبير"], ["big"]), (["صغير"], ["small"])] * 4,
] * 3


def test_order_may_differ():
    links = align(PAIRS, least=0.5)
    left = [word for words, _ in PAIRS for word in words]
    right = [word for _, words in PAIRS for word in words]
    found = {(left[a], right[b]) for a, b in zip(links.left, links.right, strict=True)}
    assert found == {("بيت", "house"), ("رجل", "man"), ("كبير", "big"), ("صغير", "small")}


def test_weights_are_shares():
    links = align(PAIRS, least=0.0)
    assert links.weights.dtype == np.float32
    assert float(links.weights.min()) >= 0
    assert float(links.weights.max()) <= 1
    # Each side of a cell is shared out, so that no word is linked more than once in all.
    assert np.bincount(links.left, links.weights).max() <= 1 + 1e-6
    assert len(links.left) == sum(len(left) * len(right) for left, right in PAIRS)
