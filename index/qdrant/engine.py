"""The engine that asks Qdrant: it finds candidates, and Dalil scores them exactly.

SQLite holds the truth and is asked for each passage that is given back, so that a point whose
passage is gone is never shown.  What Qdrant's scores are made of (weights frozen with the first
passages, a linear soft leg) decides only what is found; each leg asks for more than it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from zlib import crc32

from corpus.errors import DalilError
from index.encoder import Encoder, StaticEncoder, check_encoder
from index.engine import Candidates, IndexCache, Query
from index.filters import Filters
from index.qdrant.filling import Filling
from index.qdrant.meanings import Meanings
from index.qdrant.places import claim, collection_of, connect, disown, place_of
from index.qdrant.points import Kept
from index.qdrant.search import Asked, find
from index.qdrant.statistics import Statistics
from index.qdrant.transport import Transport
from index.store.database import Store
from index.store.faults import ReadOnlyError
from index.store.lock import write_lock
from index.store.origins import COLLECTION

_DERIVED = "derived"


class QdrantEngine:
    """Searches the passages of `store` in the collection that the setting `index` leads to.

    The other arguments are those of `index.embedded.engine.EmbeddedEngine`; a `transport` serves
    in place of the one that `index` means.
    """

    def __init__(
        self,
        store: Store,
        home: Path,
        encoder: Encoder,
        words: StaticEncoder,
        say: Callable[[str], None],
        cache: IndexCache | None = None,
        *,
        index: str,
        transport: Transport | None = None,
    ) -> None:
        self._store, self._home, self._index = store, home, index
        self._encoder, self._words, self._say = encoder, words, say
        self._cache = cache or IndexCache()
        self._transport, self._name = transport, ""
        self._state: Statistics | None = None
        self._kept: Kept | None = None
        self._meanings: tuple[Statistics, Meanings] | None = None
        self.on_batch: Callable[[int, int], None] = lambda *_: None

    @property
    def transport(self) -> Transport:
        """The way to the collection, opened when it is first needed."""
        if self._transport is None:
            self._name = collection_of(self._store)
            self._transport = connect(self._index, self._name)
        return self._transport

    def search(self, query: Query, depth: int, filters: Filters) -> Candidates:
        """Return the `depth` best passages of each leg, filtered before ranking."""
        state = self._current()
        if not len(state):
            return Candidates([], (0.0,) * len(query.words))
        vector = self._encoder.encode_queries([query.text])[0]
        meanings = self._meaning(state)
        asked = Asked.of(query, vector, state, meanings)
        kept, transport = self._kept, self.transport
        if kept is None:
            kept = self._kept = Kept(transport)
        return find(state, meanings, self._store, transport, kept, asked, depth, filters)

    def __len__(self) -> int:
        return len(self._current())

    def importing(self) -> AbstractContextManager[Callable[[int], None]]:
        """Make nothing ready: points are made once, when the collection is brought up."""
        return nullcontext(lambda _: None)

    def follow(self, *, writing: bool, more: bool = False) -> None:
        """Bring the collection to the library's revision, if this process may write."""
        self._refresh(held=writing)

    def rebuild(self) -> None:
        """Delete the collection and fill it anew."""
        self._state = self._fill(self._state, anew=True)

    def faults(self) -> list[str]:
        """Return what is wrong with the collection; call within `store.reading()`."""
        state = self._load()
        if not self._store.count_articles():
            return []
        if state is None:
            return ["The statistics of the Qdrant collection are missing or of another version."]
        points, passages = len(self.transport), self._store.count_passages()
        if points != passages or len(state) != passages:
            return [
                f"The Qdrant collection has {points:,} points for {passages:,} passages "
                f"({len(state):,} were counted)."
            ]
        return []

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        self._state = self._meanings = self._kept = None

    def disown(self) -> None:
        """Leave the collection to the library that this one was copied from, if it was.

        The caller holds the library's write lock, and has not searched yet.
        """
        before = collection_of(self._store)
        disown(self._store)
        if collection_of(self._store) != before:
            # What is counted there is not what this library's own will have.
            self._path.unlink(missing_ok=True)

    def points(self) -> int:
        """Return the number of points that Qdrant says it has."""
        return len(self.transport)

    def _current(self) -> Statistics:
        if self._state is None or self._state.revision != self._store.revision:
            return self._refresh(held=False)
        return self._state

    def _meaning(self, state: Statistics) -> Meanings:
        if self._meanings is None or self._meanings[0] is not state:
            vocabulary = state.kinds["tokens"].keys
            transport = self.transport
            made = Meanings(vocabulary, len(state), self._words, transport.count_with)
            self._meanings = state, made
        return self._meanings[1]

    def _refresh(self, *, held: bool) -> Statistics:
        # Another process may have re-encoded the library since it was opened.
        check_encoder(self._store, self._encoder, self._home)
        if self._name and self._name != self._store.get(COLLECTION):
            # A backup took the library's place.
            self.close()
        with self._cache:
            revision = self._store.revision
            known = self._cache.best(revision, self._state)
            state = known if isinstance(known, Statistics) else None
            if state is None or state.revision != revision:
                state = self._load() or state
            if state is None or state.revision != revision:
                state = self._filled(state, held=held)
            self._cache.put(state)
        self._state = state
        return state

    def _filled(self, state: Statistics | None, *, held: bool) -> Statistics:
        """Bring the collection up to date if nobody else is about to."""
        if held:
            return self._fill(state)
        # Only that nothing may be written here is passed over, never that Qdrant is not there.
        with suppress(ReadOnlyError), write_lock(self._home) as free:
            if free:
                if self._store.count_passages():
                    self._say("The Qdrant collection is behind the library; it is brought up.")
                return self._fill(state)
        # Whoever writes brings it up at the end; until then what is gone is left out.
        if state is None and self._store.count_passages():
            raise DalilError(
                "The Qdrant collection has not been filled from this library yet. Fill it where "
                f"the library may be written: dalil index move --to {self._index}"
            )
        return state or Statistics(self._encoder.fingerprint)

    def _fill(self, state: Statistics | None, *, anew: bool = False) -> Statistics:
        claim(self._store, self._index)
        encoder = (self._encoder.fingerprint, self._encoder.dimension, self._words)
        filling = Filling(self._store, self.transport, self._path, encoder, self.on_batch)
        return filling.run(state, anew=anew)

    def _load(self) -> Statistics | None:
        return Statistics.load(self._path, self._encoder.fingerprint)

    @property
    def _path(self) -> Path:
        """Where the statistics lie: each server has a file of its own."""
        return self._home / _DERIVED / f"qdrant-{crc32(place_of(self._index).encode()):08x}.npz"
