"""The engine that ships: one snapshot in memory, kept in files beside the library's own.

SQLite holds the truth; the files can be lost at any time, and are built from it again.  A search
runs the legs over the snapshot: each adds passages, none removes any.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from corpus.text.stems import grams, query_terms
from index.embedded.bm25 import LexicalMatch
from index.embedded.segments.building import build
from index.embedded.segments.kept import DERIVED, save, telling
from index.embedded.segments.snapshot import Snapshot, load
from index.embedded.soft import SoftMatch, match
from index.embedded.texts import met_around, token_counts, token_ids, token_shares
from index.encoder import Encoder, StaticEncoder, check_encoder, load_bundled
from index.engine import Candidate, Candidates, IndexCache, Query
from index.filters import Filters
from index.store.database import Store
from index.store.faults import read_only
from index.store.lock import write_lock
from index.store.texts import present_among

if TYPE_CHECKING:
    from index.embedded.segments.indexing import Indexing

# Of more, somebody adds faster than parts are put together in the background.
_MANY_PARTS = 8


class EmbeddedEngine:
    """Searches the passages of `store`, whose library lies in `home`.

    `encoder` makes the vectors of questions, `words` is the bundled one, by whose tokens texts are
    indexed.  `say` gets messages for people; a `cache` lets the engines of several threads share
    one snapshot.
    """

    def __init__(
        self,
        store: Store,
        home: Path,
        encoder: Encoder,
        words: StaticEncoder,
        say: Callable[[str], None],
        cache: IndexCache | None = None,
    ) -> None:
        self._store, self._home = store, home
        self._encoder, self._words = encoder, words
        self._say, self._cache = say, cache or IndexCache()
        self._snapshot: Snapshot | None = None
        self._indexing: Indexing | None = None

    def search(self, query: Query, depth: int, filters: Filters) -> Candidates:
        """Return the `depth` best passages of each leg, filtered before ranking."""
        current = self.snapshot()
        self._cache.asked = query
        vector = self._encoder.encode_queries([query.text])[0]
        found = find(current, query, vector, depth, current.passages.allowed(filters))
        if current.revision == self._store.revision:
            return found
        # What is gone is not shown, though the index is of just before.
        there = present_among(self._store, {one.article_id for one in found.found})
        return Candidates([one for one in found.found if one.article_id in there], found.rarity)

    def __len__(self) -> int:
        return len(self.snapshot().passages)

    def snapshot(self) -> Snapshot:
        """Return the snapshot of the newest revision, following other processes' changes.

        With a follower it may be one of just before, while that works on the newest.
        """
        revision, follower = self._store.revision, self._cache.follower
        if follower is not None:
            found = follower.newest(revision, self._snapshot)
            if isinstance(found, Snapshot):
                self._snapshot = found
                return found
        if self._snapshot is None or self._snapshot.revision != revision:
            return self._refresh(keep=False)
        return self._snapshot

    def importing(self) -> AbstractContextManager[Callable[[int], None]]:
        """Index within the block what is committed, beside it; call what it gives with counts."""
        from index.embedded.segments.indexing import Indexing

        self._indexing = Indexing(self._home, self._encoder.dimension)
        return self._indexing

    def follow(self, *, writing: bool, more: bool = False) -> None:
        """Load or build the newest snapshot, and keep it in files if it was built."""
        self._refresh(keep=writing, more=more)

    def catch_up(self) -> None:
        """Open or make the newest snapshot, ask it what was asked last, and share it then."""
        self._refresh(keep=False, ahead=True)

    def rebuild(self) -> None:
        """Build the derived files anew from SQLite, whatever state they are in."""
        with self._store.reading():
            self._snapshot = build(self._store, self._encoder.dimension, self._words)
        self._keep(self._snapshot)

    def faults(self) -> list[str]:
        """Return what is wrong with the derived files; call within `store.reading()`."""
        reason = self._load()[1]
        return [f"The search index is {reason}."] if reason and self._store.count_articles() else []

    def close(self) -> None:
        """Drop the snapshot; its files are memory maps, which close with it."""
        self._snapshot = None

    def _refresh(self, *, keep: bool, ahead: bool = False, more: bool = False) -> Snapshot:
        if self._store.read_only:
            self._cache.say_once(str(read_only(self._store.path)), self._say)
        with self._store.reading(), self._cache:
            # Another process may have re-encoded the library since it was opened.
            check_encoder(self._store, self._encoder, self._home)
            found, reason = self._known(keep=keep, ahead=ahead)
            if found is None or reason:
                made = self._store, self._encoder.dimension, self._words, found
                found = build(*made, settle=keep, beside=self._indexing)
            if ahead and (asked := self._cache.asked):
                # What searches share is made now and not while somebody waits.
                vector = self._encoder.encode_queries([asked.text])[0]
                find(found, asked, vector, 1, found.passages.allowed(Filters()))
            self._cache.put(found)
        self._snapshot = found
        if keep:
            # The articles are committed: that their index cannot be kept undoes nothing.
            try:
                if reason:
                    self._keep(found)
                self._settle(found, more=more)
            except DalilError as error:
                self._say(str(error))
        elif reason and len(found.passages):
            self._keep_beside(found, reason)
        self._have_followed()
        return found

    def _keep_beside(self, found: Snapshot, reason: str) -> None:
        """Keep what was made for who reads, unless somebody writes, who keeps it as well."""
        # Without the lock or the right to write, the snapshot serves this process alone.
        with suppress(DalilError), write_lock(self._home) as held:
            if not held:
                return
            # Who has written meanwhile has kept what is newer.
            if self._store.revision == found.revision:
                self._keep(found)
        self._say(f"The search index was {reason}; it has been rebuilt from the library.")

    def _known(self, *, keep: bool, ahead: bool) -> tuple[Snapshot | None, str | None]:
        """Return what there is of the newest snapshot, and why it can't serve; `ahead`, anew."""
        revision = self._store.revision
        known = self._cache.best(revision, self._snapshot)
        if not isinstance(known, Snapshot):
            return self._load()
        reason = None if known.revision == revision else "stale"
        if reason or ahead or keep:
            # Whoever wrote has indexed what came, which is opened in no time.
            kept, why = self._load(known)
            if kept and known.revision <= kept.revision <= revision:
                return kept, why
            # Somebody who asked may have indexed what came, and has kept none of it.
            reason = reason or (why if keep else None)
        return known, reason

    def _settle(self, found: Snapshot, *, more: bool) -> None:
        """Put parts together where nobody waits for it, or have that done in the background."""
        follower = self._cache.follower
        if follower and self._words is load_bundled() and len(found.parts) < _MANY_PARTS:
            follower.look()
            return
        # Who only searches has no use for it.
        from index.embedded.segments.settling import settle

        with telling(self._home):
            found = settle(found, self._home, self._encoder.fingerprint, more=more)
        with self._cache:
            self._cache.put(found)
        self._snapshot = found

    def _have_followed(self) -> None:
        """Start the follower of the cache, where there should be one and is none."""
        if self._cache.background and not (self._cache.follower or self._store.read_only):
            from index.embedded.segments.following import start

            given = self._home, self._encoder, self._words, self._say, self._cache
            # Another table of words would have to be found by the process that puts together.
            bundled = self._words is load_bundled()
            start(self._home, self._cache, lambda s: EmbeddedEngine(s, *given), settles=bundled)

    def _load(self, opened: Snapshot | None = None) -> tuple[Snapshot | None, str | None]:
        kept = self._home / DERIVED
        return load(self._store, kept, self._encoder.fingerprint, self._words, opened)

    def _keep(self, snapshot: Snapshot) -> None:
        with telling(self._home):
            save(snapshot, self._home / DERIVED, self._encoder.fingerprint)


@dataclass(frozen=True)
class Legs:
    """What the legs found: `rows` int64 (n,), ascending, scores (n,), and how tokens were met."""

    match: SoftMatch
    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    soft: NDArray[np.float32]
    lexical: NDArray[np.float32]
    names: NDArray[np.float32]
    grams: NDArray[np.float64]


def find(
    snapshot: Snapshot,
    query: Query,
    vector: NDArray[np.float32],
    depth: int,
    allowed: NDArray[np.bool_],
) -> Candidates:
    """Return the `depth` best passages of each leg among those `allowed`, bool (n,).

    `vector` float32 (dimension,) is the dense one of the query.
    """
    legs = run_legs(snapshot, query, vector, depth, allowed)
    scores = (legs.dense, legs.soft, legs.lexical, legs.names, legs.grams)
    table, rows = snapshot.passages, legs.rows
    met, around = met_around(
        query, snapshot.texts, legs.match.cosines, rows, table.articles, table.languages
    )
    spans = (of[rows].tolist() for of in (table.articles, table.starts, table.ends))
    columns = (*spans, table.scripts_of(rows), *(of.tolist() for of in (*scores, met, around)))
    found = [
        Candidate._make((*table.versions[article], *told, tuple(own), tuple(best)))
        for article, *told, own, best in zip(*columns, strict=True)
    ]
    return Candidates(found, tuple((token_shares(query) @ legs.match.rarity).tolist()))


def run_legs(
    snapshot: Snapshot,
    query: Query,
    vector: NDArray[np.float32],
    depth: int,
    allowed: NDArray[np.bool_],
) -> Legs:
    """Return the rows that the legs reach, with the scores of every leg.

    `depth` counts for each script of the collection by itself in the dense and the soft leg.
    """
    soft = match_tokens(snapshot, query)
    lexical, names = match_terms(snapshot, query), match_names(snapshot, query)
    reached = [lexical.best(depth, allowed), names.best(depth, allowed)]
    by_script = [allowed & written for written in snapshot.passages.by_script]
    reached += [snapshot.vectors.search(vector, depth, seen) for seen in by_script]
    reached += soft.best(depth, by_script)
    rows = np.unique(np.concatenate(reached))
    return Legs(
        soft,
        rows,
        dense=snapshot.vectors.scores(vector, rows),
        soft=soft.scores(rows),
        lexical=lexical.scores(rows),
        names=names.scores(rows),
        grams=snapshot.texts.grams.scores_at(grams(query.found), rows),
    )


def match_tokens(snapshot: Snapshot, query: Query) -> SoftMatch:
    """Match the query's tokens with the tokens of the collection."""
    places, cosines = snapshot.near(token_ids(query))
    weights = np.array([word.weight for word in query.words], np.float32)
    shares = np.array([share for word in query.words for share in word.shares], np.float32)
    return match(
        snapshot.texts.tokens, places, cosines, np.repeat(weights, token_counts(query)) * shares
    )


def match_terms(snapshot: Snapshot, query: Query) -> LexicalMatch:
    """Match the query's stems and quantities, by BM25."""
    wanted = query_terms(query.text, snapshot.passages.languages, query.found)
    return snapshot.texts.terms.match(wanted)


def match_names(snapshot: Snapshot, query: Query) -> LexicalMatch:
    """Match the query's name keys, by BM25."""
    return snapshot.texts.names.match(query.names)
