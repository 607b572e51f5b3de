"""The name terms of single words, for the many of a collection: those of `name_terms`, sooner.

Most words of Arabic script hold no letter that may stand for several consonants and none that is
read together with the next, so that their keys are their letters replaced one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.text.names import (
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

# The script's own letters, without those of its extensions.
_ARABIC = "\u0600-\u06ff"
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


def _plain_keys(form: str) -> tuple[Sequence[str], Sequence[str]] | None:
    """Return the strict and the spelled keys of a form of plain letters, `None` for another."""
    plain = _plain()
    if not form or plain.other.search(form):
        return None
    letters = form.removesuffix(_FINAL_H)
    opening = plain.opening.get(form[0], "")
    strict = opening + letters[len(opening) :].translate(plain.consonants)
    signs = letters.translate(plain.signs)
    if "AA" in signs or "WW" in signs or "YY" in signs:
        signs = _SAME_VOWEL.sub(r"\1", signs)
    signs = signs.rstrip(WEAK_END)
    return (
        (strict,) if len(strict.replace("A", "")) >= SHORTEST_KEY else (),
        (signs,) if len(signs) >= SHORTEST_SPELLED else (),
    )


@dataclass(frozen=True, slots=True)
class _Plain:
    """`other` finds what is not read letter by letter, `opening` is what a first letter stands for.

    `consonants` and `signs` are what every other letter is in a strict and in a spelled key.
    """

    other: re.Pattern[str]
    opening: Mapping[str, str]
    consonants: Letters
    signs: Letters


@lru_cache(maxsize=1)
def _plain() -> _Plain:
    known = table()
    apart = [unit for of in (known.first, known.letters) for unit in of if len(of[unit]) > 1]
    apart += [unit for of in (known.first, known.letters) for unit in of if len(unit) > 1]
    consonants = {letter: stands[0] for letter, stands in known.letters.items()}
    signs = {**known.vowels, **consonants}
    return _Plain(
        re.compile("|".join((f"[^{_ARABIC}]", *map(re.escape, apart)))),
        {letter: stands[0] for letter, stands in known.first.items() if len(letter) == 1},
        # What stands for nothing is left out.
        Letters(lambda letter: consonants.get(letter, "")),
        Letters(lambda letter: signs.get(letter, "")),
    )
