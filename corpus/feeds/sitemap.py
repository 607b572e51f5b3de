"""News sitemaps: the pages of a site that are articles, with what it says of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from lxml import etree

from corpus.errors import DalilError

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
# A site's index may name thousands, one a day; articles of today stand in the newest.
MOST_SITEMAPS = 5


class Entry(NamedTuple):
    """A page of a news sitemap; `published` and `changed` are dates as written."""

    address: str
    title: str | None
    outlet: str | None
    published: str | None
    changed: str | None


def read_urls(root: etree._Element, most: int) -> Iterator[Entry]:
    """Yield the articles of a sitemap, `most` at most; pages without news are none.

    Raises `DalilError` where no page has news, since most pages of a site are no articles.
    """
    count = 0
    for page in root.iterfind(f"{_SITEMAP}url"):
        news = page.find(f"{_NEWS}news")
        address = _text(page, f"{_SITEMAP}loc")
        if news is None or not address:
            continue
        yield Entry(
            address,
            _text(news, f"{_NEWS}title"),
            _text(news, f"{_NEWS}publication/{_NEWS}name"),
            _text(news, f"{_NEWS}publication_date"),
            _text(page, f"{_SITEMAP}lastmod"),
        )
        count += 1
        if count == most:
            return
    if not count:
        raise DalilError(
            "The sitemap names no news, only pages. Give the site's news sitemap, or its feed."
        )


def read_index(root: etree._Element, url: str) -> list[str]:
    """Return the sitemaps that an index names, those that changed last first, a few at most.

    Where it says nothing of changes, the order of the index counts.
    """
    named = [
        (_text(each, f"{_SITEMAP}lastmod") or "", address)
        for each in root.iterfind(f"{_SITEMAP}sitemap")
        if (address := joined(url, _text(each, f"{_SITEMAP}loc") or ""))
    ]
    # Stable, so equal ones stay in their order; dates of W3C sort as text to the day.
    named.sort(key=lambda one: one[0][:10], reverse=True)
    return [address for _, address in named][:MOST_SITEMAPS]


def joined(base: str, address: str) -> str | None:
    """Return an address as it is meant at `base`, `None` for one that is none.

    >>> joined("https://news.example/feed", "/a"), joined("https://news.example/feed", "http://[a")
    ('https://news.example/a', None)
    """
    try:
        return urljoin(base, address) if address else None
    except ValueError:
        return None


def _text(element: etree._Element, path: str) -> str | None:
    found = element.find(path)
    text = None if found is None else "".join(found.itertext()).strip()
    return text or None
