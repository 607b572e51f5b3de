"""The legs of a search over a fixed pool of texts, each scored alone, then together.

The retrieval benchmark reaches the ranking only through `Pool`, which indexes the texts as the
passages of a library without files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedded.fields import TextIndex
from index.embedded.neighbours import Neighbours
from index.embedded.passages import PassageTable
from index.embedded.search import find
from index.embedded.snapshot import Snapshot
from index.embedded.vectors import VectorIndex
from index.encoder import Encoder, StaticEncoder, load_bundled
from index.store.database import PassageRow
from rag.reading.question import understand
from rag.search.fuse import FusionWeights
from rag.search.late import question_words
from rag.search.retrieve import DEPTH, rank

Floats = NDArray[np.float64]

# Legs that join others; every other leg stands alone.
FUSED, RERANKED = "fused", "reranked"


class Pool:
    """Texts that questions are asked of.

    `articles` numbers the article that each text is a part of, as neighbours in it give context;
    without, each text stands alone.

    Models that pool have no token level, so beside them the bundled table does that work.
    """

    def __init__(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None],
        encoder: Encoder,
        articles: Sequence[int] | None = None,
        weights: FusionWeights | None = None,
    ) -> None:
        self._encoder, self._weights = encoder, weights or FusionWeights()
        words = encoder if isinstance(encoder, StaticEncoder) else load_bundled()
        rows = [
            PassageRow(number, str(article), 1, 0, len(text), None, None, language)
            for number, (article, text, language) in enumerate(
                zip(articles or range(len(texts)), texts, languages, strict=True)
            )
        ]
        vectors = VectorIndex.build(encoder.encode_passages(texts))
        indexed = TextIndex.build(texts, languages, words)
        near = Neighbours.build(words.token_vectors(indexed.tokens.vocabulary))
        self._snapshot = Snapshot(1, PassageTable.of(rows), vectors, indexed, near, words)

    def score(self, question: str) -> Mapping[str, Floats]:
        """Return by leg the scores of all texts, float64 (n,); minus infinity is not found.

        A leg alone scores the whole pool; fused and reranked see what a library's search would.
        """
        asked = understand(question)
        read = question_words(self._snapshot.encoder, asked)
        vector = self._encoder.encode_queries([asked.standalone])[0]
        everything = np.ones(len(self._snapshot.passages), np.bool_)
        alone = find(self._snapshot, read.query, vector, len(everything), everything)
        found = find(self._snapshot, read.query, vector, DEPTH, everything)
        ranking = rank(found, read, asked.script, self._weights)
        return {
            "dense": self._spread(alone.rows, alone.dense),
            "lexical": self._spread(alone.rows, alone.lexical),
            "names": self._spread(alone.rows, alone.names),
            "soft": self._spread(alone.rows, alone.soft),
            FUSED: self._spread(found.rows, ranking.fused),
            RERANKED: self._spread(found.rows, ranking.reranked),
        }

    def _spread(self, rows: NDArray[np.int64], scores: NDArray[np.floating]) -> Floats:
        spread = np.full(len(self._snapshot.passages), -np.inf)
        spread[rows] = scores
        return spread
