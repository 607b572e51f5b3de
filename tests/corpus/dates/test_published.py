"""Days as texts and metadata write them, in three calendars."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from corpus.dates.calendars import convert
from corpus.dates.published import find_published, parse_date
from corpus.errors import DalilError
from corpus.fields import draft

BODY = "فتحت المدارس في المدينة أبوابها صباح اليوم بعد عطلة طويلة استمرت شهرين."

DATES = {
    "2020-04-18": date(2020, 4, 18),
    "2020-04-18T23:30:00+03:00": date(2020, 4, 18),
    "2020-04-18 10:00:00": date(2020, 4, 18),
    "18 أبريل 2020": date(2020, 4, 18),
    "١٨ نيسان/أبريل ٢٠٢٠": date(2020, 4, 18),
    "السبت 18 نيسان 2020": date(2020, 4, 18),
    "5 كانون الثاني 2021": date(2021, 1, 5),
    "5 كانون الأول 2021": date(2021, 12, 5),
    "April 18, 2020": date(2020, 4, 18),
    "18 Apr 2020": date(2020, 4, 18),
    "18 avril 2020": date(2020, 4, 18),
    "18. März 2020": date(2020, 3, 18),
    "18 de abril de 2020": date(2020, 4, 18),
    "18 Nisan 2020": date(2020, 4, 18),
    "03/04/2020": None,
    "31 April 2020": None,
    "Sunday, April 18, 2020": None,
    "2020": None,
    "soon": None,
    "": None,
}


@pytest.mark.parametrize("text", DATES)
def test_parse_date(text):
    assert parse_date(text) == DATES[text]


WRITTEN = json.loads((Path(__file__).parent / "cases/dates.json").read_text("utf-8"))


@pytest.mark.parametrize("text", WRITTEN)
def test_dates_however_they_are_written(text):
    day = parse_date(text)
    assert (day and day.isoformat()) == WRITTEN[text]


def test_a_year_of_another_calendar_is_refused_by_name():
    for value in ("1444-02-24", "۱۳۹۳-۰۲-۱۰", date(1444, 2, 24)):
        with pytest.raises(DalilError, match="Hijri or the Persian calendar; name its month"):
            draft({"text": BODY, "published": value}, where="a", source="a")
    kept = draft({"text": BODY, "published": "24 صفر 1444 هـ"}, where="a", source="a")
    assert kept.published == date(2022, 9, 20)


@pytest.mark.parametrize("year", range(1300, 1472))
def test_the_persian_year_begins_in_march_and_has_no_gaps(year):
    first, following = (convert(f"1 فروردین {y}") for y in (year, year + 1))
    last = convert(f"30 اسفند {year}") or convert(f"29 اسفند {year}")
    assert last + timedelta(1) == following
    assert first.month == 3
    assert first.day in (20, 21, 22)


OPENINGS = {
    "12 شعبان 1441 هـ": date(2020, 4, 5),
    "12 شعبان 1441 هـ الموافق 5 نيسان 2020": date(2020, 4, 5),
    "الثلاثاء 20 أيلول / سبتمبر 2022 - 14:30": date(2022, 9, 20),
    "آخر تحديث: 20 شتنبر 2022": date(2022, 9, 20),
    "القامشلي - 20 أيلول 2022": date(2022, 9, 20),
    "القامشلي - نورث برس - 20 أيلول 2022": None,
    "دير الزور | الثلاثاء 20 أيلول / سبتمبر 2022 14:30": date(2022, 9, 20),
    "QAMISHLI - 20 September 2022": date(2022, 9, 20),
    "صورة أرشيفية - 20 أيلول 2018": None,
    "File photo - 20 September 2018": None,
    "The war began in the spring of that year - 15 March 2011": None,
    "الرباط، 20 دجنبر 2022 - أكد المتحدث أن الطريق مفتوح.": date(2022, 12, 20),
    "2022/09/20": date(2022, 9, 20),
    "تأسست الجمعية عام 1441 هـ في المدينة.": None,
    "بدأت الحرب في 12 شعبان 1441 وما زالت مستمرة.": None,
    "أكد المتحدث، اليوم السبت (18 نيسان 2020)، أن الطريق مفتوح.": date(2020, 4, 18),
    "أكد المتحدث اليوم الأحد (18 نيسان 2020) أن الطريق مفتوح.": None,
    "The ministry said today, April 18, 2020, that the road is open.": date(2020, 4, 18),
    "دمشق، 18 أبريل 2020 - أكد المتحدث أن الطريق مفتوح.": date(2020, 4, 18),
    "DAMASCUS, April 18, 2020 – The road is open.": date(2020, 4, 18),
    "18 أبريل 2020": date(2020, 4, 18),
    "Published on 18 April 2020": date(2020, 4, 18),
    "نشر في: 18 أبريل 2020": date(2020, 4, 18),
    "بدأت الحرب في 15 آذار 2011 وما زالت مستمرة.": None,
    "The war began on 15 March 2011. It goes on today.": None,
    "أكد المتحدث اليوم الاثنين أن الطريق مفتوح.": None,
    "نشرت في: 20 أيلول 2022": date(2022, 9, 20),
    "تم النشر في 20 أيلول 2022": date(2022, 9, 20),
    "تاريخ النشر: 20/أيلول/2022": date(2022, 9, 20),
    "نُشر في 24 صفر 1444 هـ": date(2022, 9, 20),
    "تاريخ النشر: 24 صفر 1444 هـ": date(2022, 9, 20),
    "تاریخ انتشار: ۲۰ شهریور ۱۴۰۱": date(2022, 9, 11),
    "تاریخ انتشار: ۲۰ شهریور ۱۴۰۱ - ۱۴:۳۰": date(2022, 9, 11),
    "منتشر شده در ۲۰ سپتامبر ۲۰۲۲": date(2022, 9, 20),
    "Last updated: 20 September 2022": date(2022, 9, 20),
    "Publié le 20 septembre 2022 à 14h30": date(2022, 9, 20),
    "Mis à jour le 20 septembre 2022": date(2022, 9, 20),
    "Yayınlanma Tarihi: 20 Eylül 2022": date(2022, 9, 20),
    "Güncelleme: 20 Eylül 2022 14:30": date(2022, 9, 20),
    "Giriş: 20 Eylül 2022": date(2022, 9, 20),
    "Опубликовано: 20 сентября 2022 года": date(2022, 9, 20),
    "Обновлено 20 сентября 2022": date(2022, 9, 20),
    "Aktualisiert am 20. September 2022": date(2022, 9, 20),
    "Actualizado el 20 de septiembre de 2022": date(2022, 9, 20),
    "بەرواری بڵاوکردنەوە: ٢٠ی ئەیلوولی ٢٠٢٢": date(2022, 9, 20),
    "Dîroka weşanê: 20ê Îlonê 2022": date(2022, 9, 20),
    "ولد في 20 أيلول 1980 في دمشق.": None,
    "20 أيلول 2022 كان يوماً صعباً على السكان.": None,
    "Le 20 septembre 2022 fut un jour difficile.": None,
    "تأسست الفرقة في 24 صفر 1444 هـ في المدينة القديمة.": None,
    "نشر الجيش قواته في 20 أيلول 2018 قرب السد.": None,
}


@pytest.mark.parametrize("line", OPENINGS)
def test_find_published(line):
    assert find_published([line]) == OPENINGS[line]
