"""Terms of documents to inverted postings, a few thousand documents at a time.

Only numbers outlive a chunk: the terms of a whole collection as Python lists, or its postings as
64-bit numbers, would take several times the memory of the index.

Arrays lie on disk, one `.npy` file each in a folder, and are opened as memory maps: a search
touches a few postings of a large collection; what it does not touch takes no memory.  The highest
of many scores are found without putting them in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.encoder.pieces import ragged

# Scores of which only the highest is looked at first.
_GROUP = 64
# An odd number whose powers spread the bytes of a term over 64 bits.
_BASE = 0x9E3779B97F4A7C15
# Documents counted together.
CHUNK = 2_000


@dataclass(frozen=True)
class Part:
    """Postings of some documents, those of each term together and in order of the documents.

    `terms` int32 (t,) are distinct numbers of terms, `sizes` int64 (t,) the postings of each,
    `documents` int32 (p,) and `counts` unsigned (p,) the postings.
    """

    terms: NDArray[np.int32]
    sizes: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]


class Held(NamedTuple):
    """A term's postings, `documents` int32 (m,), ascending, and `counts` (m,), and its idf."""

    documents: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    idf: float


class PostingCounter:
    """Counts numbered terms by document; begins with `parts`, whose documents have `lengths`."""

    def __init__(self, parts: Iterable[Part], lengths: NDArray[np.int32]) -> None:
        self._parts = list(parts)
        self._lengths = [lengths]
        self._documents = len(lengths)

    @property
    def lengths(self) -> NDArray[np.int32]:
        """The number of terms of each document, repeated ones included, int32 (n,)."""
        return np.concatenate(self._lengths)

    def add(self, terms: NDArray[np.integer], lengths: NDArray[np.integer]) -> None:
        """Count documents whose `terms` lie one after another, `lengths` (m,) of them each."""
        width = max(len(lengths), 1)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        pairs, counts = np.unique(terms * np.int64(width) + rows, return_counts=True)
        numbers, rows = np.divmod(pairs, width)
        distinct, sizes = np.unique(numbers, return_counts=True)
        documents = (rows + self._documents).astype(np.int32)
        self._parts.append(Part(distinct.astype(np.int32), sizes, documents, smallest(counts)))
        self._lengths.append(lengths.astype(np.int32))
        self._documents += len(lengths)

    def include(self, part: Part, lengths: NDArray[np.int32]) -> None:
        """Count documents whose postings are `part`, numbered from 0 there, of `lengths` (m,)."""
        self._parts.append(replace(part, documents=part.documents + np.int32(self._documents)))
        self._lengths.append(lengths)
        self._documents += len(lengths)

    def frequency(self) -> NDArray[np.int64]:
        """Return how many documents hold each term, int64 (highest term + 1,)."""
        highest = max((int(part.terms.max(initial=-1)) for part in self._parts), default=-1)
        found = np.zeros(highest + 1, np.int64)
        for part in self._parts:
            found[part.terms] += part.sizes
        return found

    def postings(
        self, starts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.unsignedinteger]]:
        """Return documents and counts, (p,) each; those of term `i` begin at `starts[i]`.

        The parts are used up, since they and the postings together are twice the memory.
        """
        size = sum(len(part.documents) for part in self._parts)
        kind = np.result_type(np.uint8, *(part.counts.dtype for part in self._parts))
        documents, counts = np.empty(size, np.int32), np.empty(size, kind)
        following = starts.copy()
        self._parts.reverse()
        while self._parts:
            part = self._parts.pop()
            places = ragged(following[part.terms], part.sizes)
            following[part.terms] += part.sizes
            documents[places], counts[places] = part.documents, part.counts
        return documents, counts


class TermCounter:
    """Numbers terms, those `known` first, and counts them by document.

    `appearance` is the place of each number in the order in which the documents brought the terms.
    """

    def __init__(self, known: Iterable[str], postings: PostingCounter) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.number = self._numbers.__getitem__
        for term in known:
            self.number(term)
        self.postings = postings
        self._appeared = [np.arange(len(self._numbers), dtype=np.int64)]
        self._seen = np.ones(len(self._numbers), np.bool_)

    def add(self, documents: Sequence[Sequence[str]]) -> None:
        """Count the next documents, each a sequence of terms; give it `CHUNK` at a time."""
        lengths = np.fromiter(map(len, documents), np.int64, len(documents))
        terms = map(self.number, chain.from_iterable(documents))
        self.count(np.fromiter(terms, np.int64, int(lengths.sum())), lengths)

    def count(self, numbers: NDArray[np.integer], lengths: NDArray[np.int64]) -> None:
        """Count documents whose `numbers` of terms lie one after another, `lengths` (m,) each."""
        self._see(numbers)
        self.postings.add(numbers, lengths)

    def include(self, part: Part, order: NDArray[np.int64], lengths: NDArray[np.int32]) -> None:
        """Count documents as `PostingCounter.include`, which brought the terms in `order`."""
        self._see(part.terms[order])
        self.postings.include(part, lengths)

    def _see(self, numbers: NDArray[np.integer]) -> None:
        room = len(self._numbers) - len(self._seen)
        self._seen = np.concatenate([self._seen, np.zeros(room, np.bool_)])
        new = numbers[~self._seen[numbers]]
        distinct, firsts = np.unique(new, return_index=True)
        self._appeared.append(distinct[np.argsort(firsts)].astype(np.int64))
        self._seen[distinct] = True

    @property
    def terms(self) -> list[str]:
        """The terms by number."""
        return list(self._numbers)

    @property
    def appearance(self) -> NDArray[np.int64]:
        """The place of each term in the order of the documents, int64 (n,); -1 if in none."""
        order = np.concatenate(self._appeared)
        places = np.full(len(self._numbers), -1, np.int64)
        places[order] = np.arange(len(order))
        return places


def save_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write each of `arrays` to the file of its name in `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def load_arrays(folder: Path, names: Iterable[str]) -> dict[str, Any]:
    """Open what `save_arrays` wrote, read-only.

    Raises `OSError` or `ValueError` if files are missing or damaged.
    """
    # A plain view of the map: each operation on a `memmap` takes microseconds longer.
    return {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)
        for name in names
    }


def term_keys(vocabulary: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a number for each term, uint64 (v,), which depends on nothing but its bytes.

    The terms lie end to end in `vocabulary`, cut at `offsets` (v+1,).
    """
    sizes = np.diff(offsets)
    powers = np.full(int(sizes.max(initial=0)) + 1, _BASE, np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    within = np.arange(len(vocabulary)) - np.repeat(offsets[:-1], sizes)
    weighed = (vocabulary.astype(np.uint64) + np.uint64(1)) * powers[within]
    return np.add.reduceat(weighed, offsets[:-1]) if len(sizes) else weighed


def cuts(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return where pieces of `sizes` (n,) that lie end to end begin, and the last ends, (n+1,).

    >>> cuts(np.array([2, 3])).tolist()
    [0, 2, 5]
    """
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def smallest(values: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    """Return `values`, none negative, in the smallest unsigned type that holds them all.

    >>> smallest(np.array([3, 255])).dtype, smallest(np.array([256])).dtype
    (dtype('uint8'), dtype('uint16'))
    """
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def best_rows(
    scores: NDArray[np.floating], depth: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the rows found with the `depth` highest scores, of equal ones the first.

    Those not `allowed`, bool (n,), and those of minus infinity are not found.
    """
    among = scores if allowed.all() else np.where(allowed, scores, scores.dtype.type(-np.inf))
    rows = np.flatnonzero(among >= floor(among, depth))
    rows = rows[among[rows] > -np.inf]
    if len(rows) > depth:
        found = scores[rows]
        least = np.partition(found, -depth)[-depth]
        above, equal = rows[found > least], rows[found == least]
        rows = np.concatenate([above, equal[: depth - len(above)]])
    return rows


def floor(scores: NDArray[np.floating], depth: int) -> float:
    """Return a score that at least `depth` of `scores` reach, not far below the lowest of these.

    Of the highest of each group, `depth` reach the one at that rank.  Minus infinity if there
    are fewer scores.

    >>> floor(np.array([0.5, 0.1, 0.9, 0.7]), 3), floor(np.zeros(2), 3)
    (0.5, -inf)
    """
    groups = len(scores) // _GROUP
    if groups > depth:
        scores = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    if len(scores) < depth:
        return -np.inf
    return float(np.partition(scores, -depth)[-depth])
