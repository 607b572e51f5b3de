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

from index.embedded.postings import Run, Sizes, Tokens, best_rows
from index.encoder.pieces import ragged

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
# Once tokens of no more than this share of the weight are left, texts that can be among the best
# are scored by themselves if that takes less time: a text takes as long as so many postings.
_FEW_LEFT = 0.25
_TEXT = 200
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
        columns = cosines.columns.take(tokens)
        # Of truth values the true ones are found in a tenth of the time.
        near = np.flatnonzero(columns != 0)
        ends = near.searchsorted(np.cumsum(sizes))
        starts = np.concatenate([np.zeros(1, np.int64), ends])[:-1]
        filled = np.flatnonzero(ends > starts)
        return cls(columns.take(near), repeats.take(near), filled, starts[filled], sizes == 0)


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
        starts, sizes, tokens, squares = self._counted
        # Few of a text's tokens count for more than one or two of the question's.
        repeats = sizes[near.columns]
        counted = ragged(starts[near.columns], repeats)
        owners = np.repeat(near.filled, np.diff(near.starts, append=len(near.columns)))
        cells = np.repeat(owners * len(self.heights), repeats) + tokens[counted]
        times = squares[counted] * np.repeat(near.counts, repeats)
        seen = np.bincount(cells, times, len(rows) * len(self.heights)).astype(np.float32)
        seen = seen.reshape(len(rows), len(self.heights))
        damping = _damping(self.index.relative_lengths[rows])
        scores = seen / (seen + damping[:, None]) @ self.heights
        return np.where(scores > 0, scores, np.float32(-np.inf))

    @cached_property
    def _counted(self) -> tuple[Sizes, Sizes, NDArray[np.int64], Floats]:
        """For which tokens each row of `cosines.values` counts, and what, row by row.

        The first two say where those of a row begin, and how many they are, int64 (m,) each.
        """
        tokens, ranks = np.nonzero(self.squares * (self.heights > 0)[:, None])
        columns = self.cosines.columns[self.places[tokens, ranks]]
        order = np.argsort(columns, kind="stable")
        sizes = np.bincount(columns, minlength=len(self.cosines.values))
        return np.cumsum(sizes) - sizes, sizes, tokens[order], self.squares[tokens, ranks][order]

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
        damping = _damping(self.index.relative_lengths)
        # Written into again and again, since fresh memory would take as long as the sums.
        seen, lacking = np.empty_like(damping), np.zeros_like(damping)
        order, costs = self._order()
        all_of_it = float(self.heights.sum())
        reached: list[float] = []
        for number, token in enumerate(order.tolist(), 1):
            rest = float(self.heights[order[number:]].sum())
            np.copyto(seen, damping)
            self._count(token, seen)
            # The score is the height less this times the damping, in two steps fewer.
            lacking += np.divide(self.heights[token], seen, out=seen)
            if rest > _FEW_LEFT * all_of_it and number < len(order):
                continue
            np.multiply(damping, lacking, out=seen)
            total = np.subtract(np.float32(all_of_it - rest), seen, out=seen)
            if number == len(order):
                reached = [_lowest(total, best_rows(total, depth, of), depth) for of in groups]
            elif not reached:
                reached = [self._reached(total, depth, of) for of in groups]
            lowest = [each - rest - _ROUNDING * all_of_it for each in reached]
            left = [
                of if least == -np.inf else of & (total >= least)
                for of, least in zip(groups, lowest, strict=True)
            ]
            few = sum(map(np.count_nonzero, left)) * _TEXT <= costs[number]
            if few or number == len(order):
                return list(map(np.flatnonzero, left))
        return [np.zeros(0, np.int64) for _ in groups]

    def _order(self) -> tuple[NDArray[np.int64], list[float]]:
        """Return the tokens that count, those that tell most for their postings first.

        And what counting them takes from each place of these on, in postings.
        """
        if not self.heights.any():
            # An empty collection has none of the places.
            return np.zeros(0, np.int64), [0.0]
        sizes = (self.index.frequencies[self.places] * (self.squares > 0)).sum(axis=1)
        # A dozen texts pass by in the time of a posting.
        costs = sizes + len(self.index) / 12 + 1
        order = np.argsort(-self.heights / costs, kind="stable")[: np.count_nonzero(self.heights)]
        return order, [*np.cumsum(costs[order][::-1])[::-1].tolist(), 0.0]

    def _reached(self, total: Floats, depth: int, group: NDArray[np.bool_]) -> float:
        """Return a score that at least `depth` texts of a group reach, near the lowest of these."""
        if np.count_nonzero(group) < depth:
            return -np.inf
        # Of some more, since those that lead now need not be the best at the end.
        scores = self.scores(np.sort(best_rows(total, 2 * depth, group)))
        return _lowest(scores, best_rows(scores, depth, np.ones(len(scores), np.bool_)), depth)

    def _count(self, token: int, seen: Floats) -> None:
        """Add to `seen` float32 (n,) how often each text has neighbours of a token, by nearness."""
        squares = self.squares[token][self.squares[token] > 0]
        near = self.places[token, : len(squares)]
        for run in self.index.runs(near):
            added = np.repeat(squares[run.asked], run.sizes)
            added *= run.counts
            # `np.bincount` would turn the postings into 64-bit numbers first, at eight times the
            # time.
            np.add.at(seen[run.first :], run.texts.astype(np.intp), added)


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
    known, names = index.meanings, [each.tobytes() for each in met]
    new = [number for number, name in enumerate(names) if name not in known]
    known |= zip((names[n] for n in new), _frequencies(index, [met[n] for n in new]), strict=True)
    rarity[heavy] = [_idf(known[name], index.count) for name in names]
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


def _lowest(scores: Floats, rows: NDArray[np.int64], depth: int) -> float:
    """Return the lowest of the scores in `rows`, minus infinity for fewer than `depth` of them."""
    return float(scores[rows].min()) if len(rows) == depth else -np.inf


def _damping(lengths: Floats) -> Floats:
    """Return what BM25 adds to the counts of texts of relative `lengths` in the divisor."""
    return np.float32(_K1) * (np.float32(1 - _B) + np.float32(_B) * lengths)


def _idf(frequency: int, texts: int) -> float:
    """Return BM25's idf in the form that is never negative."""
    return float(np.log1p((texts - frequency + 0.5) / (frequency + 0.5)))
