"""Numbers and dates of a text as terms that are the same in every language and spelling.

"10 ملايين", "ten million" and "10,000,000" all count as `10000000`; "27 تشرين الأول" and
"October 27" as `@10` and `@10-27`.  Years and other numbers in digits are the words they are.
Words that are mostly something else ("one", "May", Turkish "on") count only in company that
settles it: digits, another number word of the same language, a day, a year, "in".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from corpus.text.fractions import lower_end
from corpus.text.numbers import Span, read_number
from corpus.text.numerals.entries import Month
from corpus.text.numerals.quantity_words import (
    BETWEEN,
    SUFFIXES,
    added_to_ordinal,
    gap,
    is_unit,
    tables,
    tens_of,
)
from corpus.text.words import Word

# Between day, month and year; a slash or bracket stands between two names of one month.
_GAP = regex.compile(r"[\s.,،\-ـ]{0,3}")
_SYNONYM_GAP = regex.compile(r"\s?[/(-]\s?")
# "27th of October", "27 de octubre", "27 من تشرين الأول", Sorani "27ی".
FILLERS = frozenset(("of", "de", "del", "the", "st", "nd", "rd", "th", "er", "من", "شهر", "ي"))
_MOST_FILLERS = 2
_YEAR = regex.compile(r"1[0-9]{3}|2[01][0-9]{2}")
_MONTH = regex.compile(r"0?[1-9]|1[0-2]")
_DAY = regex.compile(r"0?[1-9]|[12][0-9]|3[01]")
# "A twenty second delay" is no twenty-second.
_TIME = "second"
# Orders of year (4 digits), month and day; day first where both readings are possible.
_ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, month or day that stands at `text[start:end]`, and the term it counts as."""

    start: int
    end: int
    term: str


def quantities(found: Sequence[Word], text: str) -> list[Quantity]:
    """Return the quantities among the words of `text`, in order; a day lies over its month.

    >>> from corpus.text.words import words
    >>> [q.term for t in ("عشرة ملايين", "$10m", "10 000 000") for q in quantities([*words(t)], t)]
    ['10000000', '10000000', '10000000']
    >>> text = "في 27 تشرين الأول 2019"
    >>> [(text[q.start : q.end], q.term) for q in quantities(list(words(text)), text)]
    [('تشرين الأول', '@10'), ('27 تشرين الأول', '@10-27'), ('2019', '2019')]
    """
    return [Quantity(found[a].start, found[b - 1].end, term) for a, b, term in _spans(found, text)]


def quantity_terms(found: Sequence[Word], text: str) -> list[str]:
    """Return the terms of the quantities of `text` that its words do not hold as they stand.

    >>> from corpus.text.words import words
    >>> [quantity_terms(list(words(text)), text) for text in ("10,000 in 2019", "ten thousand")]
    [[], ['10000']]
    """
    spans = _spans(found, text)
    return [term for a, b, term in spans if b > a + 1 or found[a].folded != term]


def as_percent(term: str) -> tuple[str, ...]:
    """Return the term of the percentage that a fraction is, if it is one.

    >>> as_percent("0.5"), as_percent("0.75"), as_percent("50"), as_percent("@10")
    (('50',), ('75',), (), ())
    """
    return (f"{float(term) * 100:g}",) if term.startswith("0.") else ()


def goes_on(after: str) -> bool:
    """Tell whether a number or date may go on with the folded word `after`."""
    linked = after in linking() or "'" in after or is_unit(after)
    return linked or bool(after and after < ":")


def _spans(found: Sequence[Word], text: str) -> list[Span]:
    folded = [word.folded for word in found]
    known, months = tables().known, tables().month_words
    fractions = tables().fractions
    # Words begin with a letter or a digit, and digits are below ":".
    candidates = [place for place, word in enumerate(folded) if word in known or word < ":"]
    read: list[Span] = []
    following = 0
    for place in candidates:
        if place < following or continues(found, place):
            continue
        word, after = folded[place], folded[place + 1] if place + 1 < len(folded) else ""
        # "27 Ekim'de": Turkish sets the ending of a name apart.
        if word.isdecimal() and not text[found[place].start].isdecimal():
            # "25 km²"
            continue
        told = place > 0 and folded[place - 1] in tables().percents_before
        if goes_on(after) or told or word in months or word in fractions:
            following, spans = read_date(found, text, place) or read_number(found, text, place)
        else:
            following, term = place + 1, alone(word)
            spans = [(place, following, term)] if term else []
        if len(spans) == 1 and (last := carried_on(found, text, *spans[0][:2])):
            following, spans = last, []
        if place and len(spans) == 1 and folded[spans[0][1] - 1] > ":":
            read.extend(lower_end(found, text, read, spans[0]))
        read.extend(spans)
    return read


@lru_cache(maxsize=1)
def linking() -> frozenset[str]:
    """Return the words after which a number or date may go on."""
    percent = {named[0] for named in tables().percents}
    known = tables()
    return known.known.union(known.ands, known.of, known.points, FILLERS, SUFFIXES, percent)


@lru_cache(maxsize=100_000)
def alone(folded: str) -> str | None:
    """Return the number that a word without neighbours is, `None` if it is none.

    Most candidates of a text stand alone, and few of them are distinct.
    """
    _, spans = read_number([Word(0, len(folded), folded)], folded, 0)
    return spans[0][2] if spans else None


def read_date(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    """Return the place after the date that begins at `place` and its spans, `None` if none does.

    Days come before months in numeric dates unless that cannot be ("10/27/2019"); a numeric
    date also yields its year.
    """
    if found[place].folded[0].isdigit():
        return (
            _numeric(found, text, place)
            or _month_of_year(found, text, place)
            or _day_first(found, text, place)
        )
    return _month_first(found, text, place)


def _numeric(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    between = gap(found, text, place + 1)
    if between not in ("-", "/", ".") or gap(found, text, place + 2) != between:
        return None
    patterns = {"y": _YEAR, "m": _MONTH, "d": _DAY}
    for order in _ORDERS:
        part = {letter: place + n for n, letter in enumerate(order)}
        if all(patterns[letter].fullmatch(found[at].folded) for letter, at in part.items()):
            month, day = int(found[part["m"]].folded), int(found[part["d"]].folded)
            year = (part["y"], part["y"] + 1, found[part["y"]].folded)
            spans = [(place, place + 3, f"@{month}"), (place, place + 3, f"@{month}-{day}")]
            return place + 3, [*spans, year]
    return None


def _month_of_year(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    if (
        gap(found, text, place + 1) == "/"
        and _MONTH.fullmatch(found[place].folded)
        and _YEAR.fullmatch(found[place + 1].folded)
    ):
        return place + 1, [(place, place + 2, f"@{int(found[place].folded)}")]
    return None


def _day_first(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    if not _DAY.fullmatch(found[place].folded):
        return None
    for month in range(place + 1, min(place + 2 + _MOST_FILLERS, len(found))):
        if not _GAP.fullmatch(gap(found, text, month)):
            return None
        named = _named(found, text, month)
        if named:
            last, number = named[0], named[1].number
            day = int(found[place].folded)
            return last, [(month, last, f"@{number}"), (place, last, f"@{number}-{day}")]
        if found[month].folded not in FILLERS:
            return None
    return None


def _month_first(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    named = _named(found, text, place)
    if not named:
        return None
    last, month = named
    spans = [(place, last, f"@{month.number}")]
    following = last
    # Arabic script always writes the day before the month; what follows is another number.
    latin = not "\u0600" <= found[place].folded[0] <= "\u06ff"
    if latin and _beside(found, text, last) and _DAY.fullmatch(found[last].folded):
        following = last + 1
        spans.append((place, following, f"@{month.number}-{int(found[last].folded)}"))
    year = _beside(found, text, following) and _YEAR.fullmatch(found[following].folded)
    written = text[found[place].start]
    # Lower case in a script that has capitals makes "may" a verb unless a year follows.
    day = following > last and not written.islower()
    after = place > 0 and found[place - 1].folded in tables().before and not written.islower()
    return (following, spans) if month.sure or year or day or after else None


def _beside(found: Sequence[Word], text: str, place: int) -> bool:
    return bool(place < len(found) and _GAP.fullmatch(gap(found, text, place)))


def _named(found: Sequence[Word], text: str, place: int) -> tuple[int, Month] | None:
    """Return the place after the month named at `place`, a second name for it included."""
    named = _one_name(found, place)
    if not named:
        return None
    last, month = named
    if last < len(found) and _SYNONYM_GAP.fullmatch(gap(found, text, last)):
        second = _one_name(found, last)
        if second and second[1].number == month.number:
            # Two names for one month leave no doubt.
            return second[0], Month(month.number, sure=True)
    return named


def _one_name(found: Sequence[Word], place: int) -> tuple[int, Month] | None:
    # "Ekim'de": Turkish sets the ending of a name apart.
    first = found[place].folded.partition("'")[0]
    months = tables().months
    if place + 1 < len(found) and (month := months.get((first, found[place + 1].folded))):
        return place + 2, month
    month = months.get((first,))
    return (place + 1, month) if month else None


def ordinals(folded: Sequence[str]) -> Iterator[str]:
    """Yield the terms of the numbers that folded words say as ordinals.

    >>> list(ordinals(["القافله", "الخامسه", "third", "last"]))
    ['5', '3']
    >>> list(ordinals(["twenty", "fifth"])), list(ordinals(["الحادي", "عشر"]))
    (['25'], ['11'])
    """
    known = tables().ordinals
    for place, word in enumerate(folded):
        units = known.get(word, "0")
        if units == "0":
            continue
        if len(units) > 1:
            yield units
            continue
        behind = added_to_ordinal(folded[place + 1]) if place + 1 < len(folded) else 0
        yield str(int(units) + (behind or _before(folded, place)))


def continues(found: Sequence[Word], place: int) -> bool:
    """Tell if the number at `place` only carries on an Arabic ordinal: "الخامس عشر"."""
    return bool(
        place and is_unit(found[place - 1].folded) and added_to_ordinal(found[place].folded)
    )


def carried_on(found: Sequence[Word], text: str, first: int, last: int) -> int:
    """Return the place after the ordinal that the tens before `last` begin, 0 if they begin none.

    >>> from corpus.text.words import words
    >>> text = "the twenty-fifth of twenty"
    >>> found = list(words(text))
    >>> carried_on(found, text, 1, 2), carried_on(found, text, 4, 5)
    (3, 0)
    """
    spoken = tens_of(found[last - 1].folded)
    if not spoken or found[first].folded[0] < ":" or last >= len(found):
        return 0
    if not spoken.isdisjoint(tables().ands.get(found[last].folded, ())):
        last += 1
    if last >= len(found) or not is_unit(found[last].folded):
        return 0
    between = gap(found, text, last)
    hyphened = found[last].folded != _TIME or between not in (" ", "\u00a0")
    return last + 1 if between in BETWEEN and hyphened else 0


def _before(folded: Sequence[str], place: int) -> int:
    """Return what the tens before an ordinal add to it, 0 where there are none."""
    if place and folded[place - 1] in tables().ands:
        place -= 1
    known = tables().numbers.get(folded[place - 1], {}) if place else {}
    spoken = tens_of(folded[place - 1]) if place else set()
    return next((int(known[language].value) for language in sorted(spoken)), 0)
