"""A text word by word in another language: numbers and dates first, then names, then words.

A gloss stands beside a quote and never in its place: it knows no grammar, and says so by its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import InputError
from corpus.text.characters import replace_surrogates
from corpus.text.stems import stem
from corpus.text.words import Word, words
from rag.answer import Json
from rag.gloss.dictionary import Dictionary, load_dictionary
from rag.gloss.known import sound
from rag.gloss.lookup import MOST_MEANINGS, OFTEN, Entry, Kind, entries

# The directions that there are dictionaries for.
DIRECTIONS = frozenset({("ar", "en")})
# A second meaning is shown if it is at least so good beside the first.
_SECOND = 0.5
# How much the nearness of a meaning to the word and to the whole text count beside its weight.
_WORD, _TEXT = 0.3, 0.3
# Below this cosine the nearest word of the table is no better than chance.
_NEAR = 0.6
_COMMON = 3000


class Table(Protocol):
    """What compares words across languages: the bundled token table."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, float32 `(len(texts), dimension)`."""

    def __hash__(self) -> int:
        """Tell one table from another: the vectors of common words are kept for each."""


@dataclass(frozen=True, slots=True)
class Gloss:
    """What `text[start:end]`, a word or a few, means: at most two `words`, the likelier first.

    `before` and `after` are what is written together with the word: "and", "the", "his".
    """

    start: int
    end: int
    words: tuple[str, ...]
    kind: Kind
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def as_json(self) -> Json:
        """Return the shape of a gloss in the API."""
        return {
            "start": self.start,
            "end": self.end,
            "words": list(self.words),
            "kind": self.kind,
            "before": list(self.before),
            "after": list(self.after),
        }

    def __str__(self) -> str:
        """Return the gloss in a line: "~" before what only sounds so, "?" behind a guess.

        >>> str(Gloss(0, 9, ("city", "town"), "word", ("and", "the")))
        'and+the city/town'
        >>> str(Gloss(0, 5, ("Kubani",), "sound")), str(Gloss(0, 4, (), "unknown"))
        ('~Kubani', '?')
        """
        said = "/".join(self.words)
        marked = {"sound": f"~{said}", "guess": f"{said}?", "unknown": "?"}.get(self.kind, said)
        return " ".join(filter(None, ("+".join(self.before), marked, "+".join(self.after))))


def gloss(
    text: str,
    language: str,
    into: str,
    table: Table | None = None,
    dictionary: Dictionary | None = None,
) -> list[Gloss]:
    """Return the words of `text` in order, each once, with what they mean in language `into`.

    `table` chooses among meanings by what stands around a word, and guesses at unknown words;
    without it the likeliest meaning counts.  `dictionary` is the bundled one unless given.
    Raises `InputError` for a pair of languages that is not in `DIRECTIONS`.

    >>> [str(each) for each in gloss("قتل ثلاثة في المدينة", "ar", "en")]
    ['killed', '3', 'in', 'the city']
    """
    if (language, into) not in DIRECTIONS:
        known = ", ".join(f"{one} to {other}" for one, other in sorted(DIRECTIONS))
        raise InputError(
            f"There is no dictionary from {language!r} to {into!r}: one can be had from {known}."
        )
    text = replace_surrogates(text)
    found = list(words(text))
    looked_up = [*entries(found, text, dictionary or load_dictionary())]
    chooser = _Chooser(text, table, dictionary or load_dictionary())
    chooser.prepare(looked_up)
    return [chooser.gloss(entry, found[entry.first], found[entry.last - 1]) for entry in looked_up]


class _Chooser:
    """Chooses among the meanings of the words of one text."""

    def __init__(self, text: str, table: Table | None, dictionary: Dictionary) -> None:
        self._text, self._table, self._dictionary = text, table, dictionary
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def prepare(self, looked_up: Sequence[Entry]) -> None:
        """Encode all that will be compared, at once."""
        if self._table is None:
            return
        wanted = {self._text: None}
        for entry in looked_up:
            if entry.cut.core and (len(entry.meanings) > 1 or entry.kind == "unknown"):
                wanted.update(dict.fromkeys((entry.cut.core, *entry.meanings)))
        texts = [*wanted]
        self._vectors = dict(zip(texts, self._table.encode_passages(texts), strict=True))

    def gloss(self, entry: Entry, first: Word, last: Word) -> Gloss:
        """Return the gloss of an entry between two words."""
        span = (first.start, last.end)
        around = (entry.cut.before, entry.cut.after)
        if entry.kind == "same":
            return Gloss(*span, (self._text[first.start : last.end],), "same")
        if entry.kind == "unknown":
            return self._guessed(entry, span)
        if entry.kind != "word":
            return Gloss(*span, tuple(entry.meanings)[:MOST_MEANINGS], entry.kind, *around)
        return Gloss(*span, self._best(entry), "word", *around)

    def _best(self, entry: Entry) -> tuple[str, ...]:
        scores = {m: weight + self._nearness(m, entry) for m, weight in entry.meanings.items()}
        ranked = sorted(scores, key=lambda meaning: -scores[meaning])
        chosen = [ranked[0]]
        for meaning in ranked[1:]:
            others = {stem(word.folded, "en") for word in words(chosen[0])}
            same = others & {stem(word.folded, "en") for word in words(meaning)}
            if scores[meaning] >= _SECOND * scores[ranked[0]] and not same:
                chosen.append(meaning)
                break
        if entry.names and self._dictionary.count(entry.cut.core) < OFTEN:
            chosen = [chosen[0], entry.names[0]]
        return tuple(dict.fromkeys(chosen))

    def _nearness(self, meaning: str, entry: Entry) -> float:
        if not {meaning, entry.cut.core, self._text} <= self._vectors.keys():
            return 0.0
        vector = self._vectors[meaning]
        word = self._vectors[entry.cut.core] @ vector
        return float(_WORD * word + _TEXT * (self._vectors[self._text] @ vector))

    def _guessed(self, entry: Entry, span: tuple[int, int]) -> Gloss:
        folded = entry.cut.core
        if self._table is not None and folded in self._vectors:
            meanings, vectors = _common(self._table, self._dictionary)
            near = vectors @ self._vectors[folded]
            best = int(np.argmax(near))
            if near[best] >= _NEAR:
                return Gloss(*span, (meanings[best],), "guess")
        said = sound(folded)
        return Gloss(*span, (said,), "sound") if said else Gloss(*span, (), "unknown")


@lru_cache(maxsize=1)
def _common(table: Table, dictionary: Dictionary) -> tuple[list[str], NDArray[np.float32]]:
    """Return the commonest meanings and their vectors, made when a word is unknown first."""
    meanings = dictionary.common_meanings(_COMMON)
    return meanings, table.encode_passages(meanings)
