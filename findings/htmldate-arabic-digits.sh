#!/usr/bin/env bash
# htmldate 1.11.0, dateparser 1.5.0: a page's 5 April is in May once its digits are Arabic.
#
# htmldate reads 5/4/2020 by patterns of its own, day first, as Arab countries write it. These know the
# digits 0 to 9 only. With ٥/٤/٢٠٢٠ they find nothing, and dateparser is asked, without a language: it
# reads any digits, tries English first, and there the month comes first. The page's lang="ar" is not
# looked at. A weekday before the date makes it Arabic again, and from the 13th on a day can't be a month,
# so most tries look right. Of the first twelve days of a month eleven are wrong, by ten months at worst:
# in the citation, and in every filter by date.
#
# Seen:
#   5/4/2020          2020-04-05
#   ٥/٤/٢٠٢٠          2020-05-04
#   الأحد ٥/٤/٢٠٢٠    2020-04-05
#   13/4/2020         2020-04-13
#   ١٣/٤/٢٠٢٠         2020-04-13
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'htmldate==1.11.0' 'dateparser==1.5.0'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
from htmldate import find_date

PAGE = """<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>افتتاح الجسر</title></head>
<body><h1>افتتاح الجسر</h1><p class="date">{}</p><p>عبرت السيارات الجسر صباحا.</p></body></html>"""

for text, expected in {
    "5/4/2020": "2020-04-05",
    "٥/٤/٢٠٢٠": "2020-05-04",
    "الأحد ٥/٤/٢٠٢٠": "2020-04-05",
    "13/4/2020": "2020-04-13",
    "١٣/٤/٢٠٢٠": "2020-04-13",
}.items():
    found = find_date(PAGE.format(text))
    print(f"{text:16}  {found}")
    assert found == expected
PYTHON
