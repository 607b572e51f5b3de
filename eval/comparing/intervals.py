"""What chance would have made of a mean: bootstrap intervals over questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Enough that the ends of an interval move by less than its third digit between seeds.
RESAMPLES = 2_000
SEED = 20_200
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """Return the three numbers, to six digits."""
        return {name: round(getattr(self, name), 6) for name in ("value", "low", "high")}


class Resamples:
    """One set of bootstrap resamples of `n` questions, drawn once and used for every measure.

    Since all share them, the interval of a difference of two legs is a paired one.
    `counts` int64 (resamples, n) says how often each question is drawn, all that a statistic needs.
    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", percentile interval.
    """

    def __init__(self, n: int, resamples: int = RESAMPLES, seed: int = SEED) -> None:
        drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
        self.counts: NDArray[np.int64] = drawn

    def interval(self, values: Floats) -> Interval:
        """Return the mean of `values`, one a question, float64 (n,), with its 95 % interval."""
        return percentiles(float(values.mean()), self.counts / len(values) @ values)

    def quantile(self, values: Floats, share: float) -> Interval:
        """Return the least of `values` that `share` of them do not exceed, with its interval."""
        order = np.argsort(values, kind="stable")
        ranked, drawn = values[order], self.counts[:, order].cumsum(axis=1)
        needed = np.ceil(share * len(values))
        value = float(ranked[int(needed) - 1])
        return percentiles(value, ranked[(drawn >= needed).argmax(axis=1)])


def percentiles(value: float, resampled: Floats) -> Interval:
    """Return `value` with the interval between the outer percentiles of its resamples, (r,)."""
    low, high = np.percentile(resampled, _PERCENTILES)
    return Interval(value, float(low), float(high))
