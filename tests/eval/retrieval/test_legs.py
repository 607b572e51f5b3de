"""Legs to a report: ranks worked out by hand, differences with their signs."""

from math import log2

import numpy as np
import pytest

from eval.comparing.intervals import Resamples
from eval.retrieval.legs import compare, evaluate, measure, rank
from eval.retrieval.ranking import Pool
from eval.retrieval.squad import read_task
from rag.reader import ReadExcerpt

NOT = -np.inf
# By leg, a row of scores over the three paragraphs for each of the four questions; the right
# paragraphs are 0, 0, 1, 2.
PARAGRAPHS = {
    # Ranks 1, 2 (a tie), 2, 1.
    "dense": [[0.9, 0.1, 0.2], [0.5, 0.5, 0.1], [0.3, 0.2, 0.1], [0.1, 0.2, 0.3]],
    # Ranks 1, 3 (not found), 2 (a tie), 3 (nothing found).
    "lexical": [[2.0, NOT, NOT], [NOT, 1.0, NOT], [NOT, 1.0, 1.0], [NOT, NOT, NOT]],
    # Ranks 1, 1, 1, 1.
    "fused": [[3, 2, 1], [3, 2, 1], [2, 3, 1], [1, 2, 3]],
    # Ranks 3, 3, 3, 3.
    "reranked": [[1, 2, 3], [1, 2, 3], [2, 1, 3], [2, 3, 1]],
}
# The same over the five sentences (paragraphs 0, 0, 1, 1, 2); right are 0, 1, 3, 4.
SENTENCES = {
    # Ranks 1, 3, 2, 5; the first, third and last question's are best within their paragraph.
    "dense": [[9, 1, 2, 3, 4], [8, 7, 9, 0, 0], [0, 0, 1, 2, 3], [5, 4, 3, 2, 1]],
    # Ranks 2 (a tie within the paragraph), 1, 5 (not found) and 5 (not found, alone in its own).
    "lexical": [[1, 1, NOT, NOT, NOT], [0, 1, NOT, NOT, NOT], [NOT] * 5, [1, 1, 1, 1, NOT]],
}


def scorer(questions, legs):
    """A ranking whose scores are given."""

    def score(question):
        row = questions.index(question)
        return {leg: np.array(rows[row], np.float64) for leg, rows in legs.items()}

    return score


def values(legs, leg):
    return {name: interval.value for name, interval in legs[leg].items()}


def test_paragraph_measures_are_those_worked_out_by_hand(pair):
    task = read_task(pair.english, pair.arabic, "paragraph")
    legs, _ = measure(task, "paragraph", scorer(pair.questions, PARAGRAPHS))
    assert list(legs) == list(PARAGRAPHS)
    everywhere = {"R@5": 4 / 4, "R@10": 4 / 4, "R@100": 4 / 4}
    assert values(legs, "dense") == pytest.approx(
        {"RR": (1 + 1 / 2 + 1 / 2 + 1) / 4, "nDCG@10": (1 + 2 / log2(3) + 1) / 4, "R@1": 2 / 4}
        | everywhere
    )
    assert values(legs, "lexical") == pytest.approx(
        {"RR": (1 + 1 / 3 + 1 / 2 + 1 / 3) / 4, "nDCG@10": (1 + 1 / log2(3)) / 4, "R@1": 1 / 4}
        | dict.fromkeys(everywhere, 2 / 4)
    )
    fused = legs["fused"]["RR"]
    assert (fused.value, fused.low, fused.high) == pytest.approx((1, 1, 1))
    dense = legs["dense"]["RR"]
    assert 1 / 2 <= dense.low < dense.value < dense.high <= 1


def test_sentence_measures_say_also_who_wins_within_the_paragraph(pair):
    task = read_task(pair.english, pair.arabic, "sentence")
    score = scorer(pair.questions, SENTENCES)
    found = rank(task, score)
    assert found["dense"].ranks.tolist() == [1, 3, 2, 5]
    assert found["dense"].within.tolist() == [True, False, True, True]
    assert found["lexical"].ranks.tolist() == [2, 1, 5, 5]
    assert found["lexical"].found.tolist() == [True, True, False, False]
    assert found["lexical"].within.tolist() == [False, True, False, False]
    legs, _ = measure(task, "sentence", score)
    assert values(legs, "dense")["within"] == 3 / 4
    assert values(legs, "lexical")["within"] == 1 / 4
    assert "within" not in measure(task, "paragraph", score)[0]["dense"]


def test_differences_are_paired_and_flagged_when_wholly_below_zero(pair):
    task = read_task(pair.english, pair.arabic, "paragraph")
    _, differences = measure(task, "paragraph", scorer(pair.questions, PARAGRAPHS))
    joined, reordered = differences
    assert (joined.leg, joined.against) == ("fused", "dense")
    assert joined.interval.value == pytest.approx(1 - (1 + 1 / 2 + 1 / 2 + 1) / 4)
    assert joined.interval.high > 0
    assert not joined.worse
    assert (reordered.leg, reordered.against) == ("reranked", "fused")
    assert reordered.interval.value == pytest.approx(1 / 3 - 1)
    assert reordered.worse
    assert reordered.as_json() == {
        "measure": "RR", "leg": "reranked", "against": "fused", "worse": True,
        "value": -0.666667, "low": -0.666667, "high": -0.666667,
    }  # fmt: skip


def test_pairing_sees_a_small_steady_loss_that_noise_would_hide():
    random = np.random.default_rng(5)
    dense = random.random(200)
    steady = {"dense": dense, "fused": dense - 0.01}
    noisy = {"dense": dense, "fused": random.permutation(dense) - 0.01}
    assert compare(steady, Resamples(200))[0].worse
    assert not compare(noisy, Resamples(200))[0].worse


def test_a_ranking_without_joined_legs_has_nocompare(pair):
    task = read_task(pair.english, pair.arabic, "sentence")
    assert measure(task, "sentence", scorer(pair.questions, SENTENCES))[1] == []


def test_passages_asked_by_several_files_are_encoded_once(pair, encoder):
    said = []
    both = [(pair.english, pair.arabic), (pair.arabic, pair.arabic)]
    report = evaluate(both, "paragraph", encoder, said.append).as_json()
    assert encoder.encoded == 3
    assert [entry["questions"] for entry in report["pairs"]] == [
        str(pair.english), str(pair.arabic)
    ]  # fmt: skip
    assert (report["unit"], report["encoder"], report["fingerprint"]) == (
        "paragraph", encoder.name, encoder.fingerprint
    )  # fmt: skip
    assert len(said) == 2


def test_every_leg_scores_every_text(pair, encoder):
    task = read_task(pair.arabic, pair.arabic, "sentence")
    scores = Pool(task.texts, ["ar"] * len(task.texts), encoder).score("كم راكبًا تحمل العبّارة؟")
    assert {leg: of.shape for leg, of in scores.items()} == dict.fromkeys(scores, (5,))
    # "تحمل" and "راكبًا" stand in the second sentence, "العبّارة" in the first, nothing elsewhere.
    assert (scores["lexical"] > NOT).tolist() == [True, True, False, False, False]
    assert scores["lexical"].argmax() == scores["fused"].argmax() == 1


def test_the_pool_scores_the_legs_alone_and_joined(encoder):
    texts = ["التقى كاغينز وجهاء البلدة.", "هطلت أمطار على السهل.", "The mayor met Caggins."]
    scores = Pool(texts, ["ar", "ar", "en"], encoder).score("Whom did Caggins meet?")
    assert {"dense", "lexical", "names", "soft", "fused", "reranked"} <= set(scores)
    assert list(scores)[-2:] == ["fused", "reranked"]
    assert (scores["dense"] > NOT).all()
    assert (scores["lexical"] > NOT).tolist() == [False, False, True]
    assert (scores["names"] > NOT).tolist() == [True, False, True]
    # Every text of so small a pool is a candidate, whichever leg brings it.
    assert (scores["fused"] > NOT).all()
    assert scores["reranked"].argmin() == 1


class Partial:
    """A reader that likes the texts with a word, and counts what it reads."""

    name = "partial"

    def __init__(self, word):
        self.word, self.count = word, 0

    def read(self, _, excerpts):
        self.count += len(excerpts)
        odds = [3.0 if self.word in excerpt.text else -3.0 for excerpt in excerpts]
        return [
            ReadExcerpt(np.full(len(e.spans), o), [None] * len(e.spans))
            for e, o in zip(excerpts, odds, strict=True)
        ]


def test_a_reader_puts_the_best_in_its_order_and_no_others(encoder):
    texts = [f"The mayor met guest {n}." for n in range(12)] + ["هطلت أمطار على السهل."]
    reader = Partial("guest 7")
    pool = Pool(texts, ["en"] * 12 + ["ar"], encoder, reader=reader)
    scores = pool.score("Whom did the mayor meet?")
    assert list(scores)[-3:] == ["reranked", "read", "reranked and read"]
    assert reader.count == 10, "as many as an answer is chosen from"
    order = np.argsort(-scores["reranked"], kind="stable").tolist()
    assert 7 in order[:10]
    for leg in ("read", "reranked and read"):
        assert scores[leg].argmax() == 7
        assert set(np.argsort(-scores[leg], kind="stable")[:10].tolist()) == set(order[:10])
    rest = np.argsort(-scores["read"], kind="stable")[10:].tolist()
    assert rest == order[10:]


def test_reading_is_compared_with_the_order_before_it():
    better = {"reranked": np.full(50, 0.5), "read": np.ones(50), "reranked and read": np.ones(50)}
    found = compare(better, Resamples(50))
    assert [(each.leg, each.against) for each in found] == [
        ("read", "reranked"), ("reranked and read", "reranked")
    ]  # fmt: skip
    assert found[0].interval.low == pytest.approx(0.5)
