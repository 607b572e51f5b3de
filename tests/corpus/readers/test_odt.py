"""OpenDocument texts of own markup: what LibreOffice shows is the text."""

import io
import zipfile

import pytest

from corpus.errors import DalilError
from corpus.readers import odt
from corpus.source import bytes_source

SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{short}="{SPACE}{name}:1.0"'
    for short, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
        ("draw", "drawing"), ("svg", "svg-compatible"),
    )
)  # fmt: skip


def read(body, styles="", **parts):
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("content.xml", content)
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", part)
    (entry,) = odt.read(bytes_source("a.odt", data.getvalue()))
    return entry.values


SHOWN = {
    "spaces": ("<text:p> a\n  b<text:s text:c='2'/>c <text:span> d</text:span></text:p>",
               "a b  c d"),
    "tab and line": ("<text:p>a<text:tab/>b<text:line-break/> c</text:p>", "a\tb\nc"),
    "changes": (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        "<text:p>a<text:change/> b</text:p>", "a b"),
    "note": (
        "<text:p>a<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>A source.</text:p></text:note-body></text:note> b</text:p><text:p>c</text:p>",
        "a b\n\nA source.\n\nc"),
    "comment": ("<text:p>a<office:annotation><text:p>why?</text:p></office:annotation>b</text:p>",
                "ab"),
    "list": (
        "<text:list><text:list-item><text:p>a</text:p></text:list-item><text:list-item>"
        "<text:h><text:number>2.</text:number>b</text:h></text:list-item></text:list>", "a\n\nb"),
    "box": (
        "<text:p>a<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box>"
        "<svg:title>picture</svg:title></draw:frame>b</text:p>", "ab\n\nbox"),
    "contents": (
        "<text:table-of-content><text:index-body><text:p>a 3</text:p></text:index-body>"
        "</text:table-of-content><text:section><text:p>a</text:p></text:section>", "a"),
    "table": (
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>a</text:p>"
        "</table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell>"
        "</table:table-row></table:table-header-rows></table:table>", "a\tb"),
    "link, field, ruby": (
        "<text:p><text:a>a</text:a><text:date>18</text:date><text:ruby><text:ruby-base>b"
        "</text:ruby-base><text:ruby-text>c</text:ruby-text></text:ruby>"
        "<text:hidden-text>d</text:hidden-text></text:p>", "a18b"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_the_text_is_what_is_shown(name):
    body, shown = SHOWN[name]
    assert read(body)["text"] == shown


def test_raised_digits_stay_raised():
    above = '<style:text-properties style:text-position="super 58%"/>'
    style = f'<style:style style:name="T1">{above}</style:style>'
    body = '<text:p>25<text:span text:style-name="T1">2</text:span></text:p>'
    assert read(body, style)["text"] == "25²"


def test_the_title_is_the_paragraph_of_that_style_else_the_property():
    style = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    body = '<text:p>a</text:p><text:p text:style-name="P1">b</text:p>'
    meta = '<m><title xmlns="http://purl.org/dc/elements/1.1/">core</title></m>'
    assert read(body, style, meta=meta)["title"] == "b"
    assert read(body, meta=meta)["title"] == "core"
    assert read(body)["title"] is None


def test_what_has_no_text_or_a_password_is_told():
    with pytest.raises(DalilError, match="holds no text; if it holds pictures"):
        read("<text:p/>")
    locked = {"META-INF__manifest": "<m><encryption-data/></m>"}
    with pytest.raises(DalilError, match="protected with a password; save"):
        read("<text:p>a</text:p>", **locked)
