"""Numbers of a text, in digits of any grouping, in words, or in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import regex

from corpus.text.fractions import (
    fewer,
    in_digits,
    languages,
    near_fraction,
    of_hundreds,
    read_added,
    read_decimals,
    read_fraction,
    read_slashed,
)
from corpus.text.numerals.entries import NumberWord, Value
from corpus.text.numerals.quantity_words import (
    BETWEEN,
    COUNT,
    SPACES,
    SUFFIXES,
    gap,
    percent_words,
    tables,
)
from corpus.text.words import Word

# Words `found[first:last]` and the term they count as.
Span = tuple[int, int, str]

_GROUP_GAPS = frozenset((*SPACES, ".", "'", "’"))
_DECIMAL_GAPS = frozenset((".", ",", "٫", "،"))
_GROUP = regex.compile("[0-9]{3}")
_FIRST_GROUP = regex.compile("[1-9][0-9]{0,2}")
_SHORT = 3
_MONEY = regex.compile(r"\s?\p{L}+(?:\s?\p{Sc}|\s(?:d['’]|de\s)?(?:euro|dollar)s?\b)", regex.I)
_FOUR, _TEN, _TWENTY, _SIXTY, _HUNDRED, _THOUSAND = 4, 10, 20, 60, 100, 1000
# Languages that say "and" between all parts of a number, and the one that says units first.
_NEEDS_AND = frozenset(("ar", "fa", "ckb", "kmr"))
_UNITS_FIRST = "ar"
# Where "and" joins two numbers, and never the parts of one.
_NO_AND = "tr"


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as read up to the word at `last`.

    `total` is what multipliers have closed, the last one `multiplier` (0 if none), `group` what
    is still open; `digits` tells that the group is written in digits, `parted` that a fraction of
    the last multiplier was added, `collected` that the group is counted in so many (12 for
    dozens, 0 for ones).
    """

    last: int
    total: Value = 0
    group: Value = 0
    multiplier: int = 0
    digits: bool = False
    sure: bool = False
    parts: int = 0
    parted: bool = False
    collected: int = 0


def read_number(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]]:
    """Return the place after the number that begins at `place`, and its span if there is one.

    Every language that knows the first word reads on; the longest reading counts.
    """
    if percent_words(found, place, alone=True):
        return place + 1, []
    begun = _Number(place)
    digits = _digits(found, text, place)
    if digits:
        last, value = digits
        begun = _Number(last, group=value, digits=True, sure=True, parts=1)
        suffix = SUFFIXES.get(found[last].folded) if last < len(found) else None
        if suffix and (not gap(found, text, last) or _MONEY.match(text, found[last - 1].end)):
            return last + 1, [(place, last + 1, in_digits(value * suffix))]
    following = found[begun.last].folded if begun.last < len(found) else ""
    readings = [*_parts_of_one(found, text, place), begun]
    readings += (_read(found, text, begun, each) for each in tables().numbers.get(following, ()))
    if digits and near_fraction(found, begun.last + (following in tables().ands)):
        readings += (_read(found, text, begun, each) for each in languages(found, begun.last))
    told = found[max(place - 1, 0)].folded in tables().percents_before
    for number in sorted(readings, key=lambda n: (n.last, n.sure), reverse=True):
        last = number.last + percent_words(found, number.last)
        percent = told or last > number.last
        if number.sure or number.parts > 1 or (number.parts and percent):
            return last, [(place, number.last, in_digits(number.total + number.group))]
    return place + 1, []


def _digits(found: Sequence[Word], text: str, place: int) -> tuple[int, Value] | None:
    """Return the place after the digits at `place`, groups and decimals included, and the value."""
    if not COUNT.fullmatch(found[place].folded):
        return None
    written, last = found[place].folded, place + 1
    grouped = gap(found, text, last) if _FIRST_GROUP.fullmatch(written) else ""
    while (
        grouped in _GROUP_GAPS
        and gap(found, text, last) == grouped
        and _GROUP.fullmatch(found[last].folded)
        and COUNT.fullmatch(written + found[last].folded)
    ):
        written, last = written + found[last].folded, last + 1
    point = gap(found, text, last)
    if point in ("/", "\u2044"):
        return read_slashed(found, text, place, last) or (last, int(written))
    if (
        point in _DECIMAL_GAPS
        and not (place and gap(found, text, place) == point)
        and found[last].folded.isdecimal()
        # A third part makes it a version or a list.
        and gap(found, text, last + 1) != point
        and len(written + found[last].folded) <= 15
        # A comma between two years is no point.
        and (point != "،" or max(len(written), len(found[last].folded) + 1) <= _SHORT)
    ):
        written, last = f"{written}.{found[last].folded}", last + 1
    if "." in written:
        return last, Fraction(written)
    slashed = gap(found, text, last) == " " and gap(found, text, last + 1) == "/"
    if slashed and found[last].folded.isdecimal():
        part = read_slashed(found, text, last, last + 1)
        return (part[0], int(written) + part[1]) if part else (last, int(written))
    return last, int(written)


def _parts_of_one(found: Sequence[Word], text: str, place: int) -> Iterator[_Number]:
    """Yield what a fraction that begins at `place` becomes in each language that reads one."""
    if not near_fraction(found, place):
        return
    for language in sorted(languages(found, place)):
        if part := read_fraction(found, text, place, language):
            last, word = part
            begun = _Number(last, group=word.value, sure=word.sure, parts=1)
            yield _read(found, text, begun, language)


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
    if number.parts and gap(found, text, place) not in BETWEEN:
        return None
    if number.parts and place < len(found):
        joined = language in tables().ands.get(found[place].folded, ())
        some = 0 < number.group < 1 or number.collected > 0
        place += joined or (some and language in tables().of.get(found[place].folded, ()))
    after = found[place].folded if place < len(found) else ""
    article = joined and language in tables().articles.get(after, ())
    near = near_fraction(found, place + article)
    part = read_added(found, text, place + article, language, joined) if near else None
    if part := part or read_decimals(found, text, place, language):
        return part[0], part[1], False
    # "Half a million", "a quarter of a million".
    if number.group and number.group < 1 and language in tables().articles.get(after, ()):
        place, joined = place + 1, True
    if place >= len(found) or (joined and gap(found, text, place) not in BETWEEN):
        return None
    word = tables().numbers.get(found[place].folded, {}).get(language)
    if word:
        whole = replace(word, joined=joined or word.joined)
        return None if word.opens and number.parts else (place + 1, whole, False)
    digits = _digits(found, text, place)
    if digits:
        # "25 bin 300"
        bare = language == _NO_AND and not joined and _HUNDRED <= digits[1] < _THOUSAND
        bare = bare or fewer(found, digits[0], language, number.multiplier)
    if digits and (bare or (joined and language in _NEEDS_AND)):
        return digits[0], NumberWord(digits[1], sure=True, joined=True), True
    return None


def _extended(number: _Number, part: NumberWord, language: str, digits: bool) -> _Number | None:
    """Return `number` with `part` in its place, `None` if the two make no number."""
    value = part.value
    if digits:
        fits = not number.group and value < number.multiplier
        longer = replace(number, group=value, digits=True) if fits else None
    elif part.collective:
        longer = _collected(number, part)
    elif value >= _THOUSAND:
        longer = _multiplied(number, part, language)
    elif value.denominator != 1:
        longer = _parted(number, part)
    elif value == _HUNDRED and not part.joined and of_hundreds(number.group, language):
        longer = replace(number, group=number.group * _HUNDRED)
    else:
        longer = _summed(number, part, language)
    if longer is None:
        return None
    return replace(longer, sure=number.sure or part.sure, parts=number.parts + 1)


def _multiplied(number: _Number, part: NumberWord, language: str) -> _Number | None:
    value = base = int(part.value)
    while base % _THOUSAND == 0:
        base //= _THOUSAND
    # "مليون ونصف المليون": the half is of the million that is said again.
    if number.parted and not number.group and value == number.multiplier and not part.joined:
        return number
    fits = not number.multiplier or value < number.multiplier
    if base != 1 or not number.group:
        # A dual ("two thousand" in one word), or a multiplier that stands for one of itself.
        if number.group:
            return None
        # "Zwei Millionen fünfhunderttausend" needs no "and".
        if not number.total or (fits and (part.joined or (language == "de" and base != 1))):
            return replace(number, total=number.total + value, multiplier=value // base)
        if base == 1 and value > number.multiplier and not part.joined:
            return replace(number, total=number.total * value, multiplier=value)
        return None
    if part.joined and number.group >= 1:
        return None
    # "Mil quinientos millones" are 1,500 of them.
    thousands = number.total if not fits and number.group % _HUNDRED == 0 else 0
    if not fits and not (thousands and number.multiplier == _THOUSAND and base == 1):
        return None
    total = number.total - thousands + (thousands + number.group) * value
    return replace(number, total=total, group=0, multiplier=value, digits=False)


def _collected(number: _Number, part: NumberWord) -> _Number | None:
    """Return `number` in dozens or the like; the plural alone says no number."""
    apart = part.joined and number.group >= 1
    if number.total or number.collected or apart or not (part.sure or number.group):
        return None
    return replace(number, group=(number.group or 1) * part.value, collected=int(part.value))


def _parted(number: _Number, part: NumberWord) -> _Number | None:
    """Return `number` with a fraction added: to it, or of its last multiplier."""
    if not part.joined or number.group.denominator != 1:
        return None
    if number.group:
        added = part.value * (number.collected or 1)
        return replace(number, group=number.group + added, digits=False)
    if number.multiplier and not number.parted:
        return replace(number, total=number.total + number.multiplier * part.value, parted=True)
    return None


def _summed(number: _Number, part: NumberWord, language: str) -> _Number | None:
    apart = part.joined and language == _NO_AND
    if number.digits or number.collected or number.group.denominator != 1 or apart:
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
        fits = language != _UNITS_FIRST and not (language in ("en", "de") and part.joined)
    elif language == "fr" and below:
        # "quatre-vingt", "soixante-dix", "dix-sept".
        if below == _FOUR and value == _TWENTY:
            return replace(number, group=number.group - below + _FOUR * _TWENTY)
        tens = below in (_SIXTY, _FOUR * _TWENTY) and _TEN <= value < _TWENTY
        fits = tens or (below == _TEN and value in (7, 8, 9))
    else:
        # Turkish "on beş".
        fits = not below or (language == "tr" and below == _TEN and value < _TEN)
    if language in _NEEDS_AND and number.parts and not part.joined:
        fits = fits and value == _TEN and bool(below)
    return replace(number, group=number.group + value) if fits else None
