"""Risk at every coverage: how right answers are as ever less sure ones are given too.

Source: Geifman and El-Yaniv 2017, "Selective Classification for Deep Neural Networks"; the area
is that of Geifman, Uziel and El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation".  Answers of
equal confidence come in no order, so the risk among them is the one expected over all orders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eval.comparing.intervals import Floats


def risk_coverage(confidence: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return coverage and risk, float64 (n,) each, when the surest 1, 2, ... n are answered.

    `confidence` float64 (n,) and `right` bool (n,) are of the same cases, in any order.

    >>> _, risk = risk_coverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, True]))
    >>> risk.round(3).tolist()
    [0.0, 0.5, 0.333, 0.25]
    >>> _, risk = risk_coverage(np.array([0.9, 0.9]), np.array([True, False]))
    >>> risk.tolist()
    [0.5, 0.5]
    """
    order, ends = _ties(confidence)
    errors = np.cumsum(~right[order]).astype(np.float64)
    places = np.arange(1, len(order) + 1, dtype=np.float64)
    # Between the ends of a tie the expected number of errors grows evenly.
    known = np.concatenate([[0.0], places[ends]]), np.concatenate([[0.0], errors[ends]])
    return places / max(len(order), 1), np.interp(places, *known) / places


def area(confidence: Floats, right: NDArray[np.bool_], counts: NDArray[np.int64]) -> Floats:
    """Return the area under the risk-coverage curve of every resample, float64 (resamples,).

    It is the mean of the risks of `risk_coverage`.  `counts` int64 (resamples, n) says how often
    each case was drawn; the area of a resample without cases is not a number.

    >>> sure, right = np.array([0.9, 0.8, 0.7]), np.array([True, False, True])
    >>> area(sure, right, np.array([[1, 1, 1], [0, 1, 0], [2, 0, 1]])).round(4).tolist()
    [0.2778, 1.0, 0.0]
    """
    order, ends = _ties(confidence)
    if not len(order):
        return np.full(len(counts), np.nan)
    counts, wrong = counts[:, order], ~right[order]
    # Each error adds one over every rank from its own to the last: it is enough to look at those.
    ties, first = np.unique(np.searchsorted(ends, np.flatnonzero(wrong)), return_index=True)
    errors = np.add.reduceat(counts[:, wrong], first, axis=1)
    drawn = np.cumsum(counts, axis=1)
    total = drawn[:, -1]
    last = drawn[:, ends[ties]]
    starts = np.concatenate([[0], ends[:-1] + 1])[ties]
    many = last - drawn[:, starts] + counts[:, starts]
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, total.max(initial=0) + 1))])
    sums = np.concatenate([[0.0], np.cumsum(harmonic)])
    # Within a tie an error has each of its ranks equally often.
    above = (sums[last] - sums[last - many]) / np.maximum(many, 1)
    with np.errstate(invalid="ignore"):
        return np.asarray((errors * (harmonic[total][:, None] - above)).sum(axis=1) / total)


def _ties(confidence: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the order of falling confidence, and the last place in it of each that differs."""
    order = np.argsort(-confidence, kind="stable")
    if not len(order):
        return order, order
    return order, np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))
