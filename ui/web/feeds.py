"""One fetch of a feed: what is new in it becomes articles, a few seconds after each was read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.dates.future import is_ahead, left_out
from corpus.errors import DalilError
from corpus.load import NO_PROFILES, Loaded, load_sources
from corpus.profiles.profile import FOLDER, Profiles, read_profiles
from corpus.source import bytes_source
from index.store.feeds import FeedTable, Fetching, StoredFeed
from ui.web.background import begun
from ui.web.links import read_fetched

if TYPE_CHECKING:
    from corpus.feeds.feed import Feed, Item
    from corpus.fetch.fetch import Fetched, Fetcher
    from index import Library

# Media types under which feeds and sitemaps are served, rightly or not.
FEEDS = dict.fromkeys(
    (
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml",
        "text/xml", "text/plain", "text/html", "application/octet-stream", "application/gzip",
        "application/x-gzip",
    ),
    ".xml",
)  # fmt: skip
_GZIP = b"\x1f\x8b"
# An addition costs the search index a part.  The next is made when so many articles wait, or after
# twice the time that the last took, so that pages that come quickly share one.
_BATCH, _TIMES, _SHORTEST_SECONDS, _LONGEST_SECONDS = 10, 2.0, 0.5, 2.0
_LOOK_SECONDS = 0.25
_COUNTS = ("added", "updated", "unchanged", "failed")
# What is left of a long feed is fetched the next time.
_MOST_PAGES = 200


def fetch_feed(
    feed: StoredFeed,
    fetcher: Fetcher,
    library: Library,
    table: FeedTable,
    stopped: Callable[[], bool] = lambda: False,
) -> Fetching:
    """Fetch a feed and add what is new in it; return what it came to, which `table` keeps too.

    The whole text comes from the feed where it has that, else from the page that it links to.
    Raises nothing for what the feed or its pages do wrong.
    """
    try:
        done = _fetch(feed, fetcher, library, table, stopped)
    except DalilError as error:
        done = Fetching(
            {}, str(error), failed=True, wait=float(getattr(error, "retry_after", None) or 0.0)
        )
    table.fetched(feed, done)
    return done


def _fetch(
    feed: StoredFeed,
    fetcher: Fetcher,
    library: Library,
    table: FeedTable,
    stopped: Callable[[], bool],
) -> Fetching:
    condition = {"If-None-Match": feed.etag, "If-Modified-Since": feed.modified}
    given = {name: value for name, value in condition.items() if value}
    page = fetcher.fetch(feed.url, FEEDS, given or None)
    if page.status == 304:
        return Fetching(dict.fromkeys(_COUNTS, 0), etag=feed.etag, modified=feed.modified)
    profiles = read_profiles(library.home / FOLDER)
    # A bad profile stops nothing, but whoever looks after the feed is to know of it.
    run = _Run(feed, library, table, error=next(iter(profiles.faults), None), profiles=profiles)
    held = _read(page)
    for part in [held, *_sitemaps(held, fetcher, run)]:
        run.add_new(part, fetcher, stopped)
    # An index may stay as it is while the sitemaps that it names do not.
    done = run.left == 0 and not held.sitemaps
    return Fetching(
        run.report,
        run.error,
        page.headers.get("etag") if done else None,
        page.headers.get("last-modified") if done else None,
    )


def _read(page: Fetched) -> Feed:
    from corpus.feeds.confined import read_confined_feed
    from corpus.fetch.connections import Limits, unpacked

    content = page.content
    if content.startswith(_GZIP):
        content = unpacked(content, Limits())
    return read_confined_feed(content, page.final_url, page.headers.get("content-type", ""))


def _sitemaps(index: Feed, fetcher: Fetcher, run: _Run) -> Iterator[Feed]:
    for address in index.sitemaps:
        try:
            yield _read(fetcher.fetch(address, FEEDS))
        except DalilError as error:
            # What it would have named may be there the next time.
            run.left += 1
            run.tell(address, str(error))


@dataclass
class _Run:
    """The articles of one fetch on their way into the library.

    `report` counts what came of them, `left` what is to be fetched another time, and `error` is
    the first thing that went wrong.
    """

    feed: StoredFeed
    library: Library
    table: FeedTable
    report: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    left: int = 0
    error: str | None = None
    profiles: Profiles = NO_PROFILES
    _waiting: list[tuple[Item, Article]] = field(default_factory=list)
    # From when on what waits may be added.
    _from: float = 0.0

    def add_new(self, held: Feed, fetcher: Fetcher, stopped: Callable[[], bool]) -> None:
        """Add the articles that `held` names and the library does not know."""
        # Of an item that stands twice, the first is the newest.
        named = {_name(item): item for item in reversed(held.items)}
        wanted = [
            item for name, item in reversed(named.items()) if self.table.is_wanted(name, item.seal)
        ]
        self.left += max(0, len(wanted) - _MOST_PAGES)
        for number, item in enumerate(wanted[:_MOST_PAGES]):
            work = partial(_article, item, held, fetcher, self.profiles)
            reading = None if stopped() else begun(work)
            if reading is None or not self._commit_meanwhile(reading, stopped):
                self.left += len(wanted[:_MOST_PAGES]) - number
                break
            self._take(item, reading.result())
        self._commit()

    def tell(self, link: str | None, error: str) -> None:
        """Count a failure, and keep the first."""
        self.report["failed"] += 1
        self.note(link, error)

    def note(self, link: str | None, said: str) -> None:
        """Keep what is to be known of an article, if it is the first of its kind."""
        self.error = self.error or (f"{link}: {said}" if link else said)

    def _commit_meanwhile(self, reading: Future[Loaded], stopped: Callable[[], bool]) -> bool:
        """Wait for a page while what was read before it is added; return whether it came."""
        while not reading.done():
            pause = self._from - time.monotonic() if self._waiting else _LOOK_SECONDS
            if pause <= 0:
                self._commit()
            else:
                wait([reading], timeout=min(pause, _LOOK_SECONDS))
            if stopped():
                return False
        return True

    def _take(self, item: Item, loaded: Loaded) -> None:
        if loaded.article is None:
            if self.table.failed(self.feed.url, _name(item), item.seal):
                self.left += 1
            self.tell(item.link, loaded.error or "")
            return
        if self.table.is_out(loaded.article.id):
            # Somebody took it out, under whichever link it is named now.
            self.table.added(self.feed.url, _name(item), item.seal, loaded.article.id)
            return
        if item.published and is_ahead(item.published):
            self.note(item.link, left_out(item.published))
        self._waiting.append((item, loaded.article))
        if len(self._waiting) >= _BATCH:
            self._commit()

    def _commit(self) -> None:
        """Add what waits, then note that it is known: a crash in between fetches it once more."""
        if not self._waiting:
            return
        began = time.monotonic()
        done = self.library.add([article for _, article in self._waiting])
        self.report["added"] += len(done.added)
        self.report["updated"] += len(done.updated)
        self.report["unchanged"] += len(done.unchanged)
        for item, article in self._waiting:
            self.table.added(self.feed.url, _name(item), item.seal, article.id)
        self._waiting.clear()
        ended = time.monotonic()
        pause = min(max(_SHORTEST_SECONDS, _TIMES * (ended - began)), _LONGEST_SECONDS)
        self._from = ended + pause


def _name(item: Item) -> str:
    """Return what an item is known by, in whichever feed it stands."""
    from corpus.fetch.page import without_tracking

    return without_tracking(item.link) if item.link else item.id or item.seal


def _article(item: Item, held: Feed, fetcher: Fetcher, profiles: Profiles) -> Loaded:
    """Return the article of an item, or why there is none."""
    label = item.link or item.id or ""
    try:
        if item.content is not None:
            loaded = _of_content(item)
        elif item.link is not None:
            loaded = read_fetched(fetcher.fetch(item.link), profiles=profiles)
        else:
            return Loaded(label, error="The feed gives neither a link nor a text of the article.")
    except DalilError as error:
        return Loaded(label, error=str(error))
    article = loaded.article
    if article is None:
        return loaded
    return replace(
        loaded,
        article=replace(
            article,
            title=article.title or item.title,
            outlet=article.outlet or item.outlet or held.title,
            # A feed states when an article was published, a page many dates.
            published=_sane(item.published) or article.published,
        ),
    )


def _sane(day: date | None) -> date | None:
    """Return a date that an article can have, `None` for one that lies in the future."""
    return None if day and is_ahead(day) else day


def _of_content(item: Item) -> Loaded:
    """Return the article that a feed holds whole, read as a page of it would be."""
    name = _name(item)
    page = f"<html><head><meta charset=utf-8></head><body><article>{item.content}</article></body>"
    if item.title:
        page = page.replace("<article>", f"<article><h1>{escape(item.title)}</h1>", 1)
    (loaded,) = load_sources([bytes_source(name, page.encode(), kind=".html")])
    if loaded.article is None:
        return loaded
    article = replace(
        loaded.article,
        id=name,
        url=name if item.link else None,
        source=item.link or name,
        title=item.title or loaded.article.title,
    )
    return replace(loaded, article=article)
