"""Where paragraphs end and how their lines join, in PDFs whose lines are drawn one by one."""

import pytest

from corpus.readers.pdf.document import read_text
from tests.corpus.readers.pdf.shown import shown, shown_lines
from tests.corpus.readers.pdf.written import drawn, file_of

RIGHT, TOP, LEADING = 540, 740, 22


def page_of(lines, top=TOP):
    """Return a page of lines as they are drawn; one that is empty leaves half of its height."""
    content, y = "", top
    for line in lines:
        content += drawn(RIGHT, y, line) if line else ""
        y -= LEADING if line else LEADING / 2
    return content


def read(*pages, **stated):
    return read_text(file_of(*map(page_of, pages), **stated)).text.split("\n\n")


def words(letters, end="", word="كلمة"):
    """Return words that fill a line with that many characters."""
    line = f"{word} " * (letters // 5 + 1)
    return line[: letters - len(end)].strip().ljust(letters - len(end), "ة") + end


def test_a_word_fits_or_not_by_its_own_width_and_not_by_that_at_the_edge():
    # "Tel" stands at the edge and would have fitted above, but "International" is read first.
    lines = [words(70), words(64), f"International Tel {words(20)}"]
    assert read([shown(line) for line in lines]) == [" ".join(lines)]
    # The first word is the short one, and ends the paragraph above as it would have fitted.
    lines = [words(70), words(62), f"Tel International {words(20)}"]
    assert read([shown(line) for line in lines]) == [" ".join(lines[:2]), lines[2]]


def test_a_justified_paragraph_goes_on_over_pages_behind_a_sentence():
    first, second = [words(70), words(70, ".")], [words(70, "", "جملة"), words(30, ".")]
    assert read([shown(x) for x in first], [shown(x) for x in second]) == [" ".join(first + second)]


def test_a_justified_paragraph_ends_with_a_page_if_its_last_line_is_short():
    first = [words(70), words(70), words(68, ".")]
    second = [words(70, "", "جملة"), words(70, "", "قصة"), words(30, ".")]
    assert read([shown(x) for x in first], [shown(x) for x in second]) == [
        " ".join(first), " ".join(second),
    ]  # fmt: skip


def ragged(end, count, last=30):
    """Return a paragraph of lines of uneven length, each with that end."""
    return [words(70 - n % 4, end) for n in range(count)] + [words(last, ".")]


def test_a_paragraph_goes_on_over_pages_where_sentences_often_end_with_a_line():
    one, two = ragged(".", 9), ragged(".", 9)
    pages = [[*one, "", *two[:5]], two[5:]]
    found = read(*[[shown(line) for line in page] for page in pages])
    assert found == [" ".join(one), " ".join(two)]


def test_a_paragraph_ends_with_a_page_where_sentences_seldom_end_with_a_line():
    short = [ragged("", 2) for _ in range(9)]
    first = [line for lines in short for line in (*lines, "")]
    last, below = [words(69), words(70, ".")], [words(69, "", "جملة"), words(30, ".")]
    found = read([shown(x) for x in (*first, *last)], [shown(x) for x in below])
    assert found == [" ".join(x) for x in (*short, last, below)]


def test_no_line_ends_with_an_opening_bracket_unless_a_space_follows():
    lines = [words(68, " ("), f"لكل خط) {words(30)}"]
    assert read([shown(line) for line in lines]) == [" ".join(lines)]


def test_hyphens_join_lines_unless_the_file_breaks_at_spaces_only():
    broken = [words(68, " و-"), f"الجينات {words(61)}", words(40)]
    drawn_lines = [shown(line) for line in broken]
    assert read(drawn_lines) == [broken[0] + " ".join(broken[1:])]
    # "أبو-" would have fitted above, so this program breaks at spaces only.
    whole = [words(70), words(62), f"أبو-الحسن {words(30)}"]
    found = read([*drawn_lines, "", *(shown(line) for line in whole)])
    assert found == [" ".join(broken), " ".join(whole)]


def test_other_lines_tell_whether_each_was_turned_by_itself():
    clear = [words(70), f"10-20 كلمة {words(30)}"]
    unclear = [words(70), f"354+376 كلمة {words(30)}"]
    alone = [shown(line) for line in clear + unclear]
    alone.insert(2, "")
    as_whole = [*shown_lines(clear), "", *shown_lines(unclear)]
    assert alone != as_whole
    assert read(alone) == read(as_whole) == [" ".join(clear), " ".join(unclear)]


def test_a_bracket_without_its_partner_does_not_turn_those_of_the_file():
    texts = ["أولا) قال القائد", "عبر (الشعب) قسد", "هنا (نهر) وجسر", "انظر (الصفحة القادمة"]
    lines = [line for text in texts for line in (shown(text), "", "")]
    assert read(lines) == texts


def test_brackets_that_a_font_names_the_other_way_round_are_put_right():
    texts = ["زمن آلة f(n)، إذا كان (هنا)", "في الوقت DTIME (f (n)).", "جسر (SDF) الشعب"]
    mirrored = str.maketrans("()", ")(")
    lines = [line for text in texts for line in (shown(text).translate(mirrored), "", "")]
    assert read(lines) == texts


def test_a_line_that_breaks_before_a_number_has_no_space_behind_a_bracket():
    lines = [words(69, ".["), f"12] {words(30)}"]
    assert read([shown(line) for line in lines]) == [lines[0] + lines[1]]


def test_a_word_that_hardly_fits_tells_little_where_gaps_part_paragraphs():
    # Its first word is as wide as what is left above.
    lines = [words(70), words(65), f"كلم {words(30)}"]
    drawn_lines = [shown(line) for line in lines]
    assert read(drawn_lines) == [" ".join(lines[:2]), lines[2]]
    others = [[words(70), words(20, ".")] for _ in range(5)]
    page = [line for other in others for line in (*map(shown, other), "")]
    assert read([*page, *drawn_lines]) == [" ".join(x) for x in (*others, lines)]


def test_a_word_longer_than_the_lines_leaves_no_room_in_the_others():
    address = [shown(f"{'http' * 20}")]
    texts = [[words(70), words(69), words(30, ".")] for _ in range(2)]
    page = [*map(shown, texts[0]), "", *address, "", *map(shown, texts[1])]
    assert read(page) == [" ".join(texts[0]), "http" * 20, " ".join(texts[1])]


def test_a_paragraph_ends_with_a_page_that_had_room_for_a_line():
    one, two = ragged(".", 9)[:9], [x.replace("كلمة", "جملة") for x in ragged(".", 9)]
    full = [[words(69, word=word) for _ in range(10)] for word in ("نصوص", "سطور")]
    found = read(*[[shown(line) for line in page] for page in (one, two, *full)])
    assert found[:2] == [" ".join(one), " ".join(two)]


def test_the_order_of_marks_is_that_of_the_file():
    slip, others = "نووي \u064fيستخدم", "كتابٌ شيءٌ وجسرٌ هنا"
    assert read([shown(slip)], [shown(others)]) == [slip, others]


def test_a_sign_of_per_cent_stands_behind_its_number_at_the_start_of_a_line():
    lines = [words(70), f"50٪ من {words(60)}", f"20-30 {words(30)}"]
    assert read([shown(line) for line in lines]) == [" ".join(lines)]


def test_a_mark_that_was_set_on_a_space_stays_there():
    text = 'قال جداً "حرفيا \u064b" وكتب خبزاً هنا'
    assert read([shown(text)]) == [text]


def test_the_number_of_a_note_behind_a_sentence_opens_no_paragraph():
    lines = [words(70), words(70, "."), f"[3] {words(66)}", words(30, ".")]
    assert read([shown(line) for line in lines]) == [" ".join(lines).replace(". [3]", ".[3]")]


def test_a_number_that_closes_a_bracket_opens_no_paragraph():
    lines = [words(70), words(70, " (ت."), f"907) {words(65)}", words(30, ".")]
    assert read([shown(line) for line in lines]) == [" ".join(lines)]


def test_a_space_stands_behind_words_between_dashes():
    lines = [words(70, " -سابقًا-"), f"فرانك {words(40)}"]
    assert read([shown(line) for line in lines]) == [" ".join(lines)]


def test_items_that_are_numbered_one_after_the_other_are_paragraphs():
    items = [f"[1] {words(66, '.')}", f"[2] {words(66, '.')}", f"[3] {words(30, '.')}"]
    assert read([shown(item) for item in items]) == items


def test_a_justified_paragraph_ends_with_a_page_behind_the_number_of_a_note():
    first = [words(70), words(70), words(68, ".[2]")]
    second = [words(70, "", "جملة"), words(70, "", "قصة"), words(30, ".")]
    assert read([shown(x) for x in first], [shown(x) for x in second]) == [
        " ".join(first), " ".join(second),
    ]  # fmt: skip


def test_the_side_of_its_last_line_tells_the_direction_of_a_paragraph_in_latin_letters():
    other = [words(70), words(30, ".")]
    latin = [words(70, "", "word"), words(70, "", "text"), f"GSM هاتف {words(20, '', 'line')}"]
    page = [*map(shown, other), "", *map(shown, latin), "", *map(shown, other)]
    assert read(page) == [" ".join(other), " ".join(latin), " ".join(other)]


@pytest.mark.parametrize(
    ("ended", "begun"), [(" 150-", "200"), (" تشرين/", "أيلول"), (" (", "Jabal"), (" لقب،", "[1]")]
)
@pytest.mark.parametrize("space", ["", " "])
def test_a_space_stands_where_a_line_ends_if_it_does_in_the_paragraph(ended, begun, space):
    inside = f"كلمة{ended}{space}{begun} "
    broken = [words(70, f" {inside * 3}".rstrip()), words(70, ended), f"{begun} {words(40)}"]
    found = read(shown_lines(broken))
    assert found == [f"{broken[0]} {space.join(broken[1:])}"]


@pytest.mark.parametrize("space", ["", " "])
def test_brackets_are_spaced_at_a_line_end_as_in_other_paragraphs(space):
    broken = [words(70, " ("), f"Jabal ) {words(40)}"]
    others = [f"{words(20)} ({space}Jabal ) {words(20)}" for _ in range(3)]
    page = [line for text in others for line in (shown(text), "", "")]
    assert read([*page, *shown_lines(broken)])[-1] == space.join(broken)


@pytest.mark.parametrize("program", ["LibreOffice 7.4", "Skia/PDF m156"])
def test_libreoffice_breaks_between_and_and_a_number_without_a_space(program):
    broken = [words(71, " و"), f"1651 {words(40)}"]
    other = f"{words(20)} و1647 {words(10)} و1649 {words(10)}"
    found = read([shown(other), "", "", *shown_lines(broken)], producer=program)
    assert found[-1] == ("" if program.startswith("Libre") else " ").join(broken)
