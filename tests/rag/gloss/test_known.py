"""Numbers and dates of a quote are right, whatever else is not."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text.words import words
from rag.gloss import gloss
from rag.gloss.known import fixed, sound

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()
]
MONTHS = {
    "كانون الثاني": "January", "يناير": "January", "شباط": "February", "فبراير": "February",
    "آذار": "March", "نيسان": "April", "أبريل": "April", "أيار": "May", "مايو": "May",
    "حزيران": "June", "يونيو": "June", "تموز": "July", "يوليو": "July", "آب": "August",
    "أغسطس": "August", "أيلول": "September", "سبتمبر": "September", "تشرين الأول": "October",
    "أكتوبر": "October", "تشرين الثاني": "November", "نوفمبر": "November",
    "كانون الأول": "December", "ديسمبر": "December",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_numbers_and_dates_are_what_they_are(case):
    said = [
        w for g in gloss(case["text"], "ar", "en") if g.kind in ("number", "date") for w in g.words
    ]
    assert said == case["said"]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**12),
    st.sampled_from(["", "{:,}"]),
    st.booleans(),
    st.integers(1, 31),
    st.sampled_from(sorted(MONTHS)),
)
def test_every_number_and_every_date_of_a_quote_appears(number, style, arabic_digits, day, month):
    written = style.format(number) if style else str(number)
    if arabic_digits:
        written = written.translate({ord("0") + n: chr(0x660 + n) for n in range(10)})
        written = written.replace(",", "٬")
    text = f"قال إن {written} شخصاً وصلوا في {day} {month} إلى المدينة"
    said = [meaning for each in gloss(text, "ar", "en") for meaning in each.words]
    assert str(number) in [meaning.replace(",", "") for meaning in said]
    assert f"{day} {MONTHS[month]}" in said


@pytest.mark.parametrize(
    ("text", "name"),
    [("في دير الزور", "Deir ez-Zor"), ("والموصل", "Mosul"), ("بالرقة", "Raqqa")],
)
def test_places_of_the_region(text, name):
    assert [each.said for each in fixed(list(words(text)), text)] == [name]


def test_a_name_is_spelled_as_it_may_sound():
    assert sound("كاغينز") == "Kaghinaz"
    assert sound("ء") == ""
