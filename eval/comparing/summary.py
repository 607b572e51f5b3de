"""A run in numbers: each measure over each group of its cases, with an interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eval.comparing.intervals import Floats, Interval, Resamples, percentiles
from eval.comparing.selective import area, risk_coverage
from eval.judging.measures import MEASURES
from eval.judging.outcome import EVERYTHING, Outcome

_FIRST_TOKEN = {"first token p50": 0.5, "first token p95": 0.95}
_LATENCY = {"latency p50": 0.5, "latency p95": 0.95}
_QUANTILES = {**_FIRST_TOKEN, **_LATENCY}


@dataclass(frozen=True, slots=True)
class Row:
    """A measure over the `n` cases of a group that it can score."""

    group: str
    measure: str
    n: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk against coverage at every threshold, from the surest answer to all of them.

    `coverage` and `risk` are float64 (n,); `operating` is coverage and risk as they were, with a
    risk of 0 where nothing was answered.
    """

    coverage: Floats
    risk: Floats
    operating: tuple[float, float]


def summarise(outcomes: Sequence[Outcome]) -> list[Row]:
    """Return the rows of all groups, `EVERYTHING` first, measures in the order of `MEASURES`.

    A measure that scores no case of a group has no row there.
    """
    groups: dict[str, list[Outcome]] = {EVERYTHING: []}
    for outcome in outcomes:
        for group in outcome.groups:
            groups.setdefault(group, []).append(outcome)
    order = [EVERYTHING, *sorted(groups.keys() - {EVERYTHING})]
    return [row for group in order for row in _rows(group, groups[group])]


def _rows(group: str, outcomes: Sequence[Outcome]) -> Iterator[Row]:
    for measure in (each.name for each in MEASURES):
        if measure == "AURC":
            confidence, right = attempts(outcomes)
            if len(right):
                yield Row(group, measure, len(right), _area(confidence, right))
            continue
        values = scores(outcomes, measure)
        if len(values):
            resamples = _resamples(len(values))
            share = _QUANTILES.get(measure)
            interval = resamples.quantile(values, share) if share else resamples.interval(values)
            yield Row(group, measure, len(values), interval)


def scores(outcomes: Sequence[Outcome], measure: str) -> Floats:
    """Return the values of the outcomes that a measure can score, float64 (n,)."""
    if measure in _LATENCY:
        return np.array([outcome.milliseconds for outcome in outcomes])
    if measure in _FIRST_TOKEN:
        return np.array([o.first_token for o in outcomes if o.first_token is not None])
    return np.array([o.scores[measure] for o in outcomes if measure in o.scores])


def attempts(
    outcomes: Sequence[Outcome],
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return confidence, float64 (n,), and rightness, bool (n,), of all that were attempted."""
    tried = [outcome.attempt for outcome in outcomes if outcome.attempt]
    return np.array([a.confidence for a in tried]), np.array([a.right for a in tried], np.bool_)


def _area(confidence: Floats, right: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Interval:
    once = np.ones((1, len(right)), np.int64)
    value = float(area(confidence, right, once)[0])
    return percentiles(value, area(confidence, right, _resamples(len(right)).counts))


# A run has many groups of a few sizes; large sets have few and large counts.
@lru_cache(maxsize=8)
def _resamples(n: int) -> Resamples:
    return Resamples(n)


def curve(outcomes: Sequence[Outcome]) -> Curve | None:
    """Return the risk-coverage curve, `None` where no case says if its attempt was right."""
    confidence, right = attempts(outcomes)
    if not len(right):
        return None
    covered, risk = scores(outcomes, "coverage"), scores(outcomes, "risk")
    operating = float(covered.mean()), float(risk.mean()) if len(risk) else 0.0
    return Curve(*risk_coverage(confidence, right), operating)
