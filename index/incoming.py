"""What becomes of articles that are added: which are new, which are known, in which version."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from corpus.article import Article
from index.edits import Edits
from index.engine import Engine
from index.store.database import Store
from index.store.lock import is_served
from index.store.texts import sound_article
from index.withdrawals import Withdrawals, same_content

Outcome = dict[str, list[Article]]
# Passages that are indexed together at most, so that a large import takes no more memory for it;
# each time words are analysed anew and parts put together, so of fewer it takes longer.
_MOST_PASSAGES = 25_000
# While others search, what was committed is indexed this often, so that they find it.
_SEEN_SECONDS = 1.0


def sorted_in(
    group: Sequence[Article],
    outcome: Outcome,
    store: Store,
    withdrawals: Withdrawals,
    edits: Edits,
) -> list[Article]:
    """Give each article its version, enter it under its outcome without text, return what is new.

    What was set by hand stands in place of what the sources say; what was retracted stays out; a
    damaged version is no hindrance, for what is added takes its place.
    """
    changed: dict[str, Article] = {}
    for read in group:
        latest, present = store.latest(read.id)
        article = edits.hear(read) if latest else read
        retracted = withdrawals.retractions(article.id) if latest else []
        kept = sound_article(store, article.id, latest) if present else next(iter(retracted), None)
        before = changed.get(article.id, kept)
        for known in filter(None, (before, *retracted)):
            if same_content(article, known):
                outcome["unchanged"].append(_told(known))
                break
        else:
            # An id that comes twice within a batch is committed once, as its last content.
            changed[article.id] = replace(article, version=latest + 1)
            kind = "updated" if before or present else "added"
            outcome[kind].append(_told(changed[article.id]))
    return list(changed.values())


def _told(article: Article) -> Article:
    """Return an article as it is told of: the texts of a large import would fill the memory."""
    return replace(article, text="", pages=())


class Pace:
    """Has what an import commits indexed on its way, where it is much or others wait for it."""

    def __init__(self, home: Path, engine: Engine) -> None:
        self._home, self._engine = home, engine
        self._passages, self._since = 0, time.monotonic()

    def committed(self, passages: int) -> None:
        """Count what a batch has committed; the caller holds the library's write lock."""
        self._passages += passages
        late = self._passages and time.monotonic() - self._since > _SEEN_SECONDS
        if self._passages >= _MOST_PASSAGES or (late and is_served(self._home)):
            self._engine.follow(writing=True, more=True)
            _give_back()
            self._passages, self._since = 0, time.monotonic()


def _give_back() -> None:
    """Give what is free of this process's memory back to the system.

    GNU's C library would keep 20 to 35 MB of what an index took for what comes.
    """
    if sys.platform == "linux":
        # Other C libraries, as musl, have no such function.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
