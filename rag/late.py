"""Late interaction over the bundled token table: each question token finds its best match.

A pooled vector lets the topic of a passage drown the word that was asked for; comparing tokens
keeps it, and says which word of the question met which word of the text.
Source: Khattab and Zaharia 2020, "ColBERT", here over static token vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import StaticEncoder


@dataclass(frozen=True)
class QuestionTokens:
    """The tokens of a question.

    `vectors` float32 (q, dimension) of unit length, `weights` float32 (q,) summing to 1,
    `spans` int32 (q, 2) half-open offsets in the question.
    """

    text: str
    vectors: NDArray[np.float32]
    weights: NDArray[np.float32]
    spans: NDArray[np.int32]


def question_tokens(encoder: StaticEncoder, text: str) -> QuestionTokens:
    """Tokenise a question; a token weighs as much as its vector is long.

    Training makes the vectors of words that tell texts apart long, and of the rest short.
    """
    tokens = encoder.tokenize(text)
    norms = encoder.token_norms(tokens.ids)
    total = float(norms.sum()) or 1.0
    return QuestionTokens(text, encoder.token_vectors(tokens.ids), norms / total, tokens.spans)


def best_similarities(
    encoder: StaticEncoder, question: QuestionTokens, texts: Sequence[str]
) -> NDArray[np.float32]:
    """Return each question token's best cosine among the tokens of each text, float32 (n, q).

    Texts without tokens get zeros; negative cosines count as zero.
    """
    best = np.zeros((len(texts), len(question.weights)), np.float32)
    ids, sizes = encoder.token_ids(texts)
    filled = np.flatnonzero(sizes)
    if not len(filled) or not len(question.weights):
        return best
    # A word that occurs in many texts is compared once.
    distinct, places = np.unique(ids, return_inverse=True)
    cosines = question.vectors @ encoder.token_vectors(distinct).T
    starts = (np.cumsum(sizes) - sizes)[filled]
    best[filled] = np.maximum.reduceat(cosines[:, places], starts, axis=1).T
    return np.maximum(best, 0.0)
