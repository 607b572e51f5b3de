"""OpenDocument texts: the text that LibreOffice shows, by a walk over content.xml.

Deleted text lies in a part of its own (`text:tracked-changes`) and is passed over, as are comments,
hidden text and the labels of lists; notes follow their paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from corpus.confined.archive import Archive
from corpus.confined.xml import parse_xml
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.furniture.describe import sane_title
from corpus.readers.blocks import Blocks, collapsed, raised
from corpus.source import Source

_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_SKIPPED = {
    "text:tracked-changes", "text:table-of-content", "text:note-citation", "text:ruby-text",
    "text:number", "text:hidden-text", "text:hidden-paragraph", "text:script", "text:desc",
    "text:title-template", "office:annotation", "office:annotation-end", "office:forms",
    "office:binary-data", "office:event-listeners", "text:sequence-decls", "text:variable-decls",
    "text:user-field-decls", "text:dde-connection-decls", "table:calculation-settings",
}  # fmt: skip
_GROUPS = {"table:table-rows", "table:table-header-rows", "table:table-row-group"}
_ASIDE = {"text:note", "draw:frame", "draw:text-box", "draw:custom-shape", "draw:g"}


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of an OpenDocument text; raises `DalilError` for what is none, or empty.

    The title is the first paragraph of the style Title, else that of the file's properties.
    """
    archive = Archive(source.content())
    manifest = "META-INF/manifest.xml"
    if manifest in archive.names and b"encryption-data" in archive.read(manifest):
        raise DalilError(
            "The document is protected with a password; save it without one and add that."
        )
    root = parse_xml(archive.read("content.xml"))
    body = next((part for part in root.iter() if _name(part) == "office:text"), None)
    if body is None:
        raise DalilError("The document is no text; save its text as .odt or .txt and add that.")
    walk = _Walk(root)
    walk.blocks_of(body, walk.blocks)
    text = walk.blocks.text()
    if not text:
        raise DalilError(
            "The document holds no text; if it holds pictures of pages, add their text instead."
        )
    yield Entry({"text": text, "title": walk.title or _stated_title(archive)})


def _stated_title(archive: Archive) -> str | None:
    if "meta.xml" not in archive.names:
        return None
    found = next(parse_xml(archive.read("meta.xml")).iter(f"{_DUBLIN_CORE}title"), None)
    return None if found is None else sane_title(found.text)


class _Walk:
    """A walk over the elements of the text, which fills `blocks`."""

    def __init__(self, root: etree._Element) -> None:
        self.blocks = Blocks()
        self.title: str | None = None
        self._titles, self._raised = _styles(root)
        # The last text of the open paragraph, after whose space no other is shown.
        self._before = ""

    def blocks_of(self, parent: Iterable[etree._Element], blocks: Blocks) -> None:
        """Add the paragraphs, lists, sections and tables of an element in order."""
        for element in parent:
            name = _name(element)
            if name in ("text:p", "text:h"):
                self._paragraph(element, blocks)
            elif name == "table:table":
                for row in _descended(element, "table:table-row"):
                    self._row(row, blocks)
            elif name and name not in _SKIPPED:
                self.blocks_of(element, blocks)

    def _paragraph(self, element: etree._Element, blocks: Blocks) -> None:
        outer, self._before = self._before, ""
        self._inline(element, blocks)
        self._before = outer
        text = blocks.end()
        if not self.title and _attribute(element, "text", "style-name") in self._titles:
            self.title = " ".join(text.split()) or None

    def _row(self, element: etree._Element, blocks: Blocks) -> None:
        cells = []
        for cell in _descended(element, "table:table-cell"):
            cells.append(Blocks())
            self.blocks_of(cell, cells[-1])
        blocks.add_row(cells)

    def _inline(self, element: etree._Element, blocks: Blocks, above: bool = False) -> None:
        self._add(element.text, blocks, above)
        for part in element:
            name = _name(part)
            if name == "text:s":
                count = _attribute(part, "text", "c")
                self._shown(" " * min(int(count) if count.isdecimal() else 1, 100), blocks)
            elif name == "text:tab":
                self._shown("\t", blocks)
            elif name == "text:line-break":
                self._shown("\n", blocks)
            elif name in _ASIDE:
                aside = Blocks()
                self.blocks_of(part, aside)
                blocks.set_beside(aside)
            elif name and name not in _SKIPPED:
                style = _attribute(part, "text", "style-name")
                self._inline(part, blocks, above or style in self._raised)
            self._add(part.tail, blocks, above)

    def _add(self, text: str | None, blocks: Blocks, above: bool) -> None:
        if text and (shown := collapsed(text, self._before)):
            blocks.add(raised(shown) if above else shown)
            self._before = shown

    def _shown(self, text: str, blocks: Blocks) -> None:
        blocks.add(text)
        # A space that is written as an element stands beside any other.
        self._before = "\n" if text == "\n" else "|"


def _styles(root: etree._Element) -> tuple[set[str], set[str]]:
    """Return the paragraph styles that are a title's, and the text styles of raised letters."""
    titles, raising = {"Title"}, set[str]()
    for style in root.iter(f"{{{_OPEN_DOCUMENT}style:1.0}}style"):
        name = _attribute(style, "style", "name")
        if _attribute(style, "style", "parent-style-name") == "Title":
            titles.add(name)
        for properties in style:
            if _attribute(properties, "style", "text-position").startswith("super"):
                raising.add(name)
    return titles, raising


def _name(element: etree._Element) -> str:
    """Return an element's name with the usual prefix, empty for what is not of the format."""
    tag = element.tag if isinstance(element.tag, str) else ""
    space, _, local = tag[1:].partition("}")
    prefix = space.removeprefix(_OPEN_DOCUMENT).removesuffix(":1.0")
    known = {"text", "table", "office", "style"}
    if prefix == "drawing":
        return f"draw:{local}"
    return f"{prefix}:{local}" if prefix in known and space.startswith(_OPEN_DOCUMENT) else ""


def _attribute(element: etree._Element, prefix: str, local: str) -> str:
    return str(element.get(f"{{{_OPEN_DOCUMENT}{prefix}:1.0}}{local}", ""))


def _descended(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or cells of a row, which groups may enclose."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in _GROUPS:
            yield from _descended(child, name)
