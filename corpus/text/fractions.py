"""Fractions in words and signs, ranges with one multiplier, and what numbers are told by.

"half", "ثلاثة أرباع", "dörtte üç", "½"; "5 to 7 million", "بين خمسة وسبعة ملايين".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import regex

from corpus.text.numerals.entries import FractionWord, NumberWord, Value
from corpus.text.numerals.quantity_words import (
    BETWEEN,
    COUNT,
    SUFFIXES,
    gap,
    percent_words,
    tables,
)
from corpus.text.words import Word

# "½" as it is folded.
_SIGN = regex.compile("([0-9]+)\u2044([0-9]+)")
# The language of signs.
_ANY = "en"
_TEN, _HUNDRED, _THOUSAND = 10, 100, 1000
# What stands between the two ends of a range, or beside the word between them.
_DASH = regex.compile(r"\p{Sc}?\s?(?:[-\u2010-\u2015\u2212~]|\u0640+)\s?\p{Sc}?")
_BEHIND, _BEFORE = regex.compile(r"-?\p{Sc}?\s"), regex.compile(r"\s?\p{Sc}?\s?")
# "Between an estimated 5 and 7 million", "5 ve 7 milyon kişi arasında".
_NEAR = 3
_MULTIPLIERS = frozenset((_HUNDRED, *(_THOUSAND**n for n in range(1, 5))))
# Multipliers that German writes together with their number.
_ENDINGS = (("tausend", _THOUSAND), ("hundert", _HUNDRED))
# Fractions that no day of a month is mistaken for.
_SLASHED = frozenset((("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4")))
# Persian writes decimals with a slash.
_PERSIAN = regex.compile("[۰-۹]+")
_FIFTH = regex.compile(r"[وبل]?\p{L}\u064f")
# What ends "a third" where no "of" follows.
_ENDS = regex.compile(r"\s*(?:\Z|[.,;:!?)])")


def in_digits(value: Value) -> str:
    """Return a number in digits.

    >>> in_digits(Fraction(5, 2)), in_digits(10_000_000)
    ('2.5', '10000000')
    """
    return str(value) if value.denominator == 1 else f"{float(value):.6f}".rstrip("0")


def of_hundreds(count: Value, language: str) -> bool:
    """Tell if there may be so many hundreds: in English and French also "eleven hundred"."""
    tens = language in ("en", "fr") and count < _HUNDRED and count % _TEN > 0
    return 1 <= count < _TEN or tens


def fewer(found: Sequence[Word], place: int, language: str, most: int) -> bool:
    """Tell if thousands or more, but less than `most`, stand at `place`."""
    if place >= len(found):
        return False
    word = tables().numbers.get(found[place].folded, {}).get(language)
    return bool(word and _THOUSAND <= word.value < most)


def near_fraction(found: Sequence[Word], place: int) -> bool:
    """Tell if one of the two words at `place` and behind it may begin a fraction."""
    fractions = tables().fractions
    return any(w.folded in fractions or "\u2044" in w.folded for w in found[place : place + 2])


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
    if _begins_one(found, text, place, language) and (
        listed := _listed(found, place, language, "one")
    ):
        # "A third of them", but the third of a list.
        return place + 1, NumberWord(listed[1].value, sure=True)
    listed = _listed(found, place, language, "vowel")
    if listed and _FIFTH.match(text, found[place].start):
        # "خُمس", a fifth, is written like five.
        return listed[0], NumberWord(listed[1].value, sure=True)
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


def read_decimals(
    found: Sequence[Word], text: str, place: int, language: str
) -> tuple[int, NumberWord] | None:
    """Return the place after decimals in words at `place` ("point five"), and what they add."""
    known, digits, last = tables(), "", place + 1
    # "At one point two of them left."
    named = place > 1 and found[place - 2].folded == "at"
    if named or language not in known.points.get(
        found[place].folded if last < len(found) else "", ()
    ):
        return None
    while last < len(found) and gap(found, text, last) in BETWEEN:
        word = known.numbers.get(found[last].folded, {}).get(language)
        tens = digits[-1:] == "0" and len(digits) == len("20") and word and word.value < _TEN
        if not word or word.value >= (_TEN if digits else _HUNDRED):
            break
        digits = f"{digits[:-1] if tens else digits}{word.value}"
        last += 1
    if not digits.strip("0"):
        return None
    return last, NumberWord(Fraction(int(digits), 10 ** len(digits)), sure=True, joined=True)


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


def lower_end(
    found: Sequence[Word], text: str, read: list[tuple[int, int, str]], upper: tuple[int, int, str]
) -> Iterator[tuple[int, int, str]]:
    """Yield the lower end of the range that ends with `upper`, if the two share a multiplier.

    It is taken from the end of the spans `read`, where it counts without the multiplier.

    >>> from corpus.text.words import words
    >>> text = "5 to 7 million"
    >>> list(lower_end(list(words(text)), text, [(0, 1, "5")], (2, 4, "7000000")))
    [(0, 1, '5000000')]
    """
    scales = list(_scales(found, upper))
    end = _end_of_lower(found, text, upper) if scales else 0
    if not end:
        return
    if read and read[-1][1] == end:
        if read[-1][2].startswith("@"):
            return
        start, value = read[-1][0], Fraction(read[-1][2])
    else:
        # "One to two million": by itself this one counts nothing.
        known = tables().numbers.get(found[end - 1].folded, {}).values()
        start, value = end - 1, Fraction(next((word.value for word in known), 0))
    for scale in scales:
        if 0 < value < Fraction(upper[2]) / scale:
            if read and read[-1][0] == start:
                read.pop()
            yield start, end, in_digits(value * scale)
            return


def _scales(found: Sequence[Word], upper: tuple[int, int, str]) -> Iterator[Value]:
    """Yield what the last words of a number multiply by, the most first."""
    first, last, _ = upper
    scales: list[Value] = [1]
    for place in range(last - 1, first, -1):
        known = tables().numbers.get(found[place].folded, {}).values()
        many = [w.value for w in known if w.collective or w.value in _MULTIPLIERS]
        scale = next(iter(many), SUFFIXES.get(found[place].folded))
        if not scale:
            break
        scales.append(scales[-1] * scale)
    if last == first + 1:
        written = found[first].folded
        for ending, scale in _ENDINGS:
            shorter = written.removesuffix(ending)
            if shorter not in ("", written):
                scales.append(scales[-1] * scale)
                written = shorter
    return reversed(scales[1:])


def _end_of_lower(found: Sequence[Word], text: str, upper: tuple[int, int, str]) -> int:
    """Return the place after the lower end of a range that may end with `upper`, 0 if none may."""
    first, last, _ = upper
    between = gap(found, text, first)
    if _DASH.fullmatch(between):
        return first
    if not first or not _BEFORE.fullmatch(between):
        return 0
    known = tables()
    spoken = set(known.numbers.get(found[last - 1].folded) or set().union(*known.ranges.values()))
    word = known.numbers.get(found[first].folded, {})
    around = (*found[max(first - 1 - _NEAR, 0) : first - 1], *found[last : last + _NEAR])
    told = any(not spoken.isdisjoint(known.betweens.get(w.folded, ())) for w in around)
    if told and any(word[language].joined for language in spoken.intersection(word)):
        return first
    joining = found[first - 1].folded
    joins = spoken & known.ranges.get(joining, frozenset())
    if told:
        joins |= spoken & known.ands.get(joining, frozenset())
    return first - 1 if joins and _BEHIND.fullmatch(gap(found, text, first - 1)) else 0
