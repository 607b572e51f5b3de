"""Dates as news texts and metadata write them, in several languages."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import NamedTuple

import regex

from corpus.dates.calendars import convert, is_elsewhere
from corpus.text.abbreviations import MONTHS
from corpus.text.numerals.quantity_words import tables
from corpus.text.words import fold

# A name, and often a second one for the same month: "أيلول / سبتمبر", "September (Ramadan)" not.
_MONTH = r"(?&month_name)\.?(?:\s*[/(\-–]\s*(?&month_name)\s*\)?)?"
# Each list is compiled once for a pattern that names it several times.
_NAMED = r"(?(DEFINE)(?P<month_name>\L<months>)(?P<weekday_name>\L<weekdays>))"
_WEEKDAYS = (
    "monday mon lundi montag lunes pazartesi الاثنين الإثنين دووشەممە دوشنبه دو_شنبه"
    " duşem понедельник",
    "tuesday tue mardi dienstag martes salı الثلاثاء سێشەممە سه‌شنبه سه_شنبه سهشنبه sêşem вторник",
    "wednesday wed mercredi mittwoch miércoles çarşamba الأربعاء الاربعاء چوارشەممە چهارشنبه"
    " چهار_شنبه çarşem среда",
    "thursday thu jeudi donnerstag jueves perşembe الخميس پێنجشەممە پنجشنبه پنج‌شنبه"
    " پنج_شنبه pêncşem четверг",
    "friday fri vendredi freitag viernes cuma الجمعة هەینی جمعه în пятница",
    "saturday sat samedi samstag sábado cumartesi السبت شەممە شنبه şemî суббота",
    "sunday sun dimanche sonntag domingo pazar الأحد الاحد یەکشەممە یکشنبه یک‌شنبه یک_شنبه yekşem"
    " воскресенье",
)
_WEEKDAY_NUMBERS = {
    name.replace("_", " "): number
    for number, names in enumerate(_WEEKDAYS)
    for name in names.split()
}
_DATE = rf"""
    (?:(?:يوم\s+)?\b(?P<weekday>(?&weekday_name))\b\.?\s*[,،-]?\s*(?:الموافق\s*)?[(]?\s*)?
    (?: (?P<year>\d{{4}})(?P<between>[-/.])(?P<month>\d{{1,2}})(?P=between)(?P<day>\d{{1,2}})
      | (?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|ی|['’]?ê)?\s*(?:\bde\s+|من\s+|شهر\s+|of\s+|ی\s+)*
        [-–/]?(?P<name>{_MONTH})[-–/]?\s*(?:de\s+|del\s+|(?:من\s+)?ل?(?:عام|سنة)\s+|ی\s+)?[,،]?\s*(?P<year>\d{{4}})
      | (?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*[,،]?\s+(?P<year>\d{{4}})
      | (?P<year>\d{{4}})[\s-]{{1,2}}(?P<name>{_MONTH})[\s-]{{1,2}}(?P<day>\d{{1,2}})
      | (?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})\s+\d\d:\d\d(?::\d\d)?\s+
        (?:\p{{Lu}}{{2,5}}\s+)?(?P<year>\d{{4}}) )
    (?!\d)(?:['’]?an\b|\s*(?:م|ميلادية?|میلادی|года|год|г\.?|ز))?
    (?:[\s,،]+(?P<weekday>(?&weekday_name))\b)?(?!\p{{L}})"""
# What may stand behind the day in a field or on a line of its own: the time, and in which zone.
_TIME = r"""(?:[\s,،|\-–—T]*(?:\b(?:at|à|um|saat|الساعة|ساعت|в)\b[\s:]*)?
    \d{1,2}(?:[:.]\d{2}(?::\d{2}(?:\.\d+)?)?|h\d{2})
    \s*(?:[ap]\.?m\.?|صباحا|صباحاً|مساء|مساءً|ص|م)?
    [\s,،(]*(?:Z|(?:GMT|UTC)?\s*[+-]\d{1,2}:?\d{0,2}(?:\s\(?[\p{L}\s]{2,40}\)?)?|\p{L}{2,20}(?:\s\p{L}{2,20})?)?[\s)]*)?"""
# RFC 822 wrote two digits of the year, and feeds still do; which century is that of RFC 2822.
_SHORT_YEAR = regex.compile(
    r"\A(?:[A-Z][a-z]{2,8},? )?\d{1,2}([ -])[A-Z][a-z]{2}\1\K\d\d(?= \d\d:\d\d)"
)
_PIVOT = "50"
# A line that is a date and little else.
_SHORT = 80
# Every date has one.  To look for it first takes a hundredth of what looking for a date does.
_YEAR = regex.compile(r"\d{4}")
# The names of a month that has two.
_NAMES = regex.compile(r"[^/(\-–).]+")
# What stands before the day on a line of its own.
_LABEL = regex.compile(
    r"\W*(?:(?:last\s+)?(?:published|posted|updated)(?:\s+on)?|date|(?:تم\s+)?(?:ال)?ن\u064f?شرت?(?:\s+في|\s+بتاريخ)?"
    r"|آخر\s+تحديث(?:\s+في|\s+بتاريخ)?|(?:ال)?تاريخ(?:\s+النشر)?|publié\s+le|mis\s+à\s+jour\s+le"
    r"|(?:yayın(?:lanma)?|güncelleme|giriş)(?:\s+tarihi)?|(?:veröffentlicht|aktualisiert)(?:\s+am)?"
    r"|(?:publicado|actualizado)(?:\s+el)?|опубликовано|обновлено|تاریخ(?:\s+انتشار)?|منتشر\s+شده(?:\s+در)?"
    r"|بەروار(?:ی\s+بڵاوکردنەوە)?|dîrok(?:a\s+weşanê)?)\s*[:：]?\s*",
    regex.IGNORECASE,
)
# A year of another calendar in any digits, and what stands between two names of one day.
_ELSEWHERE = regex.compile(r"(?<!\d)[1١۱](?:[3٣۳4٤۴]\d\d|[5٥۵][0٠۰][0٠۰])(?!\d)")
_BOTH = regex.compile(
    r"(?<=هـ)\s++(?=\d)|(?<!\s)\s*+(?:\bالموافق(?:\s+ل(?=\s))?|[|=]|(?<=\s)[-–—/]\s|\()\s*+|\)"
)
_FLAGS = regex.IGNORECASE | regex.VERBOSE


class _Patterns(NamedTuple):
    any: regex.Pattern[str]
    whole: regex.Pattern[str]
    today: regex.Pattern[str]
    dateline: regex.Pattern[str]
    placed: regex.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Compile when first needed: it takes longer than all other imports of this package."""

    def compiled(pattern: str) -> regex.Pattern[str]:
        return regex.compile(
            pattern + _NAMED, _FLAGS, months=_spellings(), weekdays=[*_WEEKDAY_NUMBERS]
        )

    return _Patterns(
        any=compiled(rf"(?<!\d){_DATE}"),
        whole=compiled(rf"\W*{_DATE}{_TIME}\W*"),
        today=compiled(
            r"\b(?:اليوم|today|bugün|aujourd['’]hui|heute|hoy|îro|ئەمڕۆ|امروز|сегодня)\b[\s,،(]*"
            + _DATE
        ),
        dateline=compiled(rf"[^.\n]{{0,40}}?[\s(،,]?{_DATE}\s*[)]?\s*[-–—:]"),
        # A place or an agency before the day; a caption tells when a picture was taken.
        placed=compiled(
            r"(?!.*(?:أرشيف|صورة|archiv|arşiv|photo|foto|file))"
            rf"\W*(?:[\p{{L}}\p{{M}}]+\s+){{1,4}}[-–—|]\s*{_DATE}{_TIME}\W*"
        ),
    )


@cache
def _months() -> dict[str, int]:
    """Return the numbers of all names of months, folded."""
    named = {" ".join(words): month.number for words, month in tables().months.items()}
    return named | {_spelled(name): number for name, number in MONTHS.items()}


@cache
def _spellings() -> list[str]:
    """Return all names of months as they may be written: with hamza or without it."""
    names = {*MONTHS, *tables().month_names}
    return sorted(names | {_spelled(name) for name in names})


def _spelled(name: str) -> str:
    return " ".join(fold(word) for word in name.split())


def parse_date(text: str) -> date | None:
    """Return the day that a date field names, or `None` when it cannot be told.

    Takes ISO 8601 dates and times (the day as written, whatever the time zone) and dates with
    the month spelled out, with the time behind them as feeds (RFC 822) and pages write it. Dates
    such as `03/04/2020` mean two different days and give `None`. A year from 1300 to 1500 is one of
    the Hijri or the Persian calendar, where the month's name or a mark says which, and else `None`.

    >>> parse_date("2020-04-18T10:30:00Z"), parse_date("18 نيسان 2020")
    (datetime.date(2020, 4, 18), datetime.date(2020, 4, 18))
    >>> parse_date("Saturday, April 18, 2020"), parse_date("03/04/2020")
    (datetime.date(2020, 4, 18), None)
    >>> parse_date("12 شعبان 1441"), parse_date("1444-02-24")
    (datetime.date(2020, 4, 5), None)
    """
    stripped = text.strip()
    if day := _elsewhere(stripped):
        return day
    try:
        # Java writes the name of the zone behind: "2022-09-20T10:15:00Z[UTC]".
        day = datetime.fromisoformat(stripped.partition("[")[0]).date()
        return None if is_elsewhere(day.year) else day
    except ValueError:
        full = _SHORT_YEAR.sub(lambda m: ("19" if m[0] >= _PIVOT else "20") + m[0], stripped)
        match = _patterns().whole.fullmatch(full[:_SHORT]) if _YEAR.search(full) else None
        return _date(match) if match else None


def search_date(text: str) -> date | None:
    """Return the first day that a text names, whatever stands around it.

    >>> search_date("نشر في: الأربعاء 5 آب 2020 - 10:30"), search_date("since 5/8/2020")
    (datetime.date(2020, 8, 5), None)
    """
    match = _patterns().any.search(text[:300])
    return _date(match) if match else None


def of_another_calendar(text: str) -> bool:
    """Tell if a date has a year that no news of the common era has.

    >>> of_another_calendar("1444-02-24"), of_another_calendar("2022-09-20")
    (True, False)
    """
    return bool(_ELSEWHERE.search(text))


def _elsewhere(text: str) -> date | None:
    """Return the day of another calendar that a text names, that of the common era if both are."""
    if not of_another_calendar(text):
        return None
    parts = _BOTH.split(text)
    days = [_date(m) for part in parts if (m := _patterns().whole.fullmatch(part.strip()[:_SHORT]))]
    return next((day for day in [*days, *map(convert, (text, *parts))] if day), None)


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
    for head in (line[:300] for line in lines):
        if not _YEAR.search(head):
            continue
        label = _LABEL.match(head)
        told = head[label.end() :] if label else head
        if len(told) < _SHORT and (day := _elsewhere(told.strip())):
            return day
        match = patterns.whole.fullmatch(told) or patterns.whole.fullmatch(head)
        match = match or patterns.placed.fullmatch(head)
        match = match or patterns.dateline.match(head) or patterns.today.search(head)
        if match:
            return _date(match)
    return None


def _date(match: regex.Match[str]) -> date | None:
    numbers = {_months()[_spelled(name)] for name in _NAMES.findall(match["name"] or "")}
    year = int(match["year"])
    # Two names of two months name no day.
    if len(numbers) > 1 or is_elsewhere(year):
        return None
    try:
        day = date(year, numbers.pop() if numbers else int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    weekday = _WEEKDAY_NUMBERS.get((match["weekday"] or "").lower(), day.weekday())
    return day if weekday == day.weekday() else None
