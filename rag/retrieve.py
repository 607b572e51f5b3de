"""A question to passages, best first: both legs, late interaction, one fused score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Passage
from corpus.language import script
from index import Filters, Library, StaticEncoder
from rag.answer import Hit
from rag.fuse import FusionWeights, fuse
from rag.late import best_similarities, question_words, rarity, score
from rag.question import Asked

# Passages each leg may add; late interaction then looks at all of them.
_DEPTH = 50


class Retriever:
    """Finds passages in one library.

    Late interaction always uses the bundled token table: models that pool have no token level.
    """

    def __init__(
        self, library: Library, encoder: StaticEncoder, weights: FusionWeights | None = None
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._weights = weights or FusionWeights()

    def retrieve(self, asked: Asked, k: int, filters: Filters | None = None) -> list[Hit]:
        """Return the `k` best passages, best first; equal scores in the order of the library."""
        found = self._library.search(asked.standalone, max(k, _DEPTH), filters or Filters())
        if not len(found.rows):
            return []
        texts = [
            f"{article.title or ''}\n{passage.text}"
            for article, passage in zip(found.articles, found.passages, strict=True)
        ]
        languages = [article.language for article in found.articles]
        question = question_words(self._encoder, asked)
        similarities = best_similarities(self._encoder, question, texts, languages)
        late = score(similarities, question.weights * rarity(similarities))
        scripts = np.array([script(passage.text) for passage in found.passages])
        scores = fuse(found, late, scripts, asked.script, self._weights)
        return _best(found.articles, found.passages, found.rows, scores, k)


def _best(
    articles: Sequence[Article],
    passages: Sequence[Passage],
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    k: int,
) -> list[Hit]:
    order = np.lexsort((rows, -scores))[:k]
    return [Hit(passages[i], articles[i], float(scores[i])) for i in order]
