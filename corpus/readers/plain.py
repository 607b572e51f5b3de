"""Plain text: nothing but the text of one article."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.fields import Entry
from corpus.readers.decode import decode
from corpus.source import Source


def read(source: Source) -> Iterator[Entry]:
    """Yield the text of a source; raises `DalilError` for what is no text."""
    yield Entry({"text": decode(source.content())})
