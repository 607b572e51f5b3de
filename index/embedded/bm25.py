"""BM25 over inverted postings, with exactly the scores of rank_bm25's `BM25Okapi`.

rank_bm25 keeps a dictionary per document and walks all of them for every query term; here each
term knows its documents, and a query touches nothing else.  rank_bm25 itself computes the idf.
This is the only module that imports rank_bm25.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import (
    Held,
    SortedTerms,
    among,
    best_rows,
    by_part,
    load_arrays,
    save_arrays,
    term_keys,
    together,
)
from index.embedded.tokens import CHUNK, PostingCounter, TermCounter
from index.encoder.pieces import cuts

# BM25Okapi's defaults; the contract test compares with the stock class.
K1 = 1.5
B = 0.75
EPSILON = 0.25
# Terms whose place is remembered: a few megabytes.
_REMEMBERED = 20_000
# The place of a term that has not been looked for; `None` is that of one that is not there.
_UNKNOWN = -1


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

        Those of one term may come in several pieces, of other documents each, and have documents
        that are gone.
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
        for first, rows, count, idf in together(held, kind):
            added = np.multiply(count, K1 + 1, dtype=kind)
            added /= count + damping[first:].take(rows)
            added *= idf
            np.add.at(total[first:], rows, added)
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
            having[each.first :][each.documents] = True
        total[~having] = -np.inf
        return LexicalMatch(total, -np.inf)

    def scores_at(self, query: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return `scores(query)[rows]`, float64 (len(rows),), `rows` ascending, without the rest.

        For terms that nearly every document has, looking a few documents up is far cheaper.
        """
        total = np.zeros(len(rows))
        for first, held in by_part(self.held(query)).items():
            before = int(np.searchsorted(rows, first))
            found = among(held, rows[before:] - first, len(self.sizes) - first)
            saturation = found.counts + self._damping[rows[before:]][found.rows]
            added = np.multiply(found.counts, K1 + 1, dtype=np.float64) / saturation
            added *= np.array([each.idf for each in held])[found.terms]
            total[before:] += np.bincount(found.rows, added, len(rows) - before)
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


@dataclass(frozen=True)
class LexicalIndex(Scored):
    """Postings of `n` documents over `v` terms, in document order within each term.

    `starts` int64 (v+1), `documents` int32 (p,) and `counts` unsigned (p,) are the postings,
    `lengths` int32 (n,) the documents' lengths in terms.  `vocabulary` is the terms' UTF-8 bytes
    end to end, uint8, in byte order, `offsets` int64 (v+1) its cuts, and `appearance` int64 (v)
    each term's place in the order in which the documents brought them.
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
        counter = TermCounter((), PostingCounter((), np.zeros(0, np.int32)))
        for first in range(0, len(documents), CHUNK):
            counter.add(documents[first : first + CHUNK])
        return cls.of(counter)

    @classmethod
    def of(cls, counter: TermCounter) -> Self:
        """Index what `counter` has counted, and use it up."""
        names, lengths = counter.terms, counter.postings.lengths
        frequency = counter.postings.frequency()
        used = np.flatnonzero(frequency).tolist()
        encoded = sorted((names[number].encode(), number) for number in used)
        order = np.array([number for _, number in encoded], np.int64)
        starts = cuts(frequency[order])
        firsts = np.zeros(len(names), np.int64)
        firsts[order] = starts[:-1]
        documents, counts = counter.postings.postings(firsts)
        return cls(
            starts=starts,
            documents=documents,
            counts=counts,
            lengths=lengths,
            vocabulary=np.frombuffer(b"".join(name for name, _ in encoded), np.uint8),
            offsets=cuts(np.array([len(name) for name, _ in encoded], np.int64)),
            appearance=np.argsort(np.argsort(counter.appearance[order])),
        )

    @cached_property
    def idf(self) -> NDArray[np.float64]:
        """The idf of each term, float64 (v,); computed when a score is first asked for."""
        return idf_of(self.starts, self.appearance, len(self.lengths))

    def terms(self) -> list[str]:
        """Return all terms in byte order."""
        data = self.vocabulary.tobytes()
        return [data[a:b].decode() for a, b in pairwise(self.offsets.tolist())]

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
        return term_keys(self.vocabulary, self.offsets)

    @cached_property
    def keys_in_order(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The `keys`, ascending, and the place of the term of each."""
        order = np.argsort(self.keys)
        return self.keys[order], order

    def find(self, term: str) -> int | None:
        """Return the place of `term`, `None` for one that no document holds."""
        # Another thread may clear what is remembered at any moment.
        place = self._places.get(term, _UNKNOWN)
        if place == _UNKNOWN:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            place = self._sorted.find(term.encode("utf-8", "replace"))
            self._places[term] = place
        return place

    @cached_property
    def _sorted(self) -> SortedTerms:
        return SortedTerms(self.vocabulary, self.offsets)

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


def idf_of(
    starts: NDArray[np.int64], appearance: NDArray[np.int64], documents: int
) -> NDArray[np.float64]:
    """Return the idf of each term of so many documents, float64 (v,).

    `starts` and `appearance` are as in `LexicalIndex`.
    """
    if not len(appearance):
        return np.zeros(0)
    from rank_bm25 import BM25Okapi

    # The stock constructor counts the documents itself and fails on an empty collection, so
    # only its idf step is run, on counts made from the postings, of terms by their places.
    model = BM25Okapi.__new__(BM25Okapi)
    model.corpus_size, model.epsilon, model.idf = documents, EPSILON, {}
    # In the order rank_bm25 would have met the words, so that its sums round alike.
    order, sizes = np.argsort(appearance), np.diff(starts)
    model._calc_idf(dict(zip(order.tolist(), sizes[order].tolist(), strict=True)))
    return np.array([model.idf[place] for place in range(len(sizes))], np.float64)
