"""What the legs of a search found, before they are fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Passage


@dataclass(frozen=True)
class Candidates:
    """Passages that a leg found, each with the score of every leg.

    `rows` int64 (n,) are numbers of passages in the library's snapshot, ascending; `dense`
    float32 (n,) are cosines, `lexical` float64 (n,) BM25 scores.
    """

    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float64]
    passages: Sequence[Passage]
    articles: Sequence[Article]


def best_rows(
    scores: NDArray[np.float64], depth: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the allowed rows with the `depth` highest scores, of equal ones the first."""
    rows = np.flatnonzero(allowed)
    if len(rows) > depth:
        floor = np.partition(scores[rows], -depth)[-depth]
        above, equal = rows[scores[rows] > floor], rows[scores[rows] == floor]
        rows = np.concatenate([above, equal[: depth - len(above)]])
    return np.asarray(rows, np.int64)
