"""A PDF document: the text of its pages in reading order, with the places where pages begin."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from struct import error as StructError  # noqa: N812
from zlib import error as ZlibError  # noqa: N812

from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfminer.psexceptions import PSException
from pdfminer.utils import decode_text

from corpus.errors import DalilError
from corpus.readers.pdf.columns import Block, blocks, framed, widen
from corpus.readers.pdf.fonts import UNKNOWN, Fonts
from corpus.readers.pdf.furniture import body_size, footnotes, labels, repeated
from corpus.readers.pdf.glyphs import Drawn, drawn
from corpus.readers.pdf.joining import Manner, brackets_as_drawn, joined, manner
from corpus.readers.pdf.lines import (
    Line,
    draws_marks_first,
    hung,
    is_mark,
    line_of,
    marks_of,
    rows,
    set_text,
)
from corpus.readers.pdf.paragraphs import paragraphs, set_directions

# What pdfminer.six raises where a file is not as the standard says; it checks little beforehand.
_MALFORMED = (
    PDFException, PSException, ArithmeticError, AssertionError, AttributeError, LookupError,
    RecursionError, StructError, TypeError, ValueError, ZlibError,
)  # fmt: skip
# Headings are set larger than the text by this factor, at the least.
_HEADING_SIZE = 1.15


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file; from the offset `pages[i][0]` on it stands on page `pages[i][1]`.

    Pages count from 1. `scans` are those that show pictures and have no text, `unread` those whose
    letters have no Unicode. `heading` is the first paragraph if it is set larger than the text,
    and `title` what the file states, right or wrong.
    """

    text: str
    pages: tuple[tuple[int, int], ...]
    heading: str | None = None
    title: str | None = None
    scans: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()


@dataclass(slots=True)
class _Page:
    blocks: list[list[Line]]
    pictures: bool
    unknown: bool

    @property
    def lines(self) -> list[Line]:
        return [line for block in self.blocks for line in block]


def read_text(data: bytes) -> Text:
    """Return the text of a PDF file; raises `DalilError` for one that cannot be read."""
    # It warns of every oddity of a file, which nobody can mend.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    document = _document(data)
    pages = _pages(document)
    scans = tuple(n for n, page in enumerate(pages, 1) if page.pictures and not page.blocks)
    unread = tuple(n for n, page in enumerate(pages, 1) if page.unknown)
    blocks = [framed(lines) for page in pages for lines in page.blocks]
    set_directions(blocks)
    brackets = brackets_as_drawn(line for block in blocks for line in block.lines)
    for block in blocks:
        for line in block.lines:
            set_text(line, brackets)
    body, notes = _parted(pages, brackets)
    widen(body)
    written = _Written()
    shared = {*notes, *(n for n, page in enumerate(pages, 1) if page.pictures)}
    found = paragraphs(body, brackets, shared)
    written_so = manner(found, brackets, _stated(document, "Producer") or "")
    for place, lines in enumerate(found):
        written.add(joined(lines, written_so))
        below = found[place + 1][0].page if place + 1 < len(found) else len(pages) + 1
        for number in sorted(n for n in notes if n < below):
            for note in paragraphs([notes.pop(number)], brackets):
                written.add(joined(note, written_so))
    heading = _heading(found, body_size(page.lines for page in pages), written_so)
    pages_at = tuple(written.pages)
    return Text("".join(written.text), pages_at, heading, _stated(document, "Title"), scans, unread)


def _heading(found: list[list[Line]], size: float, written_so: Manner) -> str | None:
    if len(found) < 2 or found[0][0].size < size * _HEADING_SIZE:
        return None
    return "".join(piece for _, piece in joined(found[0], written_so))


def _stated(document: PDFDocument, name: str) -> str | None:
    for info in document.info:
        stated = resolve1(info.get(name)) if isinstance(info, dict) else None
        if isinstance(stated, bytes):
            return decode_text(stated)
    return None


class _Written:
    """A text that grows by paragraphs, and where its pages begin."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.pages: list[tuple[int, int]] = []
        self._length = 0

    def add(self, pieces: list[tuple[int, str]]) -> None:
        """Add a paragraph in pieces, each with its page."""
        if not any(piece.strip() for _, piece in pieces):
            return
        if self.text:
            self._append("\n\n")
        for page, piece in pieces:
            if not self.pages or self.pages[-1][1] != page:
                self.pages.append((self._length, page))
            self._append(piece)

    def _append(self, piece: str) -> None:
        self.text.append(piece)
        self._length += len(piece)


def _parted(pages: list[_Page], brackets: frozenset[str]) -> tuple[list[Block], dict[int, Block]]:
    """Return the blocks of the text without what pages repeat, and the notes of each page."""
    furniture = repeated([page.lines for page in pages])
    size = body_size(page.lines for page in pages)
    body: list[Block] = []
    notes: dict[int, Block] = {}
    for number, page in enumerate(pages, 1):
        text = [[line for line in lines if id(line) not in furniture] for lines in page.blocks]
        below = footnotes([line for lines in text for line in lines], size)
        if below:
            notes[number] = framed(below)
        known, apart = labels(below), {id(line) for line in below}
        for lines in text:
            kept = [line for line in lines if id(line) not in apart]
            for line in kept:
                dropped = {order for label in known for order in line.notes.get(label, ())}
                if dropped:
                    line.drop(dropped)
                    set_text(line, brackets)
            if kept:
                body.append(framed(kept))
    return body, notes


def _document(data: bytes) -> PDFDocument:
    try:
        return PDFDocument(PDFParser(BytesIO(data)))
    except PDFPasswordIncorrect as error:
        raise DalilError(
            "The PDF is encrypted; save a copy without a password, and add that."
        ) from error
    except _MALFORMED as error:
        raise _damaged(error) from error


def _pages(document: PDFDocument) -> list[_Page]:
    fonts = Fonts()
    try:
        shown = [drawn(page, fonts) for page in PDFPage.create_pages(document)]
        marks = [marks_of(page.glyphs) for page in shown]
        first = draws_marks_first(chain.from_iterable(marks))
        hanging = [hung(found, first) for found in marks]
        return [_page(*page, n) for n, page in enumerate(zip(shown, hanging, strict=True), 1)]
    except _MALFORMED as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> DalilError:
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return DalilError(f"The PDF is damaged ({reason}); open it and print or export it anew.")


def _page(shown: Drawn, marks: dict[int, str], number: int) -> _Page:
    bases = [glyph for glyph in shown.glyphs if not is_mark(glyph.text)]
    found = []
    for block in blocks(bases):
        lines = [line_of(row, marks, number) for row in rows(block)]
        kept = [line for line in lines if line is not None]
        if kept:
            found.append(kept)
    texts = [glyph.text for glyph in bases if glyph.text.strip()]
    unknown = texts.count(UNKNOWN) * 2 > len(texts)
    return _Page([] if unknown else found, shown.pictures, unknown)
