"""What the codes of fonts mean, in small PDFs written by hand."""

from struct import pack

import pytest

from corpus.readers.pdf.document import read_text
from tests.corpus.readers.pdf.written import drawn, file_of

WORD = "بعش"


def cmap(*entries, space="<0000> <ffff>"):
    body = "\n".join(entries)
    return f"begincmap\n1 begincodespacerange\n{space}\nendcodespacerange\n{body}\nendcmap"


@pytest.mark.parametrize(
    "encoding",
    [
        cmap("1 begincidrange\n<0000> <ffff> 0\nendcidrange"),
        cmap(
            "2 begincidchar\n<0634> 1588\n<0639> 1593\nendcidchar",
            "1 begincidrange\n<0628> <0629> 1576\nendcidrange",
        ),
        # What a CMap leaves out keeps its code, so that nothing of a text is lost.
        cmap(),
        cmap("1 begincidrange\n<00000000> <ffffffff> 0\nendcidrange"),
    ],
)
def test_an_encoding_that_stands_in_the_file_is_read(encoding):
    found = read_text(file_of(drawn(500, 700, WORD), encoding=encoding))
    assert found.text == WORD[::-1]


def truetype(characters, by_table):
    """Return the file of a font whose glyphs have the numbers of their characters."""
    segments = [*((c, c) for c in sorted(map(ord, characters))), (0xFFFF, 0xFFFF)]
    size, beyond = 2 * len(segments), [0] * len(segments)
    if by_table:
        beyond = [2 * (len(segments) - n) + 2 * n for n in range(len(segments) - 1)] + [0]
    columns = [[b for _, b in segments], [a for a, _ in segments], [0] * len(segments), beyond]
    ends, *others = (pack(f">{len(column)}H", *column) for column in columns)
    glyphs = b"".join(pack(">H", a) for a, _ in segments)
    table = pack(">7H", 4, 0, 0, size, 0, 0, 0) + ends + b"\0\0" + b"".join(others) + glyphs
    cmap = pack(">HHHHL", 0, 1, 3, 1, 12) + table
    return pack(">L4H4sLLL", 0x10000, 1, 0, 0, 0, b"cmap", 0, 28, len(cmap)) + cmap


@pytest.mark.parametrize("by_table", [False, True])
def test_a_letter_whose_text_another_glyph_has_is_named_by_the_font(by_table):
    # WeasyPrint's ToUnicode, where the first such letter of a file has a mark.
    states = {"أ": "", "\u064f": "أ\u064f", "\u0651": "\u0651\u064f"}
    word = "أُعلن أن قُصد"
    file = file_of(drawn(500, 700, word[::-1]), states=states, font=truetype("أع\u064f", by_table))
    assert read_text(file).text == word


def test_a_glyph_without_text_stays_so_where_no_other_has_its_letter():
    file = file_of(drawn(500, 700, WORD), states={"ع": ""}, font=truetype("ع", False))
    assert read_text(file).text == WORD[::-1].replace("ع", "")
