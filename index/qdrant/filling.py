"""Keeping a collection of Qdrant equal to the library, whatever ends the work in between.

Points are written before they are counted and uncounted before they are deleted, so a kill leaves
at most points that the next run writes or deletes again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.encoder import StaticEncoder
from index.qdrant.analysis import unpacked, words_of
from index.qdrant.points import Made, ids_of, next_ids
from index.qdrant.statistics import KINDS, Statistics
from index.qdrant.transport import GRAMS, WORDS, Transport
from index.store.database import Store

# Passages between two writes of the statistics, and points in one request: some 6 MB of JSON.
BATCH, _REQUEST = 2_000, 500


class Filling:
    """One run that brings `transport` to the revision of `store`; its caller holds the write lock.

    `path` is where the statistics lie, `on_batch` gets the passages done and all of them.
    """

    def __init__(
        self,
        store: Store,
        transport: Transport,
        path: Path,
        encoder: tuple[str, int, StaticEncoder],
        on_batch: Callable[[int, int], None] = lambda *_: None,
    ) -> None:
        self._store, self._transport, self._path = store, transport, path
        self._fingerprint, self._dimension, self._words = encoder
        self._on_batch = on_batch

    def run(self, known: Statistics | None, *, anew: bool = False) -> Statistics:
        """Return the statistics of the library's revision, from those that are `known`."""
        if anew or known is None or not self._continues(known):
            self._transport.drop()
            known = Statistics(self._fingerprint)
        present = ids_of(self._store)
        if not len(present) and not len(known) and not known.until:
            # Nobody has to wait for a collection that nothing is in.
            return replace(known, revision=self._store.revision)
        self._transport.prepare(self._dimension)
        known = self._swept(known)
        gone = np.setdiff1d(known.ids, present)
        for first in range(0, len(gone), BATCH):
            known = self._removed(known, gone[first : first + BATCH].tolist())
        while ids := next_ids(self._store, known.newest, BATCH):
            known = self._added(known, ids)
            self._on_batch(len(known), len(present))
        if known.revision != self._store.revision:
            known = replace(known, revision=self._store.revision)
            known.save(self._path)
            self._transport.settle()
        return known

    def _continues(self, known: Statistics) -> bool:
        """Tell whether what is there can be added to."""
        if known.revision > self._store.revision or (len(known) and not len(self._transport)):
            # The library was put back from a backup, or the collection is another.
            return False
        older = ids_of(self._store)
        return bool(np.isin(older[older <= known.newest], known.ids).all())

    def _swept(self, known: Statistics) -> Statistics:
        """Delete what a run that was killed has left behind."""
        if known.until > known.newest:
            left = np.arange(known.newest + 1, known.until + 1)
            self._transport.delete(left.tolist())
        if known.doomed:
            self._transport.delete(known.doomed)
        if known.doomed or known.until:
            known = replace(known, doomed=(), until=0)
            known.save(self._path)
        return known

    def _removed(self, known: Statistics, ids: list[int]) -> Statistics:
        words, grams = (self._transport.fetch(ids, field) for field in (WORDS, GRAMS))
        bags = [(words_of(words[one]), unpacked(grams[one], 1)[0]) for one in words]
        known = known.without(np.array(ids, np.int64), bags)
        known.save(self._path)
        self._transport.delete(ids)
        return replace(known, doomed=())

    def _added(self, known: Statistics, ids: list[int]) -> Statistics:
        made = Made.of(self._store, ids, self._dimension, self._words)
        languages = [row.language for row in made.rows]
        counted = known.added([row.id for row in made.rows], languages, made.bags)
        if not known.averages:
            averages = {kind: counted.average(kind) for kind in KINDS}
            known, counted = (replace(one, averages=averages) for one in (known, counted))
        replace(known, until=ids[-1]).save(self._path)
        points = made.points(counted)
        for first in range(0, len(points), _REQUEST):
            self._transport.upsert(points[first : first + _REQUEST])
        counted.save(self._path)
        return counted
