"""Dates by RFC 822 and W3C; partial ones and other forms are none."""

from datetime import date

import pytest

from corpus.feeds.dates import feed_date

DAY = date(2020, 4, 18)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Sat, 18 Apr 2020 22:30:00 +0300", DAY),
        ("Sat, 18 Apr 2020 22:30:00 GMT", DAY),
        # Zones that libraries take for UTC make no other day of it.
        ("Sat, 18 Apr 2020 01:30:00 EEST", DAY),
        ("18 April 2020 22:30 MSK", DAY),
        ("18 Apr 20", DAY),
        ("18 Apr 95 01:00 GMT", date(1995, 4, 18)),
        ("2020-04-18", DAY),
        ("2020-04-18T22:30Z", DAY),
        (" 2020-04-18T23:30:00.123-05:00 ", DAY),
        ("2020-04-18 22:30:00", DAY),
        ("Sat, 18 Apr 2020 22:30:00 -0500 (EST)", DAY),
        ("2020-04", None),
        # Years of the Persian and the Hijri calendar.
        ("1399-01-30", None),
        ("1441-08-25T10:15:00Z", None),
        ("2020", None),
        ("05-04-2026", None),
        ("05/04/2026", None),
        ("Sun, 18 Apr 2020 10:00 GMT", None),
        ("2020-02-30", None),
        ("31 Feb 2020", None),
        ("1586000000", None),
        ("18 نيسان 2020", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_of_a_feed(text, day):
    assert feed_date(text) == day
