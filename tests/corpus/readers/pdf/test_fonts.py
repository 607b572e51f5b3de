"""What the codes of fonts mean, in small PDFs written by hand."""

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
