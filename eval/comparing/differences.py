"""What differs between the scores of two runs on the same cases, and whether that is chance.

A verdict needs a paired randomisation test (`eval.comparing.randomisation`) below .05 after Holm's
correction over the measures of its group.  There is none over groups: of twenty that do not differ,
up to one is expected to show a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.comparing.intervals import RESAMPLES, SEED, Floats, Interval, percentiles
from eval.comparing.matching import Scored
from eval.comparing.randomisation import Swaps, holm, p_value, p_values
from eval.comparing.selective import area
from eval.judging.measures import MEASURES, Measure
from eval.judging.outcome import EVERYTHING, Attempt
from rag.answer import Json

Verdict = Literal["better", "worse", "same", "not judged"]
LEVEL = 0.05
_AREA, _MEDIAN, _SLOWEST = "AURC", "latency p50", "latency p95"
_PER_CASE = tuple(m for m in MEASURES if m.name not in (_AREA, _MEDIAN, _SLOWEST))
# Each way of swapping ranks all cases anew.
_AREA_DRAWS = 1_000
# Resamples in memory at once: so few that a block of thousands of cases stays in the cache.
_BLOCK = 40


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of a group before and after, over the `n` cases that both runs score.

    A measure such as citation precision scores a case only when it was answered: then the means
    are over the cases that both runs answered, which are not all that either did, and say nothing
    of cases that only one answered; "false answers" and "false refusals" do.  `interval` is the
    95 % bootstrap interval of after less before, and `p` is adjusted; both are `None` for times,
    and `p` for what is not judged.
    """

    group: str
    measure: str
    n: int
    before: float
    after: float
    interval: Interval | None
    p: float | None
    verdict: Verdict

    def as_json(self) -> Json:
        """Return the difference as JSON, numbers to six digits."""
        return {
            "group": self.group,
            "measure": self.measure,
            "n": self.n,
            "before": round(self.before, 6),
            "after": round(self.after, 6),
            "interval": self.interval and self.interval.as_json(),
            "p": self.p if self.p is None else round(self.p, 6),
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Paired results: `scores` and `sure` float64, NaN where there is none; `right` bool.

    The first axis is before and after, the second the case, the third of `scores` the measure.
    """

    scores: Floats
    sure: Floats
    right: NDArray[np.bool_]
    milliseconds: Floats

    def of(self, rows: NDArray[np.intp]) -> _Pairs:
        """Return the pairs of some cases."""
        return _Pairs(
            self.scores[:, rows],
            self.sure[:, rows],
            self.right[:, rows],
            self.milliseconds[:, rows],
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A measure of a group before its verdict; `differ` says whether any pair does."""

    n: int
    differ: bool
    before: float
    after: float
    interval: Interval | None
    p: float | None


def differences(before: Sequence[Scored], after: Sequence[Scored]) -> list[Difference]:
    """Compare two runs on the same cases in the same order, in each group that both put one in.

    `EVERYTHING` comes first; measures are in the order of `MEASURES`, those that score no case
    in both runs left out.  The same results have the same differences.
    """
    pairs = _pairs(before, after)
    groups: dict[str, list[int]] = {}
    for row, (one, other) in enumerate(zip(before, after, strict=True)):
        for group in set(one.groups) & set(other.groups):
            groups.setdefault(group, []).append(row)
    order = sorted(groups, key=lambda group: (group != EVERYTHING, group))
    return [
        difference
        for group in order
        for difference in _of_group(group, pairs.of(np.array(groups[group], np.intp)))
    ]


def _pairs(before: Sequence[Scored], after: Sequence[Scored]) -> _Pairs:
    names = [measure.name for measure in _PER_CASE]
    runs = (before, after)
    none = Attempt(np.nan, False)
    attempts = [[case.attempt or none for case in run] for run in runs]
    return _Pairs(
        np.array(
            [[[c.scores.get(name, np.nan) for name in names] for c in run] for run in runs]
        ).reshape(2, len(before), len(names)),
        np.array([[attempt.confidence for attempt in run] for run in attempts], np.float64),
        np.array([[attempt.right for attempt in run] for run in attempts], np.bool_),
        np.array([[c.milliseconds for c in run] for run in runs], np.float64),
    )


def _of_group(group: str, pairs: _Pairs) -> Iterator[Difference]:
    """Yield the differences of one group, in the order of `MEASURES`."""
    found = {**_means(pairs), **_risks(pairs), **_times(pairs)}
    # Where no case differs nothing can be significant, so it does not count as a try.
    tested = [m.name for m in MEASURES if m.name in found and m.judged and found[m.name].differ]
    adjusted = holm(np.array([found[name].p for name in tested], np.float64))
    p = dict(zip(tested, adjusted.tolist(), strict=True))
    for measure in MEASURES:
        if (of := found.get(measure.name)) is not None:
            chance = p.get(measure.name, 1.0) if measure.judged else None
            verdict = _verdict(measure, of.after - of.before, chance)
            yield Difference(
                group, measure.name, of.n, of.before, of.after, of.interval, chance, verdict
            )


def _verdict(measure: Measure, difference: float, p: float | None) -> Verdict:
    if p is None:
        return "not judged"
    if p >= LEVEL:
        return "same"
    return "better" if (difference > 0) == measure.higher_is_better else "worse"


def _means(pairs: _Pairs) -> dict[str, _Found]:
    """Return the measures that are means over cases."""
    before, after = pairs.scores
    both = ~np.isnan(before) & ~np.isnan(after)
    changes = np.where(both, after - before, 0.0)
    p = p_values(changes)
    drawn = np.concatenate(
        [counts @ np.concatenate([changes, both], axis=1) for counts in _resamples(len(both))]
    )
    found = {}
    for column, measure in enumerate(_PER_CASE):
        here = both[:, column]
        if n := int(here.sum()):
            sums, sizes = drawn[:, column], drawn[:, column + len(_PER_CASE)]
            # A resample without any case of the measure says nothing of it.
            means = sums[sizes > 0] / sizes[sizes > 0]
            interval = percentiles(float(changes[:, column].sum() / n), means)
            one, other = (float(scores[here, column].mean()) for scores in (before, after))
            differ = bool(changes[:, column].any())
            found[measure.name] = _Found(n, differ, one, other, interval, float(p[column]))
    return found


def _risks(pairs: _Pairs) -> dict[str, _Found]:
    """Return the area under the risk-coverage curve, where attempts are known."""
    pairs = pairs.of(np.flatnonzero(~np.isnan(pairs.sure).any(axis=0)))
    (before, after), (was, now) = pairs.sure, pairs.right
    if not len(before):
        return {}
    drawn = [area(after, now, c) - area(before, was, c) for c in _resamples(len(before))]
    once = np.ones((1, len(before)), np.int64)
    one, other = float(area(before, was, once)[0]), float(area(after, now, once)[0])
    interval = percentiles(other - one, np.concatenate(drawn))
    changed = np.flatnonzero((before != after) | (was != now))
    p = p_value(lambda swaps: _swapped(pairs, changed, swaps), len(changed), _AREA_DRAWS)
    return {_AREA: _Found(len(before), len(changed) > 0, one, other, interval, p)}


def _swapped(pairs: _Pairs, changed: NDArray[np.intp], swaps: Swaps) -> Floats:
    """Return the difference of the areas after each way of swapping the changed cases."""
    # All results of the first run and the changed ones of the second, each there or not.
    sure = np.concatenate([pairs.sure[0], pairs.sure[1, changed]])
    right = np.concatenate([pairs.right[0], pairs.right[1, changed]])
    found = []
    for start in range(0, len(swaps), _BLOCK):
        other = swaps[start : start + _BLOCK].astype(np.int64)
        here = np.ones((len(other), pairs.sure.shape[1]), np.int64)
        here[:, changed] = 1 - other
        before = area(sure, right, np.concatenate([here, other], axis=1))
        here[:, changed] = other
        found.append(area(sure, right, np.concatenate([here, 1 - other], axis=1)) - before)
    return np.concatenate(found)


def _times(pairs: _Pairs) -> dict[str, _Found]:
    known = pairs.milliseconds[:, ~np.isnan(pairs.milliseconds).any(axis=0)]
    n = known.shape[1]
    if not n:
        return {}
    rows = {_MEDIAN: np.percentile(known, 50, axis=1), _SLOWEST: np.percentile(known, 95, axis=1)}
    return {name: _Found(n, True, float(a), float(b), None, None) for name, (a, b) in rows.items()}


def _resamples(n: int) -> Iterator[NDArray[np.int64]]:
    """Yield how often each of `n` cases is drawn in each resample, int64 (some, n)."""
    generator = np.random.default_rng(SEED)
    for start in range(0, RESAMPLES, _BLOCK):
        some = min(_BLOCK, RESAMPLES - start)
        drawn = generator.integers(0, n, (some, n)) + n * np.arange(some)[:, None]
        yield np.bincount(drawn.ravel(), minlength=some * n).reshape(some, n)
