"""BM25 scores of documents, however their postings are kept.

With the very sums of rank_bm25's `BM25Okapi`, over the postings of the terms asked for alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import best_rows

# BM25Okapi's defaults; the contract test compares with the stock class.
K1 = 1.5
B = 0.75
EPSILON = 0.25


class Held(NamedTuple):
    """A term's postings, `documents` int32 (m,), ascending, and `counts` (m,), and its idf."""

    documents: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    idf: float


@dataclass(frozen=True)
class LexicalMatch:
    """How documents match a query: `total` float32 (n,), above `none` where any term is held."""

    total: NDArray[np.float32]
    none: float

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the scores of the documents `rows`, minus infinity for those without a term."""
        scores = self.total[rows]
        return np.where(scores > self.none, scores, np.float32(-np.inf))

    def best(self, depth: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the `depth` documents of the highest scores among those `allowed`, bool (n,)."""
        rows = best_rows(self.total, depth, allowed)
        return rows[self.total[rows] > self.none]


class Scored(ABC):
    """Documents whose terms are known by their postings."""

    @property
    @abstractmethod
    def sizes(self) -> NDArray[np.int32]:
        """The number of terms of each document, int32 (n,); 0 for one that is gone."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many documents there are, those that are gone not."""

    @abstractmethod
    def held(self, query: Sequence[str]) -> list[Held]:
        """Return the postings of the terms of `query` that any document holds, in order.

        Those of one term may come in several pieces, of other documents each.
        """

    @abstractmethod
    def documents_with(self, term: str) -> NDArray[np.int32]:
        """Return the documents that hold `term`, ascending, int32 (m,)."""

    def scores(
        self, query: Sequence[str], kind: type[np.floating] = np.float64
    ) -> NDArray[np.floating]:
        """Return the BM25 score of every document, (n,) of type `kind`, for the terms of `query`.

        Source: Trotman et al. 2014, "Improvements to BM25 and Language Models Examined", the
        ATIRE variant as rank_bm25 0.2.2 writes it.  Scores of tiny collections can be negative.
        """
        return self._sum(self.held(query), kind)

    def _sum(self, held: Sequence[Held], kind: type[np.floating]) -> NDArray[np.floating]:
        total = np.zeros(len(self.sizes), kind)
        damping = self._short_damping if kind is np.float32 else self._damping
        for rows, count, idf in held:
            added = np.multiply(count, K1 + 1, dtype=kind)
            added /= count + damping[rows]
            added *= idf
            np.add.at(total, rows, added)
        return total

    def match(self, query: Sequence[str]) -> LexicalMatch:
        """Match the documents with the terms of `query`, in 32 bits, which order them as well."""
        held = self.held(query)
        total = self._sum(held, np.float32)
        if all(each.idf > 0 for each in held):
            return LexicalMatch(total, 0.0)
        # Scores alone cannot tell: in a tiny collection a match may count zero or less.
        having = np.zeros(len(self.sizes), np.bool_)
        for each in held:
            having[each.documents] = True
        total[~having] = -np.inf
        return LexicalMatch(total, -np.inf)

    def scores_at(self, query: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return `scores(query)[rows]`, float64 (len(rows),), `rows` ascending, without the rest.

        For terms that nearly every document has, looking a few documents up is far cheaper.
        """
        total = np.zeros(len(rows))
        # Of the type of the postings, which would all be turned into the type of `rows` else.
        wanted = rows.astype(np.int32)
        for documents, counts, idf in self.held(query):
            found = np.searchsorted(documents, wanted)
            np.minimum(found, len(documents) - 1, out=found)
            holds = np.flatnonzero(documents[found] == wanted)
            count = counts[found[holds]].astype(np.int64)
            saturation = count + self._damping[rows[holds]]
            total[holds] += idf * (count * (K1 + 1) / saturation)
        return total

    @cached_property
    def _damping(self) -> NDArray[np.float64]:
        """What BM25 adds to each document's counts in the divisor, float64 (n,)."""
        average = int(self.sizes.sum(dtype=np.int64)) / max(self.count, 1) or 1.0
        return np.asarray(K1 * (1 - B + B * self.sizes.astype(np.int64) / average))

    @cached_property
    def _short_damping(self) -> NDArray[np.float32]:
        """`_damping` as float32 (n,)."""
        return self._damping.astype(np.float32)
