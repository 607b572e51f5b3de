"""Times that a question names, as preferences: what to look at first.

A date in a question is mostly that of an event, and an article of May tells of April; an outlet
that is named may be quoted by another.  So nothing here says that an article does not count.

A date counts after a word that introduces one ("in", "since"), so that "the April agreement" stays
a name.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import regex

from corpus.text.language import detect
from corpus.text.numerals.quantity_words import tables
from corpus.text.quantities import Quantity, quantities
from corpus.text.words import words

_FILE = Path(__file__).with_name("preferences.toml")
_MONTH = regex.compile(r"@(\d+)(?:-(\d+))?")
# Between a month and its year: "April, 2020", "mayo de 2020", "نيسان من عام 2020".
_THEN_YEAR = regex.compile(
    r"(?:'?\p{L}{0,2})?[\s,،]{1,2}(?:(?:of|de|من|عام|سنة|ساڵی|سال|sala|yılı) ){0,2}"
    r"((?:19|20)[0-9]{2})(?!\p{N})"
)
_YEAR_BEFORE = regex.compile(r"(?<!\p{N})((?:19|20)[0-9]{2})(?:['’]?\p{L}*| yılı\p{L}*)?\s$")
_YEAR = regex.compile(r"(?<![\p{N}.,])(?:19|20)[0-9]{2}(?![\p{N}]|[.,]\p{N})")
# Endings of cases that the names of months have in Kurdish: "نیسانی", "nîsana".
_ENDINGS = ("ي", "a")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, `None` for an open end, said at `text[start:end]`."""

    since: date | None
    until: date | None
    start: int
    end: int


def period_of(question: str, newest: date) -> tuple[Period | None, Period | None]:
    """Return the periods whose beginning and whose end bound the time that a question names.

    `newest` is the day of the newest article: times such as "last week" are told from it, and a
    month without a year is the last one that it does not lie before.

    >>> def told(text):
    ...     since, until = period_of(text, date(2021, 6, 14))
    ...     return str(since and since.since), str(until and until.until)
    >>> told("Who returned in April 2020?"), told("Who has returned since March?")
    (('2020-04-01', '2020-04-30'), ('2021-03-01', 'None'))
    >>> told("ماذا حدث الشهر الماضي؟"), told("Who signed the 2019 treaty?")
    (('2021-05-01', '2021-05-31'), ('None', 'None'))
    """
    # Digits of any script; one stays one character, so that spans hold.
    text = regex.sub(r"\p{Nd}", lambda digit: str(int(digit[0])), question)
    found = [*_dates(text, newest), *_relative(text, newest)]
    closed = [each for each in found if each.since and each.until]
    since = min(closed, key=lambda p: p.since or newest, default=None)
    until = max(closed, key=lambda p: p.until or newest, default=None)
    opened = next((each for each in found if each.since and not each.until), None)
    ended = next((each for each in found if each.until and not each.since), None)
    return opened or since, ended or until


def _dates(text: str, newest: date) -> list[Period]:
    said = [*_months(text), *_years(text)]
    found, year = list[Period](), None
    # Of "between March and May 2020" the year is said once, at the end.
    for day in reversed(sorted(said, key=lambda d: d.start)):
        year = day.year or year
        period = _period(text, day, year, newest)
        if period:
            found.append(period)
    return found[::-1]


class _Said(NamedTuple):
    """A date as it is said: its span, and what is known of it (0 for what is not said)."""

    start: int
    end: int
    year: int
    month: int = 0
    day: int = 0


def _months(text: str) -> list[_Said]:
    plain = _plain(text)
    read = [(q, m) for q in quantities([*words(plain)], plain) if (m := _MONTH.fullmatch(q.term))]
    found: list[_Said] = []
    for quantity, match in read:
        over = [q for q, _ in read if q is not quantity and _within(quantity, q)]
        # A day lies over its month; a month with a day is told by it.
        if match[2] is None and over:
            continue
        held = _YEAR.search(text, quantity.start, quantity.end)
        after = _THEN_YEAR.match(text, quantity.end)
        before = _YEAR_BEFORE.search(text[: quantity.start])
        start, end, year = quantity.start, quantity.end, 0
        if held:
            year = int(held[0])
        elif after:
            end, year = after.end(), int(after[1])
        elif before:
            start, year = before.start(1), int(before[1])
        found.append(_Said(start, end, year, int(match[1]), int(match[2] or 0)))
    return list(dict.fromkeys(found))


def _within(inner: Quantity, outer: Quantity) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and "-" in outer.term


def _plain(text: str) -> str:
    """Return a text of the same length whose months have lost the endings of their case."""
    letters, months = list(text), tables().months
    for word in words(text):
        folded = word.folded
        known = months.get((folded[:-1],)) if folded.endswith(_ENDINGS) else None
        if known and known.sure and (folded,) not in months:
            letters[word.end - 1] = " "
    return "".join(letters)


def _years(text: str) -> list[_Said]:
    """Return the years that stand alone, behind a word for a time or before one."""
    months = _months(text)
    found = []
    for match in _YEAR.finditer(text):
        held = any(m.start <= match.start() < m.end for m in months)
        told = _ends(text, match.start(), "year") or _behind(text, match.end(), "during_after")
        told = told or _behind(text, match.end(), "since_after")
        if told and not held:
            found.append(_Said(match.start(), match.end(), int(match[0])))
    return found


def _period(text: str, said: _Said, year: int | None, newest: date) -> Period | None:
    since, until = _days(said, year or 0, newest)
    if since is None or until is None:
        return None
    for kind in ("since", "before", "until"):
        opening = _ends(text, said.start, kind)
        closing = None if opening else _behind(text, said.end, f"{kind}_after")
        if opening is None and closing is None:
            continue
        start = said.start if opening is None else opening
        end = closing or said.end
        if kind == "since":
            return Period(since, None, start, end)
        last = until if kind == "until" else since - timedelta(days=1)
        return Period(None, last, start, end)
    alone = not said.month
    told = _ends(text, said.start, "during") is not None
    if alone or told or _behind(text, said.end, "during_after"):
        return Period(since, until, said.start, said.end)
    return None


def _days(said: _Said, year: int, newest: date) -> tuple[date | None, date | None]:
    try:
        if not said.month:
            return date(said.year, 1, 1), date(said.year, 12, 31)
        if not year:
            earlier = date(newest.year, said.month, said.day or 1) > newest
            year = newest.year - earlier
        first = date(year, said.month, said.day or 1)
        return first, first if said.day else _month_end(first)
    except ValueError:
        # The 30th of February is no day.
        return None, None


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _relative(text: str, newest: date) -> list[Period]:
    language = detect(text)
    month = newest.replace(day=1)
    before = month - timedelta(days=1)
    year, day = newest.replace(month=1, day=1), timedelta(days=1)
    spans: dict[str, tuple[date, date]] = {
        "yesterday": (newest - day, newest),
        "this_week": (newest - _WEEK + day, newest),
        "last_week": (newest - _WEEK, newest),
        "this_month": (month, newest),
        "last_month": (before.replace(day=1), before),
        "this_year": (year, newest),
        "last_year": (year.replace(year=year.year - 1), year - day),
    }
    found = []
    for kind, (since, until) in spans.items():
        said = _own(kind, language)
        match = said.search(text) if said else None
        if match:
            found.append(Period(since, until, match.start(), match.end()))
    return found


def _ends(text: str, place: int, kind: str) -> int | None:
    """Return where words of a kind begin that stand right before a place, `None` without any."""
    match = _before(kind).search(text[:place])
    return match.start(1) if match else None


def _behind(text: str, place: int, kind: str) -> int | None:
    """Return where words of a kind end that stand right behind a place, `None` without any."""
    pattern = _after(kind)
    match = pattern.match(text, place) if pattern else None
    return match.end() if match else None


@lru_cache
def _before(kind: str) -> regex.Pattern[str]:
    fillers = "" if kind == "year" else rf"(?:(?:{entries('fillers')})[\s]+|(?<=['’])){{0,3}}"
    return regex.compile(
        rf"(?<![\p{{L}}\p{{M}}])({entries(kind)})(?:\s+|(?<=['’])){fillers}$", regex.I
    )


@lru_cache
def _after(kind: str) -> regex.Pattern[str] | None:
    said = entries(kind)
    return regex.compile(rf"\s?(?:{said})(?![\p{{L}}\p{{M}}])", regex.I) if said else None


@lru_cache
def _own(kind: str, language: str) -> regex.Pattern[str] | None:
    said = _languages().get(language, {}).get(kind)
    if not said:
        return None
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{said})(?![\p{{L}}\p{{M}}])", regex.I)


@lru_cache
def entries(kind: str) -> str:
    """Return one alternative of what all languages have under a kind, "" where none has any."""
    return "|".join(table[kind] for table in _languages().values() if table.get(kind))


@lru_cache
def _languages() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
