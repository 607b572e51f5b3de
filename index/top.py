"""The highest of many scores, found without putting them in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Scores of which only the highest is looked at first.
_GROUP = 64


def best_rows(
    scores: NDArray[np.floating], depth: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the rows found with the `depth` highest scores, of equal ones the first.

    Those not `allowed`, bool (n,), and those of minus infinity are not found.
    """
    among = scores if allowed.all() else np.where(allowed, scores, scores.dtype.type(-np.inf))
    rows = np.flatnonzero(among >= floor(among, depth))
    rows = rows[among[rows] > -np.inf]
    if len(rows) > depth:
        found = scores[rows]
        least = np.partition(found, -depth)[-depth]
        above, equal = rows[found > least], rows[found == least]
        rows = np.concatenate([above, equal[: depth - len(above)]])
    return rows


def floor(scores: NDArray[np.floating], depth: int) -> float:
    """Return a score that at least `depth` of `scores` reach, not far below the lowest of these.

    Of the highest of each group, `depth` reach the one at that rank.  Minus infinity if there
    are fewer scores.

    >>> floor(np.array([0.5, 0.1, 0.9, 0.7]), 3), floor(np.zeros(2), 3)
    (0.5, -inf)
    """
    groups = len(scores) // _GROUP
    if groups > depth:
        scores = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    if len(scores) < depth:
        return -np.inf
    return float(np.partition(scores, -depth)[-depth])
