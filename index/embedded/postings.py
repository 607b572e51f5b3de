"""Terms of documents to inverted postings, a few thousand documents at a time.

Only numbers outlive a chunk: the terms of a whole collection as Python lists, or its postings as
64-bit numbers, would take several times the memory of the index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from index.embedded.arrays import smallest
from index.encoder.pieces import ragged

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
    """Numbers terms in the order in which they come, those `known` first, and counts them."""

    def __init__(self, known: Iterable[str], postings: PostingCounter) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        for term in known:
            self._numbers[term]
        self.postings = postings

    def add(self, documents: Sequence[Sequence[str]]) -> None:
        """Count the next documents, each a sequence of terms; give it `CHUNK` at a time."""
        lengths = np.fromiter(map(len, documents), np.int64, len(documents))
        terms = map(self._numbers.__getitem__, chain.from_iterable(documents))
        self.postings.add(np.fromiter(terms, np.int64, int(lengths.sum())), lengths)

    @property
    def terms(self) -> list[str]:
        """The terms by number."""
        return list(self._numbers)
