"""A question to passages, best first: the legs, their fusion, late interaction over the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index import Candidates, Filters, Library
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


class Retriever:
    """Finds passages in one library."""

    def __init__(
        self,
        library: Library,
        weights: FusionWeights | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._library = library
        self._weights = weights or FusionWeights()
        self._reranker = reranker

    def retrieve(self, reading: Reading, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return the `k` best passages, best first; equal scores in the order of the library."""
        ranking = self.ranking(reading, max(k, DEPTH), filters or Filters())
        order = np.argsort(-ranking.reranked, kind="stable").tolist()
        if self._reranker is None:
            return [self._hit(ranking, place) for place in order[:k]]
        hits = [self._hit(ranking, place) for place in order[: max(k, _RERANKED)]]
        return rerank(reading.standalone, hits, self._reranker, _RERANKED)[:k]

    def ranking(self, reading: Reading, depth: int, filters: Filters) -> Ranking:
        """Return all candidates, `depth` of each leg, with their scores."""
        found = self._library.search(reading.query, depth, filters)
        return rank(found, reading, self._weights)

    def _hit(self, ranking: Ranking, place: int) -> Hit:
        article, passage = self._library.passage(ranking.candidates.found[place])
        return Hit(passage, article, float(ranking.reranked[place]))
