"""A run in numbers, worked out by hand: means over those that can be scored, curve, threshold."""

import numpy as np
import pytest

from eval.cases.case import Case
from eval.comparing.intervals import Resamples
from eval.comparing.summary import curve, summarise
from eval.comparing.threshold import best_threshold, fit_threshold
from eval.judging.outcome import EVERYTHING, Attempt, Outcome


def outcome(number, scores, attempt=None, milliseconds=10.0, *, language="ar", tags=()):
    case = Case(id=f"case-{number}", question="?", language=language, answerable=True, tags=tags)
    return Outcome(
        case, (f"{language}-ar",), (), "answered", "extractive", "", 0.5, (), attempt, scores,
        milliseconds,
    )  # fmt: skip


OUTCOMES = [
    outcome(1, {"F1": 0.5, "coverage": 1.0, "risk": 0.0}, Attempt(0.9, True), 10.0, tags=("name",)),
    outcome(2, {"F1": 0.0, "coverage": 1.0, "risk": 1.0}, Attempt(0.8, False), 20.0),
    outcome(3, {"coverage": 0.0}, Attempt(0.2, True), 40.0, language="en"),
    outcome(4, {"coverage": 0.0}, None, 80.0, language="en", tags=("name",)),
]


@pytest.fixture(scope="module")
def rows():
    return {(row.group, row.measure): row for row in summarise(OUTCOMES)}


def test_a_mean_is_over_the_cases_that_can_be_scored(rows):
    assert rows[EVERYTHING, "F1"].interval.value == (0.5 + 0.0) / 2
    assert rows[EVERYTHING, "F1"].n == 2
    assert rows[EVERYTHING, "coverage"].interval.value == 2 / 4
    assert rows["tag name", "F1"].n == 1
    assert ("language en", "F1") not in rows
    assert (EVERYTHING, "nDCG@10") not in rows


def test_groups_are_languages_pairs_halves_and_tags(rows):
    groups = {group for group, _ in rows}
    assert groups >= {EVERYTHING, "language ar", "language en", "pair en-ar", "tag name"}
    halves = [rows[group, "coverage"].n for group in groups if group.startswith("half")]
    assert sum(halves) == len(OUTCOMES)


def test_the_area_is_the_mean_of_the_risks(rows):
    # Surest first: right, wrong, right; so the risks are 0/1, 1/2 and 1/3.
    assert rows[EVERYTHING, "AURC"].interval.value == pytest.approx((0 / 1 + 1 / 2 + 1 / 3) / 3)
    assert rows[EVERYTHING, "AURC"].n == 3
    drawn = curve(OUTCOMES)
    assert drawn.coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 3 / 3])
    assert drawn.risk.tolist() == pytest.approx([0 / 1, 1 / 2, 1 / 3])
    assert drawn.operating == (2 / 4, 1 / 2)
    assert curve(OUTCOMES[3:]) is None


def test_quantiles_are_values_that_were_measured(rows):
    assert rows[EVERYTHING, "latency p50"].interval.value == 20.0
    assert rows[EVERYTHING, "latency p95"].interval.value == 80.0
    interval = rows[EVERYTHING, "latency p50"].interval
    assert (interval.low, interval.high) == (10.0, 80.0)


def test_the_interval_of_a_mean_is_what_resampling_gives():
    values = np.array([0.0, 1.0, 1.0, 1.0])
    resamples = Resamples(4)
    means = np.sort([np.repeat(values, drawn).mean() for drawn in resamples.counts])
    interval = resamples.interval(values)
    assert interval.low == pytest.approx(np.percentile(means, 2.5))
    assert interval.high == pytest.approx(np.percentile(means, 97.5))
    assert interval.low < interval.value == 3 / 4 < interval.high


def test_a_threshold_lies_where_right_less_wrong_answers_are_most():
    sure = np.array([0.9, 0.8, 0.6, 0.6, 0.1])
    gains = np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    # Answering the first four gains 1 - 1 + 1 + 1 = 2, more than the first alone.
    assert best_threshold(sure, gains) == pytest.approx((0.6 + 0.1) / 2)
    # Of two that are equally sure, one cannot be answered without the other.
    assert best_threshold(np.array([0.9, 0.5, 0.5]), np.array([1.0, 1.0, -1.5])) == 0.7
    assert best_threshold(np.array([0.4]), np.array([-1.0])) == (1.0 + 0.4) / 2


def test_a_threshold_is_fitted_on_one_half_and_reported_on_the_other():
    halves = {"fit": [], "report": []}
    for number in range(200):
        halves[outcome(number, {}).case.half].append(number)
    fit = [
        outcome(n, {}, Attempt(s, s > 0.5))
        for n, s in zip(halves["fit"], (0.9, 0.6, 0.4, 0.1), strict=False)
    ]
    # The other half is right where the first is wrong: what is reported must show that.
    report = [
        outcome(n, {}, Attempt(s, s < 0.5))
        for n, s in zip(halves["report"], (0.9, 0.2), strict=False)
    ]
    fitted = fit_threshold([*fit, *report])
    assert fitted.threshold == (0.6 + 0.4) / 2
    assert (fitted.fit.coverage, fitted.fit.reliability) == (2 / 4, (1 + 1) / 4)
    assert (fitted.report.coverage, fitted.report.reliability) == (1 / 2, -1 / 2)
    assert fit_threshold(fit) is None
