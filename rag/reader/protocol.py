"""What a reader takes and gives, whatever model is in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.language import script
from corpus.text.words import words
from index.engine import SAME_STEM, Compare
from rag.reading import Reading

Floats = NDArray[np.float64]
Span = tuple[int, int]

# The log odds of a sentence of which nothing could be read.
UNREAD = -10.0
# A word says the same as one of another script that meets it so well: "minister" meets «رئيس» by
# .35 and «وزير» by .78.
_SAME_MEANING = 0.45
# Answering words are at most so many pieces long.
_LONGEST_WORDS = 30


class Excerpt(NamedTuple):
    """A text to read, with the half-open spans of its sentences in code points, in order."""

    text: str
    spans: Sequence[Span]

    @classmethod
    def of(cls, sentences: Sequence[str]) -> Self:
        """Return sentences as a text to read; to a reader all white space is one.

        >>> Excerpt.of(["Ships left.", "They came back."])
        Excerpt(text='Ships left. They came back.', spans=[(0, 11), (12, 27)])
        """
        ends = list(accumulate(len(sentence) + 1 for sentence in sentences))
        spans = [(end - 1 - len(each), end - 1) for each, end in zip(sentences, ends, strict=True)]
        return cls(" ".join(sentences), spans)


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


def worded(reading: Reading, text: str, language: str | None, compare: Compare) -> str:
    """Return the question with words of a text in another script that say what its own do.

    Which words of two languages mean the same the token table knows better than a reader.
    `language` is the text's, ISO 639 or `None`; `compare` is `Library.compare`.
    """
    query, own = reading.query, reading.own
    others = list(dict.fromkeys(text[word.start : word.end] for word in words(text)))
    scripts = np.array([script(other) for other in others])
    met = compare(query, others, [language] * len(others))
    said: list[tuple[int, int, str]] = []
    for word, how_well in zip(query.words, met.T, strict=True):
        across = np.where(scripts == script(word.text), 0.0, how_well)
        best = int(across.argmax()) if others else 0
        if others and across[best] >= (SAME_STEM if word.quantities else _SAME_MEANING):
            said.append((word.word.start, word.word.end, others[best]))

    def part(start: int, end: int) -> str:
        pieces, at = [], start
        for first, last, other in said:
            if start <= first and last <= end:
                pieces += [query.text[at:first], other]
                at = last
        return "".join([*pieces, query.text[at:end]])

    return asked(part(own, len(query.text)), part(0, own))


def asked(question: str, context: str) -> str:
    """Return what to ask a reader: of several questions it takes the first for the one asked.

    >>> asked("Who built it?", "Where is the dam?")
    'Who built it? Where is the dam?'
    """
    return f"{question} {context}".strip()


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
