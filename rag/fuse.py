"""One score from several legs: a convex combination of normalised scores.

Source: Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval":
min-max normalised scores, added with fixed weights, beat reciprocal rank fusion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import Candidates

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How much each leg counts, for passages in the question's script and in another one.

    Across scripts only names and digits can match as words, so BM25 is nearly noise there.
    """

    lexical: float = 0.5
    lexical_across_scripts: float = 0.15
    dense: float = 0.3
    late: float = 0.7


def normalise(scores: NDArray[np.floating]) -> Floats:
    """Map scores to 0 (worst) to 1 (best); equal scores all become 0.

    >>> normalise(np.array([2.0, 4.0, 3.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    values = scores.astype(np.float64)
    if not len(values) or values.max() == values.min():
        return np.zeros(len(values))
    return np.asarray((values - values.min()) / (values.max() - values.min()))


def fuse(
    candidates: Candidates,
    late: Floats,
    same_script: NDArray[np.bool_],
    weights: FusionWeights,
) -> Floats:
    """Return one score per candidate, float64 (n,), between 0 and 1.

    `late` float64 (n,) is the late-interaction score, `same_script` bool (n,) tells which
    passages are written in the question's script.
    """
    lexical_weight = np.where(same_script, weights.lexical, weights.lexical_across_scripts)
    total = (
        lexical_weight * normalise(candidates.lexical)
        + weights.dense * normalise(candidates.dense)
        + weights.late * normalise(late)
    )
    return np.asarray(total / (weights.lexical + weights.dense + weights.late))
