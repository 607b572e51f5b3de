"""HTML pages: main text and metadata, by trafilatura, which is imported here only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.source import Source


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of an HTML page; raises `DalilError` for a page without text."""
    yield Entry(read_page(source.content()))


def read_page(data: bytes) -> dict[str, object]:
    """Return the text of an HTML page with the title, outlet, date and address it states.

    The date is taken from what the page declares, not from guesses about its text. An address
    without a path is a home page that many saved pages name, so it identifies none of them.
    Raises `DalilError` for a page without text.
    """
    import trafilatura

    found = trafilatura.bare_extraction(
        data,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    text = getattr(found, "text", None) or trafilatura.html2txt(data)
    if not text or not text.strip():
        raise DalilError("The page holds no text; save the article itself as HTML or text.")
    if not isinstance(found, trafilatura.settings.Document):
        return {"text": text}
    return {
        "text": text,
        "title": found.title,
        "outlet": found.sitename,
        "published": found.date,
        "language": found.language,
        "url": found.url if urlsplit(found.url or "").path.strip("/") else None,
    }
