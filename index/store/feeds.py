"""The feeds of a library: when each is due, what came of it, and what it has named."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from corpus.errors import MissingError
from index.store.connection import cells
from index.store.database import DATABASE, Store

# An article whose page fails so often is left alone until its feed says something new of it.
MOST_ATTEMPTS = 3
# A feed that fails is asked more and more seldom, at last once a day.
_LONGEST_WAIT_SECONDS = 24 * 3_600
# When a feed is due that is paused; the largest whole number that JSON holds everywhere.
_NEVER = 2**53 - 1
_FIELDS = "url, every, added_at, due, fetched_at, etag, modified, report, error, failures"
_DAMAGED = (
    "What is kept of this feed was damaged on the disk, and it is not fetched. Remove it and add "
    "it again."
)


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed as it is stored.

    `every` is in seconds, `due` a Unix time that never comes while it is paused, or once the disk
    has changed it; `report` counts
    what the last fetch did, and `error` is a sentence on what went wrong in it, `None` if nothing
    did. Other times are ISO times in UTC.
    """

    url: str
    every: int
    added_at: str
    due: int
    fetched_at: str | None = None
    etag: str | None = None
    modified: str | None = None
    report: Mapping[str, int] | None = None
    error: str | None = None
    failures: int = 0

    @property
    def paused(self) -> bool:
        """Whether it is left alone until somebody wants it again."""
        return self.due >= _NEVER


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a fetch of a feed came to.

    `etag` and `modified` make the next request conditional, and are `None` where something is
    left to be fetched; `failed` says that the feed itself could not be read; `wait` is how many
    seconds its server wants to be left alone.
    """

    report: Mapping[str, int]
    error: str | None = None
    etag: str | None = None
    modified: str | None = None
    failed: bool = False
    wait: float = 0.0


class FeedTable:
    """The feeds in a store, which belongs to the thread that opened it."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store, self._now = store, now

    @classmethod
    def open(cls, home: Path, *, create: bool = False) -> FeedTable:
        """Open the feeds of the library in `home`; with `create`, make it if it is not there."""
        return cls(Store(home / DATABASE, create=create))

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def add(self, url: str, every: int) -> StoredFeed:
        """Keep a feed to be fetched every so many seconds, at once for the first time.

        One that is known gets the new interval, is paused no more, and stays what it is otherwise.
        """
        with self._store.transaction():
            self._store.execute(
                "INSERT INTO feeds (url, every, added_at, due) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (url) DO UPDATE SET every = excluded.every, due = excluded.due",
                url, every, self._iso(), int(self._now()),
            )  # fmt: skip
            # As it is before any worker claims it.
            return self.find(url)

    def all(self) -> list[StoredFeed]:
        """Return the feeds in the order in which they were added."""
        if not self._exists():
            return []
        rows = self._store.execute(
            f"SELECT {_FIELDS}, {self._sound()} FROM feeds f ORDER BY added_at, rowid"
        )
        return [_feed(row) for row in rows]

    def find(self, url: str) -> StoredFeed:
        """Return a feed, or raise `MissingError`."""
        found = [feed for feed in self.all() if feed.url == url]
        if not found:
            raise MissingError(f"There is no feed {url}. List them with: dalil feed list")
        return found[0]

    def remove(self, url: str) -> None:
        """Forget a feed and what it named; its articles stay. Raises `MissingError`."""
        self.find(url)
        with self._store.transaction():
            self._store.execute("DELETE FROM feeds WHERE url = ?", url)
            self._store.execute("DELETE FROM feed_items WHERE feed = ?", url)

    def change(
        self, url: str, *, every: int | None = None, paused: bool | None = None
    ) -> StoredFeed:
        """Give a feed another interval, or pause it; one that is not paused is due at once.

        Returns it as it then is, before anybody claims it. Raises `MissingError`.
        """
        self.find(url)
        now = int(self._now())
        with self._store.transaction():
            if every is not None:
                self._store.execute(
                    "UPDATE feeds SET every = ?1, due = CASE WHEN due < ?2 THEN min(due, ?3) "
                    "ELSE due END WHERE url = ?4",
                    every, _NEVER, now + every, url,
                )  # fmt: skip
            if paused is not None:
                due = _NEVER if paused else now
                self._store.execute("UPDATE feeds SET due = ? WHERE url = ?", due, url)
            return self.find(url)

    def claim(self, free: Callable[[str], bool] = lambda _: True) -> StoredFeed | None:
        """Return the feed that is due first, and let nobody else have it before it is due again.

        Those whose addresses are not `free` are left alone.
        """
        # Looked at first, since a transaction keeps other writers waiting.
        if not self._exists() or self._due(free) is None:
            return None
        with self._store.transaction():
            feed = self._due(free)
            if feed is None:
                return None
            feed = replace(feed, due=int(self._now()) + feed.every)
            self._store.execute("UPDATE feeds SET due = ? WHERE url = ?", feed.due, feed.url)
        return feed

    def _due(self, free: Callable[[str], bool]) -> StoredFeed | None:
        # A bit in an address makes it another's, who is to be asked nothing.
        query = f"SELECT {_FIELDS}, 1 FROM feeds f WHERE due <= ? AND {self._sound()} ORDER BY due"
        feeds = map(_feed, self._store.execute(query, int(self._now())))
        return next((feed for feed in feeds if free(feed.url)), None)

    def fetched(self, feed: StoredFeed, done: Fetching) -> None:
        """Keep what a fetch of `feed` came to, and say when it is due again.

        Where it was made due or paused meanwhile, that stands: what was asked for is not lost.
        Two fetches never end at the same `fetched_at`: who waits for one sees it by this time.
        """
        failures = feed.failures + 1 if done.failed else 0
        wait = max(feed.every * 2 ** min(max(failures - 1, 0), 16), done.wait)
        with self._store.transaction():
            rows = self._store.execute("SELECT fetched_at FROM feeds WHERE url = ?", feed.url)
            ended = self._after(rows[0][0] if rows else None)
            self._store.execute(
                "UPDATE feeds SET fetched_at = ?, etag = ?, modified = ?, report = ?, error = ?, "
                "failures = ?, due = CASE WHEN due = ? AND due < ? THEN ? ELSE due END "
                "WHERE url = ?",
                ended, done.etag, done.modified, json.dumps(dict(done.report)), done.error,
                failures, feed.due, _NEVER,
                int(self._now() + min(wait, max(_LONGEST_WAIT_SECONDS, feed.every))), feed.url,
            )  # fmt: skip

    def is_wanted(self, name: str, seal: str) -> bool:
        """Return whether an item is new, changed, or failed not too often.

        An article that somebody has removed stays removed.
        """
        rows = self._store.execute(
            "SELECT i.seal, i.failures, a.present FROM feed_items i "
            "LEFT JOIN articles a ON a.id = i.article_id WHERE i.name = ?",
            name,
        )
        if not rows:
            return True
        known, failures, present = rows[0]
        if present == 0:
            return False
        return bool(known != seal or 0 < failures < MOST_ATTEMPTS)

    def is_out(self, article_id: str) -> bool:
        """Return whether an article was in the library, and somebody has taken it out."""
        rows = self._store.execute("SELECT present FROM articles WHERE id = ?", article_id)
        return bool(rows) and not rows[0][0]

    def added(self, feed: str, name: str, seal: str, article_id: str) -> None:
        """Note that an item has become an article."""
        with self._store.transaction():
            self._store.execute(
                "INSERT OR REPLACE INTO feed_items VALUES (?, ?, ?, ?, 0, ?)",
                name, feed, seal, article_id, self._iso(),
            )  # fmt: skip

    def failed(self, feed: str, name: str, seal: str) -> bool:
        """Note that an item could not be had; return whether it will be tried again."""
        with self._store.transaction():
            rows = self._store.execute(
                "SELECT seal, failures, article_id FROM feed_items WHERE name = ?", name
            )
            before = rows[0][1] if rows and rows[0][0] == seal else 0
            article_id = rows[0][2] if rows else None
            self._store.execute(
                "INSERT OR REPLACE INTO feed_items VALUES (?, ?, ?, ?, ?, ?)",
                name, feed, seal, article_id, before + 1, self._iso(),
            )  # fmt: skip
        return bool(before + 1 < MOST_ATTEMPTS)

    def _sound(self) -> str:
        return self._store.sound("feeds", "f")

    def _exists(self) -> bool:
        # A library of schema 5 that this process may not write has no such table yet.
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'feeds'"))

    def _iso(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")

    def _after(self, before: str | None) -> str:
        """Return the time now, or the second after `before` if that is later."""
        if before is None:
            return self._iso()
        following = datetime.fromisoformat(before) + timedelta(seconds=1)
        return max(self._iso(), following.isoformat(timespec="seconds"))


def _feed(row: Sequence[Any]) -> StoredFeed:
    *fields, sound = cells(row)
    url, every, added_at, due, fetched_at, etag, modified, report, error, failures = fields
    if not sound:
        return StoredFeed(str(url), _LONGEST_WAIT_SECONDS, str(added_at), _NEVER, error=_DAMAGED)
    return StoredFeed(
        url, int(every), added_at, int(due), fetched_at, etag, modified,
        None if report is None else json.loads(report), error, int(failures),
    )  # fmt: skip
