"""A question to passages, best first: the legs, their fusion, late interaction over the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import Candidates, Filters, Library
from index.embedded.snapshot import Snapshot
from rag.answer import Hit
from rag.reading.question import Asked
from rag.rerankers.cross_encoder import Reranker
from rag.rerankers.order import rerank
from rag.search.fuse import USUAL_LATE, Floats, FusionWeights, fuse, standardise
from rag.search.late import QuestionWords, best_similarities, question_words, score

# Passages each leg may add; late interaction then looks at all of them.
DEPTH = 50
# A model that reads question and passage together is slow, so it sees only the best.
_RERANKED = 50
# So many passages on each side are looked at for words that a passage itself does not have.
_CONTEXT = 2
_CONTEXT_SHARE = 0.5


@dataclass(frozen=True)
class Ranking:
    """Candidates with the fused score of the legs, and that with late interaction, (n,) each."""

    candidates: Candidates
    fused: Floats
    reranked: Floats


def rank(
    candidates: Candidates,
    question: QuestionWords,
    asked_script: str,
    weights: FusionWeights,
) -> Ranking:
    """Fuse the legs, then compare the question word by word with every candidate."""
    snapshot = candidates.snapshot
    met = _met_in_context(question, candidates)
    rarity = question.shares() @ candidates.match.rarity
    late = score(met, question.weights * rarity)
    scripts = snapshot.passages.scripts[candidates.rows]
    fused = fuse(candidates, asked_script, weights)
    reranked = fused.plus(standardise(late, scripts, USUAL_LATE), weights.late)
    return Ranking(candidates, fused.scores, reranked.scores)


def _met_in_context(question: QuestionWords, candidates: Candidates) -> NDArray[np.float32]:
    """Return how well each word is met in the candidates, float32 (n, w), 0 to 1.

    A word that only the passages beside it in the article meet counts for `_CONTEXT_SHARE`.
    """
    snapshot, rows = candidates.snapshot, candidates.rows
    count = len(snapshot.passages)
    steps = np.arange(-_CONTEXT, _CONTEXT + 1)
    around = (rows[:, None] + steps).clip(0, max(count - 1, 0))
    articles = snapshot.passages.articles[around]
    around = np.where(articles == articles[:, [_CONTEXT]], around, rows[:, None])
    distinct, places = np.unique(around, return_inverse=True)
    met = best_similarities(
        question, snapshot.texts, candidates.match.cosines, distinct, snapshot.passages.languages
    )[places.reshape(around.shape)]
    own = met[:, _CONTEXT]
    return np.asarray(own + _CONTEXT_SHARE * (met.max(axis=1) - own), np.float32)


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

    def retrieve(self, asked: Asked, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return the `k` best passages, best first; equal scores in the order of the library."""
        ranking = self.ranking(asked, max(k, DEPTH), filters or Filters())
        scores, rows = ranking.reranked, ranking.candidates.rows
        current = ranking.candidates.snapshot
        order = np.lexsort((rows, -scores))
        if self._reranker is None:
            return [self._hit(current, rows[i], scores[i]) for i in order[:k]]
        hits = [self._hit(current, rows[i], scores[i]) for i in order[: max(k, _RERANKED)]]
        return rerank(asked.standalone, hits, self._reranker, _RERANKED)[:k]

    def ranking(self, asked: Asked, depth: int, filters: Filters) -> Ranking:
        """Return all candidates, `depth` of each leg, with their scores."""
        question = question_words(self._library.words, asked)
        found = self._library.search(question.query, depth, filters)
        return rank(found, question, asked.script, self._weights)

    def _hit(self, current: Snapshot, row: np.int64, fused: np.float64) -> Hit:
        article, passage = self._library.passage(int(row), current)
        return Hit(passage, article, float(fused))
