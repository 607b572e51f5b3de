"""BM25 over inverted postings, with exactly the scores of rank_bm25's `BM25Okapi`.

rank_bm25 keeps a dictionary per document and walks all of them for every query term; here each
term knows its documents, and a query touches nothing else.  rank_bm25 itself computes the idf.
This is the only module that imports rank_bm25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

# BM25Okapi's defaults; the contract test compares with the stock class.
K1 = 1.5
B = 0.75
EPSILON = 0.25


@dataclass(frozen=True)
class LexicalIndex:
    """Postings of `n` documents over `v` terms, in document order within each term.

    `starts` int64 (v+1), `documents` int32 (p,) and `counts` int32 (p,) are the postings,
    `lengths` int32 (n,) the documents' lengths in terms, `idf` float64 (v,).  `vocabulary` is
    the terms' UTF-8 bytes end to end, uint8, in byte order, `offsets` int64 (v+1) its cuts, and
    `appearance` int64 (v) each term's place in the order in which the documents brought them.
    """

    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]
    idf: NDArray[np.float64]
    vocabulary: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    appearance: NDArray[np.int64]

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> Self:
        """Index `documents`, each a sequence of terms; none and empty ones are allowed."""
        empty = cls._assemble({}, _no_postings(), np.zeros(0, np.int32))
        return empty.extended(np.zeros(0, np.int64), documents)

    def extended(self, keep: NDArray[np.int64], documents: Sequence[Sequence[str]]) -> Self:
        """Return an index of the documents in rows `keep` (ascending), then `documents`.

        Nothing is analysed again for the rows kept, so adding one article to a large
        collection costs one pass over arrays.
        """
        terms = self.terms()
        ids = {terms[place]: number for number, place in enumerate(np.argsort(self.appearance))}
        kept = self._forward(keep)
        new = _count_terms(documents, ids, first_row=len(keep))
        postings = np.concatenate([kept, new], axis=1)
        lengths = [self.lengths[keep], np.array([len(d) for d in documents], np.int32)]
        return self._assemble(ids, postings, np.concatenate(lengths).astype(np.int32))

    @classmethod
    def _assemble(
        cls, ids: dict[str, int], postings: NDArray[np.int64], lengths: NDArray[np.int32]
    ) -> Self:
        """Sort `postings`, rows (term id, document, count), into byte order of their terms."""
        frequency = np.bincount(postings[0], minlength=len(ids))
        names = list(ids)
        used = [number for number in range(len(ids)) if frequency[number]]
        # In the order rank_bm25 would have met the words, so that its sums round alike.
        idf = _idf({names[number]: int(frequency[number]) for number in used}, len(lengths))
        encoded = sorted((names[number].encode(), number) for number in used)
        rank = np.full(len(ids), -1, np.int64)
        rank[[number for _, number in encoded]] = np.arange(len(encoded))
        term = rank[postings[0]]
        order = np.lexsort((postings[1], term))
        sizes = np.array([len(name) for name, _ in encoded], np.int64)
        return cls(
            starts=_cuts(np.bincount(term, minlength=len(encoded))),
            documents=postings[1][order].astype(np.int32),
            counts=postings[2][order].astype(np.int32),
            lengths=lengths,
            idf=np.array([idf[names[number]] for _, number in encoded], np.float64),
            vocabulary=np.frombuffer(b"".join(name for name, _ in encoded), np.uint8),
            offsets=_cuts(sizes),
            appearance=np.argsort(np.argsort([number for _, number in encoded])),
        )

    def _forward(self, keep: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the postings of rows `keep`, renumbered, as (term, document, count) rows."""
        renumbered = np.full(len(self.lengths), -1, np.int64)
        renumbered[keep] = np.arange(len(keep))
        term = np.repeat(self.appearance, np.diff(self.starts))
        rows = renumbered[self.documents]
        stays = rows >= 0
        return np.stack([term[stays], rows[stays], self.counts[stays].astype(np.int64)])

    def terms(self) -> list[str]:
        """Return all terms in byte order."""
        data = self.vocabulary.tobytes()
        cuts = self.offsets.tolist()
        return [data[a:b].decode() for a, b in pairwise(cuts)]

    def scores(self, query: Sequence[str]) -> NDArray[np.float64]:
        """Return the BM25 score of every document, float64 (n,), for the terms of `query`.

        Source: Trotman et al. 2014, "Improvements to BM25 and Language Models Examined", the
        ATIRE variant as rank_bm25 0.2.2 writes it.  Scores of tiny collections can be negative.
        """
        total = np.zeros(len(self.lengths))
        if not len(self.lengths):
            return total
        average = int(self.lengths.sum(dtype=np.int64)) / len(self.lengths)
        for term in query:
            number = self._find(term)
            if number is None:
                continue
            span = slice(self.starts[number], self.starts[number + 1])
            rows, count = self.documents[span], self.counts[span].astype(np.int64)
            length = self.lengths[rows].astype(np.int64)
            saturation = count + K1 * (1 - B + B * length / average)
            total[rows] += self.idf[number] * (count * (K1 + 1) / saturation)
        return total

    def having(self, query: Sequence[str]) -> NDArray[np.bool_]:
        """Return which documents hold any term of `query`, bool (n,).

        Scores cannot tell: in a tiny collection a match may count zero or less.
        """
        found = np.zeros(len(self.lengths), np.bool_)
        for term in set(query):
            number = self._find(term)
            if number is not None:
                found[self.documents[self.starts[number] : self.starts[number + 1]]] = True
        return found

    def _find(self, term: str) -> int | None:
        wanted = term.encode("utf-8", "replace")
        low, high = 0, len(self.idf)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.idf) and self._bytes(low) == wanted else None

    def _bytes(self, number: int) -> bytes:
        return self.vocabulary[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def save(self, path: Path) -> None:
        """Write the arrays to `path`, an uncompressed `.npz` file."""
        with path.open("wb") as file:
            np.savez(file, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; raise `OSError`, `ValueError` or `KeyError` if it is damaged."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})


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


def _count_terms(
    documents: Sequence[Sequence[str]], ids: dict[str, int], first_row: int
) -> NDArray[np.int64]:
    """Number the terms of `documents` (new ones enter `ids`) and count them a document."""
    sizes = [len(document) for document in documents]
    numbers = np.fromiter(
        (ids.setdefault(term, len(ids)) for document in documents for term in document),
        np.int64,
        sum(sizes),
    )
    rows = np.repeat(np.arange(first_row, first_row + len(sizes)), sizes)
    width = max(len(ids), 1)
    pairs, counts = np.unique(rows * width + numbers, return_counts=True)
    return np.stack([pairs % width, pairs // width, counts])


def _no_postings() -> NDArray[np.int64]:
    return np.zeros((3, 0), np.int64)


def _cuts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
