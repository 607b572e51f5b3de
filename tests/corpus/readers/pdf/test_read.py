"""What becomes of a PDF that is added: title, pages, and sentences for what has no text."""

import pytest

from corpus.load import load_sources
from corpus.source import bytes_source
from corpus.unread import Notice
from tests.corpus.readers.pdf.written import file_of, latin

BODY = "The council of the town met on Monday and spoke of the bridge, which was damaged."


def loaded(data, label="bridge report.pdf", **options):
    return list(load_sources([bytes_source(label, data)], **options))


def test_an_article_has_its_pages():
    (found,) = loaded(file_of(latin(50, 700, BODY), latin(50, 700, "It will be mended in May.")))
    article = found.article
    assert article.text == f"{BODY}\n\nIt will be mended in May."
    assert article.pages == ((0, 1), (len(BODY) + 2, 2))
    assert [article.page_at(article.text.index(w)) for w in ("council", "May")] == [1, 2]


@pytest.mark.parametrize("clean", [True, False])
def test_pages_stay_right_when_lines_are_cleaned_off(clean):
    first = latin(50, 700, "Read more...") + latin(50, 600, BODY)
    second = latin(50, 700, "Share this") + latin(50, 600, "It will be mended in May.")
    (found,) = loaded(file_of(first, second), clean=clean)
    article = found.article
    assert ("Read more" in article.text) is not clean
    assert article.page_at(article.text.index("damaged")) == 1
    assert article.page_at(article.text.index("mended in May")) == 2


@pytest.mark.parametrize(
    ("stated", "heading", "expected"),
    [
        ("The bridge of Raqqa", None, "The bridge of Raqqa"),
        ("Microsoft Word - report2.docx", "A bridge is mended", "A bridge is mended"),
        # The words it begins with, never a name of a file.
        ("untitled", None, "The council of the town met on Monday and spoke…"),
        ("report-final.indd", None, "The council of the town met on Monday and spoke…"),
    ],
)
def test_a_title_is_one_that_people_gave(stated, heading, expected):
    page = latin(50, 760, heading, 20) if heading else ""
    (found,) = loaded(file_of(page + latin(50, 700, BODY) + latin(50, 684, BODY), title=stated))
    assert found.article.title == expected


def test_pages_without_text_are_named_beside_the_article():
    told = []
    file = file_of(latin(50, 700, BODY), "", "", images=[2, 3])
    (found,) = loaded(file, label="bridge.pdf", tell=told.append)
    assert (found.article.text, found.error) == (BODY, None)
    scan = "Pages 2 and 3 have no text; it may be a scan: make it searchable with an OCR program, "
    assert told == [Notice("bridge.pdf", scan + "and add it again.")]


def test_a_scan_is_refused():
    (fault,) = loaded(file_of("", images=[1]))
    assert fault.error.startswith("Page 1 has no text; it may be a scan: make it searchable")


def test_a_blank_file_is_refused():
    (fault,) = loaded(file_of(""))
    assert fault.error == "The PDF has no text; export the article itself as PDF or text."


def test_an_encrypted_file_is_said_to_be():
    # RC4 of 40 bits, with checks that no password passes.
    locked = file_of(latin(50, 700, BODY)).replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<"
        + b"00" * 32 + b">/U<" + b"11" * 32 + b">>>",
    )  # fmt: skip
    (fault,) = loaded(locked)
    assert fault.error == "The PDF is encrypted; save a copy without a password, and add that."
