"""Inverted postings as arrays: kept on disk, looked up by term, and the highest scores among them.

Arrays lie on disk, one `.npy` file each in a folder, and are opened as memory maps: a search
touches a few postings of a large collection; what it does not touch takes no memory.  The highest
of many scores are found without putting them in order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.unsignedinteger]
Sizes = NDArray[np.int64]
# Scores of which only the highest is looked at first.
_GROUP = 64
# An odd number whose powers spread the bytes of a term over 64 bits.
_BASE = 0x9E3779B97F4A7C15
# Postings that are scored together, a megabyte or two.
_AT_ONCE = 50_000
# Postings of a term, a row looked for, from which on each row is looked up among them.
_MANY = 32
# Rows that are laid out to be looked up in about the time that one term takes by itself.
_LAID_OUT = 50_000


class Held(NamedTuple):
    """A term's postings, `documents` int32 (m,), ascending, and `counts` (m,), and its idf.

    `documents` are numbered from the row `first`.
    """

    documents: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    idf: float
    first: int = 0


class Together(NamedTuple):
    """Postings of several terms, numbered from the row `first`, with the idf of each, (p,)."""

    first: int
    documents: NDArray[np.intp]
    counts: NDArray[np.unsignedinteger]
    idf: NDArray[np.floating]


class Found(NamedTuple):
    """Postings of some rows, term by term: places among the rows and the terms, and counts."""

    rows: NDArray[np.integer]
    terms: NDArray[np.integer]
    counts: NDArray[np.unsignedinteger]


class Run(NamedTuple):
    """Postings of some texts: `texts` int32 (p,) and `counts` uint8 (p,), token by token.

    `texts` are numbered from the row `first`, and may have some that are gone.  `asked` int64 (t,)
    says which of the tokens asked for they are of, `sizes` (t,) how many each has.
    """

    asked: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]
    sizes: Sizes
    first: int = 0


class Tokens(ABC):
    """Texts whose tokens are known by their postings, and the other way round.

    `vocabulary` int32 (v,) are the tokens that occur, ascending, `lengths` int32 (n,) counts the
    tokens of each text, 0 for one that is gone.
    """

    vocabulary: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @property
    @abstractmethod
    def count(self) -> int:
        """How many texts there are, those that are gone not."""

    @abstractmethod
    def postings(
        self, places: NDArray[np.integer]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], Sizes]:
        """Return texts and counts of the tokens at `places` of the vocabulary, token by token.

        The last says how many each token has.
        """

    @abstractmethod
    def runs(self, places: NDArray[np.integer]) -> Iterator[Run]:
        """Yield the postings of the tokens at `places`, those of some texts at a time."""

    @abstractmethod
    def tokens_of(self, rows: NDArray[np.int64]) -> tuple[Counts, NDArray[np.uint8], Sizes]:
        """Return the distinct tokens of the texts `rows`, one after another, counts and numbers."""

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    @abstractmethod
    def frequencies(self) -> NDArray[np.int64]:
        """How many texts have each token, int64 (v,), those that are gone included."""

    @cached_property
    def meanings(self) -> dict[bytes, int]:
        """In how many texts any of some tokens is, as questions have asked; by their places."""
        return {}

    @cached_property
    def filled(self) -> NDArray[np.bool_]:
        """Which texts have any token, and are not gone, bool (n,)."""
        return np.asarray(self.lengths > 0, np.bool_)

    @cached_property
    def relative_lengths(self) -> NDArray[np.float32]:
        """The length of each text over their mean, float32 (n,)."""
        mean = float(self.lengths.sum()) / max(self.count, 1)
        return np.asarray(self.lengths / max(mean, 1.0), np.float32)


class SortedTerms:
    """Terms in byte order, found by halving; `vocabulary` and `offsets` are as in `term_keys`."""

    def __init__(self, vocabulary: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        # A number of an array takes several times as long to get at.
        self._vocabulary, self._offsets = vocabulary.data, offsets.data
        self._places = range(len(offsets) - 1)

    def find(self, wanted: bytes) -> int | None:
        """Return the place of a term by its UTF-8 bytes, `None` if it is not there."""
        place = bisect_left(self._places, wanted, key=self._term)
        return place if place in self._places and self._term(place) == wanted else None

    def _term(self, place: int) -> bytes:
        return bytes(self._vocabulary[self._offsets[place] : self._offsets[place + 1]])


def by_part(held: Sequence[Held]) -> dict[int, list[Held]]:
    """Return postings by the row from which their documents are numbered, each in their order."""
    parts: defaultdict[int, list[Held]] = defaultdict(list)
    for each in held:
        parts[each.first].append(each)
    return parts


def together(held: Sequence[Held], kind: type[np.floating]) -> Iterator[Together]:
    """Yield the postings of `held`, those of a document in the order of the terms.

    Short ones come together, since each step of a sum takes as long as a thousand postings.
    Documents are of the type of places, from and to which sums are read and written in two thirds
    of the time; idf is of type `kind`.
    """
    for first, of_part in by_part(held).items():
        sizes = [len(each.documents) for each in of_part]
        chunks = (np.cumsum(sizes) // _AT_ONCE).tolist()
        for _, some in groupby(zip(chunks, sizes, of_part, strict=True), itemgetter(0)):
            _, lengths, terms = zip(*some, strict=True)
            yield Together(
                first,
                np.concatenate([each.documents for each in terms], dtype=np.intp),
                np.concatenate([each.counts for each in terms]),
                np.repeat(np.array([each.idf for each in terms], kind), lengths),
            )


def among(held: Sequence[Held], rows: NDArray[np.int64], size: int) -> Found:
    """Return the postings of `rows`, ascending and below `size`, in those of the terms `held`.

    They come in the order of the terms, of which there is one at least.
    """
    few = [n for n, each in enumerate(held) if len(each.documents) <= _MANY * len(rows)]
    if len(few) * _LAID_OUT < size:
        few = []
    found: list[Found] = []
    if few:
        first = _of_few([held[number] for number in few], rows, size)
        found.append(first._replace(terms=np.array(few)[first.terms]))
    # Of the type of the postings, which would all be turned into the type of `rows` else.
    wanted = rows.astype(np.int32)
    many = sorted({*range(len(held))}.difference(few))
    holding, times = [], []
    for documents, counts, *_ in map(held.__getitem__, many):
        # Methods, since numpy's functions around them take longer than so few rows.
        places = documents.searchsorted(wanted)
        holding.append((documents.take(places, mode="clip") == wanted).nonzero()[0])
        times.append(counts.take(places[holding[-1]]))
    if many:
        of_each = np.repeat(many, [len(each) for each in holding])
        found.append(Found(np.concatenate(holding), of_each, np.concatenate(times)))
    if len(found) == 1:
        return found[0]
    places, terms, repeats = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.argsort(terms, kind="stable")
    return Found(places[order], terms[order], repeats[order].astype(np.uint32))


def _of_few(held: Sequence[Held], rows: NDArray[np.int64], size: int) -> Found:
    """Return what `among` does, by going through all postings."""
    slots = np.full(size, -1, np.int32)
    slots[rows] = np.arange(len(rows))
    places = slots[np.concatenate([each.documents for each in held])]
    met = np.flatnonzero(places >= 0)
    counts = np.concatenate([each.counts for each in held])[met]
    ends = np.searchsorted(met, np.cumsum([len(each.documents) for each in held], dtype=np.int64))
    return Found(places[met], np.repeat(np.arange(len(held)), np.diff(ends, prepend=0)), counts)


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


def best_rows(
    scores: NDArray[np.floating], depth: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the rows found with the `depth` highest scores, of equal ones the first.

    Those not `allowed`, bool (n,), and those of minus infinity are not found.
    """
    if np.count_nonzero(allowed) <= depth:
        rows = np.flatnonzero(allowed)
        return rows[scores[rows] > -np.inf]
    rows = np.flatnonzero(scores >= floor(scores, depth))
    rows = rows[allowed[rows]]
    if len(rows) < depth:
        # Too many of the highest are not allowed.
        among = np.where(allowed, scores, scores.dtype.type(-np.inf))
        rows = np.flatnonzero(among >= floor(among, depth))
        rows = rows[allowed[rows]]
    rows = rows[scores[rows] > -np.inf]
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
