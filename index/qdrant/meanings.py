"""Which tokens of a collection lie near those of a question; the soft leg counts them.

The same definitions as `index/embedded/soft.py` and `index/embedded/neighbours.py` have, over the
vocabulary of `index.qdrant.statistics`; the contract suite holds both to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import StaticEncoder
from index.qdrant.analysis import Bags, Keys
from index.qdrant.transport import Sparse

Floats = NDArray[np.float32]
K1, B = 0.5, 0.75
# A token keeps so many neighbours for late interaction and none below; others are at the third.
_MOST, _REMEMBERED, CHANCE = 256, 0.15, 0.1
# Of these the soft leg counts so many, none below; those above the third have its meaning.
_COUNTED, _NEAREST, _MET = 128, 0.2, 0.4
# A token of less than this share of the heaviest one's weight is left out.
_LEAST_SHARE = 0.05
# The heaviest terms of a question find as well as all of them, 727 on average.
_HEAVIEST = 200
# So many vectors are compared one by one.
_FEW = 2


class Meanings:
    """The vocabulary of a collection with its vectors; what was found is kept for later questions.

    `vocabulary` uint32 (v,) ascends; `count_with` tells how many passages have any of some tokens.
    """

    def __init__(
        self,
        vocabulary: Keys,
        passages: int,
        encoder: StaticEncoder,
        count_with: Callable[[Sequence[int]], int],
    ) -> None:
        self.size, self._passages = encoder.vocabulary_size, passages
        self._vocabulary, self._encoder, self._count_with = vocabulary, encoder, count_with
        self._vectors: Floats | None = None
        self._near: dict[int, tuple[Keys, Floats]] = {}
        self._rarity: dict[int, float] = {}

    def near(self, tokens: Sequence[int]) -> list[tuple[Keys, Floats]]:
        """Return the neighbours of each token that the collection has, with cosines, nearest first.

        Another thread may find the same at the same time; both find it alike.
        """
        missing = sorted({token for token in tokens if token not in self._near})
        if missing:
            if self._vectors is None:
                self._vectors = self._encoder.token_vectors(self._vocabulary.astype(np.int64))
            asked = self._encoder.token_vectors(np.array(missing, np.int64))
            for token, cosines in zip(missing, _products(self._vectors, asked), strict=True):
                near = np.flatnonzero(cosines >= _REMEMBERED)
                if len(near) > _MOST:
                    near = near[np.argpartition(-cosines[near], _MOST)[:_MOST]]
                near = near[np.argsort(-cosines[near], kind="stable")]
                self._near[token] = self._vocabulary[near], cosines[near]
        return [self._near[token] for token in tokens]

    def rarity(self, token: int) -> float:
        """Return the idf of what a token means, BM25's in the form that is never negative."""
        if token not in self._rarity:
            keys, cosines = self.near([token])[0]
            meeting = keys[:_COUNTED][cosines[:_COUNTED] > _MET]
            count = self._count_with(meeting.tolist()) if len(meeting) else 0
            found = np.log1p((self._passages - count + 0.5) / (count + 0.5))
            self._rarity[token] = float(found)
        return self._rarity[token]


@dataclass(frozen=True)
class AskedTokens:
    """The `t` tokens of a question in a collection.

    `columns` unsigned (vocabulary of the table,) says which row of `cosines` and `squares`, float32
    (m, t), is a token's, 0 for those far from all; `rarity` and `heights` are float32 (t,).
    """

    columns: NDArray[np.unsignedinteger]
    cosines: Floats
    squares: Floats
    rarity: Floats
    heights: Floats

    @classmethod
    def of(cls, tokens: Sequence[int], weights: Floats, meanings: Meanings) -> AskedTokens:
        """Look the neighbours of `tokens` up, whose weights are float32 (t,)."""
        near = meanings.near(tokens)
        rarity = np.zeros(len(tokens), np.float32)
        for place in np.flatnonzero(weights >= _LEAST_SHARE * weights.max(initial=0.0)).tolist():
            rarity[place] = meanings.rarity(tokens[place])
        held = np.unique(np.concatenate([np.zeros(0, np.uint32), *(keys for keys, _ in near)]))
        # A question is of some hundred tokens at most, so their neighbours are fewer than 65,536.
        kind = np.uint32 if len(held) > 65_000 else np.uint16
        columns: NDArray[np.unsignedinteger] = np.zeros(meanings.size, kind)
        columns[held] = np.arange(1, len(held) + 1)
        cosines = np.full((len(held) + 1, len(tokens)), CHANCE, np.float32)
        squares = np.zeros_like(cosines)
        for place, (keys, values) in enumerate(near):
            rows = columns[keys]
            cosines[rows, place] = values
            counted = values[:_COUNTED] >= _NEAREST
            squares[rows[:_COUNTED][counted], place] = values[:_COUNTED][counted] ** 2
        heights = np.asarray(weights * rarity * (K1 + 1), np.float32)
        return cls(columns, cosines, squares, rarity, heights)

    def sparse(self) -> Sparse:
        """Return the heaviest terms of the linear approximation by which Qdrant finds passages.

        It is none of the score: saturation comes after the neighbours of a token are summed.
        """
        weights = (self.squares @ self.heights)[self.columns]
        keys = np.flatnonzero(weights)
        if len(keys) > _HEAVIEST:
            keys = keys[np.argpartition(-weights[keys], _HEAVIEST)[:_HEAVIEST]]
        return Sparse(keys.astype(np.uint32), np.asarray(weights[keys], np.float32))

    def scores(self, texts: Bags, average: float) -> Floats:
        """Return the soft scores of texts by their tokens, minus infinity where none is met."""
        seen = _over(texts, self, self.squares, np.add)
        relative = (texts.lengths / average).astype(np.float32)
        damping = soft_damping(relative)
        scores = seen / (seen + damping[:, None]) @ self.heights
        return np.where(scores > 0, scores, np.float32(-np.inf))

    def best(self, texts: Bags) -> Floats:
        """Return the best cosine of each token in each text, float32 (n, t)."""
        best = _over(texts, self, self.cosines, np.maximum)
        empty = texts.lengths == 0
        return np.asarray(np.maximum(best, np.float32(CHANCE) * ~empty[:, None]), np.float32)


def _products(vectors: Floats, asked: Floats) -> Sequence[Floats]:
    """Return the products of every one of `asked` with all `vectors`, float32 (n,) each.

    The product of two matrices copies the large one, so for a few it takes longer than one by one:
    7 ms whatever they are, and 2.4 ms each, for 40,000 vectors of 256.
    """
    if len(asked) <= _FEW:
        return [vectors @ one for one in asked]
    return list(np.ascontiguousarray((vectors @ asked.T).T))


def soft_damping(relative: Floats) -> Floats:
    """Return what the soft leg adds to the counts of texts of `relative` lengths."""
    return np.asarray(np.float32(K1) * (np.float32(1 - B) + np.float32(B) * relative), np.float32)


def _over(texts: Bags, asked: AskedTokens, values: Floats, combine: np.ufunc) -> Floats:
    """Sum or take the highest of `values` over the tokens of each text, float32 (n, t)."""
    made = np.zeros((len(texts), values.shape[1]), np.float32)
    columns = asked.columns[texts.keys]
    near = np.flatnonzero(columns)
    owners = texts.owners[near]
    if not len(near) or not values.shape[1]:
        return made
    starts = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), owners[1:] != owners[:-1]]))
    rows = values[columns[near]]
    if combine is np.add:
        rows = rows * texts.counts[near].astype(np.float32)[:, None]
    made[owners[starts]] = combine.reduceat(rows, starts, axis=0)
    return made
