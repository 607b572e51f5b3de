"""Indexes made from the texts of others, without a look at their words.

The terms of all of them stand in one order, so that the postings of the new one are made term
after term, and what is written needs memory for no more than some of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedded.blocks import Blocks, Parcel
from index.embedded.bm25 import LexicalIndex, idf_of
from index.embedded.postings import Sizes, save_arrays
from index.embedded.tokens import Part, PostingCounter, TermCounter, TokenIndex
from index.encoder.pieces import cuts, gathered, ragged

# Postings made together, some 50 MB with what that takes.
_AT_ONCE = 1_000_000
# Texts whose tokens are copied together.
_TEXTS_AT_ONCE = 10_000
_GONE = -1

Rows = NDArray[np.int64]
Kept = tuple[LexicalIndex, Rows]
KeptTokens = tuple[TokenIndex, Rows]
Some = Sequence[NDArray[np.integer]]


@dataclass(frozen=True)
class _Source:
    """Postings of an index, some of whose documents are taken over.

    `starts` int64 (v+1,), `documents` int32 (p,) and `counts` unsigned (p,) are the postings,
    `places` int64 (v,) says where each term stands in the new index, ascending, and `rows` int32
    (n,) where each document does, `_GONE` if it is left out.
    """

    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    places: NDArray[np.int64]
    rows: NDArray[np.int32]

    @cached_property
    def _whole(self) -> bool:
        return bool((self.rows != _GONE).all())

    @cached_property
    def sizes(self) -> Sizes:
        """How many postings of each term are taken over, int64 (v,)."""
        if self._whole:
            return np.diff(self.starts)
        found = [np.zeros(0, np.int64)]
        for first, last in _spans(self.starts):
            begins = self.starts[first:last] - self.starts[first]
            stays = self.rows[self.documents[self.starts[first] : self.starts[last]]] != _GONE
            found.append(np.add.reduceat(stays, begins, dtype=np.int64))
        return np.concatenate(found)

    def postings(
        self, first: int, last: int
    ) -> tuple[NDArray[np.int32], NDArray[np.unsignedinteger]]:
        """Return documents, renumbered, and counts of the terms from `first` to before `last`."""
        span = slice(self.starts[first], self.starts[last])
        documents, counts = self.rows[self.documents[span]], self.counts[span]
        if self._whole:
            return documents, counts
        stays = documents != _GONE
        return documents[stays], counts[stays]


@dataclass(frozen=True)
class _Merged:
    """The postings of `sources` as one, over so many `terms`."""

    sources: Sequence[_Source]
    terms: int

    @cached_property
    def frequency(self) -> Sizes:
        """How many documents hold each term, int64 (terms,)."""
        found = np.zeros(self.terms, np.int64)
        for source in self.sources:
            found[source.places] += source.sizes
        return found

    def blocks(self, documents: str, counts: str) -> Blocks:
        """Return documents and counts, those of each term together, under these names."""
        kind = np.result_type(np.uint8, *(source.counts.dtype for source in self.sources))
        kinds = {documents: np.dtype(np.int32), counts: kind}
        return Blocks(kinds, (int(self.frequency.sum()),), self._blocks(kind))

    def _blocks(
        self, kind: np.dtype[np.unsignedinteger]
    ) -> Iterator[Sequence[NDArray[np.integer]]]:
        starts = cuts(self.frequency)
        for first, last in _spans(starts):
            # Where the next posting of each term goes, as source after source brings some.
            following = starts[first:last] - starts[first]
            size = int(starts[last] - starts[first])
            documents, counts = np.empty(size, np.int32), np.empty(size, kind)
            for source in self.sources:
                low, high = np.searchsorted(source.places, (first, last)).tolist()
                terms, sizes = source.places[low:high] - first, source.sizes[low:high]
                at = ragged(following[terms], sizes)
                documents[at], counts[at] = source.postings(low, high)
                following[terms] += sizes
            yield documents, counts


def _spans(starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield spans of terms, whose postings begin at `starts` (v+1,), that are made together."""
    first = 0
    while first < len(starts) - 1:
        last = int(np.searchsorted(starts, starts[first] + _AT_ONCE, side="right")) - 1
        last = max(last, first + 1)
        yield first, last
        first = last


def _renumbered(keeps: Iterable[tuple[int, Rows]]) -> Iterator[NDArray[np.int32]]:
    """Yield the new numbers of the rows of each index, which has so many, of which some stay."""
    before = 0
    for count, keep in keeps:
        rows = np.full(count, _GONE, np.int32)
        rows[keep] = np.arange(before, before + len(keep))
        before += len(keep)
        yield rows


def merged_terms(parts: Sequence[Kept]) -> Parcel:
    """Index the documents of several indexes, of each those in the rows beside it, ascending.

    What comes back has the arrays of a `LexicalIndex`.
    """
    # By code points, which is the order of their bytes in UTF-8.
    terms = sorted(set[str]().union(*(index.terms() for index, _ in parts)))
    numbers = {term: number for number, term in enumerate(terms)}
    of_parts = [
        np.array(list(map(numbers.__getitem__, index.terms())), np.int64) for index, _ in parts
    ]
    rows = _renumbered((len(index.lengths), keep) for index, keep in parts)
    merged = _Merged(
        [
            _Source(index.starts, index.documents, index.counts, places, numbered)
            for (index, _), places, numbered in zip(parts, of_parts, rows, strict=True)
        ],
        len(terms),
    )
    used = np.flatnonzero(merged.frequency)
    names = [terms[number].encode() for number in used.tolist()]
    appeared = [
        places[np.argsort(index.appearance)]
        for (index, _), places in zip(parts, of_parts, strict=True)
    ]
    firsts = np.unique(_end_to_end(appeared, np.int64), return_index=True)[1]
    whole = {
        "starts": cuts(merged.frequency[used]),
        "lengths": _end_to_end([index.lengths[keep] for index, keep in parts], np.int32),
        "vocabulary": np.frombuffer(b"".join(names), np.uint8),
        "offsets": cuts(np.array([len(name) for name in names], np.int64)),
        "appearance": np.argsort(np.argsort(firsts[used])),
    }
    return Parcel(whole, [merged.blocks("documents", "counts")])


def save_terms(parts: Sequence[Kept], folder: Path) -> None:
    """Write the index that `merged_terms` describes into `folder`."""
    made = merged_terms(parts)
    made.save(folder)
    whole = made.whole
    idf = idf_of(whole["starts"], whole["appearance"], len(whole["lengths"]))
    save_arrays(folder, {"idf": idf})


def merged_tokens(parts: Sequence[KeptTokens]) -> Parcel:
    """Return the arrays of a `TokenIndex` of the texts of several, as `merged_terms` does."""
    held = [index.vocabulary for index, _ in parts]
    vocabulary = np.unique(_end_to_end(held, np.int32))
    rows = _renumbered((len(index), keep) for index, keep in parts)
    merged = _Merged(
        [
            _Source(index.starts, index.texts, index.counts, places, numbered)
            for (index, _), numbered in zip(parts, rows, strict=True)
            for places in [np.searchsorted(vocabulary, index.vocabulary)]
        ],
        len(vocabulary),
    )
    used = merged.frequency > 0
    kind = np.min_scalar_type(max(int(np.count_nonzero(used)) - 1, 0))
    kinds = {"tokens": np.dtype(kind), "repeats": np.dtype(np.uint8)}
    # What no text has any more takes no number.
    new = (np.cumsum(used) - 1).astype(kind)
    numbers = [new[source.places] for source in merged.sources]
    whole = {
        "vocabulary": vocabulary[used],
        "starts": cuts(merged.frequency[used]),
        "firsts": cuts(_end_to_end([np.diff(one.firsts)[keep] for one, keep in parts], np.int64)),
        "lengths": _end_to_end([index.lengths[keep] for index, keep in parts], np.int32),
    }
    size = int(whole["firsts"][-1])
    return Parcel(
        whole,
        [merged.blocks("texts", "counts"), Blocks(kinds, (size,), _tokens(parts, numbers))],
    )


def _tokens(parts: Sequence[KeptTokens], numbers: Sequence[NDArray[np.integer]]) -> Iterator[Some]:
    """Yield the tokens of texts, by their new `numbers` in each of `parts`, and their counts."""
    for (index, keep), of_part in zip(parts, numbers, strict=True):
        for first in range(0, len(keep), _TEXTS_AT_ONCE):
            rows = keep[first : first + _TEXTS_AT_ONCE]
            begins = index.firsts[rows]
            some = [index.tokens, index.repeats]
            tokens, repeats = gathered(some, begins, index.firsts[rows + 1] - begins)
            yield of_part[tokens], repeats


def _end_to_end(
    arrays: Sequence[NDArray[np.integer]], kind: type[np.integer]
) -> NDArray[np.integer]:
    return np.concatenate([np.zeros(0, kind), *arrays])


def counter_of(parts: Iterable[tuple[LexicalIndex, NDArray[np.int64]]]) -> TermCounter:
    """Return a counter that has those documents already; more can be counted after them."""
    counter = TermCounter((), PostingCounter((), np.zeros(0, np.int32)))
    for index, keep in parts:
        renumbered = np.full(len(index.lengths), -1, np.int32)
        renumbered[keep] = np.arange(len(keep))
        rows = renumbered[index.documents]
        stays = rows >= 0
        sizes = np.add.reduceat(stays, index.starts[:-1], dtype=np.int64)
        terms, order = index.terms(), np.argsort(index.appearance)
        numbers = np.zeros(len(terms), np.int32)
        numbers[order] = [counter.number(terms[place]) for place in order.tolist()]
        part = Part(numbers, sizes, rows[stays], index.counts[stays])
        counter.include(part, order, index.lengths[keep])
    return counter
