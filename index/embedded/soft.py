"""Soft lexical search: BM25 that crosses languages, over the token postings of a collection.

Each token of a question reaches the tokens of the collection that lie near it in the bundled
table, its own and its translations, and counts them by the square of their cosine.  The
vocabulary of a collection is finite, so the neighbours are known beforehand
(`index.embedded.neighbours`) and the sum runs over their postings; no passage is scanned.
Tokens that the collection lacks are compared with its own as they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import Run, Tokens, best_rows, floor

Floats = NDArray[np.float32]
Places = NDArray[np.unsignedinteger]
# A token keeps so many neighbours at most, and none further than this cosine: late interaction
# loses .002 MRR with half as many and none below .2.
MOST = 256
LEAST = 0.15
# What a token further than that is taken to be at: about the mean best of a text's tokens by
# chance.  With zero instead, late interaction loses .002 MRR.
CHANCE = 0.1

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
# Tokens of less than this share of the weight are left for the texts that can be among the best,
# if these are no more than so many; measured on 99,000 passages, 500 are usual.
_FEW_LEFT = 0.1
_MOST_CONTENDERS = 1_000
# What sums of 32-bit numbers may lack, as a share.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class TokenCosines:
    """Cosines of `t` tokens of a question with a vocabulary of `v`, those far from all left out.

    `columns` (v,) says which row of `values` float32 (m, t) is that of a token; row 0 is for the
    tokens far from every one of the question, taken to be at the cosine `chance`.
    """

    columns: NDArray[np.unsignedinteger]
    values: Floats
    chance: float

    @classmethod
    def between(cls, tokens: Floats, vocabulary: Floats) -> Self:
        """Compare unit vectors (t, dimension) and (v, dimension), leaving out none."""
        values = np.zeros((len(vocabulary) + 1, len(tokens)), np.float32)
        values[1:] = vocabulary @ tokens.T
        return cls(np.arange(1, len(values), dtype=np.uint32), values, 0.0)

    @classmethod
    def of(cls, places: Places, cosines: Floats, vocabulary: int) -> Self:
        """Gather the neighbours of tokens, rows of `index.embedded.neighbours.Neighbours`."""
        tokens, ranks = np.nonzero(cosines)
        near = places[tokens, ranks]
        columns = np.zeros(vocabulary, np.uint32)
        columns[near] = 1
        held = np.flatnonzero(columns)
        columns[held] = np.arange(1, len(held) + 1)
        values = np.full((len(held) + 1, len(cosines)), CHANCE, np.float32)
        values[columns[near], tokens] = cosines[tokens, ranks]
        return cls(columns, values, CHANCE)


@dataclass(frozen=True)
class NearTokens:
    """Tokens of some texts that lie near a question's, text by text.

    `columns` and `counts` (p,) are rows of `TokenCosines.values` and how often the text has the
    token; `filled` int64 (f,) are the texts with any, whose tokens begin at `starts` int64 (f,);
    `empty` bool (n,) marks texts that have no token at all.
    """

    columns: NDArray[np.unsignedinteger]
    counts: NDArray[np.uint8]
    filled: NDArray[np.int64]
    starts: NDArray[np.int64]
    empty: NDArray[np.bool_]

    @classmethod
    def of(cls, cosines: TokenCosines, index: Tokens, rows: NDArray[np.int64]) -> Self:
        """Look through the tokens of the texts `rows` of `index`."""
        tokens, repeats, sizes = index.tokens_of(rows)
        columns = cosines.columns[tokens]
        near = np.flatnonzero(columns)
        ends = np.searchsorted(near, np.cumsum(sizes))
        starts = np.concatenate([np.zeros(1, np.int64), ends])[:-1]
        filled = np.flatnonzero(ends > starts)
        return cls(columns[near], repeats[near], filled, starts[filled], sizes == 0)


@dataclass(frozen=True)
class SoftMatch:
    """How the texts of an index meet a question.

    `cosines` compares its tokens with the index's vocabulary, `rarity` float32 (t,) is the idf of
    each over its meaning.  The other fields are what the soft lexical score is computed from:
    the neighbours that count (`places` (t, k), nearest first, and `squares` float32 (t, k) of
    their cosines, zero for the rest) and the highest addend of each token, `heights` float32 (t,).
    """

    index: Tokens
    cosines: TokenCosines
    rarity: Floats
    places: Places
    squares: Floats
    heights: Floats

    def scores(self, rows: NDArray[np.int64]) -> Floats:
        """Return the scores of the texts `rows`, minus infinity for those no token reaches."""
        near = NearTokens.of(self.cosines, self.index, rows)
        seen = np.zeros((len(rows), len(self.heights)), np.float32)
        if len(near.filled) and len(self.heights):
            counted = self._counted[near.columns] * near.counts[:, None]
            seen[near.filled] = np.add.reduceat(counted, near.starts, axis=0)
        damping = _damping(self.index.relative_lengths[rows])
        scores = seen / (seen + damping[:, None]) @ self.heights
        return np.where(scores > 0, scores, np.float32(-np.inf))

    @cached_property
    def _counted(self) -> Floats:
        """What each row of `cosines.values` counts for each token, float32 (m, t)."""
        counted = np.zeros_like(self.cosines.values)
        tokens, ranks = np.nonzero(self.squares)
        columns = self.cosines.columns[self.places[tokens, ranks]]
        counted[columns, tokens] = self.squares[tokens, ranks]
        return counted

    def best(self, depth: int, groups: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
        """Return the `depth` texts of the highest scores within each of `groups`, bool (n,).

        The heaviest tokens are counted in all texts.  Once what the rest can add puts few texts
        among the best, only these are looked at; the rest are the commonest, with most postings.
        """
        left = self._contenders(depth, groups)
        rows = np.concatenate([np.zeros(0, np.int64), *left])
        ends = np.cumsum([len(part) for part in left], dtype=np.int64)
        scores = np.split(self.scores(rows), ends)[:-1]
        everything = np.ones(len(rows), np.bool_)
        return [
            part[best_rows(of, depth, everything[: len(part)])]
            for part, of in zip(left, scores, strict=True)
        ]

    def _contenders(
        self, depth: int, groups: Sequence[NDArray[np.bool_]]
    ) -> list[NDArray[np.int64]]:
        """Return texts of each group, ascending, among them all that can be the `depth` best."""
        total = np.zeros(len(self.index), np.float32)
        # Written into again and again, since fresh memory would take as long as the sums.
        seen, damped = np.empty_like(total), np.empty_like(total)
        damping = _damping(self.index.relative_lengths)
        rest, all_of_it = float(self.heights.sum()), float(self.heights.sum())
        for token in np.argsort(-self.heights, kind="stable").tolist():
            if rest <= _FEW_LEFT * all_of_it:
                left = _above(total, depth, groups, rest + _ROUNDING * all_of_it)
                if sum(map(len, left)) <= _MOST_CONTENDERS:
                    return left
            self._count(token, seen)
            np.add(seen, damping, out=damped)
            np.divide(seen, damped, out=seen)
            seen *= self.heights[token]
            total += seen
            rest -= float(self.heights[token])
        return _above(total, depth, groups, _ROUNDING * all_of_it)

    def _count(self, token: int, seen: Floats) -> None:
        """Set `seen` float32 (n,) to how often each text has neighbours of a token, by nearness."""
        seen[:] = 0
        squares = self.squares[token][self.squares[token] > 0]
        near = self.places[token, : len(squares)]
        for run in self.index.runs(near):
            added = np.repeat(squares[run.asked], run.sizes)
            added *= run.counts
            # `np.bincount` would turn the postings into 64-bit numbers first, at eight times the
            # time.
            np.add.at(seen[run.first :], run.texts, added)


def match(index: Tokens, places: Places, cosines: Floats, weights: Floats) -> SoftMatch:
    """Match the texts of `index` with tokens whose neighbours are at `places` of its vocabulary.

    `places` and `cosines` (t, k) are rows of `index.embedded.neighbours.Neighbours`, `weights`
    float32 (t,) those of the tokens.
    """
    compared = TokenCosines.of(places, cosines, len(index.vocabulary))
    rarity = np.zeros(len(weights), np.float32)
    least = _LEAST_SHARE * float(weights.max(initial=0.0))
    heavy = np.flatnonzero(weights >= least) if index.count else np.zeros(0, np.int64)
    met = [places[token, :_NEIGHBOURS][cosines[token, :_NEIGHBOURS] > _MET] for token in heavy]
    rarity[heavy] = [_idf(frequency, index.count) for frequency in _frequencies(index, met)]
    counted = np.where(cosines >= _NEAREST, cosines, np.float32(0))[:, :_NEIGHBOURS]
    heights = np.asarray(weights * rarity * (_K1 + 1), np.float32)
    return SoftMatch(index, compared, rarity, places[:, :_NEIGHBOURS], counted**2, heights)


def _frequencies(index: Tokens, meant: Sequence[Places]) -> list[int]:
    """Return how many texts have any token of each of `meant`, places in the vocabulary."""
    ends = np.cumsum([len(places) for places in meant], dtype=np.int64)
    everything = np.concatenate([np.zeros(0, np.uint8), *meant])
    # Looked up together, since each look-up takes as long as a thousand postings.
    runs = [(run, _cuts(run, ends)) for run in index.runs(everything)]
    frequencies = []
    met = np.zeros(len(index), np.bool_)
    for number in range(len(meant)):
        met[:] = False
        for run, cuts in runs:
            met[run.first :][run.texts[cuts[number] : cuts[number + 1]]] = True
        met &= index.filled
        frequencies.append(int(np.count_nonzero(met)))
    return frequencies


def _cuts(run: Run, ends: NDArray[np.int64]) -> list[int]:
    """Return where the postings of the tokens asked for before each of `ends` end, from 0 on."""
    upto = np.concatenate([np.zeros(1, np.int64), np.cumsum(run.sizes)])
    return [0, *upto[np.searchsorted(run.asked, ends)].tolist()]


def _above(
    total: Floats, depth: int, groups: Sequence[NDArray[np.bool_]], rest: float
) -> list[NDArray[np.int64]]:
    """Return the rows of each group that adding at most `rest` can put among the `depth` best."""
    left = []
    for group in groups:
        among = np.where(group, total, np.float32(-np.inf))
        least = floor(among, depth) - rest
        left.append(np.flatnonzero(among >= least if least > -np.inf else group))
    return left


def _damping(lengths: Floats) -> Floats:
    """Return what BM25 adds to the counts of texts of relative `lengths` in the divisor."""
    return np.float32(_K1) * (np.float32(1 - _B) + np.float32(_B) * lengths)


def _idf(frequency: int, texts: int) -> float:
    """Return BM25's idf in the form that is never negative."""
    return float(np.log1p((texts - frequency + 0.5) / (frequency + 0.5)))
