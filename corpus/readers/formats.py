"""The formats that Dalil reads: a new one is a file beside this one, and a line in this table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from corpus.confined.stream import ArchiveReader
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.readers import csv, docx, epub, json, jsonl, markdown, odt, plain
from corpus.readers.html import read as html
from corpus.readers.pdf import read as pdf
from corpus.readers.warc import read as warc
from corpus.source import Source
from corpus.unnamed import content_kind, kind_within


class Reader(Protocol):
    """Finds the articles of a source."""

    def __call__(self, source: Source, /) -> Iterator[Entry]:
        """Yield an entry for each article, in order; one may say what is wrong with it alone.

        Raises `DalilError` where nothing more can be read.
        """


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the kinds of sources in it, the usual one first, and who reads them.

    `without_markup` takes off the marks of a text that is to be cleaned. `names_fields` says that
    whoever wrote the source named the fields, so that they may have to be mapped to ours.
    `confined` formats can be made to harm who reads them, and are read in a process of their own;
    those that are `quick` to read do not wait there for the others. Plain text, JSON and tables
    are read here: what reads them takes at most some times the memory of the file, and no longer
    than its length tells.
    `archive` reads one that may be of any size, in such a process too.
    """

    kinds: tuple[str, ...]
    read: Reader
    without_markup: Callable[[str], str] | None = None
    names_fields: bool = False
    confined: bool = False
    quick: bool = False
    archive: ArchiveReader | None = None


PLAIN = Format((".txt", ".text"), plain.read)
FORMATS = (
    PLAIN,
    # A few lines of YAML can name each other until they fill any memory.
    Format(
        (".md", ".markdown"),
        markdown.read,
        without_markup=markdown.without_markup,
        confined=True,
        quick=True,
    ),
    Format((".html", ".htm", ".xhtml"), html.read, confined=True, quick=True),
    Format((".jsonl", ".ndjson"), jsonl.read, names_fields=True),
    Format((".json",), json.read, names_fields=True),
    Format((".csv", ".tsv"), csv.read, names_fields=True),
    Format((".docx", ".docm"), docx.read, confined=True),
    Format((".odt",), odt.read, confined=True),
    Format((".epub",), epub.read, confined=True),
    Format((".pdf",), pdf.read, confined=True),
    Format((".warc", ".wet"), warc.read, confined=True, archive=warc.read),
)

_BY_KIND = {kind: form for form in FORMATS for kind in form.kinds}
KINDS = frozenset(_BY_KIND)
# Uploads have the usual name of their format, so that a form can say in a few words what it takes.
UPLOADED_KINDS = tuple(form.kinds[0] for form in FORMATS)


def format_in(source: Source) -> Format:
    """Return the format of a source: by its kind, and where that tells nothing by what it holds.

    Raises `DalilError` for markup that is no page: its source text would be taken for an article.
    """
    form = format_of(source.kind)
    if form is PLAIN:
        kind = content_kind(source, sure=source.kind in KINDS)
    else:
        # Pages and notes are saved under the name of what they were fetched as.
        kind = kind_within(source) if form.quick else None
    return format_of(kind) if kind else form


def quick_reader(source: Source) -> Reader | None:
    """Return who reads a source if that is known to be quick, else `None`."""
    if not format_of(source.kind).quick:
        return None
    try:
        form = format_in(source)
    except DalilError:
        # Loading says so.
        return None
    return form.read if form.quick else None


def format_of(kind: str) -> Format:
    """Return the format of a kind of source; one that is not known is read as text.

    >>> format_of(".ndjson").kinds[0], format_of(".story") is PLAIN
    ('.jsonl', True)
    """
    return _BY_KIND.get(kind, PLAIN)
