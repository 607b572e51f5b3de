"""Which texts equal or nearly equal one of a given collection: exact search, not a sketch.

Two texts nearly equal when the Jaccard index of their sets of character trigrams is at least
`THRESHOLD`, after `normalise`. Character trigrams are the stricter choice: one word changed in a
question of ten leaves about .75 of its character trigrams and .45 of its word trigrams.

The search is prefix filtering (Bayardo, Ma and Srikant, "Scaling up all pairs similarity search",
2007): of two sets that similar, the rarest elements of one meet the rarest of the other. What is
left is thinned by length and by bit signatures, then compared exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.6

# Texts looked up at a time: keeps the expanded candidate pairs within some hundred megabytes.
_CHUNK = 2_000

# Bits of a signature: sentences have 30 to 150 trigrams, so collisions stay rare.
_BITS = 512


def normalise(text: str) -> str:
    """Letters and digits only, without case, accents or Arabic diacritics, single spaces.

    >>> normalise("  Où est-il? ")
    'ou est il'
    >>> normalise("مَنْ هُوَ؟")
    'من هو'
    """
    decomposed = unicodedata.normalize("NFKD", text).lower()
    kept = "".join(
        "" if unicodedata.combining(c) or c == "ـ" else c if c.isalnum() else " "
        for c in decomposed
    )
    return re.sub(r" +", " ", kept).strip()


@dataclass(frozen=True, slots=True)
class _Trigrams:
    """Sets of trigrams, one after the other: text `i` owns `keys[starts[i]:starts[i + 1]]`."""

    owners: NDArray[np.int64]
    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]


def _trigrams(texts: Sequence[str]) -> _Trigrams:
    """The distinct character trigrams of each normalised text; a text of none has an empty set."""
    joined = "".join(f" {normal} \n" if (normal := normalise(t)) else "\n" for t in texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    ends = codes == ord("\n")
    owner = np.cumsum(ends) - ends
    if len(codes) < 3:
        none = np.zeros(0, dtype=np.int64)
        return _Trigrams(
            none, none, np.zeros(len(texts) + 1, np.int64), np.zeros(len(texts), np.int64)
        )
    keys = (codes[:-2] << 42) | (codes[1:-1] << 21) | codes[2:]
    inside = ~(ends[:-2] | ends[1:-1] | ends[2:])
    keys, owners = keys[inside], owner[:-2][inside]
    order = np.lexsort((keys, owners))
    keys, owners = keys[order], owners[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    keys, owners = keys[first], owners[first]
    starts = np.searchsorted(owners, np.arange(len(texts) + 1))
    return _Trigrams(owners, keys, starts, np.diff(starts))


def _signatures(sets: _Trigrams) -> NDArray[np.uint64]:
    """`(n, 8)`: a bit for each trigram, so differing bits never outnumber differing trigrams."""
    bits = np.zeros((len(sets.sizes), _BITS), dtype=bool)
    # Fibonacci hashing: the top nine bits of the product depend on every bit of the key.
    hashes = sets.keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(55)
    bits[sets.owners, hashes.astype(np.int64)] = True
    return np.packbits(bits, axis=1).view(np.uint64)


def _within_prefix(position: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the element at `position`, rarest first, may prove a match of a set of `size`."""
    inside: NDArray[np.bool_] = position < size - np.ceil(THRESHOLD * size - 1e-9) + 1
    return inside


class NearDuplicates:
    """A collection of texts that others are compared with; build once, ask often."""

    def __init__(self, texts: Sequence[str]) -> None:
        sets = _trigrams(texts)
        self._sets = sets
        self._signatures = _signatures(sets)
        self._vocabulary, inverse, frequency = np.unique(
            sets.keys, return_inverse=True, return_counts=True
        )
        self._members = inverse
        # Rank 0 is the rarest trigram of the collection.
        self._rank = np.argsort(np.argsort(frequency, kind="stable"), kind="stable")
        ranks = self._rank[inverse]
        order = np.lexsort((ranks, sets.owners))
        position = np.arange(len(order)) - sets.starts[sets.owners]
        kept = order[_within_prefix(position, sets.sizes[sets.owners])]
        # Postings lie by trigram, then by size: a look-up touches only texts of a fitting size.
        self._largest = int(sets.sizes.max(initial=0)) + 1
        place = ranks[kept] * self._largest + sets.sizes[sets.owners[kept]]
        by_place = np.argsort(place, kind="stable")
        self._postings = sets.owners[kept][by_place].astype(np.int32)
        self._places = place[by_place]

    def matches(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """For each text the row of a text of the collection that it nearly equals, or -1."""
        if not len(self._vocabulary):
            return np.full(len(texts), -1, dtype=np.int64)
        chunks = [
            self._matches(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)
        ]
        return np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int64)

    def _matches(self, texts: Sequence[str]) -> NDArray[np.int64]:
        sets = _trigrams(texts)
        found = np.full(len(texts), -1, dtype=np.int64)
        mine, theirs = self._candidates(sets)
        flags = np.zeros(len(self._vocabulary), dtype=bool)
        seen = -1
        for a, b in zip(mine.tolist(), theirs.tolist(), strict=True):
            if found[a] >= 0:
                continue
            if a != seen:
                seen = a
                keys = sets.keys[sets.starts[a] : sets.starts[a + 1]]
                flags[:] = False
                place = self._places_of(keys)
                flags[place[self._vocabulary[place] == keys]] = True
            members = self._members[self._sets.starts[b] : self._sets.starts[b + 1]]
            common = np.count_nonzero(flags[members])
            if common >= THRESHOLD * (sets.sizes[a] + len(members) - common) - 1e-9:
                found[a] = b
        return found

    def _places_of(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where each trigram stands in the vocabulary, if it stands there."""
        return np.minimum(np.searchsorted(self._vocabulary, keys), len(self._vocabulary) - 1)

    def _candidates(self, sets: _Trigrams) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs that length, rarest trigrams and signatures do not rule out, sorted by text."""
        place = np.minimum(np.searchsorted(self._vocabulary, sets.keys), len(self._vocabulary) - 1)
        rank = np.where(self._vocabulary[place] == sets.keys, self._rank[place], -1)
        order = np.lexsort((rank, sets.owners))
        position = np.arange(len(order)) - sets.starts[sets.owners]
        kept = _within_prefix(position, sets.sizes[sets.owners]) & (rank[order] >= 0)
        probe, ranks, size = sets.owners[kept], rank[order][kept], sets.sizes[sets.owners][kept]
        smallest = np.minimum(np.ceil(THRESHOLD * size - 1e-9).astype(np.int64), self._largest)
        largest = np.minimum((size / THRESHOLD + 1e-9).astype(np.int64), self._largest - 1)
        first = np.searchsorted(self._places, ranks * self._largest + smallest)
        counts = np.searchsorted(self._places, ranks * self._largest + largest + 1) - first
        counts = np.maximum(counts, 0)
        return self._thin(sets, probe, first, counts)

    def _thin(
        self,
        sets: _Trigrams,
        probe: NDArray[np.int64],
        first: NDArray[np.int64],
        counts: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The distinct pairs of `probe` and its postings whose signatures are near enough."""
        mine = np.repeat(probe.astype(np.int32), counts)
        shift = np.repeat(first - (np.cumsum(counts) - counts), counts)
        theirs = self._postings[np.arange(len(mine)) + shift]
        signatures = _signatures(sets)
        # Differing elements of two sets as similar as THRESHOLD, as a share of both sizes.
        share = 1 - 2 * THRESHOLD / (1 + THRESHOLD)
        allowed = (sets.sizes[mine] + self._sets.sizes[theirs]) * share + 1e-9
        different = np.zeros(len(mine), dtype=np.int64)
        for word in range(signatures.shape[1]):
            different += np.bitwise_count(signatures[mine, word] ^ self._signatures[theirs, word])
            near = different <= allowed
            mine, theirs, allowed, different = (
                array[near] for array in (mine, theirs, allowed, different)
            )
        total = len(self._sets.sizes)
        pairs = np.unique(mine * np.int64(total) + theirs)
        return pairs // total, pairs % total
