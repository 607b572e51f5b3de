"""The letters of names and what they stand for, read from `names.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex

from corpus.text.words import fold

_FILE = Path(__file__).with_name("names.toml")
# Letters that folding takes for plain ones although they are others; the Kurdish vowel ە for ه.
LETTERS_WITH_MARKS = str.maketrans(
    {
        "ş": "sh", "Ş": "sh", "š": "sh", "Š": "sh", "ç": "ch", "Ç": "ch", "č": "ch", "Č": "ch",
        "ć": "ch", "Ć": "ch", "ž": "zh", "Ž": "zh", "ğ": None, "Ğ": None, "ە": None,
    }
)  # fmt: skip
# Arabic doubles letters with a sign that folding drops; two of one letter there are two.
_DOUBLED = regex.compile(r"([a-z\p{Cyrillic}])\1")
_LATIN_VOWELS = frozenset("aeiouy")
_FINAL_H = frozenset("hه")

Reading = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    first: Mapping[str, Reading]
    letters: Mapping[str, Reading]
    vowels: Mapping[str, str]
    pattern: regex.Pattern[str]


def readings(folded: str) -> list[Reading]:
    """Return the consonants that the letters of a folded name may stand for, letter by letter.

    >>> readings("chad"), readings("علي")
    ([('X', 'k', 'x'), ('d',)], [('A',), ('l',)])
    """
    return [consonants for _, consonants in letters(folded, first=True) if consonants]


def vowels() -> Mapping[str, str]:
    """Return what each vowel is written as."""
    return _table().vowels


def letters(folded: str, *, first: bool = False) -> Iterator[tuple[str, Reading]]:
    """Yield the letters of a name with their consonants, () for a vowel.

    With `first` a weak letter at the beginning counts.
    """
    table, place = _table(), 0
    folded = _DOUBLED.sub(r"\1", folded)
    opening = next((folded[:n] for n in (2, 1) if folded[:n] in table.first), "") if first else ""
    if opening:
        yield opening, table.first[opening]
        place = len(opening)
    while place < len(folded):
        match = table.pattern.match(folded, place)
        if match is None:
            yield folded[place], ()
            place += 1
            continue
        letter, place = match.group(), match.end()
        if letter in _FINAL_H:
            yield letter, _weak(folded, place - 1)
        else:
            yield letter, table.letters[letter]


def _weak(folded: str, place: int) -> Reading:
    """Return the readings of an h: silent at the end, and likely so after a vowel."""
    letter, following = folded[place], folded[place + 1 : place + 2]
    if not following:
        return ("", "h") if letter == "h" else ("",)
    silent = place and folded[place - 1] in _LATIN_VOWELS and following not in _LATIN_VOWELS
    return ("h", "") if silent else ("h",)


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))

    def readings_of(name: str) -> dict[str, Reading]:
        return {
            fold(letter): tuple(read.replace("-", "") for read in stands.split())
            for letter, stands in raw[name].items()
        }

    first, single = readings_of("first"), readings_of("letters")
    longest_first = sorted(single, key=len, reverse=True)
    pattern = regex.compile("|".join(map(regex.escape, longest_first)))
    written = {fold(letter): sign for letter, sign in raw["vowels"].items()}
    return _Table(first, single, written, pattern)
