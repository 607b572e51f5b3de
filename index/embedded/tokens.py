"""Postings of token ids, and the tokens of texts.

The postings serve soft lexical search (`index.embedded.soft`), the tokens of texts late
interaction, which looks at a few candidates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import Part, PostingCounter, cuts, load_arrays, save_arrays, smallest

Counts = NDArray[np.unsignedinteger]
Sizes = NDArray[np.int64]
# A token that a text repeats so often says no more by coming again.
_MOST_COUNTED = 255


class Run(NamedTuple):
    """Postings of some texts: `texts` int32 (p,) and `counts` uint8 (p,), token by token.

    `asked` int64 (t,) says which of the tokens asked for they are of, `sizes` (t,) how many each
    has.
    """

    asked: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]
    sizes: Sizes


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
    def texts_with(self, places: NDArray[np.integer]) -> NDArray[np.int32]:
        """Return the texts of the tokens at `places` of the vocabulary, those of each together."""

    @abstractmethod
    def postings(
        self, places: NDArray[np.integer]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], Sizes]:
        """Return texts and counts of the tokens at `places`, and how many each token has."""

    @abstractmethod
    def runs(self, places: NDArray[np.integer]) -> Iterator[Run]:
        """Yield the postings of the tokens at `places`, those of some texts at a time."""

    @abstractmethod
    def tokens_of(self, rows: NDArray[np.int64]) -> tuple[Counts, NDArray[np.uint8], Sizes]:
        """Return the distinct tokens of the texts `rows`, one after another, counts and numbers."""

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def relative_lengths(self) -> NDArray[np.float32]:
        """The length of each text over their mean, float32 (n,)."""
        mean = float(self.lengths.sum()) / max(self.count, 1)
        return np.asarray(self.lengths / max(mean, 1.0), np.float32)


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

    @classmethod
    def merged(cls, parts: Iterable[tuple[Self, NDArray[np.int64]]]) -> Self:
        """Index the texts of several indexes, of each those in the rows beside it, ascending."""
        counter = PostingCounter((), np.zeros(0, np.int32))
        for index, keep in parts:
            counter.include(index.part(keep), index.lengths[keep])
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

    def texts_with(self, places: NDArray[np.integer]) -> NDArray[np.int32]:
        """Return the texts of the tokens at `places`, those of each together."""
        return np.concatenate([self.texts[:0], *(self.texts[s] for s in self._spans(places))])

    def postings(
        self, places: NDArray[np.integer]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8], Sizes]:
        """Return texts and counts of the tokens at `places`, and how many each token has."""
        spans = self._spans(places)
        texts = np.concatenate([self.texts[:0], *(self.texts[span] for span in spans)])
        counts = np.concatenate([self.counts[:0], *(self.counts[span] for span in spans)])
        return texts, counts, np.array([span.stop - span.start for span in spans], np.int64)

    def runs(self, places: NDArray[np.integer]) -> Iterator[Run]:
        """Yield the postings of the tokens at `places` together."""
        yield Run(np.arange(len(places)), *self.postings(places))

    def _spans(self, places: NDArray[np.integer]) -> list[slice]:
        starts, ends = self.starts[places], self.starts[places.astype(np.int64) + 1]
        return list(map(slice, starts.tolist(), ends.tolist()))

    def tokens_of(self, rows: NDArray[np.int64]) -> tuple[Counts, NDArray[np.uint8], Sizes]:
        """Return the distinct tokens of the texts `rows`, one after another, counts and numbers.

        The tokens of texts that follow each other are copied together.
        """
        sizes = self.firsts[rows + 1] - self.firsts[rows]
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        begins = np.concatenate([rows[:1], rows[breaks]])
        ends = np.concatenate([rows[breaks - 1], rows[-1:]]) + 1
        spans = list(map(slice, self.firsts[begins].tolist(), self.firsts[ends].tolist()))
        tokens = np.concatenate([self.tokens[:0], *(self.tokens[span] for span in spans)])
        repeats = np.concatenate([self.repeats[:0], *(self.repeats[span] for span in spans)])
        return tokens, repeats, sizes

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        save_arrays(folder, {name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        return cls(**load_arrays(folder, cls.__dataclass_fields__))


def places_in(vocabulary: NDArray[np.int32], ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where each of `ids` stands in `vocabulary`, -1 for one that it does not have."""
    if not len(vocabulary):
        return np.full(len(ids), -1, np.int64)
    places = np.searchsorted(vocabulary, ids).clip(max=len(vocabulary) - 1)
    return np.where(vocabulary[places] == ids, places, -1)
