"""Feeds that are due are fetched behind the server, so that their articles can be asked for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus.errors import DalilError
from index.store.database import DATABASE
from index.store.feeds import FeedTable, Fetching, StoredFeed
from ui.reopening import Reopening
from ui.server.http.log import log_fault, log_notice
from ui.service import Service, Shared
from ui.web.client import SharedFetcher
from ui.web.feeds import fetch_feed

if TYPE_CHECKING:
    from corpus.fetch.fetch import Fetcher
    from ui.settings.settings import Settings

# A slow feed must not hold all others up, nor those of one site, which is asked once at a time.
_FEEDS_AT_ONCE, _OF_ONE_SITE = 8, 2
_LOOK_SECONDS = 1.0
# A page that is on its way when the server stops is given up; SQLite has what was committed.
_LINGER_SECONDS = 3.0


@contextmanager
def feeds_behind(
    settings: Settings, shared: Shared, fetcher: SharedFetcher | None = None
) -> Iterator[None]:
    """Fetch the feeds of a library while the block runs, if the settings allow connections.

    `fetcher` is that of whoever else fetches, whose pauses end with the block.  Raises `DalilError`
    where the packages for it are missing.
    """
    if not settings.connect:
        yield
        return
    fetcher = fetcher or SharedFetcher(settings)
    stop = fetcher.stop
    worker = FeedWorker(settings, shared, fetcher.get(), stop)
    threads = [
        threading.Thread(target=worker.run, name=f"feeds-{number}", daemon=True)
        for number in range(_FEEDS_AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_LINGER_SECONDS)


class FeedWorker:
    """Fetches feeds as they come due, in any number of threads, until `stop` is set."""

    def __init__(
        self, settings: Settings, shared: Shared, fetcher: Fetcher, stop: threading.Event
    ) -> None:
        self._settings, self._shared = settings, shared
        self._fetcher, self._stop = fetcher, stop
        # The feeds that some thread is at: one that is made due meanwhile waits for its end.
        self._under_way = set[str]()
        self._sites = Counter[str]()
        self._claiming = threading.Lock()
        # Each thread has tables of its own, on the library that lies there at the time.
        home = settings.home
        self._tables = Reopening(home / DATABASE, lambda _: FeedTable.open(home))

    def run(self) -> None:
        """Look for feeds that are due until told to stop; no fault ends it."""
        service = Service(self._settings, log_notice, self._shared)
        said = ""
        while not self._stop.is_set():
            try:
                fetched = self._fetch_one(service)
                said = ""
                if fetched:
                    continue
            except DalilError as error:
                # Such as a library of another encoder: somebody mends it, and it goes on.
                if str(error) != said:
                    said = str(error)
                    log_notice(f"Feeds are not fetched. {said}")
            except Exception as error:  # a defect, told as one
                log_fault(error)
            self._stop.wait(_LOOK_SECONDS)
        self._tables.close()

    def _fetch_one(self, service: Service) -> bool:
        """Fetch a feed that is due; return whether there was one."""
        table = self._tables.current()
        if table is None:
            return False
        with self._claimed(table) as feed:
            return feed is not None and self._fetch(feed, table, service)

    @contextmanager
    def _claimed(self, table: FeedTable) -> Iterator[StoredFeed | None]:
        """Give a feed that is due to the block, and to no other thread as long as it runs."""
        from corpus.fetch.fetch import host_of

        with self._claiming:
            feed = table.claim(
                lambda url: url not in self._under_way and self._sites[host_of(url)] < _OF_ONE_SITE
            )
            if feed is not None:
                self._under_way.add(feed.url)
                self._sites[host_of(feed.url)] += 1
        try:
            yield feed
        finally:
            if feed is not None:
                with self._claiming:
                    self._under_way.remove(feed.url)
                    self._sites -= Counter([host_of(feed.url)])

    def _fetch(self, feed: StoredFeed, table: FeedTable, service: Service) -> bool:
        try:
            assistant = service.assistant()
            if assistant is None:
                return False
            done = fetch_feed(feed, self._fetcher, assistant.library, table, self._stop.is_set)
        except DalilError as error:
            table.fetched(feed, Fetching({}, str(error), failed=True))
            raise
        except Exception:
            failed = "Dalil failed at this feed; the log of the server says where."
            table.fetched(feed, Fetching({}, failed, failed=True))
            raise
        if done.error or any(done.report.values()):
            log_notice(_told(feed, done))
        return True


def _told(feed: StoredFeed, done: Fetching) -> str:
    counts = ", ".join(f"{count} {what}" for what, count in done.report.items() if count)
    return " ".join(filter(None, (f"Fetched {feed.url}: {counts or 'nothing'}.", done.error)))
