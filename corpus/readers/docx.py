"""Word files: the text that Word shows, changes accepted, by a walk over document.xml.

Word and ISO 29500 call the parts by two sets of names. Labels of lists are not in the file, so
there are none in the text; neither are headers, footers, comments and hidden text.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from lxml import etree

from corpus.confined.archive import Archive
from corpus.confined.xml import parse_xml
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.furniture.describe import sane_title
from corpus.readers.blocks import Blocks, raised
from corpus.source import Source

_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_MATH = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}",
    "{http://purl.oclc.org/ooxml/officeDocument/math}",
)
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Text that was taken away or moved from here, that stands for another, or that is not shown.
_SKIPPED = {
    "w:del", "w:moveFrom", "mc:Fallback", "w:instrText", "w:delText", "w:delInstrText", "w:pPr",
    "w:rPr", "w:sdtPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr", "w:rt", "w:footnoteReference",
    "w:endnoteReference", "w:annotationRef", "w:rubyPr",
}  # fmt: skip
_SHOWN = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011"}
_NOT = {"0", "false", "off", "none"}


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of a Word file; raises `DalilError` for what is none, or has no text.

    The title is the first paragraph of the style Title, else that of the file's properties; its
    date of creation says nothing of when the text was published.
    """
    archive = Archive(source.content())
    main = _main_part(archive)
    walk = _Walk(_title_styles(archive, main))
    walk.blocks_of(parse_xml(archive.read(main)), walk.blocks)
    walk.blocks.end()
    for notes in ("footnotes.xml", "endnotes.xml"):
        part = posixpath.join(posixpath.dirname(main), notes)
        if part in archive.names:
            _add_notes(walk, parse_xml(archive.read(part)))
    text = walk.blocks.text()
    if not text:
        raise DalilError(
            "The document holds no text; if it holds pictures of pages, add their text instead."
        )
    yield Entry({"text": text, "title": walk.title or _stated_title(archive)})


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" in archive.names:
        for link in parse_xml(archive.read("_rels/.rels")):
            if link.get("Type", "").endswith("/officeDocument"):
                return str(link.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _title_styles(archive: Archive, main: str) -> set[str]:
    """Return the ids of the style Title, which programs translate while its name stays."""
    part = posixpath.join(posixpath.dirname(main), "styles.xml")
    if part not in archive.names:
        return {"Title"}
    found = set()
    for style in parse_xml(archive.read(part)):
        name = _child(style, "w:name")
        if name is not None and _value(name).casefold() == "title":
            found.add(_attribute(style, "styleId"))
    return found


def _stated_title(archive: Archive) -> str | None:
    if "docProps/core.xml" not in archive.names:
        return None
    return sane_title(parse_xml(archive.read("docProps/core.xml")).findtext(f"{_DUBLIN_CORE}title"))


def _add_notes(walk: _Walk, root: etree._Element) -> None:
    """Put the notes after the text; those of a type are the lines that part them from it."""
    for note in root:
        if _attribute(note, "type") in ("", "normal"):
            walk.blocks_of(note, walk.blocks)
            walk.blocks.end()


class _Walk:
    """A walk over the elements of a part, which fills `blocks`; fields may span paragraphs."""

    def __init__(self, title_styles: set[str]) -> None:
        self.blocks = Blocks()
        self.title: str | None = None
        self._title_styles = title_styles
        # For each field that is open, if its code is over and what it shows has begun.
        self._fields: list[bool] = []

    def blocks_of(self, parent: Iterable[etree._Element], blocks: Blocks) -> None:
        """Add what stands in an element to `blocks`, paragraphs and tables in order."""
        for element in parent:
            name = _name(element)
            if name == "w:p":
                self._paragraph(element, blocks)
            elif name == "w:tbl":
                self._table(element, blocks)
            elif name == "w:r":
                self._run(element, blocks)
            elif name == "mc:AlternateContent":
                self.blocks_of(element[:1], blocks)
            elif name == "w:txbxContent":
                self._box(element, blocks)
            elif name == "w:sdt":
                self._control(element, blocks)
            elif name == "m:t":
                blocks.add(element.text or "")
            elif name not in _SKIPPED:
                self.blocks_of(element, blocks)

    def _paragraph(self, element: etree._Element, blocks: Blocks) -> None:
        self.blocks_of(element, blocks)
        properties = _child(element, "w:pPr")
        if _mark_deleted(properties):
            return
        text = blocks.end()
        style = None if properties is None else _child(properties, "w:pStyle")
        if not self.title and style is not None and _value(style) in self._title_styles:
            self.title = " ".join(text.split()) or None

    def _table(self, element: etree._Element, blocks: Blocks) -> None:
        for row in _descended(element, "w:tr"):
            if _has(row, "w:trPr", "w:del"):
                continue
            cells = []
            for cell in _descended(row, "w:tc"):
                if not _has(cell, "w:tcPr", "w:cellDel"):
                    cells.append(Blocks())
                    self.blocks_of(cell, cells[-1])
            blocks.add_row(cells)

    def _box(self, element: etree._Element, blocks: Blocks) -> None:
        box = Blocks()
        self.blocks_of(element, box)
        blocks.set_beside(box)

    def _control(self, element: etree._Element, blocks: Blocks) -> None:
        """Add a content control, without contents pages and "Click here to enter text"."""
        properties = _child(element, "w:sdtPr")
        if properties is not None:
            if _child(properties, "w:showingPlcHdr") is not None:
                return
            for part in properties.iter():
                if _name(part) == "w:docPartGallery" and _value(part) == "Table of Contents":
                    return
        self.blocks_of(element, blocks)

    def _run(self, element: etree._Element, blocks: Blocks) -> None:
        properties = _child(element, "w:rPr")
        above = False
        if properties is not None:
            if _is_on(_child(properties, "w:vanish")):
                return
            align = _child(properties, "w:vertAlign")
            above = align is not None and _value(align) == "superscript"
        for part in element:
            name = _name(part)
            if name == "w:fldChar":
                self._field(_attribute(part, "fldCharType"))
            elif not all(self._fields):
                continue
            elif name == "w:t":
                text = _written(part)
                blocks.add(raised(text) if above else text)
            elif name in _SHOWN:
                blocks.add(_SHOWN[name])
            elif name not in _SKIPPED:
                self.blocks_of([part], blocks)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def _written(element: etree._Element) -> str:
    """Return the text of a run as Word shows it: line breaks are spaces, ends are kept if told."""
    text = (element.text or "").replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return text if element.get(_SPACE) == "preserve" else text.strip(" \t")


def _name(element: etree._Element) -> str:
    """Return an element's name with the usual prefix, empty for what is not Word's."""
    tag = element.tag if isinstance(element.tag, str) else ""
    space, brace, local = tag.rpartition("}")
    space += brace
    if space in _WORD:
        return f"w:{local}"
    if space in _MATH:
        return f"m:{local}"
    return f"mc:{local}" if space == _COMPATIBLE else ""


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if _name(child) == name), None)


def _has(element: etree._Element, properties: str, name: str) -> bool:
    found = _child(element, properties)
    return found is not None and _child(found, name) is not None


def _descended(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or cells of a row, which controls and changes may enclose."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) not in _SKIPPED and _name(child) != "w:tbl":
            yield from _descended(child, name)


def _attribute(element: etree._Element, local: str) -> str:
    return next((found for space in _WORD if (found := element.get(f"{space}{local}"))), "")


def _value(element: etree._Element) -> str:
    return _attribute(element, "val")


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and _value(element) not in _NOT


def _mark_deleted(properties: etree._Element | None) -> bool:
    """Return if the end of a paragraph was taken away, so that the next one goes on from it."""
    run = None if properties is None else _child(properties, "w:rPr")
    return run is not None and any(
        _child(run, name) is not None for name in ("w:del", "w:moveFrom")
    )
