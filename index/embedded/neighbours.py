"""Which tokens of a collection lie near each other, kept up as tokens come and go.

Neighbours are worked out once instead of at every question: comparing a question's tokens with
every token of a large collection reads 26 MB of vectors, a row of neighbours is 1.5 kB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.soft import LEAST, MOST, Floats, Places
from index.embedded.tokens import places_in
from index.embedded.vectors import nearest, nearest_to_each_other
from index.encoder.pieces import smallest

# New tokens compared with the whole vocabulary together.
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
        return cls(*nearest_to_each_other(vectors))

    def extended(
        self, before: NDArray[np.int32], vocabulary: NDArray[np.int32], vectors: Floats
    ) -> Self:
        """Return what `build` makes of `vectors`, those of `vocabulary`, from the rows at hand.

        `before` are the token ids of the present rows; both lists ascend.  Only rows that a new
        token enters, or that had one now gone, are worked out again.
        """
        moved = places_in(vocabulary, before)
        kept = np.flatnonzero(moved >= 0)
        places, cosines = self.places[kept], self.cosines[kept]
        gone = ((moved[places] < 0) & (cosines > 0)).any(axis=1)
        new = np.flatnonzero(places_in(before, vocabulary) < 0)
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


def moved_on(
    found: Places,
    cosines: Floats,
    places: NDArray[np.int64],
    new: NDArray[np.int64],
    compared: Floats,
) -> tuple[Places, Floats, NDArray[np.bool_]]:
    """Return what became of neighbours, `found` and `cosines` (t, k), in another vocabulary.

    `places` int64 (v,) say where each token is there, -1 for one that is gone, `new` int64 (m,) are
    those that it has besides, and `compared` float32 (t, m) their cosines.  The last of what is
    returned, bool (t,), marks rows in which there was room for `MOST` alone, and some are gone.
    """
    moved = places[found] if len(places) else np.zeros(found.shape, np.int64)
    gone = (moved < 0) & (cosines > 0)
    lost = gone.any(axis=1) & (np.count_nonzero(cosines, axis=1) >= MOST)
    kept = np.where(gone, np.float32(0), cosines)
    added = np.where(compared >= LEAST, compared, np.float32(0))
    both = np.hstack([kept, added])
    where = np.hstack([moved, np.broadcast_to(new, added.shape)])
    order = np.argsort(-both, axis=1, kind="stable")[:, :MOST]
    both = np.take_along_axis(both, order, axis=1)
    where = np.where(both > 0, np.take_along_axis(where, order, axis=1), 0)
    return smallest(where), both, lost


def _entered(cosines: Floats, vectors: Floats, new: Floats) -> NDArray[np.bool_]:
    """Return which rows, with the `cosines` of their neighbours, a vector of `new` would enter."""
    full = cosines.shape[1] >= MOST
    floor = np.maximum(cosines[:, MOST - 1] if full else 0.0, LEAST) - _ROUNDING
    entered = np.zeros(len(vectors), np.bool_)
    for first in range(0, len(new), _AT_ONCE):
        entered |= (vectors @ new[first : first + _AT_ONCE].T).max(axis=1) >= floor
    return entered
