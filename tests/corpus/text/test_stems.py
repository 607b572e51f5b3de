"""Terms of words, numbers, dates and names: the cases beside this file, and what must hold."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.names import name_key, name_query_terms, name_terms, spelled_name_keys
from corpus.text.quantities import quantities, tables
from corpus.text.stems import grams, passage_terms, query_terms, terms
from corpus.text.words import words

CASES = Path(__file__).parent / "cases"


def cases(file, name):
    for line in (CASES / file).read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        marks = [pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else []
        yield pytest.param(case, id=name(case), marks=marks)


@pytest.mark.parametrize("case", [*cases("quantities.jsonl", lambda case: case["name"])])
def test_quantities(case):
    text = case["text"]
    assert [q.term for q in quantities(list(words(text)), text)] == case["terms"]


@pytest.mark.parametrize("case", [*cases("numbers.jsonl", lambda c: f"{c['kind']}: {c['text']}")])
def test_numbers_however_they_are_written(case):
    text = case["text"]
    assert [q.term for q in quantities(list(words(text)), text)] == case["terms"]


@pytest.mark.parametrize(
    "case",
    [*cases("names.jsonl", lambda case: f"{case['one']} {case['other']} {case['meet']}")],
)
def test_names(case):
    asked = name_query_terms(list(words(case["one"])), case["one"])
    held = name_terms(list(words(case["other"])), case["other"])
    shared = set(asked) & set(held)
    assert any(term[0] != "=" for term in shared) == (case["meet"] is not None)
    if case["meet"] == "spelled":
        assert any(term[0] == "=" for term in shared)


PIECES = ["ten", " and ", "مليون", " الف", " May ", "27", "on ", *"0123 .,-/'و٬٫٠٣kmé²½Ⅳ"]
TEXT = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=20).map("".join)


@given(TEXT)
def test_any_text_can_be_read(text):
    found = list(words(text))
    read = quantities(found, text)
    assert all(0 <= q.start < q.end <= len(text) and q.term for q in read)
    stems = terms(text, "en")
    assert passage_terms(text, "en")[: len(stems)] == stems
    assert all(name_terms(found, text))
    assert all(grams(words(text)))
    assert set(query_terms(text, ["en"])) == set(passage_terms(text, "en"))


@pytest.mark.parametrize("between", ["\u0640", "\u0640\u0640", "\u0640\u0640\u0640"])
def test_a_drawn_out_dash_moves_no_word(between):
    text = f"10{between}15 كيلومتراً"
    spelled = [text[word.start : word.end] for word in words(text)]
    assert spelled == ["10", "15", "كيلومتراً"]


@pytest.mark.parametrize("number", [*range(2, 120), 250, 1001, 1995, 2019, 35_000, 1_200_000])
def test_digits_of_all_scripts_and_groupings_agree(number):
    arabic = str(number).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for text in (str(number), arabic, f"{number:,}", f"{number:,}".replace(",", " ")):
        assert [q.term for q in quantities(list(words(text)), text)] == [str(number)]


def test_spans_are_of_the_text():
    text = "دفع عشرة ملايين دولار في 27 تشرين الأول 2019"
    read = quantities(list(words(text)), text)
    assert [text[q.start : q.end] for q in read] == [
        "عشرة ملايين", "تشرين الأول", "27 تشرين الأول", "2019",
    ]  # fmt: skip


def test_words_keep_their_terms_beside_quantities():
    assert set(terms("ten million", "en")) < set(passage_terms("ten million", "en"))
    assert passage_terms("10,000 in 2019", "en") == ["10000", "in", "2019"]


def test_a_month_has_one_number_in_all_languages():
    months = tables().months
    assert {month.number for month in months.values()} == set(range(1, 13))
    assert months["مارس",].number == months["mars",].number == months["march",].number


@pytest.mark.parametrize(
    ("one", "other"),
    [("والكتاب", "كتاب"), ("مدينتهم", "مدينة"), ("للمعلمين", "المعلم"), ("وزارات", "الوزارة")],
)
def test_arabic_affixes_fall(one, other):
    assert terms(one, "ar") == terms(other, "ar")


def test_names_of_a_question():
    def asked(text):
        return name_query_terms(list(words(text)), text, {"who", "من", "هو"})

    assert asked("Who met Kirkuk's mayor?") == asked("Kirkuk's")
    assert "krkk" in asked("who runs kirkuk?")
    assert "krkk" in asked("من هو محافظ كركوك؟")
    assert asked("Who?") == []


def test_lower_case_words_of_a_passage_are_no_names():
    text = "the mayor of Kirkuk"
    assert name_terms(list(words(text)), text) == name_terms(list(words("Kirkuk")), "Kirkuk")


def test_loose_key_needs_two_consonants():
    assert name_key("Ali") is None
    assert name_key("Ayo") is None
    assert spelled_name_keys("Al") == ()
