"""BM25 over inverted postings, with exactly the scores of rank_bm25's `BM25Okapi`.

rank_bm25 keeps a dictionary per document and walks all of them for every query term; here each
term knows its documents, and a query touches nothing else.  rank_bm25 itself computes the idf.
This is the only module that imports rank_bm25.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import (
    CHUNK,
    Part,
    PostingCounter,
    TermCounter,
    load_arrays,
    save_arrays,
)
from index.embedded.scored import EPSILON, Held, Scored

# Terms whose place is remembered: a few megabytes.
_REMEMBERED = 20_000
# The place of a term that has not been looked for; `None` is that of one that is not there.
_UNKNOWN = -1
# An odd number whose powers spread the bytes of a term over 64 bits.
_BASE = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class LexicalIndex(Scored):
    """Postings of `n` documents over `v` terms, in document order within each term.

    `starts` int64 (v+1), `documents` int32 (p,) and `counts` unsigned (p,) are the postings,
    `lengths` int32 (n,) the documents' lengths in terms.  `vocabulary` is
    the terms' UTF-8 bytes end to end, uint8, in byte order, `offsets` int64 (v+1) its cuts, and
    `appearance` int64 (v) each term's place in the order in which the documents brought them.
    """

    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    lengths: NDArray[np.int32]
    vocabulary: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    appearance: NDArray[np.int64]

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> Self:
        """Index `documents`, each a sequence of terms; none and empty ones are allowed."""
        return cls.empty().extended(np.zeros(0, np.int64), documents)

    @classmethod
    def empty(cls) -> Self:
        """Return an index of no documents."""
        return cls.merged(())

    @classmethod
    def merged(cls, parts: Iterable[tuple[Self, NDArray[np.int64]]]) -> Self:
        """Index the documents of several indexes, of each those in the rows beside it."""
        counter = TermCounter((), PostingCounter((), np.zeros(0, np.int32)))
        for index, keep in parts:
            index._count_into(counter, keep)
        return cls.of(counter)

    def extended(self, keep: NDArray[np.int64], documents: Sequence[Sequence[str]]) -> Self:
        """Return an index of the documents in rows `keep` (ascending), then `documents`."""
        counter = self.counter(keep)
        for first in range(0, len(documents), CHUNK):
            counter.add(documents[first : first + CHUNK])
        return self.of(counter)

    def counter(self, keep: NDArray[np.int64]) -> TermCounter:
        """Return a counter that has the documents in rows `keep` (ascending) already.

        Nothing is analysed again for the rows kept, so adding one article to a large
        collection costs one pass over arrays.
        """
        counter = TermCounter((), PostingCounter((), np.zeros(0, np.int32)))
        self._count_into(counter, keep)
        return counter

    def _count_into(self, counter: TermCounter, keep: NDArray[np.int64]) -> None:
        renumbered = np.full(len(self.lengths), -1, np.int32)
        renumbered[keep] = np.arange(len(keep))
        rows = renumbered[self.documents]
        stays = rows >= 0
        sizes = np.add.reduceat(stays, self.starts[:-1], dtype=np.int64)
        terms, order = self.terms(), np.argsort(self.appearance)
        numbers = np.zeros(len(terms), np.int32)
        numbers[order] = [counter.number(terms[place]) for place in order.tolist()]
        part = Part(numbers, sizes, rows[stays], self.counts[stays])
        counter.include(part, order, self.lengths[keep])

    @classmethod
    def of(cls, counter: TermCounter) -> Self:
        """Index what `counter` has counted, and use it up."""
        names, lengths = counter.terms, counter.postings.lengths
        frequency = counter.postings.frequency()
        used = np.flatnonzero(frequency).tolist()
        encoded = sorted((names[number].encode(), number) for number in used)
        order = np.array([number for _, number in encoded], np.int64)
        starts = _cuts(frequency[order])
        firsts = np.zeros(len(names), np.int64)
        firsts[order] = starts[:-1]
        documents, counts = counter.postings.postings(firsts)
        return cls(
            starts=starts,
            documents=documents,
            counts=counts,
            lengths=lengths,
            vocabulary=np.frombuffer(b"".join(name for name, _ in encoded), np.uint8),
            offsets=_cuts(np.array([len(name) for name, _ in encoded], np.int64)),
            appearance=np.argsort(np.argsort(counter.appearance[order])),
        )

    @cached_property
    def idf(self) -> NDArray[np.float64]:
        """The idf of each term, float64 (v,); computed when a score is first asked for."""
        terms, sizes = self.terms(), np.diff(self.starts)
        # In the order rank_bm25 would have met the words, so that its sums round alike.
        order = np.argsort(self.appearance).tolist()
        idf = _idf({terms[place]: int(sizes[place]) for place in order}, len(self.lengths))
        return np.array([idf[term] for term in terms], np.float64)

    def terms(self) -> list[str]:
        """Return all terms in byte order."""
        data = self.vocabulary.tobytes()
        cuts = self.offsets.tolist()
        return [data[a:b].decode() for a, b in pairwise(cuts)]

    @property
    def sizes(self) -> NDArray[np.int32]:
        """`lengths`, under the name of all that is scored."""
        return self.lengths

    @property
    def count(self) -> int:
        """The number of documents."""
        return len(self.lengths)

    def held(self, query: Sequence[str]) -> list[Held]:
        """Return the postings of the terms of `query` that any document holds, in order."""
        found = (number for term in query if (number := self.find(term)) is not None)
        return [Held(*self.postings(number), float(self.idf[number])) for number in found]

    def postings(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.unsignedinteger]]:
        """Return the documents that hold a term, by its place, and how often each does."""
        span = slice(self.starts[number], self.starts[number + 1])
        return self.documents[span], self.counts[span]

    def documents_with(self, term: str) -> NDArray[np.int32]:
        """Return the documents that hold `term`, ascending, int32 (m,)."""
        number = self.find(term)
        return self.documents[:0] if number is None else self.postings(number)[0]

    @cached_property
    def _places(self) -> dict[str, int | None]:
        """Where the terms asked for lately stand; questions share most of their n-grams."""
        return {}

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """A number for each term, uint64 (v,), the same in every index."""
        sizes = np.diff(self.offsets)
        powers = np.full(int(sizes.max(initial=0)) + 1, _BASE, np.uint64)
        powers[0] = 1
        np.multiply.accumulate(powers, out=powers)
        within = np.arange(len(self.vocabulary)) - np.repeat(self.offsets[:-1], sizes)
        weighed = (self.vocabulary.astype(np.uint64) + np.uint64(1)) * powers[within]
        return np.add.reduceat(weighed, self.offsets[:-1]) if len(sizes) else weighed

    def find(self, term: str) -> int | None:
        """Return the place of `term`, `None` for one that no document holds."""
        # Another thread may clear what is remembered at any moment.
        place = self._places.get(term, _UNKNOWN)
        if place == _UNKNOWN:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            self._places[term] = place = self._search(term)
        return place

    def _search(self, term: str) -> int | None:
        wanted = term.encode("utf-8", "replace")
        low, high = 0, len(self.starts) - 1
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.starts) - 1 and self._bytes(low) == wanted else None

    def _bytes(self, number: int) -> bytes:
        return self.vocabulary[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        save_arrays(folder, {name: getattr(self, name) for name in (*_FIELDS, "idf")})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        arrays = load_arrays(folder, (*_FIELDS, "idf"))
        idf = arrays.pop("idf")
        index = cls(**arrays)
        index.__dict__["idf"] = idf
        return index


_FIELDS = tuple(LexicalIndex.__dataclass_fields__)


def _idf(frequency: dict[str, int], documents: int) -> dict[str, float]:
    if not frequency:
        return {}
    from rank_bm25 import BM25Okapi

    # The stock constructor counts the documents itself and fails on an empty collection, so
    # only its idf step is run, on counts made from the postings.
    model = BM25Okapi.__new__(BM25Okapi)
    model.corpus_size, model.epsilon, model.idf = documents, EPSILON, {}
    model._calc_idf(frequency)
    return dict(model.idf)


def _cuts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
