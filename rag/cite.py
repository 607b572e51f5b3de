"""Sentences to citations, with the words of the question that met words of the quote."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index import StaticEncoder
from index.analysis import Word, words
from index.names import name_key
from rag.answer import Citation, Match
from rag.evidence import Sentence

# Below this cosine two words of the table have nothing to do with each other.
_FAINTEST = 0.35
_MOST = 8


def cite(
    sentences: Sequence[Sentence], question: str, encoder: StaticEncoder
) -> tuple[Citation, ...]:
    """Number the sentences from 1 and say why each was chosen."""
    return tuple(
        Citation(n, s.article, s.start, s.end, matches(question, s.text, encoder))
        for n, s in enumerate(sentences, start=1)
    )


def matches(question: str, quote: str, encoder: StaticEncoder) -> tuple[Match, ...]:
    """Return the pairs of words that meet, best first: alike as words, as names, or in meaning.

    Scores are 1 for the same word or name key and the cosine of the two words otherwise.
    """
    asked, quoted = list(words(question)), list(words(quote))
    if not (asked and quoted):
        return ()
    left = _vectors(asked, question, encoder)
    right = _vectors(quoted, quote, encoder)
    scores = np.maximum(left @ right.T, _same_name(question, asked, quoted))
    found = [
        (float(scores[i, j]), i, int(j))
        for i, j in enumerate(scores.argmax(axis=1))
        if scores[i, j] >= _FAINTEST and len(asked[i].folded) > 1
    ]
    return tuple(
        Match(_at(question, asked[i]), _at(quote, quoted[j]), min(score, 1.0))
        for score, i, j in sorted(found, key=lambda pair: -pair[0])[:_MOST]
    )


def _vectors(found: Sequence[Word], text: str, encoder: StaticEncoder) -> NDArray[np.float32]:
    return encoder.encode_queries([_at(text, word) for word in found])


def _same_name(question: str, asked: Sequence[Word], quoted: Sequence[Word]) -> NDArray[np.float32]:
    """Return 1 where a capitalised word of the question has a quoted word's consonants."""
    keys = [name_key(word.folded) for word in quoted]
    same = np.zeros((len(asked), len(quoted)), np.float32)
    for i, word in enumerate(asked):
        key = name_key(word.folded) if question[word.start].isupper() and word.start else None
        same[i] = [key is not None and key == other for other in keys]
    return same


def _at(text: str, word: Word) -> str:
    return text[word.start : word.end]
