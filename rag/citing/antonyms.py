"""Whether a sentence says the opposite of what a question asks: closed, where it asks if open.

"No:" must be right, so what is not sure says nothing.  The opposite must be said of what the
question asks about, with nothing but linking words between the two; all else that the question
names must be met in the same part of the clause; what denies, doubts, counts out a few, or tells
of a state that may have ended makes it unsure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from corpus.text.quantities import quantities
from corpus.text.stems import stem
from corpus.text.words import Word, fold, words
from rag.answer import Citation
from rag.reading import Reading
from rag.reading.languages import function_words, pattern

_FILE = Path(__file__).with_name("antonyms.toml")
# How well a word of the question must be met: in its own language by its stem, in another by a word
# that may be its translation.
_SAME, _TRANSLATED = 0.9, 0.5
_ARTICLE = regex.compile(r"[وفبك]?(?:ال|لل)\p{L}{2}")
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
_PAST = frozenset(("was", "were", "had"))
_POSSESSIVE = regex.compile(r"['’]s?\Z")
_AND = regex.compile(r"و\p{Arabic}{3}")


@dataclass(frozen=True, slots=True)
class _Side:
    """A word of a group, one of its two sides, and whether it is said only behind "be"."""

    group: str
    side: int
    passive: bool = False


@dataclass(frozen=True, slots=True)
class _Language:
    """What `antonyms.toml` says of a language, folded."""

    subject_first: bool
    doubting: regex.Pattern[str]
    linking: frozenset[str]
    lasting: frozenset[str]
    breaking: frozenset[str]
    idle: frozenset[str]
    partial: frozenset[str]
    narrowing: frozenset[str]
    particles: frozenset[str]
    trailing: frozenset[str]


def holds_opposite(reading: Reading, clause: str, language: str | None) -> bool:
    """Tell if a clause has a word for the opposite of what is asked, whatever it says with it."""
    asked = _asked(reading)
    if asked is None:
        return False
    return _holds(_Side(asked[0].group, 1 - asked[0].side), list(words(clause)), language)


def says_opposite(reading: Reading, citation: Citation, start: int, end: int) -> bool:
    """Tell if the clause at `article.text[start:end]` says the opposite of what is asked.

    The clause holds no word that denies.
    """
    asked, language = _asked(reading), citation.article.language
    known, text = _languages().get(language or ""), citation.article.text[start:end]
    if asked is None or known is None or known.doubting.search(text):
        return False
    found = list(words(text))
    places = _opposites(asked[0], found, language)
    if len(places) != 1 or _holds(asked[0], found, language):
        return False
    ((place, side),) = places.items()
    part = _part(found, place, known)
    met = _Met(reading, citation, text, _SAME if reading.language == language else _TRANSLATED)
    about = [
        at
        for at in _subjects(found, place, part, known)
        if asked[1] in met.by(found[at]) and _is_whole(found, at, met, known)
    ]
    if not about or not _lasts(side, found, part, place, about[0], known):
        return False
    held = [at for at in part if met.by(found[at])]
    first = part.start if about[0] < place else min(*held, place)
    if not _is_alone(found, range(first, part.stop), place, met, known):
        return False
    wanted = {w.word.start for w in met.wanted if w.word.start != asked[2]}
    before = text[found[part.start].start : found[place].start]
    inside = text[found[part.start].start : found[part.stop - 1].end]
    own = {q.term for q in reading.quantities}
    met_by = set().union(*(met.by(found[at]) for at in held))
    return wanted <= met_by and _terms(before) <= own <= _terms(inside)


def _asked(reading: Reading) -> tuple[_Side, int, int] | None:
    """Return what is asked, and where in the question its subject and itself stand.

    `None` where the question asks for nothing with an opposite, for two such things, or leans on
    questions before it.
    """
    known = _languages().get(reading.language)
    if known is None or reading.context:
        return None
    telling = [w.word for w in reading.words if w.word.folded not in known.idle]
    sides = [(s, at) for at, w in enumerate(telling)
             for s in _sides(w.folded, reading.language, asked=True)]  # fmt: skip
    if len(sides) != 1:
        return None
    side, at = sides[0]
    before = at - 1 if known.subject_first or at else at + 1
    if not 0 <= before < len(telling):
        return None
    return _Side(side.group, side.side), telling[before].start, telling[at].start


class _Met:
    """Which words of a question are met by which of a clause, by the matches of its citation."""

    def __init__(self, reading: Reading, citation: Citation, text: str, least: float) -> None:
        idle = _languages()[reading.language].idle
        self.wanted = [w for w in reading.words if w.word.folded not in idle]
        self._text = text
        exact = {w.text for w in self.wanted if w.quantities or w.keys}
        good = [m for m in citation.matches if m.score >= (_SAME if m.question in exact else least)]
        self._pairs = {(m.question, m.quote) for m in good}
        self._times = pattern("times", citation.article.language)
        self._counted = [(q.start, q.end) for q in quantities(list(words(text)), text)]

    def times(self, word: Word) -> bool:
        """Tell if a word of the clause tells a time or a number."""
        counted = any(start <= word.start < end for start, end in self._counted)
        return counted or bool(self._times.fullmatch(self._text, word.start, word.end))

    def by(self, word: Word) -> set[int]:
        """Return where the words of the question that `word` meets begin."""
        said = self._text[word.start : word.end]
        if _POSSESSIVE.search(said):
            return set()
        return {w.word.start for w in self.wanted if (w.text, said) in self._pairs}


def _opposites(asked: _Side, found: Sequence[Word], language: str | None) -> dict[int, _Side]:
    """Return the places of words for the opposite."""
    known = _languages().get(language or "")
    particles = known.particles if known else frozenset()
    return {
        at: side
        for at, word in enumerate(found)
        for side in _sides(word.folded, language)
        if side.group == asked.group
        and side.side != asked.side
        and not (at + 1 < len(found) and found[at + 1].folded in particles)
    }


def _holds(asked: _Side, found: Sequence[Word], language: str | None) -> bool:
    """Tell if what is asked stands there itself."""
    return any(
        (side.group, side.side) == (asked.group, asked.side)
        for word in found
        for side in _sides(word.folded, language, asked=True)
    )


def _part(found: Sequence[Word], place: int, known: _Language) -> range:
    """Return the places around one up to words that begin another clause."""

    def breaks(word: Word) -> bool:
        return word.folded in known.breaking or bool(_AND.match(word.folded))

    first = next((at for at in range(place, 0, -1) if breaks(found[at - 1])), 0)
    # Arabic writes "and" as one with the word that it begins with.
    first -= bool(first and _AND.match(found[first - 1].folded))
    last = next((at for at in range(place + 1, len(found)) if breaks(found[at])), len(found))
    return range(first, last)


def _subjects(found: Sequence[Word], place: int, part: range, known: _Language) -> list[int]:
    """Return the places of what the word at `place` may be said of: with linking words between."""
    ways = [range(place - 1, part.start - 1, -1)]
    if not known.subject_first:
        ways.insert(0, range(place + 1, part.stop))
    return [
        at
        for way in ways
        for at in [next((n for n in way if found[n].folded not in known.linking), None)]
        if at is not None
    ]


def _is_alone(
    found: Sequence[Word], places: range, place: int, met: _Met, known: _Language
) -> bool:
    """Tell if nothing stands there that the question does not name, beside words without meaning.

    "The school near the bridge is closed" says nothing of the bridge, and who acquits a minister's
    deputy acquits no minister.  When it was may follow, and by how much.
    """
    passing = (known.linking | function_words()) - known.partial
    last = max(at for at in places if at == place or met.by(found[at]))
    return all(
        at == place
        or found[at].folded in passing
        or bool(met.by(found[at]))
        or (at > last and (met.times(found[at]) or found[at].folded in known.trailing))
        for at in places
    )


def _terms(text: str) -> set[str]:
    return {quantity.term for quantity in quantities(list(words(text)), text)}


def _is_whole(found: Sequence[Word], at: int, met: _Met, known: _Language) -> bool:
    """Tell if a subject is all of what it names: "the prisoners", not "a prisoner", "some of"."""
    before = found[at - 1].folded if at else ""
    if before in known.partial or before[:1].isdigit():
        return False
    # "Prices of fuel" are not all prices.
    following = at + 1 < len(found) and met.by(found[at + 1])
    return known.subject_first or bool(_ARTICLE.match(found[at].folded) or following)


def _lasts(
    side: _Side, found: Sequence[Word], part: range, place: int, about: int, known: _Language
) -> bool:
    """Tell if what is said holds when it is said: always of events, of states if it lasts."""
    between = {found[at].folded for at in range(min(about, place), max(about, place))}
    if side.passive and not between & _BE:
        return False
    if not _table()[side.group].get("state"):
        return True
    if any(found[at].folded in known.narrowing for at in range(place + 1, part.stop)):
        return False
    told = between if known.subject_first else {found[at].folded for at in part}
    return bool(told & known.lasting) and not between & _PAST


@lru_cache(maxsize=10_000)
def _sides(folded: str, language: str | None, *, asked: bool = False) -> tuple[_Side, ...]:
    """Return the sides that a word is of; `asked` for a word of a question."""
    exact, stems = _forms(language or "", asked)
    return (*exact.get(folded, ()), *stems.get(stem(folded, language), ()))


@lru_cache
def _forms(
    language: str, asked: bool
) -> tuple[Mapping[str, list[_Side]], Mapping[str, list[_Side]]]:
    """Return the sides by their forms as they stand, and by their stems."""
    exact: dict[str, list[_Side]] = {}
    stems: dict[str, list[_Side]] = {}
    for group, table in _table().items():
        for side, forms in enumerate(table.get(language, ())):
            for form in forms.split():
                mark, word = (form[0], form[1:]) if form[0] in "=?+" else ("", form)
                if mark == "?" and not asked:
                    continue
                told = _Side(group, side, passive=mark == "+" and not asked)
                plain = fold(word)
                table_of = exact if mark in ("=", "+") else stems
                key = plain if mark in ("=", "+") else stem(plain, language)
                if told not in table_of.setdefault(key, []):
                    table_of[key].append(told)
    return exact, stems


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: table for name, table in tables.items() if name != "words"}


@lru_cache(maxsize=1)
def _languages() -> dict[str, _Language]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))["words"]
    sets = [field.name for field in fields(_Language)][2:]
    return {
        code: _Language(
            table["subject_first"],
            regex.compile(rf"(?<!\p{{L}})(?:{table['doubting']})(?![\p{{L}}\p{{M}}])", regex.I),
            **{name: frozenset(map(fold, table[name].split())) for name in sets},
        )
        for code, table in tables.items()
    }
