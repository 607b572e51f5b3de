"""The engine that ships: one snapshot in memory, kept in files beside the library's own.

SQLite holds the truth; the files can be lost at any time, and are built from it again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from corpus.errors import DalilError
from index.embedded import snapshot as snapshots
from index.embedded.search import find
from index.embedded.snapshot import IndexCache, Snapshot
from index.encoder import Encoder, StaticEncoder
from index.engine import Candidates, Query
from index.filters import Filters
from index.reencoding import check_encoder
from index.store.database import Store
from index.store.lock import write_lock

DERIVED = "derived"


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
        self._say = say
        self._cache = cache or IndexCache()
        self._snapshot: Snapshot | None = None

    def search(self, query: Query, depth: int, filters: Filters) -> Candidates:
        """Return the `depth` best passages of each leg, filtered before ranking."""
        current = self.snapshot()
        vector = self._encoder.encode_queries([query.text])[0]
        return find(current, query, vector, depth, current.passages.allowed(filters))

    def __len__(self) -> int:
        return len(self.snapshot().passages)

    def snapshot(self) -> Snapshot:
        """Return the snapshot of the newest revision, following other processes' changes."""
        if self._snapshot is None or self._snapshot.revision != self._store.revision:
            return self._refresh(keep=False)
        return self._snapshot

    def follow(self, *, writing: bool) -> None:
        """Load or build the newest snapshot, and keep it in files if it was built."""
        self._refresh(keep=writing)

    def rebuild(self) -> None:
        """Build the derived files anew from SQLite, whatever state they are in."""
        with self._store.reading():
            self._snapshot = snapshots.build(self._store, self._encoder.dimension, self._words)
        self._keep(self._snapshot)

    def faults(self) -> list[str]:
        """Return what is wrong with the derived files; call within `store.reading()`."""
        _, reason = self._load()
        return [f"The search index is {reason}."] if reason and self._store.count_articles() else []

    def _refresh(self, *, keep: bool) -> Snapshot:
        reason: str | None = "stale"
        with self._store.reading(), self._cache:
            # Another process may have re-encoded the library since it was opened.
            check_encoder(self._store, self._encoder)
            found = self._cache.best(self._store.revision, self._snapshot)
            if found is None:
                found, reason = self._load()
            elif found.revision == self._store.revision:
                reason = None
            if found is None or reason:
                dimension = self._encoder.dimension
                found = snapshots.build(self._store, dimension, self._words, found)
            self._cache.put(found)
        self._snapshot = found
        if reason and keep:
            self._keep(found)
        elif reason and len(found.passages):
            self._say(f"The search index was {reason}; it has been rebuilt from the library.")
            # Without the lock or the right to write, the snapshot serves this process alone.
            with suppress(OSError, DalilError), write_lock(self._home) as held:
                if held:
                    self._keep(found)
        return found

    def _load(self) -> tuple[Snapshot | None, str | None]:
        folder, fingerprint = self._home / DERIVED, self._encoder.fingerprint
        return snapshots.load(self._store, folder, fingerprint, self._words)

    def _keep(self, snapshot: Snapshot) -> None:
        snapshots.save(snapshot, self._home / DERIVED, self._encoder.fingerprint)
