"""Dates as news texts and metadata write them, in several languages."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import NamedTuple

import regex

from corpus.text.abbreviations import MONTHS

_MONTH = "|".join(sorted((regex.escape(name) for name in MONTHS), key=len, reverse=True))
_MONTH = rf"(?:{_MONTH})\.?(?:\s*[/(]\s*(?:{_MONTH})\s*\)?)?"
_WEEKDAYS = (
    "monday lundi montag lunes pazartesi الاثنين الإثنين",
    "tuesday mardi dienstag martes salı الثلاثاء",
    "wednesday mercredi mittwoch miércoles çarşamba الأربعاء الاربعاء",
    "thursday jeudi donnerstag jueves perşembe الخميس",
    "friday vendredi freitag viernes cuma الجمعة",
    "saturday samedi samstag sábado cumartesi السبت",
    "sunday dimanche sonntag domingo pazar الأحد الاحد",
)
_WEEKDAY_NUMBERS = {
    name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()
}
_WEEKDAY = "|".join(sorted(_WEEKDAY_NUMBERS, key=len, reverse=True))
_DATE = rf"""
    (?:(?:يوم\s+)?\b(?P<weekday>{_WEEKDAY})\b\s*[,،]?\s*(?:الموافق\s*)?[(]?\s*)?
    (?: (?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})
      | (?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:de\s+)?(?P<name>{_MONTH})\s*(?:de\s+)?
        [,،]?\s*(?P<year>\d{{4}})
      | (?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*[,،]?\s+(?P<year>\d{{4}}) )
    (?!\d)"""
_FLAGS = regex.IGNORECASE | regex.VERBOSE


class _Patterns(NamedTuple):
    any: regex.Pattern[str]
    whole: regex.Pattern[str]
    today: regex.Pattern[str]
    dateline: regex.Pattern[str]
    published: regex.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Compile when first needed: it takes longer than all other imports of this package."""
    return _Patterns(
        any=regex.compile(rf"(?<!\d){_DATE}", _FLAGS),
        whole=regex.compile(rf"\W*{_DATE}\W*", _FLAGS),
        today=regex.compile(
            r"\b(?:اليوم|today|bugün|aujourd['’]hui|heute|hoy|îro|ئەمڕۆ|امروز)\b[\s,،(]*" + _DATE,
            _FLAGS,
        ),
        dateline=regex.compile(rf"[^.\n]{{0,40}}?[\s(،,]?{_DATE}\s*[)]?\s*[-–—:]", _FLAGS),
        published=regex.compile(
            r"\W*(?:(?:published|posted)(?:\s+on)?|date|نشر\s+(?:في|بتاريخ)|تاريخ\s+النشر"
            rf"|yayın\s+tarihi|publié\s+le)\s*:?\s*{_DATE}\W*",
            _FLAGS,
        ),
    )


def parse_date(text: str) -> date | None:
    """Return the day that a date field names, or `None` when it cannot be told.

    Takes ISO 8601 dates and times (the day as written, whatever the time zone) and dates with
    the month spelled out. Dates such as `03/04/2020` mean two different days and give `None`.

    >>> parse_date("2020-04-18T10:30:00Z"), parse_date("18 نيسان 2020")
    (datetime.date(2020, 4, 18), datetime.date(2020, 4, 18))
    >>> parse_date("Saturday, April 18, 2020"), parse_date("03/04/2020")
    (datetime.date(2020, 4, 18), None)
    """
    stripped = text.strip()
    try:
        return datetime.fromisoformat(stripped).date()
    except ValueError:
        match = _patterns().whole.fullmatch(stripped[:80])
        return _date(match) if match else None


def search_date(text: str) -> date | None:
    """Return the first day that a text names, whatever stands around it.

    >>> search_date("نشر في: الأربعاء 5 آب 2020 - 10:30"), search_date("since 5/8/2020")
    (datetime.date(2020, 8, 5), None)
    """
    match = _patterns().any.search(text[:300])
    return _date(match) if match else None


def find_published(lines: list[str]) -> date | None:
    """Return the day an article says it is from, or `None`.

    It stands after a word for today, in a dateline, or on a line of its own; dates that the
    article merely tells of do not count. Looks at the first lines given, the title left out.
    A weekday that does not fit its date gives `None`.

    >>> find_published(["قال الوزير، اليوم السبت (18 نيسان 2020)، إن المعبر مفتوح."])
    datetime.date(2020, 4, 18)
    >>> find_published(["The war that began on 15 March 2011 goes on."])
    """
    patterns = _patterns()
    for line in lines:
        head = line[:300]
        match = patterns.whole.fullmatch(head) or patterns.published.fullmatch(head)
        match = match or patterns.dateline.match(head) or patterns.today.search(head)
        if match:
            return _date(match)
    return None


def _date(match: regex.Match[str]) -> date | None:
    name = regex.split(r"\s*[/(.]", match["name"] or "")[0].lower()
    month = MONTHS[name] if name else int(match["month"])
    try:
        day = date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return None
    weekday = _WEEKDAY_NUMBERS.get((match["weekday"] or "").lower(), day.weekday())
    return day if weekday == day.weekday() else None
