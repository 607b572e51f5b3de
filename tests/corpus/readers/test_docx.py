"""Word files of own markup: what Word shows is the text, and nothing else."""

import io
import zipfile

import pytest

from corpus.errors import DalilError
from corpus.readers import docx
from corpus.source import bytes_source

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
NAMES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def zipped(parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def read(body, space=TRANSITIONAL, **parts):
    document = f'<w:document xmlns:w="{space}" {NAMES}><w:body>{body}</w:body></w:document>'
    named = {name.replace("__", "/") + ".xml": content for name, content in parts.items()}
    data = zipped({"word/document.xml": document} | named)
    (entry,) = docx.read(bytes_source("a.docx", data))
    return entry.values


def p(inner, properties=""):
    return f"<w:p>{properties}{inner}</w:p>"


def r(text, properties=""):
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


INLINE = {
    "changes": (
        f"{r('a ')}<w:del><w:r><w:delText>b</w:delText></w:r></w:del><w:ins>{r('c')}</w:ins>"
        f"<w:moveFrom>{r('d')}</w:moveFrom><w:moveTo>{r(' e')}</w:moveTo>",
        "a c e",
    ),
    "an insertion that was deleted": (f"{r('a')}<w:ins><w:del>{r('b')}</w:del></w:ins>", "a"),
    "simple field": (f'{r("a ")}<w:fldSimple w:instr="DATE">{r("b")}</w:fldSimple>', "a b"),
    "field within the code of a field": (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/>'
        f'</w:r>{r("code")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{r("shown")}<w:r><w:fldChar w:fldCharType="end"/></w:r>{r(" after")}',
        "shown after",
    ),
    "controls and directions": (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{r('a')}</w:sdtContent></w:sdt>"
        f"<w:smartTag>{r('b')}</w:smartTag><w:bdo>{r('c')}</w:bdo><w:dir>{r('d')}</w:dir>"
        f"<w:hyperlink>{r('e')}</w:hyperlink><w:customXml>{r('f')}</w:customXml>",
        "abcdef",
    ),
    "placeholder": (
        f"{r('a')}<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('Click')}"
        "</w:sdtContent></w:sdt>",
        "a",
    ),
    "two versions": (
        f"<mc:AlternateContent><mc:Choice>{r('a')}</mc:Choice><mc:Fallback>{r('b')}</mc:Fallback>"
        "</mc:AlternateContent>",
        "a",
    ),
    "lines": ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t></w:r>", "a\nb\nc"),
    "tab and hyphens": (
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t><w:softHyphen/>"
        "<w:t>d</w:t></w:r>",
        "a\tb\u2011cd",
    ),
    "ends of text": ("<w:r><w:t> a </w:t></w:r><w:r><w:t>b</w:t></w:r>", "ab"),
    "hidden": (
        r("a") + r("b", "<w:rPr><w:vanish/></w:rPr>")
        + r("c", '<w:rPr><w:vanish w:val="0"/></w:rPr>'),
        "ac",
    ),
    "raised": (
        r("25")
        + r("2", '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>')
        + '<w:r><w:footnoteReference w:id="2"/></w:r>',
        "25²",
    ),
    "ruby": (f"<w:r><w:ruby><w:rt>{r('b')}</w:rt><w:rubyBase>{r('a')}</w:rubyBase></w:ruby></w:r>",
             "a"),
    "mathematics": ("<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>", "x+1"),
    "comment": (f"{r('a')}<w:commentRangeStart/><w:r><w:commentReference/></w:r>", "a"),
}  # fmt: skip


@pytest.mark.parametrize("name", INLINE)
@pytest.mark.parametrize("space", [TRANSITIONAL, STRICT], ids=["transitional", "strict"])
def test_a_paragraph_is_what_word_shows(name, space):
    inner, shown = INLINE[name]
    assert read(p(inner), space)["text"] == shown


def test_a_deleted_end_joins_two_paragraphs():
    gone = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    assert read(p(r("a "), gone) + p(r("b")) + p(r("c")))["text"] == "a b\n\nc"


def test_list_labels_are_not_made_up():
    numbered = "<w:pPr><w:numPr><w:ilvl/><w:numId/></w:numPr></w:pPr>"
    assert read(p(r("Article 3"), numbered) + p(r("b"), numbered))["text"] == "Article 3\n\nb"


def cell(*paragraphs, properties=""):
    return f"<w:tc>{properties}{''.join(p(r(text)) for text in paragraphs)}</w:tc>"


def test_tables_go_row_by_row_and_layout_keeps_its_paragraphs():
    gone = "<w:trPr><w:del/></w:trPr>"
    rows = f"<w:tr>{cell('a')}{cell('b')}</w:tr><w:tr>{gone}{cell('x')}</w:tr>"
    control = (
        f"<w:sdt><w:sdtContent><w:tr>{cell('c')}{cell('')}{cell('d')}</w:tr></w:sdtContent></w:sdt>"
    )
    layout = f"<w:tbl><w:tr>{cell('e', 'f')}{cell('g')}</w:tr></w:tbl>"
    body = f"{p(r('1'))}<w:tbl>{rows}{control}</w:tbl>{layout}{p(r('2'))}"
    assert read(body)["text"].split("\n\n") == ["1", "a\tb", "c\td", "e", "f", "g", "2"]


def test_a_box_follows_its_paragraph_and_is_read_once():
    box = f"<w:txbxContent>{p(r('box'))}</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert read(p(r("a ") + both + r("b")) + p(r("c")))["text"] == "a b\n\nbox\n\nc"


def test_notes_follow_the_text():
    notes = (
        f'<w:footnotes xmlns:w="{TRANSITIONAL}"><w:footnote w:type="separator">{p(r("-"))}'
        f"</w:footnote><w:footnote>{p(r('A source.'))}</w:footnote></w:footnotes>"
    )
    assert read(p(r("a")), word__footnotes=notes)["text"] == "a\n\nA source."


def test_the_contents_page_is_left_out():
    gallery = '<w:docPartGallery w:val="Table of Contents"/>'
    properties = f"<w:sdtPr><w:docPartObj>{gallery}</w:docPartObj></w:sdtPr>"
    contents = f"<w:sdt>{properties}<w:sdtContent>{p(r('a 3'))}</w:sdtContent></w:sdt>"
    assert read(contents + p(r("a")))["text"] == "a"


CORE = (
    '<cp xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
    "<dc:title>{}</dc:title><t:created>2020-04-18T00:00:00Z</t:created></cp>"
)


def test_the_title_is_the_paragraph_of_that_style_else_the_property():
    style = '<w:style w:styleId="T1"><w:name w:val="Title"/></w:style>'
    styles = f'<w:styles xmlns:w="{TRANSITIONAL}">{style}</w:styles>'
    styled = p(r("b"), '<w:pPr><w:pStyle w:val="T1"/></w:pPr>')
    core = CORE.format("core")
    body = p(r("a")) + styled
    assert read(body, word__styles=styles, docProps__core=core)["title"] == "b"
    assert read(body, docProps__core=core)["title"] == "core"
    assert read(body, docProps__core=CORE.format("Microsoft Word - a.doc"))["title"] is None


def test_the_day_of_creation_is_no_date_of_publication():
    assert "published" not in read(p(r("a")), docProps__core=CORE.format("a"))


def test_what_is_no_word_file_or_has_no_text_is_told():
    with pytest.raises(DalilError, match="holds no text; if it holds pictures"):
        read(p(""))
    with pytest.raises(DalilError, match="no part"):
        list(docx.read(bytes_source("a.docx", zipped({"a": "b"}))))
