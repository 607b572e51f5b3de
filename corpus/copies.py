"""Which texts are the same report: an edited, shortened or retitled copy, not another on the event.

A sketch (MinHash, Broder 1997, "On the resemblance and containment of documents"; by `rensa`) says
quickly which texts may be copies; the words themselves decide.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from corpus.text.words import folded_words

Sketch = NDArray[np.uint8]

PERMUTATIONS, _SEED = 128, 1
_RUN = 2
# `python -m eval.studies.copies`: copies with 3 of 10 words changed and a third cut off share a
# seventh of all runs with the first text, other reports on the same event a twentieth at most.
_NEAR = 0.08
# So much of the shorter text a copy shares: runs of words, and words.  A follow-up that repeats a
# paragraph of background has the first and not the second.
_SAME_RUNS, _SAME_WORDS = 0.28, 0.6
# Of fewer words, chance decides.
_FEWEST = 8
# A byte of a sketch is the same by chance so often.
_CHANCE = 1 / 256
# Comparing so many sketches with every row takes less than listing the rows under their bytes.
_FEW = 8
# Bytes that two sketches share at least where they are near each other.
_FEWEST_SAME = math.ceil(PERMUTATIONS * (_NEAR * (1 - _CHANCE) + _CHANCE) - 1e-9)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The words of a text and its runs of two, for comparison."""

    words: frozenset[str]
    runs: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Fingerprint:
        """Return the fingerprint of a text."""
        folded = folded_words(text)
        return cls(frozenset(folded), frozenset(map(" ".join, pairwise(folded))))

    def sketch(self) -> Sketch:
        """Return the lowest bytes of a MinHash of the runs, uint8 (128,)."""
        made = RMinHash(PERMUTATIONS, _SEED)
        made.update(list(self.runs))
        return (np.array(made.digest(), np.uint32) & 0xFF).astype(np.uint8)

    def copies(self, other: Fingerprint) -> bool:
        """Return if two texts are the same report.

        >>> told = "Engineers reopened the old bridge over the river on Monday after long work."
        >>> first = Fingerprint.of(told)
        >>> first.copies(Fingerprint.of("AFP - " + told.replace("long work", "five months")))
        True
        >>> first.copies(Fingerprint.of("The bridge over the river was closed again on Friday."))
        False
        """
        fewest = min(len(self.words), len(other.words))
        if fewest < _FEWEST:
            return self.runs == other.runs and self.words == other.words
        fewest_runs = min(len(self.runs), len(other.runs))
        return (
            len(self.runs & other.runs) >= _SAME_RUNS * fewest_runs
            and len(self.words & other.words) >= _SAME_WORDS * fewest
        )


def near(sketch: Sketch, others: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the rows of `others`, uint8 (n, 128), that may be copies, the most alike first."""
    if not len(others):
        return np.zeros(0, np.int64)
    same = np.count_nonzero(others == sketch, axis=1) / PERMUTATIONS
    alike = (same - _CHANCE) / (1 - _CHANCE)
    rows = np.flatnonzero(alike >= _NEAR)
    return rows[np.argsort(-alike[rows], kind="stable")]


class Sketches:
    """Sketches row by row; those that may be alike are found without comparing all of them.

    A row is listed under each of its bytes and their places, so that a sketch meets one row in
    256 at each place.  That is done once more than a few sketches were looked for.
    """

    def __init__(self, rows: NDArray[np.uint8]) -> None:
        self._rows, self._count = rows, len(rows)
        self._asked = 0
        self._with: list[list[array[int]]] = []

    def __len__(self) -> int:
        return self._count

    def put(self, row: int, sketch: Sketch) -> None:
        """Set the sketch of a row, or of one more."""
        if row == len(self._rows):
            # Twice the room at a time, so that an import copies each sketch a few times only.
            room = np.zeros((max(64, row), PERMUTATIONS), np.uint8)
            self._rows = np.concatenate([self._rows, room])
        self._rows[row], self._count = sketch, max(self._count, row + 1)
        # There are no lists yet where only a few sketches were looked for.
        for rows, byte in zip(self._with, sketch.tolist(), strict=False):
            rows[byte].append(row)

    def near(self, sketch: Sketch) -> NDArray[np.int64]:
        """Return what `near` does for all rows."""
        self._asked += 1
        if self._asked <= _FEW:
            return near(sketch, self._rows[: self._count])
        if not self._with:
            self._with = [_listed(column) for column in self._rows[: self._count].T]
        met = b"".join(w[byte] for w, byte in zip(self._with, sketch.tolist(), strict=True))
        # A row that was set again is listed under its former bytes, too, and counted too high.
        counts = np.bincount(np.frombuffer(met, np.int32), minlength=self._count)
        rows = np.flatnonzero(counts >= _FEWEST_SAME)
        return rows[near(sketch, self._rows[rows])]


def _listed(column: NDArray[np.uint8]) -> list[array[int]]:
    """Return the rows that have each byte, in order."""
    order = np.argsort(column, kind="stable").astype(np.int32)
    cuts = np.searchsorted(column[order], np.arange(257))
    parts = (order[first:last].tobytes() for first, last in pairwise(cuts.tolist()))
    return [array("i", part) for part in parts]


def groups_of(texts: Sequence[str]) -> list[list[int]]:
    """Return the places of the texts in groups of copies, in the order of the first of each.

    >>> text = "Engineers reopened the bridge over the river on Monday after five months of work."
    >>> groups_of([text, "Rain fell on the plain.", text + " AFP"])
    [[0, 2], [1]]
    """
    prints = [Fingerprint.of(text) for text in texts]
    groups: list[list[int]] = []
    for place, found in enumerate(prints):
        same = next((g for g in groups if prints[g[0]].copies(found)), None)
        if same is None:
            groups.append([place])
        else:
            same.append(place)
    return groups
