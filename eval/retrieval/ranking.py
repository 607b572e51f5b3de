"""The legs of a search over a fixed pool of texts, each scored alone, then together.

The retrieval benchmark reaches the ranking only through `Pool`, which indexes the texts as the
passages of a library without files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.text.sentences import sentence_spans
from index.embedded.engine import find, run_legs
from index.embedded.segments.building import of_texts
from index.encoder import Encoder, table_of
from rag.reader import Excerpt, Reader
from rag.reading import read
from rag.search.rank import DEPTH, FusionWeights, rank

Floats = NDArray[np.float64]

# Legs that join others; every other leg stands alone.
FUSED, RERANKED, READ, JOINED = "fused", "reranked", "read", "reranked and read"
# A reader reads so many of the best, as many as an answer is chosen from.
_READ = 10
# Deviations of the log odds over the best passages count so much beside the reranked score's.
_READ_SHARE = 0.5


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
        reader: Reader | None = None,
    ) -> None:
        self._texts, self._reader = texts, reader
        self._encoder, self._weights = encoder, weights or FusionWeights()
        self._words = table_of(encoder)
        of = articles or range(len(texts))
        vectors = encoder.encode_passages(texts)
        self._snapshot = of_texts(texts, languages, of, vectors, self._words)

    def score(self, question: str) -> Mapping[str, Floats]:
        """Return by leg the scores of all texts, float64 (n,); minus infinity is not found.

        A leg alone scores the whole pool; fused and reranked see what a library's search would.
        """
        reading = read(question, self._words)
        vector = self._encoder.encode_queries([reading.standalone])[0]
        everything = np.ones(len(self._snapshot.passages), np.bool_)
        alone = run_legs(self._snapshot, reading.query, vector, len(everything), everything)
        found = find(self._snapshot, reading.query, vector, DEPTH, everything)
        ranking = rank(found, reading, self._weights)
        # In a pool, where a text begins is its number.
        places = np.array([candidate.start for candidate in found.found], np.int64)
        legs: dict[str, Floats] = {
            "dense": self._spread(alone.rows, alone.dense),
            "lexical": self._spread(alone.rows, alone.lexical),
            "names": self._spread(alone.rows, alone.names),
            "soft": self._spread(alone.rows, alone.soft),
            FUSED: self._spread(places, ranking.fused),
            RERANKED: self._spread(places, ranking.reranked),
        }
        return legs | self._read(question, legs[RERANKED])

    def _read(self, question: str, reranked: Floats) -> dict[str, Floats]:
        """Return the reranked scores with the best in the order of the reader's, and of both."""
        if self._reader is None:
            return {}
        order = np.argsort(-reranked, kind="stable")[:_READ]
        best = order[np.isfinite(reranked[order])]
        texts = [self._texts[place] for place in best]
        read = self._reader.read(question, [Excerpt(text, sentence_spans(text)) for text in texts])
        odds = np.array([excerpt.answers for excerpt in read])
        both = _standard(reranked[best]) + _READ_SHARE * _standard(odds)
        return {
            leg: _put_first(reranked, best, scores)
            for leg, scores in ((READ, odds), (JOINED, both))
        }

    def _spread(self, rows: NDArray[np.int64], scores: NDArray[np.floating]) -> Floats:
        spread = np.full(len(self._snapshot.passages), -np.inf)
        spread[rows] = scores
        return spread


def _standard(scores: Floats) -> Floats:
    return np.asarray((scores - scores.mean()) / (scores.std() or 1.0))


def _put_first(scores: Floats, places: NDArray[np.int64], of: Floats) -> Floats:
    """Return scores in which those at `places` are `of`, above all others."""
    put = scores.copy()
    rest = np.delete(scores, places)
    put[places] = of - of.min(initial=0.0) + rest[np.isfinite(rest)].max(initial=0.0) + 1.0
    return put
