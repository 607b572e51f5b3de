"""Dates as the standards of feeds write them, and no others."""

from __future__ import annotations

from datetime import date

import regex

from corpus.dates.calendars import is_elsewhere

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# RFC 822, section 5, with the four digits of RFC 1123 or two; some write names in full.
_RFC_822 = regex.compile(
    r"(?:(?P<weekday>[A-Za-z]{3,9}),?\s+)?(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3,9})\s+"
    r"(?P<year>\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}(?::\d{2})?"
    # The zone, and its name as a comment.
    r"(?:\s+\S+(?:\s+\([^()]*\))?)?)?"
)
# W3C's note on dates and times (1997), whole days only; a space where the T stands is common.
_W3C = regex.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?",
    regex.IGNORECASE,
)


def feed_date(text: str) -> date | None:
    """Return the day that a date of a feed names, as written, or `None`.

    A date of another form is none, since guesses make 2005 of "05-04-2026"; one that names no day
    ("2020-04") stays without; so do one of the Hijri or the Persian calendar and one whose weekday
    is another's.

    >>> feed_date("Sat, 18 Apr 2020 22:30:00 +0300"), feed_date("2020-04-18T22:30:00Z")
    (datetime.date(2020, 4, 18), datetime.date(2020, 4, 18))
    >>> feed_date("2020-04"), feed_date("05-04-2026"), feed_date("Sun, 18 Apr 2020 22:30:00 GMT")
    (None, None, None)
    """
    stripped = text.strip()[:60]
    if found := _W3C.fullmatch(stripped):
        return _day(int(found["year"]), int(found["month"]), int(found["day"]))
    found = _RFC_822.fullmatch(stripped)
    month = found["month"][:3].lower() if found else ""
    if not found or month not in _MONTHS:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:
        # As RFC 2822, section 4.3, reads them.
        year += 2000 if year < 50 else 1900
    day = _day(year, _MONTHS.index(month) + 1, int(found["day"]))
    weekday = (found["weekday"] or "")[:3].lower()
    return None if day and weekday and _WEEKDAYS[day.weekday()] != weekday else day


def _day(year: int, month: int, day: int) -> date | None:
    if is_elsewhere(year):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
