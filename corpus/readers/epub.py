"""Books as EPUB: one article a chapter, in the order of the spine, by zipfile and lxml.

The contents page, the cover and what is not shown are left out. The language is what the chapter or
the book states.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import regex
from lxml import etree

from corpus.confined.archive import Archive
from corpus.confined.xml import parse_xhtml, parse_xml
from corpus.dates.published import parse_date
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.furniture.describe import sane_title
from corpus.readers.blocks import Blocks, collapsed, raised
from corpus.source import Source

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "ul",
}  # fmt: skip
_UNSHOWN = {
    "head", "script", "style", "template", "del", "rp", "rt", "rtc", "svg", "math", "audio",
    "video", "object", "iframe", "title", "button", "noscript", "select",
}  # fmt: skip
_GUIDES = frozenset({"toc", "cover"})
_LISTS = frozenset({"toc", "landmarks", "page-list", "loi", "lot"})
_NOTE_MARKS = frozenset({"noteref", "pagebreak"})


class _Book(NamedTuple):
    chapters: list[str]
    language: str | None
    published: str | None


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of each chapter that has text, with its place in the spine from 1 on.

    A chapter that cannot be read is named, and the next one is read. Raises `DalilError` for
    what is no book, or one without text.
    """
    archive = Archive(source.content())
    book = _book(archive)
    empty = True
    for number, chapter in enumerate(book.chapters, start=1):
        try:
            values = _chapter(parse_xhtml(archive.read(chapter)), book)
        except DalilError as error:
            empty = False
            yield Entry(None, number, str(error))
            continue
        if values["text"]:
            empty = False
            yield Entry(values, number)
    if empty:
        raise DalilError(
            "The book holds no text; if it holds pictures of pages, add their text instead."
        )


def _book(archive: Archive) -> _Book:
    container = parse_xml(archive.read("META-INF/container.xml"))
    path = next((file.get("full-path") for file in _all(container, "rootfile")), None)
    if not path:
        raise DalilError("The book names no list of its parts; save it anew from its program.")
    if "META-INF/encryption.xml" in archive.names and "META-INF/rights.xml" in archive.names:
        raise DalilError("The book is protected against copying; add one that is not.")
    package = parse_xml(archive.read(path))
    folder = posixpath.dirname(path)
    parts = {item.get("id"): item for item in _all(package, "item")}
    aside = {
        _path(folder, guide.get("href"))
        for guide in _all(package, "reference")
        if guide.get("type") in _GUIDES
    }
    chapters = []
    for reference in _all(package, "itemref"):
        item = parts.get(reference.get("idref"))
        if item is None or "html" not in item.get("media-type", ""):
            continue
        chapter = _path(folder, item.get("href"))
        # A contents page that is a chapter of its own; a cover without text falls out later.
        if "nav" not in item.get("properties", "").split() and chapter not in aside:
            chapters.append(chapter)
    return _Book(chapters, _language(_first(package, "language")), _published(package))


def _path(folder: str, reference: str | None) -> str:
    path = unquote(urlsplit(reference or "").path)
    return posixpath.normpath(posixpath.join(folder, path))


def _published(package: etree._Element) -> str | None:
    """Return the day of publication if there is one; a year alone, or a made-up one, is none."""
    for element in _all(package, "date"):
        event = next((v for k, v in element.attrib.items() if k.endswith("}event")), "publication")
        day = parse_date((element.text or "").strip())
        if event == "publication" and day and day.year > 1500:
            return day.isoformat()
    return None


def _language(stated: str | None) -> str | None:
    """Return the language of a tag, without script and country.

    >>> _language("ar-SY"), _language("und"), _language(None)
    ('ar', None, None)
    """
    language = (stated or "").strip().replace("_", "-").partition("-")[0].lower()
    return language if regex.fullmatch("[a-z]{2,3}", language) and language != "und" else None


def _chapter(root: etree._Element, book: _Book) -> dict[str, object]:
    walk = Walk()
    body = next(_all(root, "body"), root)
    walk.add(body)
    language = next(
        (found for one in (body, root) if (found := one.get(_LANGUAGE) or one.get("lang"))), None
    )
    return {
        "text": walk.blocks.text(),
        "title": walk.heading or sane_title(_first(root, "title")),
        "published": book.published,
        "language": _language(language) or book.language,
    }


def _all(root: etree._Element, local: str) -> Iterator[etree._Element]:
    """Yield elements by their name alone: books of the two versions differ in the rest."""
    return (element for element in root.iter(etree.Element) if _local(element) == local)


def _first(root: etree._Element, local: str) -> str | None:
    found = next(_all(root, local), None)
    return None if found is None else "".join(found.itertext())


def _local(element: etree._Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].lower()


class Walk:
    """A walk over a chapter, which fills `blocks`; the first heading is its title."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.heading: str | None = None
        self._before = ""

    def add(self, element: etree._Element) -> None:
        """Add what an element shows, without what follows it."""
        name = _local(element)
        if not name or name in _UNSHOWN or _hidden(element):
            return
        if name == "br":
            self._put("\n")
        elif name == "table":
            self._table(element)
        elif name in _BLOCKS:
            self._end()
            self._inside(element)
            text = self._end()
            if not self.heading and name in ("h1", "h2") and text:
                self.heading = " ".join(text.split())
        elif name == "q":
            self._put("“")
            self._inside(element)
            self._put("”")
        elif name == "sup":
            self._raised(element)
        else:
            self._inside(element)

    def _inside(self, element: etree._Element) -> None:
        verbatim = _local(element) == "pre"
        self._text(element.text, verbatim)
        for part in element:
            self.add(part)
            self._text(part.tail, verbatim)

    def _raised(self, element: etree._Element) -> None:
        """Add raised letters; a link up there leads to a note, and is no part of the sentence."""
        if next(_all(element, "a"), None) is None:
            self._text(raised("".join(element.itertext())), verbatim=False)

    def _table(self, element: etree._Element) -> None:
        self._end()
        for row in _all(element, "tr"):
            # Rows of a table within a cell are that table's own.
            if next(one for one in row.iterancestors() if _local(one) == "table") is not element:
                continue
            cells = []
            outer = self.blocks
            for cell in row:
                if _local(cell) in ("td", "th"):
                    self.blocks, self._before = Blocks(), ""
                    self._inside(cell)
                    cells.append(self.blocks)
            self.blocks, self._before = outer, ""
            self.blocks.add_row(cells)

    def _text(self, text: str | None, verbatim: bool) -> None:
        if text and (shown := text if verbatim else collapsed(text, self._before)):
            self._put(shown)

    def _put(self, text: str) -> None:
        self.blocks.add(text)
        self._before = text

    def _end(self) -> str:
        self._before = ""
        return self.blocks.end()


def _hidden(element: etree._Element) -> bool:
    kinds = set((element.get(_EPUB_TYPE) or element.get("epub:type") or "").split())
    style = (element.get("style") or "").replace(" ", "").lower()
    lists = _local(element) == "nav" and bool(kinds & _LISTS)
    marks = _local(element) in ("a", "span") and bool(kinds & _NOTE_MARKS)
    return element.get("hidden") is not None or "display:none" in style or lists or marks
