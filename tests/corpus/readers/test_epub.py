"""Books of own markup: chapters in the order of the spine, as they are shown."""

import io
import zipfile

import pytest

from corpus.errors import DalilError
from corpus.readers import epub
from corpus.source import bytes_source

PAGE = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{}>{}</html>'


def book(chapters, metadata="", extra="", guide=""):
    """Return entries of a book of pages by name, listed backwards and in a folder."""
    items = [
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in reversed(chapters)
    ]
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{''.join(items)}{extra}</manifest><spine>{spine}</spine>{guide}</package>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("META-INF/container.xml", '<c><rootfile full-path="a/b.opf"/></c>')
        archive.writestr("a/b.opf", package)
        for name, page in chapters.items():
            archive.writestr(f"a/{name}.xhtml", page)
    return list(epub.read(bytes_source("a.epub", data.getvalue())))


def page(body, attributes=""):
    return PAGE.format(attributes, f"<head><title>Book</title></head><body>{body}</body>")


def text(body):
    (entry,) = book({"a": page(body)})
    return entry.values["text"]


def test_chapters_come_in_the_order_of_the_spine():
    entries = book(
        {"z": page("<p>one</p>"), "c": page("<img/>"), "a": page("<h2>T</h2><p>two</p>")}
    )
    assert [(entry.values["text"], entry.line) for entry in entries] == [
        ("one", 1),
        ("T\n\ntwo", 3),
    ]
    assert [entry.values["title"] for entry in entries] == ["Book", "T"]


def test_contents_pages_are_left_out():
    guide = '<guide><reference type="toc" href="b.xhtml#x"/></guide>'
    pages = {"a": page("<p>one</p>"), "b": page("<p>Contents</p>")}
    assert len(book(pages, guide=guide)) == 1
    assert len(book(pages)) == 2
    assert text('<nav epub:type="toc"><ol><li>one</li></ol></nav><p>a</p>') == "a"


def test_language_and_date_are_what_the_book_states():
    metadata = "<dc:language>ku-TR</dc:language><dc:date>2020-04-18</dc:date>"
    first, second = book(
        {"a": page("<p>a</p>", ' xml:lang="ar-SY" dir="rtl"'), "b": page("<p>b</p>")}, metadata
    )
    assert (first.values["language"], second.values["language"]) == ("ar", "ku")
    assert first.values["published"] == "2020-04-18"


@pytest.mark.parametrize(
    "date",
    ["<dc:date>2020</dc:date>", "<dc:date>0101-01-01T00:00:00+00:00</dc:date>", "",
     '<dc:date opf:event="modification">2020-04-18</dc:date>'],
)  # fmt: skip
def test_a_date_that_is_none_of_publication_is_left_out(date):
    (entry,) = book({"a": page("<p>a</p>")}, date)
    assert entry.values["published"] is None


SHOWN = {
    "white space": ("<p>\n a <i>b</i>\n c</p>\n<p>d</p>", "a b c\n\nd"),
    "names of characters": ("<p>a&nbsp;b&laquo;c&amp;d</p>", "a\xa0b«c&d"),
    "blocks without paragraphs": ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
    "lines": ("<p>a<br/> b</p>", "a\nb"),
    "lists": ("<ul><li>a</li><li><p>b</p></li></ul>", "a\n\nb"),
    "quotations": ("<p>he said <q>a</q></p>", "he said “a”"),
    "raised": ('<p>25<sup>2</sup> km<sup><a href="#n">3</a></sup></p>', "25² km"),
    "note marks": ('<p>a<a epub:type="noteref">1</a></p>', "a"),
    "hidden": ('<p>a<span hidden="hidden">b</span><del>c</del></p><p style="display: none">d</p>',
               "a"),
    "ruby": ("<p><ruby>a<rp>(</rp><rt>b</rt></ruby></p>", "a"),
    "table": ("<table><tr><th>a</th><td>b</td></tr><tr><td><p>c</p></td><td>d</td></tr></table>",
              "a\tb\n\nc\td"),
    "table in a table": (
        "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "a\tb"),
    "scripts": ("<script>x</script><style>y</style><p>a</p>", "a"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_the_text_is_what_is_shown(name):
    body, shown = SHOWN[name]
    assert text(body) == shown


def test_a_page_that_is_no_xml_is_read_as_html():
    (entry,) = book({"a": "<html><body><p>a<br>b<p>c</body></html>"})
    assert entry.values["text"] == "a\nb\n\nc"


def test_a_bad_chapter_is_named_and_the_next_one_read():
    declared = '<!DOCTYPE html [<!ENTITY b "c">]>' + page("<p>&b;</p>")
    bad, good = book({"a": declared, "b": page("<p>good</p>")})
    assert (bad.line, bad.values, good.values["text"]) == (1, None, "good")
    assert "entities of its own" in bad.error


def test_a_book_without_text_is_told():
    with pytest.raises(DalilError, match="holds no text; if it holds pictures"):
        book({"a": page("<img/>")})
