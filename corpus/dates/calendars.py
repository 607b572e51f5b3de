"""Days of the Hijri and the Persian calendar as days of the common era.

A year from 1300 to 1500 is one of theirs and never of the common era.  Which of the two is said by
the month's name or by a mark behind the year; digits alone may be either.  The Hijri days are those
of Umm al-Qura, which may be a day off where a country goes by its own sight of the moon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import regex

from corpus.text.words import fold

_HIJRI = (
    "محرم|المحرم|محرم الحرام|muharram",
    "صفر|صفر الخير|safar",
    "ربيع الأول|ربيع أول|rabi al-awwal|rabi i",
    "ربيع الثاني|ربيع الآخر|ربيع ثاني|rabi al-thani|rabi al-akhir|rabi ii",
    "جمادى الأولى|جمادى الأول|جماد الأول|جماد أول|جمادي الاول"
    "|jumada al-ula|jumada al-awwal|jumada i",
    "جمادى الآخرة|جمادى الآخر|جمادى الثانية|جمادى الثاني|جماد الثاني|جماد الآخر|جمادي الثاني"
    "|jumada al-thani|jumada al-akhira|jumada ii",
    "رجب|رجب المرجب|rajab",
    "شعبان|شعبان المعظم|sha'ban|shaban",
    "رمضان|رمضان المبارك|ramadan|ramazan",
    "شوال|شوال المكرم|shawwal",
    "ذو القعدة|ذي القعدة|ذوالقعدة|ذیقعده|ذی‌القعده|dhu al-qadah|dhu al-qa'dah|zilkade",
    "ذو الحجة|ذي الحجة|ذوالحجة|ذیحجه|ذی‌الحجه|dhu al-hijjah|zilhicce",
)
_PERSIAN = (
    "فروردین|حمل|خاکەلێوە|farvardin",
    "اردیبهشت|ثور|گوڵان|ordibehesht",
    "خرداد|جوزا|جۆزەردان|khordad",
    "تیر|سرطان|پووشپەڕ|tir",
    "مرداد|امرداد|اسد|گەلاوێژ|mordad",
    "شهریور|سنبله|خەرمانان|shahrivar",
    "مهر|میزان|ڕەزبەر|mehr",
    "آبان|عقرب|گەڵاڕێزان|گەڵارێزان|aban",
    "آذر|قوس|سەرماوەز|azar",
    "دی|جدی|بەفرانبار|dey",
    "بهمن|دلو|ڕێبەندان|bahman",
    "اسفند|حوت|ڕەشەمە|esfand",
)
# What is written behind a year: "1441 هـ", "1399 هـ.ش", "1444 AH".
_OF_HIJRI = r"هـ|ه|هجري|هجرية|هجری\s?قمری|هجری|قمری|ق|ah|h"
_OF_PERSIAN = r"هـ?\.?\s?ش\.?|هجري\s?شمسي|هجری\s?شمسی|هەتاوی|شمسی|خورشیدی|ش|sh"
_YEARS = range(1300, 1501)
# The years for which the cycle of 33 years is that of the calendar (Borkowski, 1996).
_LAST_PERSIAN = 1472
_LEAP = (1, 5, 9, 13, 17, 22, 26, 30)
# The first six months have 31 days, the others 30, and the last but 29 if the year is no leap year.
_MONTHS, _LONG_MONTHS = 12, 6
# Dates are short.
_LONGEST = 80
_NEW_YEAR = (1399, date(2020, 3, 20))


def is_elsewhere(year: int) -> bool:
    """Tell if a year is one of another calendar than the common era."""
    return year in _YEARS


def convert(text: str) -> date | None:
    """Return the day that a text names in the Hijri or the Persian calendar, or `None`.

    >>> convert("12 شعبان 1441"), convert("1444/02/24 هـ"), convert("۱۷ فروردین ۱۳۹۹")
    (datetime.date(2020, 4, 5), datetime.date(2022, 9, 20), datetime.date(2020, 4, 5))
    >>> convert("1444-02-24"), convert("18 April 2020")
    (None, None)
    """
    for calendar in _calendars():
        found = calendar.pattern.fullmatch(text.strip()[:_LONGEST])
        if not found:
            continue
        number = calendar.months.get(_spelled(found["name"] or "")) or found["month"]
        if number and is_elsewhere(year := int(found["year"])):
            return calendar.to_day(year, int(number), int(found["day"]))
    return None


class _Calendar(NamedTuple):
    """How dates of a calendar are written, the numbers of its months, and what day one is."""

    pattern: regex.Pattern[str]
    months: Mapping[str, int]
    to_day: Callable[[int, int, int], date | None]


@cache
def _calendars() -> tuple[_Calendar, ...]:
    """Compile when first needed; the Persian marks are the longer ones."""
    persian = _calendar(_PERSIAN, _OF_PERSIAN, _from_persian)
    return persian, _calendar(_HIJRI, _OF_HIJRI, _from_hijri)


def _calendar(
    listed: Sequence[str], mark: str, to_day: Callable[[int, int, int], date | None]
) -> _Calendar:
    months = {
        _spelled(f"{name}{month}"): number
        for number, names in enumerate(listed, start=1)
        for name in names.split("|")
        # "تیرماه", "مرداد ماه"
        for month in ("", "ماه", " ماه")
    }
    day, month, year = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})"
    between, again = r"(?P<between>\s*[-/.]\s*)", "(?P=between)"
    pattern = rf"""(?:يوم\s+)?(?:(?:(?:یک|دو|سه|چهار|پنج)\s)?[\p{{L}}\u200c]{{3,}}[\s،,]+)?
        (?: {day}\s+(?:من\s+)?(?P<name>\p{{L}}[^\d،,()/]*?)\s*[،,]?\s*{year}\s*(?:{mark})?
          | {year}{between}{month}{again}{day}\s*(?:{mark})
          | {day}{between}{month}{again}{year}\s*(?:{mark}) )
        (?:[\s،,|–—-]+(?:الساعة\s*|ساعت\s*)?\d{{1,2}}[:.]\d{{2}}(?:\s*[\p{{L}}\p{{M}}]+){{0,3}})?\W*"""
    return _Calendar(regex.compile(pattern, regex.IGNORECASE | regex.VERBOSE), months, to_day)


def _spelled(name: str) -> str:
    return " ".join(fold(word) for word in name.split())


def _from_hijri(year: int, month: int, day: int) -> date | None:
    # Only a date of that calendar needs it.
    from hijridate import Hijri

    try:
        known = Hijri(year, month, day).to_gregorian()
        return date(known.year, known.month, known.day)
    except (ValueError, OverflowError):
        return None


def _from_persian(year: int, month: int, day: int) -> date | None:
    most = 31 if month <= _LONG_MONTHS else 30 if month < _MONTHS or _is_leap(year) else 29
    if year > _LAST_PERSIAN or not (1 <= month <= _MONTHS and 1 <= day <= most):
        return None
    known, start = _NEW_YEAR
    first, last = sorted((known, year))
    between = sum(366 if _is_leap(each) else 365 for each in range(first, last))
    before = 30 * (month - 1) + min(month - 1, _LONG_MONTHS)
    return start + timedelta(between if year > known else -between) + timedelta(before + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP
