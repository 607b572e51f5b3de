"""PDFs written by hand, and small ones that four programs made of the same paragraphs."""

from pathlib import Path

import pytest

from corpus.errors import DalilError
from corpus.readers.pdf.document import read_text
from tests.corpus.readers.pdf.written import actual, drawn, file_of, latin

MADE = Path(__file__).with_name("made")
PARAGRAPHS = [
    "فتح جسر الرقة بعد أربع سنوات",
    "قال المهندس سالم حمود إن جسر المنصور (Al-Mansour) فُتح يوم 18/04/2020 أمام السيارات، "
    "بعد أن كلّف ترميمه 2.4 مليون دولار.",
    "پردەکە ٦٣٠ مەترە، و کرێکاران لە ٢٠١٩ەوە کاریان تێدا کردووە؛ 38% ی پارەکە لە شارەوانییەوە هات.",
    "وأضاف: «عبرت 1,250 سيارة في اليوم الأول»، ثم شكر شركة SyriaTel على الإنارة.",
]


def paragraphs(*contents, **options):
    return read_text(file_of(*contents, **options)).text.split("\n\n")


@pytest.mark.parametrize("maker", ["chromium", "libreoffice", "reportlab"])
def test_paragraphs_of_programs_are_exact(maker):
    found = read_text(MADE.joinpath(f"{maker}.pdf").read_bytes())
    assert found.text.split("\n\n") == PARAGRAPHS
    assert found.pages == ((0, 1),)


def test_letters_that_a_file_does_not_hold_are_not_guessed():
    # Its font has one shape for two letters, and the file names the commoner.
    found = read_text(MADE.joinpath("weasyprint.pdf").read_bytes()).text.split("\n\n")
    assert found[:2] + found[3:] == PARAGRAPHS[:2] + PARAGRAPHS[3:]
    assert found[2] != PARAGRAPHS[2]
    assert found[2].replace("ە", "ه") == PARAGRAPHS[2].replace("ە", "ه")


def test_actual_text_is_believed_before_the_font():
    assert paragraphs(actual(drawn(500, 700, "هتشاگ"), "گاشتە")) == ["گاشتە"]


def test_codes_that_a_font_leaves_out_have_a_width_and_no_letter():
    assert paragraphs(drawn(500, 700, "بعشلا ماــــقأ"), hides="ـ") == ["أقام الشعب"]


def test_marks_hang_on_their_letters():
    # In the order of the eye, marks come before the letters they stand on.
    assert paragraphs(drawn(500, 700, "ةطح\u064eف")) == ["ف\u064eحطة"]
    assert paragraphs(drawn(500, 700, "ةطح\u0651\u064eف")) == ["ف\u064e\u0651حطة"]


def test_presentation_forms_are_letters():
    assert paragraphs(drawn(500, 700, "\ufe94\ufed7\ufeae\ufedf\ufe8d")) == ["الرقة"]


def test_brackets_are_right_whether_stored_as_drawn_or_as_meant():
    as_drawn = drawn(500, 700, ".(بعش) دسق") + drawn(500, 660, "[ةحفص] انه")
    as_meant = drawn(500, 700, ".)بعش( دسق") + drawn(500, 660, "]ةحفص[ انه")
    assert paragraphs(as_drawn) == paragraphs(as_meant) == ["قسد (شعب).", "هنا [صفحة]"]


@pytest.mark.parametrize(
    ("visual", "logical"),
    [
        ("10:30 ةعاسلا", "الساعة 10:30"),
        ("٢٠٢٠/٤/١٨ موي", "يوم ٢٠٢٠/٤/١٨"),
        ("20-10 نيب", "بين 10-20"),
        ("%45 ةبسن", "نسبة 45%"),
        ("1,250 ةرايس", "سيارة 1,250"),
        ("COVID-19 سوريف", "فيروس COVID-19"),
        ("تناك Syria (SY) ةكرشلا تمدقو", "وقدمت الشركة Syria (SY) كانت"),
        ("SY Tel, و رسجلا ىلع تناك", "كانت على الجسر و SY Tel,"),
    ],
)
def test_numbers_and_latin_words_stay_whole(visual, logical):
    assert paragraphs(drawn(500, 700, visual)) == [logical]


def test_lines_of_a_paragraph_are_joined_and_paragraphs_are_not():
    page = (
        latin(50, 700, "The council of the town met on Monday and spoke of the bridge, which")
        + latin(50, 684, "was damaged in 2017.")
        + latin(50, 668, "A second paragraph begins on the next line, as the last one ended early")
        + latin(50, 652, "and it ends here.")
    )
    assert paragraphs(page) == [
        "The council of the town met on Monday and spoke of the bridge, which was damaged in 2017.",
        "A second paragraph begins on the next line, as the last one ended early and it ends here.",
    ]


def test_hyphens_at_the_end_of_a_line_stay():
    page = latin(50, 700, "The repair of the bridge by the engineers took all the years 2011-")
    page += latin(50, 684, "2014 and more.")
    assert paragraphs(page) == [
        "The repair of the bridge by the engineers took all the years 2011-2014 and more."
    ]


LEFT = ["The left column has its own", "sentences, which are read from", "the top to the bottom of",
        "the page before the others.", "It ends with this long line."]  # fmt: skip
RIGHT = ["On the right the story goes", "on with what happened after", "the bridge was opened to",
         "cars and lorries of the town", "and ends with a last line."]  # fmt: skip


def two_columns(left, right):
    return "".join(
        show(y) for n in range(5) for y in [650 - 16 * n] for show in (left(n), right(n))
    )


def test_the_left_column_comes_first_in_latin_pages():
    page = latin(50, 700, "A heading over both of the columns of this page, set large", 16)
    page += two_columns(
        lambda n: lambda y: latin(50, y, LEFT[n]), lambda n: lambda y: latin(320, y, RIGHT[n])
    )
    found = read_text(file_of(page))
    assert found.text.index("heading") < found.text.index("left") < found.text.index("On the right")
    assert found.text.index("long line") < found.text.index("On the right")


def test_the_right_column_comes_first_in_arabic_pages():
    right = [
        "قال الناطق باسم المجلس إن",
        "الطريق سيفتح صباح الغد بعد",
        "أن أصلح العمال الجسر القديم",
        "وعادت السيارات إلى العبور",
        "من ضفة إلى أخرى بلا توقف",
    ]
    left = [
        "وأضاف أن الكلفة دفعت من",
        "ميزانية البلدية كاملة ومن",
        "تبرعات الأهالي في المدينة",
        "وأن العمل لم يتوقف شهرين",
        "حتى في أيام المطر الشديد",
    ]
    page = two_columns(
        lambda n: lambda y: drawn(270, y, left[n][::-1]),
        lambda n: lambda y: drawn(550, y, right[n][::-1]),
    )
    assert paragraphs(page) == [" ".join([*right, *left])]


def page_with(number, body):
    head = latin(50, 770, "The Daily Example, Monday")
    foot = latin(290, 30, f"- {number} -")
    return head + "".join(latin(50, 700 - 16 * n, line) for n, line in enumerate(body)) + foot


def test_headers_and_page_numbers_go_and_paragraphs_cross_pages():
    first = ["The council of the town met on Monday and spoke of the bridge, which was"]
    second = ["damaged in 2017, and of the two roads to it.", "Nothing else was said there."]
    third = ["On Tuesday it did not meet."]
    found = read_text(file_of(page_with(7, first), page_with(8, second), page_with(9, third)))
    assert found.text.split("\n\n") == [f"{first[0]} {second[0]}", second[1], third[0]]
    assert [found.text[start:][:9] for start, _ in found.pages] == [
        "The counc", " damaged ", "On Tuesda",
    ]  # fmt: skip
    assert [page for _, page in found.pages] == [1, 2, 3]


def test_notes_stand_below_the_text_of_their_page():
    body = ["The council of the town met on Monday and spoke of the bridge, which was"]
    note = latin(50, 60, "1 Interview with the mayor, 2019.", 9)
    pages = page_with(7, body) + note, page_with(8, ["damaged in 2017.", "Nothing else."])
    found = read_text(file_of(*pages)).text.split("\n\n")
    assert found == [
        f"{body[0]} damaged in 2017.", "1 Interview with the mayor, 2019.", "Nothing else.",
    ]  # fmt: skip


def test_a_sign_that_refers_to_a_note_is_no_part_of_the_word():
    page = latin(50, 700, "The mayor") + latin(104, 704, "1", 7) + latin(112, 700, "spoke of it.")
    page += latin(50, 684, "And more was said by him than that.")
    assert paragraphs(page)[0].startswith("The mayor1 spoke of it.")
    note = latin(50, 60, "1 Interview with the mayor, 2019.", 9)
    assert paragraphs(page + note)[0].startswith("The mayor spoke of it.")


def test_numbers_that_belong_to_the_text_stay():
    assert paragraphs(latin(50, 700, "A year of floods and storms.") + latin(50, 600, "2019")) == [
        "A year of floods and storms.", "2019",
    ]  # fmt: skip


def test_pages_without_text_are_named():
    found = read_text(file_of(latin(50, 700, "One."), "", "", images=[3]))
    assert (found.text, found.scans, found.unread) == ("One.", (3,), ())


def test_letters_without_unicode_are_no_text():
    found = read_text(file_of(drawn(500, 700, "دسق") + latin(50, 600, "a"), hides="دسق"))
    assert (found.text, found.unread) == ("", (1,))


def test_text_at_another_angle_is_left_out():
    turned = "BT /F 40 Tf .7 .7 -.7 .7 100 100 Tm (DRAFT) Tj ET\n"
    assert paragraphs(latin(50, 700, "One sentence.") + turned) == ["One sentence."]


def test_a_page_on_its_side_is_read():
    turned = "BT /F 12 Tf 0 1 -1 0 100 100 Tm (One sentence.) Tj ET\n"
    assert paragraphs(turned) == ["One sentence."]


def test_letters_drawn_twice_to_be_bold_are_one():
    assert paragraphs(latin(50, 700, "Bold") + latin(50.4, 700, "Bold")) == ["Bold"]


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\ntrailer <</Root 1 0 R>>", b""])
def test_a_damaged_file_is_refused(data):
    with pytest.raises(DalilError, match=r"damaged"):
        read_text(data)
