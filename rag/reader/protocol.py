"""What a reader takes and gives, whatever model is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[int, int]

# The log odds of a sentence of which nothing could be read.
UNREAD = -10.0
# Answering words are at most so many pieces long.
_LONGEST_WORDS = 30


class Excerpt(NamedTuple):
    """A text to read, with the half-open spans of its sentences in code points, in order."""

    text: str
    spans: Sequence[Span]


class ReadExcerpt(NamedTuple):
    """What a reader makes of an excerpt.

    `sentences` float64 (s,) are the log odds that each sentence answers, against that nothing in
    the excerpt does; they compare across excerpts.  `words` holds for each sentence the span in
    the excerpt of the words that would answer in it, `None` where it has none.
    """

    sentences: Floats
    words: Sequence[Span | None]

    @property
    def answers(self) -> float:
        """The log odds that any sentence of the excerpt answers."""
        return float(np.logaddexp.reduce(self.sentences)) if len(self.sentences) else UNREAD


class Reader(Protocol):
    """Reads texts for a question."""

    @property
    def name(self) -> str:
        """The name to show and to set."""

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[ReadExcerpt]:
        """Read every excerpt; any text is valid. Raises `DalilError` if the model is damaged."""


def best_words(
    first: NDArray[np.floating], last: NDArray[np.floating]
) -> tuple[float, tuple[int, int]]:
    """Return the best score of a pair of pieces, and the places of both; arguments are (t,).

    >>> best_words(np.array([0.0, 3.0, 1.0]), np.array([4.0, 0.0, 2.0]))
    (5.0, (1, 2))
    """
    places = np.arange(len(first))
    after = places[None] - places[:, None]
    pairs = np.where((after >= 0) & (after < _LONGEST_WORDS), first[:, None] + last[None], -np.inf)
    start, end = divmod(int(np.argmax(pairs)), len(first))
    return float(pairs[start, end]), (start, end)


def sentence_of(spans: Sequence[Span], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the sentence that each piece stands in, int64 (t,), -1 for none.

    `offsets` int64 (t, 2) are the half-open spans of the pieces.  White space before a sentence
    belongs to it.

    >>> sentence_of([(0, 4), (5, 9)], np.array([[0, 4], [4, 6], [6, 9], [9, 11]])).tolist()
    [0, 1, 1, -1]
    """
    middles = (offsets.sum(axis=1) - 1) // 2
    places = np.searchsorted(np.array([end for _, end in spans]), middles, side="right")
    return np.where(places < len(spans), places, -1)
