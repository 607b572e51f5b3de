"""Lines in the order in which programs draw them, back to the order in which they are read."""

from time import process_time

import pytest

from corpus.readers.pdf.bidi import UNSURE, logical, order
from tests.corpus.readers.pdf.shown import shown, shown_lines

DRAWN = frozenset("()[]{}«»")


def test_lines_are_shown_as_the_standard_says():
    # Rules W2 and W7, N0, W5, W4.
    assert shown("عام 10 Windows هنا") == shown("عام Windows 10 هنا") == "انه Windows 10 ماع"
    assert shown("جسر (SDF) هنا") == "انه (SDF) رسج"
    assert shown("نسبة 38% بين 10-20") == "20-10 نيب %38 ةبسن"
    assert shown("38% هنا 10:30") == "10:30 انه 38%"
    assert shown_lines(["قال", "38%"]) == ["لاق", "%38"]


@pytest.mark.parametrize(
    "text",
    [
        # Brackets in brackets, and behind a Latin word.
        "تحدد بواسطة DTIME (f (n)).",
        "جاك لوفيفر (c. 1455–1536). حقق",
        "الرادار (English pronunciation:/ən(d)/).[1][2][3]",
        "كاربونات الزنك Zn5(OH)6(CO3)2، ومن خلال",
        # Brackets of the paragraph's direction part Latin runs.
        "طائرة التجسس (U-2) 1960 فوق",
        "طائرة التجسس (U-2) 1960, 1961 فوق",
        "ناد ثالث (Nenkimi 3) (Third Year Club) في",
        "الحمض النووي 2 (B2 RNA) والحفاظ",
        # A note belongs to the sentence above it, or to the word it stands behind.
        "الحركة الهولندية.[2] De Stijl كانت",
        "اختصار AKK، [1] سياسية",
        # Numbers before units, coefficients, dates; years that a word waits for.
        "ما يعادل 5 GJ أو 6 km في السنة",
        "حيث 1 كيلوواط =0.746 HP.",
        "العدد 44+XXY بدلا من 44+XY.",
        "العملية 2 ZnO + 2 SO2 لمزيد",
        "كتب في 12 March 2010 من هناك",
        "سطح البحر 1 atm أو",
        "الصيف تتعدى 38 °C (100.4 °F). السهول",
        "الحساسية ISO 200/24° بضعف",
        "ارتفع إلى 0.6 V درجة",
        "بنسبة 3:3:1:1 L-Arabinose, D-Galactose يتم",
        "صدر في سبتمبر 2007 Graduation وبيع",
        "أسس عام 1984 Apple في",
        # And numbers behind names.
        "طراز F-16 وطراز Windows 2007 و COVID-19",
        "ذلك وO 2 المضغوط",
        "التنظيم 3d104s2 في المدار",
        "المعادلة E == m. c² حيث",
        "صحيفة “sport24″ عن",
    ],
)
def test_what_looks_like_several_texts_is_read_as_the_likelier(text):
    assert logical(list(shown(text)), True, DRAWN) == text


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("من الممكن أن P", "= PSPACE. إذا"),
        ("ألبوم بعنوان Graduation", "2007 في السوق"),
        ("جاك لوفيفر (c.", "1455–1536). حقق"),
        ("أي قيمة n", "{\\displaystyle n} ، تشكل"),
    ],
)
def test_a_latin_run_goes_on_from_the_line_above(above, line):
    drawn = shown_lines([above, line])[1]
    assert logical(list(drawn), True, DRAWN, "L") == line


def test_a_latin_run_goes_on_below():
    for above, line in (
        ("أن P =", "PSPACE. إذا"),
        ("بلدة Tel,", "Hamis وما"),
        ("أجهزة: MacBook Pro،", "MacBook Air، هنا"),
        ("(بالألمانية: Ruprecht-", "Karls-Universität) ومن"),
        ("(فونو - phono -", "φωνή) وتعني"),
        ("عدد 3:3:1 L-", "Arabinose يتم"),
        # The bracket of the paragraph's direction closes on the next line.
        ("كلوب (漫画：3年奇面組) (Third Year", "Funny-face Club) في"),
    ):
        drawn = shown_lines([above, line])[0]
        assert logical(list(drawn), True, DRAWN) == above


@pytest.mark.parametrize("text", ["10$ ملايين", "$10 ملايين", "354+376 يوما", "38% منهم"])
def test_signs_join_numbers_that_no_letter_precedes(text):
    assert logical(list(shown(text)), True, DRAWN, "R") == text


def test_ranges_grow_where_nothing_tells_how_lines_were_turned():
    for text in ("1721-42 كأول", "285° هناك"):
        assert logical(list(shown(text)), True, DRAWN, UNSURE) == text
        drawn = shown_lines(["قال", text])[1]
        assert logical(list(drawn), True, DRAWN, UNSURE) == text


def test_brackets_stored_as_meant_part_latin_runs_too():
    text = "ناد ثالث (Nenkimi 3) (Third Year Club) في"
    as_meant = ")Third Year Club( )Nenkimi 3( "
    drawn = shown(text).replace("(Third Year Club) (Nenkimi 3) ", as_meant)
    assert as_meant in drawn
    assert logical(list(drawn), True, frozenset()) == text


def test_places_name_every_token_once():
    tokens = list(shown("ناد (Nenkimi 3) (Third Year Club) في 5 GJ [2] De Stijl"))
    places = [p if p >= 0 else ~p for p in order(tokens, True, DRAWN)]
    assert sorted(places) == list(range(len(tokens)))


@pytest.mark.parametrize("piece", ["a (1) ", "1 ", "a 1%, ", ") ", "(", "ب a) "])
def test_time_grows_with_the_length_of_a_line(piece):
    def seconds(times):
        tokens = list("ب" + piece * times + "a")
        began = process_time()
        logical(tokens, True, DRAWN, "L")
        return process_time() - began

    small = min(seconds(400) for _ in range(3))
    assert seconds(400 * 8) < 8 * 8 * max(small, 0.001)
