"""Postings of token ids: which texts hold a token, and which tokens a text holds.

The first serves soft lexical search (`index.embedded.soft`), the second late interaction, which
looks at the tokens of a few candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.arrays import load_arrays, save_arrays, smallest
from index.embedded.postings import Part, PostingCounter

Counts = NDArray[np.unsignedinteger]
Sizes = NDArray[np.int64]
# A token that a text repeats so often says no more by coming again.
_MOST_COUNTED = 255


@dataclass(frozen=True)
class TokenIndex:
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
        renumbered = np.full(len(self), -1, np.int32)
        renumbered[keep] = np.arange(len(keep))
        rows = renumbered[self.texts]
        stays = rows >= 0
        sizes = np.add.reduceat(stays, self.starts[:-1], dtype=np.int64)
        part = Part(self.vocabulary, sizes, rows[stays], self.counts[stays])
        return PostingCounter([part], self.lengths[keep])

    @classmethod
    def of(cls, counter: PostingCounter) -> Self:
        """Index what `counter` has counted, and use it up."""
        frequency = counter.frequency()
        vocabulary = np.flatnonzero(frequency)
        starts = _cuts(frequency[vocabulary])
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
            firsts=_cuts(np.bincount(texts, minlength=len(counter.lengths))),
            tokens=np.repeat(places, frequency[vocabulary])[order],
            repeats=counts[order],
            lengths=counter.lengths,
        )

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def relative_lengths(self) -> NDArray[np.float32]:
        """The length of each text over their mean, float32 (n,)."""
        mean = float(self.lengths.sum()) / max(len(self), 1)
        return np.asarray(self.lengths / max(mean, 1.0), np.float32)

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


def _cuts(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
