"""Which encoder a library's vectors are from, and how to change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder, name_encoder
from index.store.database import DATABASE, PassageRow, Store
from index.store.lock import REINDEX_LOCK, writing
from index.store.texts import passage_texts

# Passages encoded between two commits; a kill costs no more than a batch.
_FIRST_BATCH, _LEAST_BATCH, _MOST_BATCH = 64, 16, 2_048
# Between so many seconds a batch is neither lost in its commit nor long to wait for or do again.
_QUICK, _SLOW = 1.0, 4.0
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Reencoded:
    """How many passages the library has, and how many an earlier run had already encoded."""

    passages: int
    resumed: int


def reencode(
    home: Path,
    encoder: Encoder,
    *,
    say: Callable[[str], None] = lambda _: None,
    on_batch: Callable[[int, int], None] = lambda _done, _all: None,
) -> Reencoded:
    """Encode every passage of the library in `home` with `encoder` and switch to its vectors.

    Vectors are committed in batches beside the old ones, so that a run which was stopped, however
    hard, goes on where it was, unless another encoder has been started since.  Readers and
    writers keep the old encoder meanwhile; what they add is caught up with, and one transaction
    switches over.  `on_batch` gets the passages done and all of them, `say` messages for people.
    """
    store = Store(home / DATABASE)
    try:
        with writing(home, say, REINDEX_LOCK):
            return _Move(store, encoder, say, on_batch).run()
    finally:
        store.close()


class _Move:
    """One run of `reencode`."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        say: Callable[[str], None],
        on_batch: Callable[[int, int], None],
    ) -> None:
        self._store, self._encoder = store, encoder
        self._say, self._on_batch = say, on_batch
        self._drafts = Drafts(store, encoder.fingerprint)

    def run(self) -> Reencoded:
        """Encode what is missing, until so little is that the switch need not wait for it."""
        self._drafts.discard_others()
        resumed, missing = len(self._drafts.ids()), self._drafts.missing()
        if resumed:
            self._say(
                f"{resumed:,} of {resumed + len(missing):,} passages were already encoded; "
                "going on with the rest."
            )
        self._encode(missing)
        while (passages := self._switch()) is None:
            self._encode(self._drafts.missing())
        return Reencoded(passages, resumed)

    def _encode(self, missing: Sequence[PassageRow]) -> None:
        done = len(self._drafts.ids())
        total = done + len(missing)
        for group in paced(missing, _FIRST_BATCH, least=_LEAST_BATCH, most=_MOST_BATCH):
            # Without titles, as passages that are added are encoded.
            texts = [passage for passage, _ in passage_texts(self._store, group)]
            vectors = self._encoder.encode_passages(texts)
            self._drafts.keep([p.id for p in group], vectors)
            done += len(group)
            self._on_batch(done, total)

    def _switch(self) -> int | None:
        """Adopt the drafts and return their number; `None` if other writers have added much."""
        with writing(self._store.path.parent, self._say):
            missing = self._drafts.missing()
            if len(missing) > _LEAST_BATCH:
                return None
            self._encode(missing)
            passages = len(self._drafts.ids())
            with self._store.transaction():
                self._drafts.adopt()
                name_encoder(self._store, self._encoder)
                self._store.raise_revision()
            return passages


@dataclass(frozen=True)
class Drafts:
    """The vectors with `fingerprint` that wait in `store`.

    Ids of passages are never given twice and a passage never changes its text, so a draft holds
    for as long as its passage is there.
    """

    store: Store
    fingerprint: str

    def discard_others(self) -> None:
        """Drop what another encoder has left."""
        with self.store.transaction():
            self.store.execute("DELETE FROM drafts WHERE fingerprint <> ?", self.fingerprint)

    def missing(self) -> list[PassageRow]:
        """Return the present passages that have no draft yet, by id."""
        with self.store.reading():
            drafted = set(self.ids())
            return [passage for passage in self.store.passages() if passage.id not in drafted]

    def ids(self) -> list[int]:
        """Return the ids of the present passages that have a draft, ascending."""
        rows = self.store.execute(
            "SELECT d.passage_id FROM drafts d JOIN passages p ON p.id = d.passage_id "
            "WHERE d.fingerprint = ? ORDER BY d.passage_id",
            self.fingerprint,
        )
        return [row[0] for row in rows]

    def keep(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Commit `vectors`, float32 (len(ids), dimension), of the passages `ids`."""
        with self.store.transaction():
            for number, vector in zip(ids, vectors, strict=True):
                self.store.execute(
                    "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)",
                    number, self.fingerprint, vector.astype("<f4").tobytes(),
                )  # fmt: skip

    def adopt(self) -> None:
        """Make the drafts the passages' vectors; call within a transaction.

        A passage without a draft would lose its vector, which the schema forbids.
        """
        self.store.execute(
            "UPDATE passages SET vector = (SELECT d.vector FROM drafts d "
            "WHERE d.passage_id = passages.id AND d.fingerprint = ?)",
            self.fingerprint,
        )
        self.store.execute("DELETE FROM drafts")


def paced(
    items: Iterable[_Item],
    size: int,
    *,
    least: int = 1,
    most: int,
    clock: Callable[[], float] = perf_counter,
) -> Iterator[list[_Item]]:
    """Cut `items` into lists, of `size` at first, by how long the last one kept the caller.

    The size doubles up to `most` after less than a second, and halves down to `least` after more
    than four.

    >>> [len(batch) for batch in paced(range(20), 4, most=8, clock=lambda: 0.0)]
    [4, 8, 8]
    >>> [len(batch) for batch in paced(range(9), 4, most=8, clock=iter(range(0, 90, 9)).__next__)]
    [4, 2, 1, 1, 1]
    """
    rest = iter(items)
    while group := list(islice(rest, size)):
        began = clock()
        yield group
        took = clock() - began
        if took < _QUICK:
            size = min(2 * size, most)
        elif took > _SLOW:
            size = max(size // 2, least)
