"""Which tokens of a collection lie near each other, worked out once instead of at every question.

Comparing a question's tokens with every token of a large collection reads 26 MB of vectors; a row
of neighbours is 1.5 kB.  Tokens that the collection does not have are compared as they come.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.arrays import load_arrays, save_arrays, smallest

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
