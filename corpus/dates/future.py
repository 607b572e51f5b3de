"""Dates that no article can have been published on yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

# A post may be dated for tomorrow, and east of here tomorrow has begun.
_AHEAD = timedelta(days=1)


def is_ahead(day: date, today: date | None = None) -> bool:
    """Tell if a day lies more than one day after `today`, which is today's in UTC unless given.

    >>> today = date(2020, 4, 18)
    >>> is_ahead(date(2020, 4, 19), today), is_ahead(date(2020, 4, 20), today)
    (False, True)
    >>> is_ahead(date(2999, 1, 1))
    True
    """
    # Added to the other side it would leave the calendar on its last day.
    return day - (today or datetime.now(UTC).date()) > _AHEAD


def left_out(day: date) -> str:
    """Return the sentence that tells of a date that was left out.

    >>> left_out(date(2999, 1, 1))
    'The date 2999-01-01 lies in the future and was left out; set the right one by hand.'
    """
    told = "lies in the future and was left out; set the right one by hand."
    return f"The date {day.isoformat()} {told}"
