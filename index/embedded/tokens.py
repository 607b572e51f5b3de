"""Postings of token ids, and which tokens of a collection lie near each other.

The postings of tokens serve soft lexical search (`index.embedded.soft`), the tokens of texts late
interaction, which looks at a few candidates.  Neighbours are worked out once instead of at every
question: comparing a question's tokens with every token of a large collection reads 26 MB of
vectors, a row of neighbours is 1.5 kB.  Tokens that the collection lacks are compared as they come.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import Part, PostingCounter, load_arrays, save_arrays, smallest

Counts = NDArray[np.unsignedinteger]
Sizes = NDArray[np.int64]
# A token that a text repeats so often says no more by coming again.
_MOST_COUNTED = 255
Floats = NDArray[np.float32]
Places = NDArray[np.unsignedinteger]
# A token keeps so many neighbours at most, and none further than this cosine: late interaction
# loses .002 MRR with half as many and none below .2.
MOST = 256
_NEAREST = 0.15
# What a token further than that is taken to be at: about the mean best of a text's tokens by
# chance.  With zero instead, late interaction loses .002 MRR.
CHANCE = 0.1
# Rows compared with the whole vocabulary together, 13 MB of cosines for 25,000 tokens.
_AT_ONCE = 128
# Two products of the same rows differ by less.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class TokenIndex:
    """Postings of `n` texts over the `v` tokens that occur in them, and the texts' tokens.

    `vocabulary` int32 (v,) are token ids, ascending; `starts` int64 (v+1,), `texts` int32 (p,)
    and `counts` uint8 (p,), 255 for more, the postings, in text order within each token;
    `firsts` int64 (n+1,), `tokens` unsigned (p,) and `repeats` uint8 (p,) the same turned round:
    the distinct tokens of each text as places in `vocabulary`, and their counts; `lengths` int32
    (n,) counts all tokens of each text.
    """

    vocabulary: NDArray[np.int32]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]
    firsts: NDArray[np.int64]
    tokens: Counts
    repeats: NDArray[np.uint8]
    lengths: NDArray[np.int32]

    @classmethod
    def build(cls, ids: NDArray[np.int32], lengths: NDArray[np.int64]) -> Self:
        """Index texts whose token `ids` lie one after another, `lengths` (n,) of them each."""
        counter = PostingCounter((), np.zeros(0, np.int32))
        counter.add(ids, lengths)
        return cls.of(counter)

    def counter(self, keep: NDArray[np.int64]) -> PostingCounter:
        """Return a counter of token ids that has the texts in rows `keep` (ascending) already."""
        renumbered = np.full(len(self), -1, np.int32)
        renumbered[keep] = np.arange(len(keep))
        rows = renumbered[self.texts]
        stays = rows >= 0
        sizes = np.add.reduceat(stays, self.starts[:-1], dtype=np.int64)
        part = Part(self.vocabulary, sizes, rows[stays], self.counts[stays])
        return PostingCounter([part], self.lengths[keep])

    @classmethod
    def of(cls, counter: PostingCounter) -> Self:
        """Index what `counter` has counted, and use it up."""
        frequency = counter.frequency()
        vocabulary = np.flatnonzero(frequency)
        starts = _cuts(frequency[vocabulary])
        firsts = np.cumsum(frequency) - frequency
        texts, counts = counter.postings(firsts)
        order = np.argsort(texts, kind="stable")
        places = smallest(np.arange(len(vocabulary)))
        counts = np.minimum(counts, _MOST_COUNTED).astype(np.uint8)
        return cls(
            vocabulary=vocabulary.astype(np.int32),
            starts=starts,
            texts=texts,
            counts=counts,
            firsts=_cuts(np.bincount(texts, minlength=len(counter.lengths))),
            tokens=np.repeat(places, frequency[vocabulary])[order],
            repeats=counts[order],
            lengths=counter.lengths,
        )

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def relative_lengths(self) -> NDArray[np.float32]:
        """The length of each text over their mean, float32 (n,)."""
        mean = float(self.lengths.sum()) / max(len(self), 1)
        return np.asarray(self.lengths / max(mean, 1.0), np.float32)

    def texts_with(self, places: NDArray[np.integer]) -> NDArray[np.int32]:
        """Return the texts of the tokens at `places`, those of each together."""
        return np.concatenate([self.texts[:0], *(self.texts[s] for s in self._spans(places))])

    def postings(
        self, places: NDArray[np.integer]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], Sizes]:
        """Return texts and counts of the tokens at `places`, and how many each token has."""
        spans = self._spans(places)
        texts = np.concatenate([self.texts[:0], *(self.texts[span] for span in spans)])
        counts = np.concatenate([self.counts[:0], *(self.counts[span] for span in spans)])
        return texts, counts, np.array([span.stop - span.start for span in spans], np.int64)

    def _spans(self, places: NDArray[np.integer]) -> list[slice]:
        starts, ends = self.starts[places], self.starts[places.astype(np.int64) + 1]
        return list(map(slice, starts.tolist(), ends.tolist()))

    def tokens_of(self, rows: NDArray[np.int64]) -> tuple[Counts, NDArray[np.uint8], Sizes]:
        """Return the distinct tokens of the texts `rows`, one after another, counts and numbers.

        The tokens of texts that follow each other are copied together.
        """
        sizes = self.firsts[rows + 1] - self.firsts[rows]
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        begins = np.concatenate([rows[:1], rows[breaks]])
        ends = np.concatenate([rows[breaks - 1], rows[-1:]]) + 1
        spans = list(map(slice, self.firsts[begins].tolist(), self.firsts[ends].tolist()))
        tokens = np.concatenate([self.tokens[:0], *(self.tokens[span] for span in spans)])
        repeats = np.concatenate([self.repeats[:0], *(self.repeats[span] for span in spans)])
        return tokens, repeats, sizes

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        save_arrays(folder, {name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        return cls(**load_arrays(folder, cls.__dataclass_fields__))


def _cuts(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


@dataclass(frozen=True)
class Neighbours:
    """The nearest tokens of each token of a vocabulary, itself among them, nearest first.

    `places` unsigned (v, k) are places in the vocabulary, `cosines` float32 (v, k); where a token
    has fewer than `k` neighbours, the rest of its row is zero.
    """

    places: Places
    cosines: Floats

    @classmethod
    def build(cls, vectors: Floats) -> Self:
        """Compare each of `vectors`, float32 (v, dimension), unit, with all of them."""
        return cls(*nearest(vectors, vectors))

    def extended(
        self, before: NDArray[np.int32], vocabulary: NDArray[np.int32], vectors: Floats
    ) -> Self:
        """Return what `build` makes of `vectors`, those of `vocabulary`, from the rows at hand.

        `before` are the token ids of the present rows; both lists ascend.  Only rows that a new
        token enters, or that had one now gone, are worked out again.
        """
        moved = _places_in(vocabulary, before)
        kept = np.flatnonzero(moved >= 0)
        places, cosines = self.places[kept], self.cosines[kept]
        gone = ((moved[places] < 0) & (cosines > 0)).any(axis=1)
        new = np.flatnonzero(_places_in(before, vocabulary) < 0)
        changed = np.ones(len(vocabulary), np.bool_)
        changed[moved[kept]] = gone | _entered(cosines, vectors[moved[kept]], vectors[new])
        if np.count_nonzero(changed) > len(changed) // 2:
            return self.build(vectors)
        again = np.flatnonzero(changed)
        found, similar = nearest(vectors[again], vectors)
        width = max(places.shape[1], found.shape[1])
        all_places = np.zeros((len(vocabulary), width), np.int64)
        all_cosines = np.zeros((len(vocabulary), width), np.float32)
        rows = moved[kept]
        all_places[rows, : places.shape[1]] = np.where(cosines > 0, moved[places], 0)
        all_cosines[rows, : places.shape[1]] = cosines
        all_places[again], all_cosines[again] = 0, 0
        all_places[again, : found.shape[1]] = found
        all_cosines[again, : found.shape[1]] = similar
        return type(self)(smallest(all_places), all_cosines)

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        save_arrays(folder, {"places": self.places, "cosines": self.cosines})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        return cls(**load_arrays(folder, ("places", "cosines")))


def nearest(asked: Floats, vectors: Floats) -> tuple[Places, Floats]:
    """Return the rows of `vectors` nearest to each of `asked`, and their cosines, (t, k) each.

    Both are unit vectors; rows are filled up with zeros as in `Neighbours`.
    """
    found: list[NDArray[np.int64]] = []
    similar: list[Floats] = []
    for first in range(0, len(asked), _AT_ONCE):
        # With the longer matrix first the product of a few rows takes half the time.
        block = np.ascontiguousarray((vectors @ asked[first : first + _AT_ONCE].T).T)
        for cosines in block:
            near = np.flatnonzero(cosines >= _NEAREST)
            if len(near) > MOST:
                near = near[np.argpartition(-cosines[near], MOST)[:MOST]]
            near = near[np.argsort(-cosines[near], kind="stable")]
            found.append(near)
            similar.append(cosines[near])
    width = max(map(len, found), default=0)
    places = np.zeros((len(asked), width), np.int64)
    values = np.zeros((len(asked), width), np.float32)
    for row, (near, cosines) in enumerate(zip(found, similar, strict=True)):
        places[row, : len(near)], values[row, : len(near)] = near, cosines
    return smallest(places), values


def _places_in(vocabulary: NDArray[np.int32], ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where each of `ids` stands in `vocabulary`, -1 for one that it does not have."""
    if not len(vocabulary):
        return np.full(len(ids), -1, np.int64)
    places = np.searchsorted(vocabulary, ids).clip(max=len(vocabulary) - 1)
    return np.where(vocabulary[places] == ids, places, -1)


def _entered(cosines: Floats, vectors: Floats, new: Floats) -> NDArray[np.bool_]:
    """Return which rows, with the `cosines` of their neighbours, a vector of `new` would enter."""
    full = cosines.shape[1] >= MOST
    floor = np.maximum(cosines[:, MOST - 1] if full else 0.0, _NEAREST) - _ROUNDING
    entered = np.zeros(len(vectors), np.bool_)
    for first in range(0, len(new), _AT_ONCE):
        entered |= (vectors @ new[first : first + _AT_ONCE].T).max(axis=1) >= floor
    return entered
