"""Several indexes that are searched as one, some of whose texts are gone.

Rows are numbered through, in the order of the parts.  What a score is made of, frequencies and
mean lengths, counts over all texts that are still there, so that scores are those of one index of
these texts alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedded.bm25 import EPSILON, LexicalIndex, Scored
from index.embedded.postings import Counts, Held, Run, Sizes, Tokens
from index.embedded.texts import TextIndex, Texts
from index.embedded.tokens import TokenIndex, places_in
from index.embedded.vectors import VectorIndex, Vectors

Rows = NDArray[np.int32]
Live = NDArray[np.bool_]


class JoinedLexical(Scored):
    """`parts` as one; `live` bool (n,) says which documents are there."""

    def __init__(self, parts: Sequence[LexicalIndex], live: Live) -> None:
        self._parts, self._live = parts, live
        self._places = _cut([len(part.lengths) for part in parts])
        lengths = np.concatenate([part.lengths for part in parts])
        self._sizes = np.where(live, lengths, 0).astype(np.int32)
        self._whole = [bool(live[place].all()) for place in self._places]

    @property
    def sizes(self) -> NDArray[np.int32]:
        """The number of terms of each document, int32 (n,); 0 for one that is gone."""
        return self._sizes

    @cached_property
    def count(self) -> int:
        """How many documents there are, those that are gone not."""
        return int(np.count_nonzero(self._live))

    def held(self, query: Sequence[str]) -> list[Held]:
        """Return the postings of the terms of `query`, those of each part by themselves."""
        found: list[Held] = []
        for term in query:
            runs = self._runs(term)
            # What is gone is not counted; it may be scored, since no search shows it.
            if frequency := sum(self._count(number, documents) for number, documents, _ in runs):
                idf = self._idf(frequency)
                found += [
                    Held(documents, counts, idf, self._places[number].start)
                    for number, documents, counts in runs
                ]
        return found

    def documents_with(self, term: str) -> Rows:
        """Return the documents that hold `term`, ascending, int32 (m,)."""
        found = []
        for number, documents, _ in self._runs(term):
            there = documents if self._whole[number] else documents[self._there(number, documents)]
            found.append(there + np.int32(self._places[number].start))
        return _end_to_end(found, np.int32)

    def _runs(self, term: str) -> list[tuple[int, Rows, Counts]]:
        """Return the number of each part that has a term, with the postings there."""
        found = ((number, part, part.find(term)) for number, part in enumerate(self._parts))
        return [(number, *part.postings(at)) for number, part, at in found if at is not None]

    def _there(self, number: int, documents: Rows) -> Live:
        """Return which documents of a part are there."""
        return self._live[self._places[number]][documents]

    def _count(self, number: int, documents: Rows) -> int:
        whole = self._whole[number]
        return len(documents) if whole else int(np.count_nonzero(self._there(number, documents)))

    def _idf(self, frequency: int) -> float:
        idf = _raw_idf(frequency, self.count)
        return self._floor if idf < 0 else idf

    @cached_property
    def _floor(self) -> float:
        """What rank_bm25 puts in the place of a negative idf: a share of the mean over terms."""
        largest, *others = sorted(
            range(len(self._parts)), key=lambda number: -len(self._parts[number].starts)
        )
        # The terms of the largest part stay in order while others come and go.
        keys, order = self._parts[largest].keys_in_order
        more = [self._parts[number].keys for number in others]
        distinct, owners = np.unique(_end_to_end(more, np.uint64), return_inverse=True)
        sizes = _end_to_end([self._frequencies(number) for number in others], np.int64)
        added = np.bincount(owners, sizes, len(distinct)).astype(np.int64)
        places = places_in(keys, distinct)
        of_terms = self._frequencies(largest)
        of_terms[order[places[places >= 0]]] += added[places >= 0]
        times = np.bincount(np.concatenate([of_terms, added[places < 0]]))
        values = np.flatnonzero(times[1:]) + 1
        pairs = zip(values.tolist(), times[values].tolist(), strict=True)
        total = math.fsum(_raw_idf(value, self.count) * number for value, number in pairs)
        return EPSILON * total / int(times[1:].sum())

    def _frequencies(self, number: int) -> NDArray[np.int64]:
        """Return how many documents that are there hold each term of a part."""
        part = self._parts[number]
        if self._whole[number] or len(part.starts) < 2:
            return np.diff(part.starts)
        there = self._there(number, part.documents)
        return np.add.reduceat(there, part.starts[:-1], dtype=np.int64)


class JoinedTokens(Tokens):
    """`parts` as one over the tokens that occur; `live` bool (n,) says which texts are there."""

    def __init__(self, parts: Sequence[TokenIndex], live: Live) -> None:
        self._parts, self._live = parts, live
        self._places = _cut([len(part) for part in parts])
        self._whole = [bool(live[place].all()) for place in self._places]
        lengths = np.concatenate([part.lengths for part in parts])
        self.lengths = np.where(live, lengths, 0).astype(np.int32)
        self.vocabulary = _distinct(self._occurring())
        # Where each token of a part stands among all, and where each of all stands in a part.
        self._up = [np.searchsorted(self.vocabulary, part.vocabulary) for part in parts]
        self._down = [places_in(part.vocabulary, self.vocabulary) for part in parts]

    @cached_property
    def count(self) -> int:
        """How many texts there are, those that are gone not."""
        return int(np.count_nonzero(self._live))

    @cached_property
    def frequencies(self) -> NDArray[np.int64]:
        """How many texts have each token, int64 (v,), those that are gone included."""
        found = np.zeros(len(self.vocabulary), np.int64)
        for part, down in zip(self._parts, self._down, strict=True):
            found[down >= 0] += part.frequencies[down[down >= 0]]
        return found

    def postings(self, places: NDArray[np.integer]) -> tuple[Rows, NDArray[np.uint8], Sizes]:
        """Return texts and counts of the tokens at `places`, and how many each token has."""
        runs = list(map(self._present, self.runs(places)))
        owner = np.concatenate([np.repeat(run.asked, run.sizes) for run in runs])
        order = np.argsort(owner, kind="stable")
        texts, counts = (np.concatenate([run[place] for run in runs])[order] for place in (1, 2))
        return texts, counts, np.bincount(owner, minlength=len(places))

    def runs(self, places: NDArray[np.integer]) -> Iterator[Run]:
        """Yield the postings of the tokens at `places`, those of each part by themselves."""
        for part, rows, down in zip(self._parts, self._places, self._down, strict=True):
            there = down[places]
            held = np.flatnonzero(there >= 0)
            yield Run(held, *part.postings(there[held]), rows.start)

    def _present(self, run: Run) -> Run:
        """Return what a run has of texts that are there, numbered through."""
        texts = run.texts + np.int32(run.first)
        live = self._live[texts]
        owner = np.repeat(np.arange(len(run.asked)), run.sizes)[live]
        sizes = np.bincount(owner, minlength=len(run.asked))
        return Run(run.asked, texts[live], run.counts[live], sizes)

    def tokens_of(self, rows: NDArray[np.int64]) -> tuple[Counts, NDArray[np.uint8], Sizes]:
        """Return the distinct tokens of the texts `rows`, one after another, counts and numbers."""
        tokens, repeats, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)], [rows[:0]]
        ends = np.array([place.stop for place in self._places])
        owners = np.searchsorted(ends, rows, side="right")
        breaks = np.flatnonzero(np.diff(owners)) + 1
        for run in np.split(rows, breaks) if len(rows) else ():
            owner = int(np.searchsorted(ends, run[0], side="right"))
            of_run = self._parts[owner].tokens_of(run - self._places[owner].start)
            tokens.append(self._up[owner][of_run[0]])
            repeats.append(of_run[1])
            sizes.append(of_run[2])
        return np.concatenate(tokens), np.concatenate(repeats), np.concatenate(sizes)

    def _occurring(self) -> list[NDArray[np.int32]]:
        """Return the tokens of each part that a text has which is there."""
        found = []
        for part, place, whole in zip(self._parts, self._places, self._whole, strict=True):
            occurring = part.vocabulary
            if not whole and len(occurring):
                there = self._live[place][part.texts]
                occurring = occurring[np.logical_or.reduceat(there, part.starts[:-1])]
            found.append(occurring)
        return found


class JoinedVectors(Vectors):
    """`parts` as one; `live` bool (n,) says which rows are there."""

    def __init__(self, parts: Sequence[VectorIndex], live: Live) -> None:
        self._parts, self._live = parts, live
        self._places = _cut([len(part) for part in parts])

    def __len__(self) -> int:
        return len(self._live)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return self._parts[0].dimension

    def near(
        self, query: NDArray[np.float32], depth: int, allowed: Live | None
    ) -> NDArray[np.int64]:
        """Return the rows allowed that are nearest, more than `depth`, in no order."""
        seen = self._live if allowed is None else allowed & self._live
        return np.concatenate([
            part.near(query, depth, seen[place]) + place.start
            for part, place in zip(self._parts, self._places, strict=True)
        ])  # fmt: skip

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, float32 (len(rows), dimension)."""
        found = np.zeros((len(rows), self.dimension), np.float32)
        for part, place in zip(self._parts, self._places, strict=True):
            here = np.flatnonzero((rows >= place.start) & (rows < place.stop))
            found[here] = part.vectors(rows[here] - place.start)
        return found


def join_texts(parts: Sequence[TextIndex], live: Live) -> Texts:
    """Return `parts` as one; `live` bool (n,) says which texts are there."""
    return Texts(
        JoinedLexical([part.terms for part in parts], live),
        JoinedLexical([part.grams for part in parts], live),
        JoinedLexical([part.names for part in parts], live),
        JoinedTokens([part.tokens for part in parts], live),
    )


def _raw_idf(frequency: int, documents: int) -> float:
    return math.log(documents - frequency + 0.5) - math.log(frequency + 0.5)


def _cut(sizes: Sequence[int]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]


def _end_to_end(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.zeros(0, kind)


def _distinct(arrays: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Return the numbers of several arrays, each ascending, once and ascending."""
    found, *others = arrays
    for other in others:
        # Most are in the first already, and to sort all of them anew would take ten times as long.
        new = other[places_in(found, other) < 0]
        found = np.insert(found, np.searchsorted(found, new), new)
    return found
