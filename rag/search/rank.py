"""Candidates to passages, best first: the legs fused, late interaction, a reranker's last word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index import Candidates, Library
from index.engine import Candidate
from rag.answer import Hit
from rag.reading import Reading
from rag.rerankers.cross_encoder import Reranker
from rag.rerankers.order import rerank
from rag.search.scoring import (
    USUAL_LATE,
    Floats,
    FusionWeights,
    fuse,
    score,
    scripts_of,
    standardise,
)

# Passages each leg may add; late interaction then looks at all of them.
DEPTH = 50
# A model that reads question and passage together is slow, so it sees only the best.
_RERANKED = 50
# A word that only the passages beside it in the article meet counts for so much.
_CONTEXT_SHARE = 0.5


@dataclass(frozen=True)
class Ranking:
    """Candidates with the fused score of the legs, and that with late interaction, (n,) each."""

    candidates: Candidates
    fused: Floats
    reranked: Floats


def rank(candidates: Candidates, reading: Reading, weights: FusionWeights) -> Ranking:
    """Fuse the legs, then compare the question word by word with every candidate."""
    shape = len(candidates.found), len(reading.words)
    met = np.array([found.met for found in candidates.found], np.float32).reshape(shape)
    around = np.array([found.around for found in candidates.found], np.float32).reshape(shape)
    met = np.asarray(met + _CONTEXT_SHARE * (around - met), np.float32)
    late = score(met, reading.weights * np.array(candidates.rarity, np.float32))
    fused = fuse(candidates, reading.script, weights)
    standard = standardise(late, scripts_of(candidates), USUAL_LATE)
    return Ranking(candidates, fused.scores, fused.plus(standard, weights.late).scores)


class Ranker:
    """Puts what a library's search has found in order, and reads the best of it.

    `reranker` has the last word on the best, if there is one.
    """

    def __init__(
        self,
        library: Library,
        weights: FusionWeights | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._library = library
        self._weights = weights or FusionWeights()
        self._reranker = reranker

    def best(self, candidates: Candidates, reading: Reading, k: int) -> list[Hit]:
        """Return the `k` best passages, best first; equal scores in the order of the library."""
        scores = rank(candidates, reading, self._weights).reranked
        order = np.argsort(-scores, kind="stable").tolist()
        wanted = k if self._reranker is None else max(k, _RERANKED)
        hits = [self._hit(candidates.found[place], scores[place]) for place in order[:wanted]]
        if self._reranker is not None:
            hits = rerank(reading.standalone, hits, self._reranker, _RERANKED)
        return hits[:k]

    def _hit(self, candidate: Candidate, score: np.float64) -> Hit:
        article, passage = self._library.passage(candidate)
        return Hit(passage, article, float(score))
