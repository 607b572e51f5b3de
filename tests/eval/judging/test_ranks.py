"""Measures and intervals, against arithmetic and a brute-force computation."""

import sys
from math import log2, sqrt

import numpy as np
import pytest

from corpus.errors import DalilError
from eval.comparing.intervals import Resamples
from eval.judging.ranks import MEASURES, by_question, by_run, worst_ranks


def brute_force(scores, right):
    """Sort the list with the right text last among equals, and walk down it."""
    order = sorted(range(len(scores)), key=lambda text: (-scores[text], text == right))
    rank = order.index(right) + 1
    got = scores[right] > -np.inf
    recall = {f"R@{k}": float(got and rank <= k) for k in (1, 5, 10, 100)}
    return {"RR": 1 / rank, "nDCG@10": 1 / log2(rank + 1) if got and rank <= 10 else 0.0, **recall}


@pytest.mark.parametrize("seed", range(50))
def test_random_scores_measure_as_by_brute_force(seed):
    random = np.random.default_rng(seed)
    questions, texts = int(random.integers(1, 20)), int(random.integers(1, 250))
    # Few distinct scores make many ties; some texts are not found.
    scores = random.integers(0, 60, (questions, texts)) / 7.0
    scores[random.random(scores.shape) < 0.3] = -np.inf
    right = random.integers(0, texts, questions)
    found = scores[np.arange(questions), right] > -np.inf
    values = by_question(worst_ranks(scores, right), found)
    assert tuple(values) == MEASURES
    for row in range(questions):
        expected = brute_force(scores[row].tolist(), int(right[row]))
        assert {name: values[name][row] for name in MEASURES} == pytest.approx(expected)


def test_ties_count_as_the_worst_rank_and_texts_not_found_come_last():
    scores = np.array([[0.5, 0.5, 0.1], [0.2, 0.9, 0.3], [1.0, -np.inf, -np.inf]])
    assert worst_ranks(scores, np.array([0, 2, 1])).tolist() == [2, 2, 3]


def test_a_text_that_was_not_found_has_a_rank_but_no_recall():
    values = by_question(np.array([1]), np.array([False]))
    assert values["RR"].tolist() == [1.0]
    assert [values[name].tolist() for name in ("R@1", "R@100", "nDCG@10")] == [[0.0]] * 3


def test_equal_values_have_an_interval_of_one_point():
    interval = Resamples(30).interval(np.full(30, 1 / 3))
    assert (interval.value, interval.low, interval.high) == pytest.approx((1 / 3,) * 3)


def test_intervals_are_those_of_theory_and_come_out_alike_each_time():
    values = (np.arange(500) < 150).astype(np.float64)
    first, second = (Resamples(500).interval(values) for _ in range(2))
    assert first == second
    random = np.random.default_rng(0).random(500)
    assert Resamples(500, seed=1).interval(random) != Resamples(500).interval(random)
    # The mean of 500 draws with share .3 is nearly normal.
    margin = 1.96 * sqrt(0.3 * 0.7 / 500)
    assert first.value == pytest.approx(0.3)
    assert (first.low, first.high) == pytest.approx((0.3 - margin, 0.3 + margin), abs=0.004)


def test_a_missing_package_is_told_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(DalilError, match="pip install ir-measures"):
        by_question(np.array([1]), np.array([True]))


def test_fifty_rankings_score_as_the_definitions_say():
    # Binary relevance: gain 1 for a relevant text at rank i, discounted by log2(i + 1).
    random = np.random.default_rng(5)
    names = [f"text {number}" for number in range(40)]
    judged, ranked = [], []
    for _ in range(50):
        judged.append(set(random.choice(names, random.integers(1, 6), replace=False).tolist()))
        ranked.append(random.permutation(names)[: random.integers(0, 40)].tolist())
    for relevant, found, scores in zip(judged, ranked, by_run(judged, ranked), strict=True):
        places = [rank for rank, name in enumerate(found, start=1) if name in relevant]
        gained = sum(1 / np.log2(rank + 1) for rank in places if rank <= 10)
        best = sum(1 / np.log2(rank + 1) for rank in range(1, min(len(relevant), 10) + 1))
        assert scores["nDCG@10"] == pytest.approx(gained / best)
        assert scores["RR"] == pytest.approx(1 / places[0] if places else 0)
        for cut in (1, 5, 10):
            recalled = sum(rank <= cut for rank in places) / len(relevant)
            assert scores[f"R@{cut}"] == pytest.approx(recalled)
