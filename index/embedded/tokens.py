"""Terms counted into postings, those of token ids, and the tokens of texts.

Terms are counted a few thousand documents at a time, and only their numbers outlive that: all terms
of a collection as Python lists would take several times the memory of the index.

The postings serve soft lexical search (`index.embedded.soft`), the tokens of texts late
interaction, which looks at a few candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import Counts, Run, Sizes, Tokens, load_arrays, save_arrays
from index.encoder.pieces import cuts, gathered, ragged, smallest

# Documents counted together.
CHUNK = 2_000
# A token that a text repeats so often says no more by coming again.
_MOST_COUNTED = 255


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


@dataclass(frozen=True)
class TokenIndex(Tokens):
    """Postings of `n` texts over the `v` tokens that occur in them, and the texts' tokens.

    `vocabulary` int32 (v,) are token ids, ascending; `starts` int64 (v+1,), `texts` int32 (p,)
    and `counts` uint8 (p,), 255 for more, the postings, in text order within each token;
    `firsts` int64 (n+1,), `tokens` unsigned (p,) and `repeats` uint8 (p,) the same turned round:
    the distinct tokens of each text as places in `vocabulary`, and their counts; `lengths` int32
    (n,) counts all tokens of each text.
    """

    vocabulary: NDArray[np.int32]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]
    firsts: NDArray[np.int64]
    tokens: Counts
    repeats: NDArray[np.uint8]
    lengths: NDArray[np.int32]

    @classmethod
    def build(cls, ids: NDArray[np.int32], lengths: NDArray[np.int64]) -> Self:
        """Index texts whose token `ids` lie one after another, `lengths` (n,) of them each."""
        counter = PostingCounter((), np.zeros(0, np.int32))
        counter.add(ids, lengths)
        return cls.of(counter)

    def counter(self, keep: NDArray[np.int64]) -> PostingCounter:
        """Return a counter of token ids that has the texts in rows `keep` (ascending) already."""
        return PostingCounter([self.part(keep)], self.lengths[keep])

    def part(self, keep: NDArray[np.int64]) -> Part:
        """Return the postings of the texts in rows `keep` (ascending), by token id."""
        renumbered = np.full(len(self), -1, np.int32)
        renumbered[keep] = np.arange(len(keep))
        rows = renumbered[self.texts]
        stays = rows >= 0
        sizes = np.add.reduceat(stays, self.starts[:-1], dtype=np.int64)
        return Part(self.vocabulary, sizes, rows[stays], self.counts[stays])

    @classmethod
    def of(cls, counter: PostingCounter) -> Self:
        """Index what `counter` has counted, and use it up."""
        frequency = counter.frequency()
        vocabulary = np.flatnonzero(frequency)
        starts = cuts(frequency[vocabulary])
        firsts = np.cumsum(frequency) - frequency
        texts, counts = counter.postings(firsts)
        order = np.argsort(texts, kind="stable")
        places = smallest(np.arange(len(vocabulary)))
        counts = np.minimum(counts, _MOST_COUNTED).astype(np.uint8)
        return cls(
            vocabulary=vocabulary.astype(np.int32),
            starts=starts,
            texts=texts,
            counts=counts,
            firsts=cuts(np.bincount(texts, minlength=len(counter.lengths))),
            tokens=np.repeat(places, frequency[vocabulary])[order],
            repeats=counts[order],
            lengths=counter.lengths,
        )

    @property
    def count(self) -> int:
        """The number of texts."""
        return len(self.lengths)

    @cached_property
    def frequencies(self) -> NDArray[np.int64]:
        """How many texts have each token, int64 (v,)."""
        return np.diff(self.starts)

    def postings(
        self, places: NDArray[np.integer]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], Sizes]:
        """Return texts and counts of the tokens at `places`, and how many each token has."""
        starts = self.starts[places]
        sizes = self.starts[places.astype(np.int64) + 1] - starts
        texts, counts = gathered([self.texts, self.counts], starts, sizes)
        return texts, counts, sizes

    def runs(self, places: NDArray[np.integer]) -> Iterator[Run]:
        """Yield the postings of the tokens at `places` together."""
        yield Run(np.arange(len(places)), *self.postings(places))

    def tokens_of(self, rows: NDArray[np.int64]) -> tuple[Counts, NDArray[np.uint8], Sizes]:
        """Return the distinct tokens of the texts `rows`, one after another, counts and numbers.

        The tokens of texts that follow each other are copied together.
        """
        sizes = self.firsts[rows + 1] - self.firsts[rows]
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        begins = self.firsts[np.concatenate([rows[:1], rows[breaks]])]
        ends = self.firsts[np.concatenate([rows[breaks - 1], rows[-1:]]) + 1]
        tokens, repeats = gathered([self.tokens, self.repeats], begins, ends - begins)
        return tokens, repeats, sizes

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        save_arrays(folder, {name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        return cls(**load_arrays(folder, cls.__dataclass_fields__))


def places_in(vocabulary: NDArray[np.integer], ids: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return where each of `ids` stands in `vocabulary`, ascending, -1 where it does not."""
    if not len(vocabulary):
        return np.full(len(ids), -1, np.int64)
    places = np.searchsorted(vocabulary, ids).clip(max=len(vocabulary) - 1)
    return np.where(vocabulary[places] == ids, places, -1)
