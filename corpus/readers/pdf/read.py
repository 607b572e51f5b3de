"""PDF files: one article each, with the pages that its text stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import regex

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.furniture.describe import describe
from corpus.source import Source

if TYPE_CHECKING:
    from corpus.readers.pdf.document import Text

_OCR = "it may be a scan: make it searchable with an OCR program, and add it again."
_EMPTY = "The PDF has no text; export the article itself as PDF or text."
_MOST_TITLE_WORDS = 25
# What programs write where nobody gave a title: names of files, and of the program.
_NO_TITLE = regex.compile(
    r"(?i)microsoft (?:word|powerpoint)\b.*|untitled.*|(?:document|presentation|slide|report)\s*\d*"
    r"|.*\.(?:docx?|odt|rtf|pdf|indd|qxp|qxd|html?|txt|pptx?|xlsx?|tmp|ai|eps)|https?:.*|about:.*"
    r"|بدون عنوان.*|مستند\s*\d*"
)


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of a PDF, with a notice of its pages that have no text.

    Raises `DalilError` for a file that is encrypted, damaged or a scan.
    """
    from corpus.readers.pdf.document import read_text

    found = read_text(source.content())
    if not found.text:
        raise DalilError(next(_faults(found), _EMPTY))
    title = _sane(found.title) or _sane(found.heading) or describe(found.text).title
    values = {"text": found.text, "title": title}
    yield Entry(values, pages=found.pages, notices=tuple(_faults(found)))


def _faults(found: Text) -> Iterator[str]:
    """Yield a sentence for the pages that have no text, and for those whose text has no letters."""
    if found.scans:
        yield f"{_named(found.scans, 'no text')}; {_OCR}"
    if found.unread:
        yield f"{_named(found.unread, 'letters that name no characters')}; {_OCR}"


def _named(pages: Sequence[int], has: str) -> str:
    """Return the beginning of a sentence on pages.

    >>> _named([3], "no text"), _named([1, 2, 5], "no text")
    ('Page 3 has no text', 'Pages 1, 2 and 5 have no text')
    """
    if len(pages) == 1:
        return f"Page {pages[0]} has {has}"
    return f"Pages {', '.join(map(str, pages[:-1]))} and {pages[-1]} have {has}"


def _sane(title: str | None) -> str | None:
    """Return a title that a reader would know the article by, `None` for what a program wrote.

    >>> _sane("Microsoft Word - final2.docx"), _sane("فتح جسر الرقة"), _sane("\ufffd\ufffd 12")
    (None, 'فتح جسر الرقة', None)
    """
    title = " ".join((title or "").split())
    letters = regex.findall(r"\p{L}", title)
    if len(letters) * 2 < len(title) or "\ufffd" in title or _NO_TITLE.fullmatch(title):
        return None
    return title if 2 <= len(title.split()) <= _MOST_TITLE_WORDS else None
