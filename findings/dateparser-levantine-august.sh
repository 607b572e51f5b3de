#!/usr/bin/env bash
# dateparser 1.5.0: "5 August 2020", as Syria and Lebanon write it, is the moment of the call.
#
# Arabic has two sets of month names, and without a country only that of Egypt and the Gulf is known. The
# names of Syria, Lebanon and Iraq give None, which is noticed. August, آب, does not: its mark is stripped,
# other languages are tried, and in Urdu اب means "now". The 5 and the 2020 are dropped. Strict parsing
# and required parts change nothing, since "now" has a day, a month and a year, and search_dates finds it
# within a sentence. So an old article is the newest of all whenever it is read, and a filter for its year
# misses it. With region="SY" the date is right.
#
# Seen:
#   5 أغسطس 2020        2020-08-05
#   5 تموز 2020         None
#   5 أيلول 2020        None
#   5 آب 2020           now (ur)
#   5 آب 2020, strict   now (ur)
#   in a sentence       now
#   5 آب 2020, Syria    2020-08-05
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'dateparser==1.5.0'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
from datetime import datetime, timedelta

from dateparser import DateDataParser
from dateparser.search import search_dates


def words(date):
    now = date and abs(datetime.now() - date) < timedelta(minutes=1)
    return "now" if now else str(date and date.date())


def read(name, text, **options):
    data = DateDataParser(**options).get_date_data(text)
    found = words(data.date_obj) + (" (ur)" if data.locale == "ur" else "")
    print(f"{name:18}  {found}")
    return found


strict = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"]}
assert read("5 أغسطس 2020", "5 أغسطس 2020") == "2020-08-05"
for text in ("5 تموز 2020", "5 أيلول 2020"):
    assert read(text, text) == "None"
assert read("5 آب 2020", "5 آب 2020") == "now (ur)"
assert read("5 آب 2020, strict", "5 آب 2020", settings=strict) == "now (ur)"
((_, date),) = search_dates("افتتح الجسر في 5 آب 2020 بعد عامين")
print(f"{'in a sentence':18}  {words(date)}")
assert words(date) == "now"
assert read("5 آب 2020, Syria", "5 آب 2020", region="SY") == "2020-08-05"
PYTHON
