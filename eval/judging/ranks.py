"""Ranks to measures, by ir-measures.

Every question has one right text, so its rank says everything; with one right text `R@k` (recall)
is also `Success@k`.  This is the only module that imports ir_measures, and only when measuring.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError

Floats = NDArray[np.float64]

# As ir-measures writes them; `RR` has no cut-off, and its mean is what tables call MRR.
WITHOUT_CUT_OFF = ("RR",)
WITH_CUT_OFF = ("nDCG@10", "R@1", "R@5", "R@10", "R@100")
MEASURES = ("nDCG@10", "RR", "R@1", "R@5", "R@10", "R@100")
# Of an assistant's search, where any number of passages can be right.
RANKED = ("nDCG@10", "RR", "R@1", "R@5", "R@10")

_RIGHT = "right"


def worst_ranks(scores: NDArray[np.floating], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank from 1 of the right column of each row, int64 (q,); `scores` is (q, n).

    A tie counts as the worst rank of those tied, so that equal scores earn nothing; a text that
    was not found (minus infinity) ties with all others that were not and comes last.

    >>> worst_ranks(np.array([[0.9, 0.5, 0.5], [0.9, -np.inf, -np.inf]]), np.array([1, 1])).tolist()
    [3, 3]
    """
    own = scores[np.arange(len(right)), right]
    ranks: NDArray[np.int64] = (scores >= own[:, None]).sum(axis=1)
    return ranks


def by_question(ranks: NDArray[np.int64], found: NDArray[np.bool_]) -> dict[str, Floats]:
    """Return each of `MEASURES` for every question, float64 (q,), from ranks that count from 1.

    Where `found` is false, only `RR` counts the rank: with a cut-off the text was not retrieved,
    however short the list.  Raises `DalilError` when ir-measures is not installed.

    >>> values = by_question(np.array([1, 2]), np.array([True, False]))
    >>> values["RR"].tolist(), values["R@5"].tolist()
    ([1.0, 0.5], [1.0, 0.0])
    """
    # Questions with the same rank have the same values, so each rank is measured once.
    distinct, places = np.unique(np.stack([ranks, found]), axis=1, return_inverse=True)
    everywhere = [_above(rank) | {_RIGHT: -float(rank)} for rank in distinct[0].tolist()]
    retrieved = [
        run if is_found else _above(rank)
        for run, (rank, is_found) in zip(everywhere, distinct.T.tolist(), strict=True)
    ]
    values = _measure(WITHOUT_CUT_OFF, everywhere) | _measure(WITH_CUT_OFF, retrieved)
    return {name: values[name][places.ravel()] for name in MEASURES}


def _above(rank: int) -> dict[str, float]:
    """Return the texts ranked before `rank`; ir-measures' own way with ties never comes to bear."""
    return {str(place): -float(place) for place in range(1, rank)}


def require() -> None:
    """Raise `DalilError` when ir-measures is not installed."""
    try:
        import ir_measures  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise DalilError(
            "Measuring needs the package ir-measures. Install it with: pip install ir-measures"
        ) from error


def _measure(names: Sequence[str], runs: Sequence[Mapping[str, float]]) -> dict[str, Floats]:
    judged = {str(row): {_RIGHT: 1} for row in range(len(runs))}
    found = {name: np.zeros(len(runs)) for name in names}
    for name, row, value in _calculate(names, judged, dict(zip(judged, runs, strict=True))):
        found[name][row] = value
    return found


def _calculate(
    names: Sequence[str],
    judged: Mapping[str, Mapping[str, int]],
    runs: Mapping[str, Mapping[str, float]],
) -> Iterator[tuple[str, int, float]]:
    """Yield measure, row and value; the rows of questions are their ids."""
    require()
    import ir_measures

    measures = [ir_measures.parse_measure(name) for name in names]
    for metric in ir_measures.iter_calc(measures, judged, runs):
        yield str(metric.measure), int(metric.query_id), metric.value


def by_run(
    judged: Sequence[Collection[str]], ranked: Sequence[Sequence[str]]
) -> list[dict[str, float]]:
    """Return `RANKED` for each question: its relevant texts against those found, best first.

    A question without relevant texts has no score.

    >>> by_run([{"a", "b"}, set()], [["c", "a"], ["d"]])[0]["RR"]
    0.5
    """
    asked = [row for row, relevant in enumerate(judged) if relevant]
    relevant = {str(row): dict.fromkeys(judged[row], 1) for row in asked}
    runs = {str(row): {text: -float(n) for n, text in enumerate(ranked[row])} for row in asked}
    scores: list[dict[str, float]] = [{} for _ in judged]
    for name, row, value in _calculate(RANKED, relevant, runs):
        scores[row][name] = value
    return scores
