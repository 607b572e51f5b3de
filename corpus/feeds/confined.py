"""Feeds, read as pages are: in a process of its own, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, cast

from corpus.confined.process import read_confined
from corpus.feeds.feed import Feed, Item, decoded_feed, read_feed
from corpus.fields import Entry
from corpus.source import Source, bytes_source


def read_confined_feed(content: bytes, url: str, content_type: str = "") -> Feed:
    """Return what a feed holds that was found at `url`, sent with the header `content_type`.

    Raises `DalilError` for what is no feed, or one that met a limit.
    """
    source = bytes_source(url, decoded_feed(content, content_type), kind=".xml")
    head, *items = read_confined(read, replace(source, url=url), quick=True)
    # Words and numbers came through, as they were sent by `read`.
    told = cast("Mapping[str, Any]", head.values)
    return Feed(told["title"], [_item(one) for one in items], told["sitemaps"])


def read(source: Source) -> Iterator[Entry]:
    """Yield an entry of what is said of a feed, and one of each item."""
    found = read_feed(source.content(), source.url or "")
    yield Entry({"title": found.title, "sitemaps": list(found.sitemaps)})
    for item in found.items:
        yield Entry(asdict(item))


def _item(entry: Entry) -> Item:
    told = dict(cast("Mapping[str, Any]", entry.values))
    day = told.pop("published")
    return Item(published=date.fromisoformat(day) if day else None, **told)
