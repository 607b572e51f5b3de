"""Whether a sentence has what a question asks for, and its article what the question names.

Asked for are a number, a date, a reason, a person; named are people, places, numbers, dates: what
is said of another one is no answer, however well the rest is met.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import regex

from corpus.article import Article
from corpus.text.names import joined_names, name_key, strict_name_keys, without_article
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
# A word is met by meaning or glossary from here on (`rag.search.rank.sharpen`).
_MET = 0.5
_PART = regex.compile(r"\p{L}[-‐–]?\Z")


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


def unmet(reading: Reading, article: Article, around: Floats) -> list[str]:
    """Return the names, numbers and dates of the question that an article lacks, as written.

    `around` (w,) says how well each word of the question is met in the sentence that answers and
    beside it, 0 to 1.
    """
    return [*_names(reading, article, around), *_quantities(reading, article)]


def _names(reading: Reading, article: Article, around: Floats) -> list[str]:
    """Return names of which no word is met: by its consonants in the article, or as in `around`."""
    keys = _keys(f"{article.title or ''} {article.text}")
    missing = []
    for name in names_of(reading):
        met = any(
            around[place] >= _MET or keys & set(strict_name_keys(reading.words[place].text))
            for place in name
        )
        if not met:
            first, last = reading.words[name[0]].word, reading.words[name[-1]].word
            missing.append(reading.standalone[first.start : last.end])
    return missing


def names_of(reading: Reading) -> list[list[int]]:
    """Return the places of the words of each name; the name of a month is part of a date.

    A capital at the beginning of a question makes no name by itself.
    """
    found: list[list[int]] = []
    for place, word in enumerate(reading.words):
        if word.text not in reading.names or word.quantities:
            continue
        before = reading.words[place - 1].word
        between = reading.standalone[before.end : word.word.start]
        if found and found[-1][-1] == place - 1 and between.isspace():
            found[-1].append(place)
        else:
            found.append([place])
    starts = [reading.words[name[0]].word.start for name in found]
    return [
        name
        for name, start in zip(found, starts, strict=True)
        if len(name) > 1 or not _begins(reading, start)
    ]


def _begins(reading: Reading, start: int) -> bool:
    return not any(map(str.isalnum, reading.standalone[:start])) or start == reading.own


def _quantities(reading: Reading, article: Article) -> list[str]:
    """Return numbers and dates that neither the text has nor the day of publication is."""
    known = _terms(f"{article.title or ''}\n{article.text}")
    day = article.published
    if day is not None:
        known = known | {str(day.year), f"@{day.month}", f"@{day.month}-{day.day}"}
    text = reading.standalone
    missing = [
        q
        for q in reading.quantities
        # A number that is a part of a name, as in "Covid-19", stands with it or not at all.
        if q.term not in known
        and not _PART.search(text, 0, q.start)
        and not any(b.holds(day) and b.start <= q.start < b.end for b in reading.bounds)
    ]
    return [
        text[q.start : q.end]
        for q in missing
        # Of a day and its month the day alone is told.
        if not any(o is not q and o.start <= q.start and q.end <= o.end for o in missing)
    ]


@lru_cache(maxsize=64)
def _keys(text: str) -> frozenset[str]:
    found = list(words(text))
    written = {word.folded for word in (*found, *joined_names(found))}
    forms = written | {without_article(folded) for folded in written}
    return frozenset(key for form in forms for key in strict_name_keys(form))


@lru_cache(maxsize=64)
def _terms(text: str) -> frozenset[str]:
    found = list(words(text))
    return frozenset({q.term for q in quantities(found, text)} | {word.folded for word in found})
