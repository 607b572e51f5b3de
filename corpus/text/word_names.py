"""The name terms of single words, for the many of a collection: those of `name_terms`, sooner.

The keys of a word of Arabic script are its letters replaced one by one, those that are read
together as one, and what several readings of a letter make of that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from corpus.text.names import (
    MOST_READINGS,
    SHORTEST_KEY,
    SHORTEST_SPELLED,
    SPELLED,
    WEAK_END,
    forms,
    joined_names,
    keys_of,
    table,
)
from corpus.text.words import Letters, Word

# A letter that is not of the script's own.
_OTHER = re.compile("[^\u0600-\u06ff]")
# The first of the characters that mean nothing to Unicode.
_PRIVATE = 0xE000
# Silent at the end of a name.
_FINAL_H = "ه"
_SAME_VOWEL = re.compile(r"([AYW])\1+")


def word_terms(written: str) -> list[str]:
    """Return what `name_terms` makes of one word, `written` as its text has it.

    >>> word_terms("كركوك"), word_terms("Kirkuk"), word_terms("town")
    (['krkk', '=krkWk'], ['krkk', '=kYrkWk'], [])
    """
    return [] if written[:1].islower() else _terms_of(written)


def joined_terms(found: Sequence[Word], text: str) -> list[str]:
    """Return the terms of the names of two words, which `name_terms` has behind all others.

    >>> from corpus.text.words import words
    >>> text = "حجي عبد الله"
    >>> joined_terms(list(words(text)), text)
    ['Abdl', '=bdAl']
    """
    # A joined name has lost the space that its text has.
    written = ("".join(text[name.start : name.end].split()) for name in joined_names(found))
    return [term for name in written for term in _terms_of(name)]


def _terms_of(written: str) -> list[str]:
    strict: dict[str, None] = {}
    spelled: dict[str, None] = {}
    for form in forms(written):
        keys = _plain_keys(form) or keys_of(form)
        for key in keys[0]:
            strict[key] = None
        for key in keys[1]:
            spelled[key] = None
    return [*strict, *(SPELLED + key for key in spelled)]


# Many words are one name with and without what is written together with it.
@lru_cache(maxsize=50_000)
def _plain_keys(form: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the strict and the spelled keys of a form of Arabic letters, `None` for another."""
    if not form or _OTHER.search(form):
        return None
    plain = _plain()
    opening = plain.opening.get(form[0], "")
    letters = plain.unit.sub(lambda unit: plain.units[unit[0]], form.removesuffix(_FINAL_H))
    key = opening + letters[len(opening) :].translate(plain.consonants)
    strict = [key]
    if plain.several.search(key):
        told = (plain.readings.get(sign, sign) for sign in key)
        strict = list(dict.fromkeys(map("".join, islice(product(*told), MOST_READINGS))))
    signs = letters.translate(plain.signs)
    if "AA" in signs or "WW" in signs or "YY" in signs:
        signs = _SAME_VOWEL.sub(r"\1", signs)
    signs = signs.rstrip(WEAK_END)
    return (
        tuple(key for key in strict if len(key.replace("A", "")) >= SHORTEST_KEY),
        (signs,) if len(signs) >= SHORTEST_SPELLED else (),
    )


@dataclass(frozen=True, slots=True)
class _Plain:
    """What a first letter stands for is its `opening`.

    `units` are letters that are read together, which `unit` finds, each with a sign for it.
    `consonants` and `signs` are what every letter and sign is in a strict and in a spelled key; one
    with several readings is itself in a strict key, where `several` finds it, and has its
    `readings`.
    """

    opening: Mapping[str, str]
    unit: re.Pattern[str]
    units: Mapping[str, str]
    several: re.Pattern[str]
    readings: Mapping[str, Sequence[str]]
    consonants: Letters
    signs: Letters


@lru_cache(maxsize=1)
def _plain() -> _Plain:
    known = table()
    own = {unit: stands for unit, stands in known.letters.items() if not _OTHER.search(unit)}
    units = [unit for unit in own if len(unit) > 1]
    together = {unit: chr(_PRIVATE + place) for place, unit in enumerate(units)}
    read = {together.get(unit, unit): stands for unit, stands in own.items()}
    several = {letter: stands for letter, stands in read.items() if len(stands) > 1}
    first = {letter: stands[0] for letter, stands in read.items()}
    signs = {**known.vowels, **first}
    return _Plain(
        {letter: stands[0] for letter, stands in known.first.items() if not _OTHER.search(letter)},
        re.compile("|".join(map(re.escape, units))),
        together,
        re.compile("|".join(map(re.escape, several))),
        several,
        # What stands for nothing is left out.
        Letters(lambda letter: letter if letter in several else first.get(letter, "")),
        Letters(lambda letter: signs.get(letter, "")),
    )
