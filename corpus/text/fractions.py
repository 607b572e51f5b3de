"""Fractions in words and signs: "half", "ثلاثة أرباع", "dörtte üç", "½"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import regex

from corpus.text.quantity_words import (
    BETWEEN,
    COUNT,
    FractionWord,
    NumberWord,
    gap,
    percent_words,
    tables,
)
from corpus.text.words import Word

# "½" as it is folded.
_SIGN = regex.compile("([0-9]+)\u2044([0-9]+)")
# The language of signs.
_ANY = "en"
_HUNDRED, _THOUSAND = 100, 1000
# Fractions that no day of a month is mistaken for.
_SLASHED = frozenset((("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4")))
# Persian writes decimals with a slash.
_PERSIAN = regex.compile("[۰-۹]+")
# What ends "a third" where no "of" follows.
_ENDS = regex.compile(r"\s*(?:\Z|[.,;:!?)])")


def languages(found: Sequence[Word], place: int) -> set[str]:
    """Return the languages in which a fraction, or an "and" before one, may stand at `place`.

    Behind a sign those that know the next word as a number.
    """
    known = tables()
    at = [word.folded for word in found[place : place + 2]]
    if at and _SIGN.fullmatch(at[0]):
        return {_ANY, *known.numbers.get(at[-1], ())}
    listed = {word.language for each in at for word in known.fractions.get(each, ())}
    return listed.union(*(known.ands.get(each, ()) for each in at[:1]))


def read_fraction(
    found: Sequence[Word], text: str, place: int, language: str
) -> tuple[int, NumberWord] | None:
    """Return the place after the fraction that begins at `place`, and what it counts.

    One that needs a numerator has it before it ("three quarters") or after it ("dörtte üç").
    """
    if place >= len(found):
        return None
    if sign := _SIGN.fullmatch(found[place].folded):
        return place + 1, NumberWord(Fraction(int(sign[1]), int(sign[2])), True, joined=True)
    if _begins_one(found, text, place, language):
        # "A third of them", but the third of a list.
        return place + 1, NumberWord(tables().fractions[found[place].folded][-1].value, True)
    if listed := _listed(found, place, language, "alone"):
        last, word = listed
        # "The second half" is a time.
        around = {w.folded for w in (*found[max(place - 1, 0) : place], *found[last : last + 1])}
        timed = not around.isdisjoint(tables().ordinals)
        return None if timed else (last, NumberWord(word.value, word.sure, word.joined))
    if listed := _listed(found, place, language, "over"):
        above = _numerator(found, listed[0], language)
        if above and above.value * listed[1].value < 1:
            return listed[0] + 1, NumberWord(above.value * listed[1].value, True)
    above = _numerator(found, place, language)
    kind = "one" if above and above.value == 1 else "many"
    if above and gap(found, text, place + 1) in BETWEEN:
        listed = _listed(found, place + 1, language, kind)
        if listed and above.value * listed[1].value < 1:
            return listed[0], NumberWord(above.value * listed[1].value, True, above.joined)
    return None


def _begins_one(found: Sequence[Word], text: str, place: int, language: str) -> bool:
    """Tell if "third" at `place` is the part that "a third of" means."""
    listed = _listed(found, place, language, "one")
    if not listed or language != "en" or not place or found[place - 1].folded != "a":
        return False
    ends = _ENDS.match(text, found[place].end)
    after = found[place + 1].folded if place + 1 < len(found) else ""
    return bool(ends) or language in tables().of.get(after, ())


def _numerator(found: Sequence[Word], place: int, language: str) -> NumberWord | None:
    """Return the number from 1 to 99 that is the word at `place`."""
    if place >= len(found):
        return None
    folded = found[place].folded
    if folded.isdecimal() and len(folded) < len("100") and folded[0] != "0":
        return NumberWord(int(folded), sure=True)
    # "üçte ikisi": two of three of it.
    forms = (folded, regex.sub("s[iu]$|[iu]$", "", folded)) if language == "tr" else (folded,)
    words = (tables().numbers.get(form, {}).get(language) for form in forms)
    return next((w for w in words if w and 1 <= w.value < _HUNDRED), None)


def _listed(
    found: Sequence[Word], place: int, language: str, kind: str
) -> tuple[int, FractionWord] | None:
    """Return the place after a fraction's words at `place`, and the fraction, if listed so."""
    if place >= len(found):
        return None
    for word in tables().fractions.get(found[place].folded, ()):
        last = place + 1 + len(word.rest)
        said = tuple(each.folded for each in found[place + 1 : last])
        if word.language == language and word.kind == kind and said == word.rest:
            return last, word
    return None


def read_added(
    found: Sequence[Word], text: str, place: int, language: str, joined: bool
) -> tuple[int, NumberWord] | None:
    """Return the place after a fraction at `place` that adds to the number before, and it.

    It is `joined` by a word before it or by its own: "ve yarım", "buçuk".
    """
    if added := _listed(found, place, language, "added"):
        return added[0], NumberWord(added[1].value, sure=True, joined=True)
    part = read_fraction(found, text, place, language)
    if not part or not (joined or part[1].joined):
        return None
    return part[0], replace(part[1], joined=True)


def read_slashed(
    found: Sequence[Word], text: str, place: int, last: int
) -> tuple[int, Fraction] | None:
    """Return the place after "3/4", or a Persian decimal, and its value; `last` is its second."""
    above, below = found[place].folded, found[last].folded
    around = (gap(found, text, place) if place else "", gap(found, text, last + 1))
    if "/" in around or "-" in around or last - place > 1 or not COUNT.fullmatch(below):
        return None
    after = found[last + 1].folded if last + 1 < len(found) else ""
    counts = tables().numbers.get(after, {}).get("fa")
    if _PERSIAN.fullmatch(text, found[place].start, found[place].end) and (
        (counts and counts.value >= _THOUSAND) or percent_words(found, last + 1)
    ):
        return last + 1, Fraction(f"{above}.{below}")
    signed = gap(found, text, last) == "\u2044" and below != "0"
    if signed or (above, below) in _SLASHED:
        return last + 1, Fraction(int(above), int(below))
    return None
