"""Numbers of a text, in digits of any grouping, in words, or in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import regex

from corpus.text.quantity_words import HALF, NumberWord, Value, tables
from corpus.text.words import Word

# Words `found[first:last]` and the term they count as.
Span = tuple[int, int, str]

_SPACES = (" ", "\u00a0", "\u202f", "\u2009")
_BETWEEN = frozenset((*_SPACES, "-", "\u2011", ""))
_GROUP_GAPS = frozenset((*_SPACES, ".", "'", "’"))
_DECIMAL_GAPS = frozenset((".", ",", "٫"))
_GROUP = regex.compile("[0-9]{3}")
_FIRST_GROUP = regex.compile("[1-9][0-9]{0,2}")
# Longer runs of digits are identifiers, and a leading zero makes one of any run.
_COUNT = regex.compile("0|[1-9][0-9]{0,14}")
# Written without a space after digits: "10m", "2.5bn".
SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_TEN, _TWENTY, _HUNDRED, _THOUSAND = 10, 20, 100, 1000
# Languages that say "and" between all parts of a number, and the one that says units first.
_NEEDS_AND = frozenset(("ar", "fa", "ckb", "kmr"))
_UNITS_FIRST = "ar"


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as read up to the word at `last`.

    `total` is what multipliers have closed, the last one `multiplier` (0 if none), `group` what
    is still open; `digits` tells that the group is written in digits.
    """

    last: int
    total: Value = 0
    group: Value = 0
    multiplier: int = 0
    digits: bool = False
    sure: bool = False
    parts: int = 0


def read_number(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]]:
    """Return the place after the number that begins at `place`, and its span if there is one.

    Every language that knows the first word reads on; the longest reading counts.
    """
    numbers = tables().numbers
    begun = _Number(place)
    digits = _digits(found, text, place)
    if digits:
        last, value = digits
        begun = _Number(last, group=value, digits=True, sure=True, parts=1)
        suffix = SUFFIXES.get(found[last].folded) if _gap(found, text, last) == "" else None
        if suffix:
            return last + 1, [(place, last + 1, _written(value * suffix))]
    following = found[begun.last].folded if begun.last < len(found) else ""
    languages = numbers.get(following, ())
    readings = [begun, *(_read(found, text, begun, language) for language in languages)]
    number = max(readings, key=lambda n: (n.last, n.sure))
    if not (number.sure or number.parts > 1):
        return place + 1, []
    return number.last, [(place, number.last, _written(number.total + number.group))]


def _gap(found: Sequence[Word], text: str, place: int) -> str:
    """Return what stands before the word at `place`, a line feed where there is no such word."""
    return text[found[place - 1].end : found[place].start] if place < len(found) else "\n"


def _written(value: Value) -> str:
    """Return a number in digits.

    >>> _written(Fraction(5, 2)), _written(10_000_000)
    ('2.5', '10000000')
    """
    return str(value) if value.denominator == 1 else f"{float(value):.6f}".rstrip("0")


def _digits(found: Sequence[Word], text: str, place: int) -> tuple[int, Value] | None:
    """Return the place after the digits at `place`, groups and decimals included, and the value."""
    if not _COUNT.fullmatch(found[place].folded):
        return None
    written, last = found[place].folded, place + 1
    grouped = _gap(found, text, last) if _FIRST_GROUP.fullmatch(written) else ""
    while (
        grouped in _GROUP_GAPS
        and _gap(found, text, last) == grouped
        and _GROUP.fullmatch(found[last].folded)
        and _COUNT.fullmatch(written + found[last].folded)
    ):
        written, last = written + found[last].folded, last + 1
    point = _gap(found, text, last)
    if (
        point in _DECIMAL_GAPS
        and not (place and _gap(found, text, place) == point)
        and found[last].folded.isdecimal()
        # A third part makes it a version or a list.
        and _gap(found, text, last + 1) != point
        and len(written + found[last].folded) <= 15
    ):
        written, last = f"{written}.{found[last].folded}", last + 1
    return last, Fraction(written) if "." in written else int(written)


def _read(found: Sequence[Word], text: str, number: _Number, language: str) -> _Number:
    """Return `number` read on as far as it goes in `language`.

    A part that a following multiplier takes for itself is given back: "three hundred and five
    hundred" is two numbers.
    """
    before_and: _Number | None = None
    while step := _next(found, text, number, language):
        last, part, digits = step
        longer = _extended(replace(number, last=last), part, language, digits)
        if longer is None:
            return before_and if before_and and not part.joined else number
        if part.joined and number.parts:
            before_and = number
        elif not longer.group:
            before_and = None
        number = longer
    return number


def _next(
    found: Sequence[Word], text: str, number: _Number, language: str
) -> tuple[int, NumberWord, bool] | None:
    """Return the place after the next part, the part, and whether it is in digits."""
    place, joined = number.last, False
    if number.parts and _gap(found, text, place) not in _BETWEEN:
        return None
    if number.parts and place < len(found):
        joined = language in tables().ands.get(found[place].folded, ())
        place += joined
    if place >= len(found) or (joined and _gap(found, text, place) not in _BETWEEN):
        return None
    word = tables().numbers.get(found[place].folded, {}).get(language)
    if word:
        whole = replace(word, joined=joined or word.joined)
        return None if word.opens and number.parts else (place + 1, whole, False)
    digits = _digits(found, text, place)
    if digits and joined and language in _NEEDS_AND:
        return digits[0], NumberWord(digits[1], sure=True, joined=True), True
    return None


def _extended(number: _Number, part: NumberWord, language: str, digits: bool) -> _Number | None:
    """Return `number` with `part` in its place, `None` if the two make no number."""
    value = part.value
    if digits:
        fits = not number.group and value < number.multiplier
        longer = replace(number, group=value, digits=True) if fits else None
    elif value >= _THOUSAND:
        longer = _multiplied(number, part)
    elif value == HALF:
        longer = _halved(number, part)
    elif value == _HUNDRED and not part.joined and 1 <= number.group < _TEN:
        longer = replace(number, group=number.group * _HUNDRED)
    else:
        longer = _summed(number, part, language)
    if longer is None:
        return None
    return replace(longer, sure=number.sure or part.sure, parts=number.parts + 1)


def _multiplied(number: _Number, part: NumberWord) -> _Number | None:
    value = base = int(part.value)
    while base % _THOUSAND == 0:
        base //= _THOUSAND
    fits = not number.multiplier or value < number.multiplier
    if base != 1 or not number.group:
        # A dual ("two thousand" in one word), or a multiplier that stands for one of itself.
        if number.group:
            return None
        if not number.total or (fits and part.joined):
            return replace(number, total=number.total + value, multiplier=value // base)
        if base == 1 and value > number.multiplier and not part.joined:
            return replace(number, total=number.total * value, multiplier=value)
        return None
    if not fits or (part.joined and number.group != HALF):
        return None
    total = number.total + number.group * value
    return replace(number, total=total, group=0, multiplier=value, digits=False)


def _halved(number: _Number, part: NumberWord) -> _Number | None:
    if not number.parts:
        return replace(number, group=HALF)
    if part.joined and number.multiplier and not number.group:
        return replace(number, total=number.total + Fraction(number.multiplier, 2))
    return None


def _summed(number: _Number, part: NumberWord, language: str) -> _Number | None:
    if number.digits or number.group.denominator != 1:
        return None
    value, below = part.value, number.group % _HUNDRED
    if language == _UNITS_FIRST and 1 <= below < _TEN:
        # "خمسة عشر" and "خمسة وعشرين".
        teen = value == _TEN and not part.joined
        fits = teen or (_TWENTY <= value < _HUNDRED and part.joined)
    elif value >= _HUNDRED:
        fits = not number.group
    elif value < _TEN and below >= _TWENTY and below % _TEN == 0:
        # "between twenty and five" is two numbers in English, "vingt et un" one in French.
        fits = language != _UNITS_FIRST and not (language == "en" and part.joined)
    else:
        fits = not below
    if language in _NEEDS_AND and number.parts and not part.joined:
        fits = fits and value == _TEN and bool(below)
    return replace(number, group=number.group + value) if fits else None
