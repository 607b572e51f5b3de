"""Soft lexical search: BM25 that crosses languages, over the token postings of a collection.

Each token of a question reaches the tokens of the collection that lie near it in the bundled
table, its own and its translations, and counts them by the square of their cosine.  The
vocabulary of a collection is finite, so one product of matrices finds the neighbours and the sum
runs over their postings; no passage is scanned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.tokens import TokenIndex

Floats = NDArray[np.float32]

# BM25's length normalisation at its usual value (Robertson and Zaragoza 2009); saturation comes
# sooner than usual, since many weak neighbours must not outweigh the word itself.
_K1 = 0.5
_B = 0.75
# A token reaches so many neighbours at most, and none further than this cosine.
_NEIGHBOURS = 128
_NEAREST = 0.2
# A text with a neighbour nearer than this has what the token means, as far as its idf goes.
_MET = 0.4
# A token of less than this share of the heaviest one's weight cannot change the order of passages
# noticeably; it is "of" or "the", and has the longest postings.
_LEAST_SHARE = 0.05


@dataclass(frozen=True)
class QuestionTokens:
    """The tokens of a question: `vectors` float32 (t, dimension), unit; `weights` float32 (t,)."""

    vectors: Floats
    weights: Floats


@dataclass(frozen=True)
class SoftMatch:
    """How the texts of an index meet a question.

    `cosines` float32 (t, v) compares its tokens with the index's vocabulary, `rarity` float32
    (t,) is the idf of each over its meaning, `scores` float32 (n,) the soft lexical score, minus
    infinity for texts that no token reaches.
    """

    cosines: Floats
    rarity: Floats
    scores: Floats


def compare(tokens: Floats, vocabulary: Floats) -> Floats:
    """Return the cosines of unit vectors (t, dimension) and (v, dimension), float32 (t, v)."""
    # With the longer matrix first the product takes half the time.
    return np.ascontiguousarray((vocabulary @ tokens.T).T)


def match(index: TokenIndex, token_vectors: Floats, question: QuestionTokens) -> SoftMatch:
    """Score every text of `index`, whose vocabulary has `token_vectors` float32 (v, dimension)."""
    cosines = compare(question.vectors, token_vectors)
    scores = np.zeros(len(index), np.float32)
    rarity = np.zeros(len(question.weights), np.float32)
    if not len(index):
        return SoftMatch(cosines, rarity, scores)
    damping = np.float32(_K1) * (np.float32(1 - _B) + np.float32(_B) * index.relative_lengths)
    least = _LEAST_SHARE * float(question.weights.max(initial=0.0))
    for token, weight in enumerate(question.weights.tolist()):
        if weight < least:
            continue
        near, similarity = _nearest(cosines[token])
        texts, counts, sizes = index.postings(near)
        met = np.zeros(len(index), np.bool_)
        met[texts[: int(sizes[similarity > _MET].sum())]] = True
        rarity[token] = _idf(int(np.count_nonzero(met)), len(index))
        seen = np.bincount(texts, np.repeat(similarity**2, sizes) * counts, len(index))
        seen = seen.astype(np.float32)
        damped = np.divide(seen, seen + damping, out=seen)
        damped *= np.float32(weight * rarity[token] * (_K1 + 1))
        scores += damped
    scores[scores <= 0] = -np.inf
    return SoftMatch(cosines, rarity, scores)


def _nearest(cosines: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the places of the `_NEIGHBOURS` highest of `cosines`, none below `_NEAREST`.

    Those above `_MET` come first.
    """
    near = np.flatnonzero(cosines >= _NEAREST)
    if len(near) > _NEIGHBOURS:
        near = near[np.argpartition(-cosines[near], _NEIGHBOURS)[:_NEIGHBOURS]]
    near = np.concatenate([near[cosines[near] > _MET], near[cosines[near] <= _MET]])
    return near, cosines[near]


def _idf(frequency: int, texts: int) -> float:
    """Return BM25's idf in the form that is never negative."""
    return float(np.log1p((texts - frequency + 0.5) / (frequency + 0.5)))
