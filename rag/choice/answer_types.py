"""Whether a sentence has what a question asks for: a number, a date, a reason, a person."""

from __future__ import annotations

import numpy as np
import regex

from corpus.text.names import name_key
from corpus.text.quantities import Quantity, quantities
from corpus.text.words import Word, fold, words
from index import WordTable
from rag.reading import Reading
from rag.reading.languages import pattern
from rag.reading.reading import Expected
from rag.search.rank import Floats

_DIGIT = regex.compile(r"\p{Nd}")
_YEAR = regex.compile(r"(?<!\p{N})(?:1[0-9]|20)\p{Nd}{2}(?!\p{N})")
# A capital at the beginning of a sentence makes no name.
_NAME = regex.compile(r"(?<=[^\s.!?:؟…\"“«]\s+)\p{Lu}[\p{L}'’-]+")
# What is counted or paid stands so many words before or behind the number.
_BEFORE, _BEHIND = 2, 3
_UNITS = ("money", "duration", "share")
# The word that is asked for follows the question word, and an adjective may come between.
_FOCUS_WEIGHTS = (1.0, 0.5)
_FOCUS_REACH = 25
# A number of up to so many words with what it counts.
_COUNTED = 3


def has_kind(reading: Reading, text: str, language: str | None) -> bool:
    """Tell if a text has a number, a time or a reason where a question asks for one."""
    if reading.expected is Expected.NUMBER:
        return bool(_DIGIT.search(text) or pattern("amounts", language).search(text))
    if reading.expected is Expected.TIME:
        return bool(_YEAR.search(text) or pattern("times", language).search(text))
    if reading.expected is Expected.REASON:
        return bool(pattern("because", language).search(text))
    return False


def lacks_kind(reading: Reading, text: str, language: str | None) -> bool:
    """Tell if a text has nothing of the kind that a question asks for besides its own words.

    A number that the question itself has is no answer, nor is one without the unit asked for; a
    person is a name that the question does not have, or one with a title.

    >>> from index import load_encoder
    >>> from rag.reading import read
    >>> reading = read("How much do guards earn?", load_encoder("bundled"))
    >>> [lacks_kind(reading, text, "en")
    ...  for text in ("All 40 guards were paid.", "Guards earn 90 dollars.")]
    [True, False]
    """
    if reading.expected is Expected.ANYTHING or reading.expected is Expected.PLACE:
        return False
    if reading.expected is Expected.NUMBER:
        return not _new_numbers(reading, text, list(words(text))) or _lacks_unit(
            reading, text, language
        )
    if reading.expected is Expected.PERSON:
        return not (_new_name(reading, text) or pattern("introducing", language).search(text))
    return not has_kind(reading, text, language)


def focus(reading: Reading) -> Floats:
    """Return how much each word of a question is what it asks for by name, float64 (w,).

    In "how many families left" it is "families"; all zero where nothing is named.
    """
    weights = np.zeros(len(reading.words))
    starts = np.array([word.word.start for word in reading.words], np.int64)
    for found in pattern("asking").finditer(reading.standalone, reading.own):
        following = np.flatnonzero(starts >= found.end())[: len(_FOCUS_WEIGHTS)]
        for place, weight in zip(following.tolist(), _FOCUS_WEIGHTS, strict=False):
            if starts[place] - found.end() < _FOCUS_REACH:
                weights[place] = max(weights[place], weight)
    return weights


def beside_number(reading: Reading, text: str, table: WordTable) -> float:
    """Return how well what is asked for is met right beside a number of a text, 0 to 1.

    That is what the question names, else all its words, compared by meaning with the few words
    around each number that is not the question's own.
    """
    found = list(words(text))
    numbers = _new_numbers(reading, text, found)
    if not numbers or not reading.words:
        return 0.0
    weights = focus(reading)
    weights = weights if weights.any() else reading.weights.astype(np.float64)
    asked_for = table.encode_queries([word.text for word in reading.words])
    said = table.encode_passages([text[word.start : word.end] for word in found])
    cosines = (said @ asked_for.T).clip(0.0, 1.0)
    best = 0.0
    for number in numbers:
        held = [i for i, w in enumerate(found) if number.start <= w.start and w.end <= number.end]
        near = cosines[max(held[0] - _BEFORE, 0) : held[-1] + 1 + _BEHIND].max(axis=0)
        best = max(best, float(near @ weights / weights.sum()))
    return best


def _new_numbers(reading: Reading, text: str, found: list[Word]) -> list[Quantity]:
    """Return the numbers of a text, dates aside, that the question does not have."""
    known = {q.term for q in reading.quantities} | {word.folded for word in reading.found}
    return [q for q in quantities(found, text) if q.term not in known and q.term[0] != "@"]


def _lacks_unit(reading: Reading, text: str, language: str | None) -> bool:
    wanted = [unit for unit in _UNITS if pattern(f"{unit}_asked").search(reading.text)]
    return bool(wanted) and not any(pattern(unit, language).search(text) for unit in wanted)


def _new_name(reading: Reading, text: str) -> bool:
    known = {word.folded for word in reading.found}
    keys = {name_key(word) for word in known}
    names = _NAME.findall(text)
    return any(fold(name) not in known and name_key(name) not in keys for name in names)


def given(reading: Reading, text: str, focus: tuple[int, int] | None = None) -> set[str]:
    """Return the terms of the numbers, or of the days and years, that a text gives as an answer.

    Where a `focus` in it answers, those that it touches.  What the question says itself is no
    answer, and the number of a day is none of a count.  Where the kind of answer is open, it is a
    number if the focus is little else; without either there are none.
    """
    known = {q.term for q in reading.quantities} | {word.folded for word in reading.found}
    start, end = focus or (0, len(text))
    read = [
        q
        for q in quantities(list(words(text)), text)
        if q.start < end and start < q.end and q.term not in known
    ]
    days = [q for q in read if q.term[0] == "@"]
    if reading.expected is Expected.TIME:
        return {day.term for day in days}
    counts = [q for q in read if not any(d.start <= q.start and q.end <= d.end for d in days)]
    counted = reading.expected is Expected.NUMBER or (
        reading.expected is Expected.ANYTHING and focus and _is_number(text[start:end], counts)
    )
    return {q.term for q in counts if q.term[0] != "@"} if counted else set()


def _is_number(said: str, counts: list[Quantity]) -> bool:
    """Tell if words are one number and at most what it counts."""
    return len(counts) == 1 and len(said.split()) <= _COUNTED
