"""Qdrant's core in this process.  The only module that imports qdrant_edge.

One process at a time may have a folder open, whose threads share it: good for tests, trials and a
single server, not for `dalil add` beside `dalil serve`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from corpus.errors import DalilError
from index.qdrant.transport import (
    DENSE,
    EF,
    FULL_SCAN,
    KEYWORDS,
    NUMBERS,
    OUTLET,
    PUBLISHED,
    SCRIPT,
    SPARSE,
    TOKENS,
    Condition,
    Leg,
    Point,
    Sparse,
)

_LOCK, SHARD = "in-use.lock", "shard"


class EdgeTransport:
    """The collection in a folder."""

    # The shards of this process by folder, with how many hold each.
    _shared: ClassVar[dict[Path, tuple[EdgeTransport, int]]] = {}
    _turn: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, folder: Path) -> None:
        try:
            import qdrant_edge
        except ImportError as error:
            raise DalilError(
                "Qdrant's core is not installed here. Install it with: "
                "pip install 'dalil[qdrant-edge]'"
            ) from error
        self._edge: Any = qdrant_edge
        self._folder, self._shard = folder, None
        self._handle = _lock(folder)
        try:
            if (folder / SHARD).exists():
                self._shard = self._guard(lambda: self._edge.EdgeShard.load(str(folder / SHARD)))
        except BaseException:
            # Whoever mends the folder opens it again, maybe in this process.
            os.close(self._handle)
            raise

    @classmethod
    def open(cls, folder: Path) -> EdgeTransport:
        """Open the collection in `folder`, or take what another thread has opened."""
        folder = folder.absolute()
        with cls._turn:
            held, users = cls._shared.get(folder) or (cls(folder), 0)
            cls._shared[folder] = held, users + 1
            return held

    def close(self) -> None:
        """Let go; the last to do so closes the files."""
        with self._turn:
            held, users = self._shared.pop(self._folder, (self, 1))
            if users > 1:
                self._shared[self._folder] = held, users - 1
                return
            if self._shard is not None:
                self._shard.close()
                self._shard = None
            os.close(self._handle)

    def prepare(self, dimension: int) -> None:
        """Make the shard, if it is not there."""
        if self._shard is not None:
            return
        edge, path = self._edge, self._folder / SHARD
        # What a kill in the middle of making it has left is no shard.
        shutil.rmtree(path, ignore_errors=True)
        config = edge.EdgeConfig(
            vectors={DENSE: edge.EdgeVectorParams(dimension, edge.Distance.Dot)},
            sparse_vectors={
                name: edge.EdgeSparseVectorParams(full_scan_threshold=FULL_SCAN) for name in SPARSE
            },
        )
        path.mkdir(parents=True)
        shard = self._guard(lambda: edge.EdgeShard.create(str(path), config))
        for fields, kind in (
            (NUMBERS, edge.PayloadSchemaType.Integer),
            (KEYWORDS, edge.PayloadSchemaType.Keyword),
        ):
            for field in fields:
                shard.update(edge.UpdateOperation.create_field_index(field, kind))
        self._shard = shard

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points; the shard's log has them on return."""
        edge = self._edge
        made = [
            edge.Point(
                point.id,
                {DENSE: point.dense.tolist()}
                | {name: self._sparse(vector) for name, vector in point.sparse.items()},
                dict(point.payload),
            )
            for point in points
        ]
        self._update(edge.UpdateOperation.upsert_points(made))

    def delete(self, ids: Sequence[int]) -> None:
        """Delete points."""
        if self._shard is not None and len(ids):
            self._update(self._edge.UpdateOperation.delete_points(list(map(int, ids))))

    def search(self, legs: Sequence[Leg]) -> list[list[tuple[int, float]]]:
        """Return the best points of each leg with their scores, best first."""
        edge, found = self._edge, list[list[tuple[int, float]]]()
        for leg in legs:
            sparse = isinstance(leg.vector, Sparse)
            vector = self._sparse(leg.vector) if sparse else leg.vector.tolist()  # type: ignore
            params = None if sparse else edge.SearchParams(hnsw_ef=EF, exact=leg.exact)
            request = edge.QueryRequest(
                leg.limit,
                query=edge.Query.Nearest(vector, using=leg.name),
                filter=self._filter(leg.condition),
                params=params,
                with_payload=False,
            )
            if self._shard is None:
                found.append([])
                continue
            points = self._guard(lambda request=request: self._shard.query(request))
            found.append([(int(point.id), float(point.score)) for point in points])
        return found

    def fetch(self, ids: Sequence[int], field: str) -> dict[int, str]:
        """Return a field of the payload of points."""
        if self._shard is None or not len(ids):
            return {}
        selected = self._edge.PayloadSelector.Include([field])
        records = self._guard(
            lambda: self._shard.retrieve(
                list(map(int, ids)), with_payload=selected, with_vector=False
            )
        )
        return {int(record.id): record.payload[field] for record in records}

    def count_with(self, tokens: Sequence[int]) -> int:
        """Return how many points have any of `tokens`."""
        edge = self._edge
        if self._shard is None or not len(tokens):
            return 0
        match = edge.FieldCondition(TOKENS, match=edge.MatchAny(list(map(int, tokens))))
        request = edge.CountRequest(exact=True, filter=edge.Filter(must=[match]))
        return int(self._guard(lambda: self._shard.count(request)))

    def __len__(self) -> int:
        if self._shard is None:
            return 0
        request = self._edge.CountRequest(exact=True)
        return int(self._guard(lambda: self._shard.count(request)))

    def settle(self) -> None:
        """Build the indexes of what was written."""
        if self._shard is not None:
            self._guard(self._shard.optimize)
            self._guard(self._shard.flush)

    def drop(self) -> None:
        """Delete the shard."""
        if self._shard is not None:
            self._shard.close()
            self._shard = None
        shutil.rmtree(self._folder / SHARD, ignore_errors=True)

    def _update(self, operation: Any) -> None:  # noqa: ANN401 - the library has no types
        self._guard(lambda: self._shard.update(operation))  # type: ignore[union-attr]

    def _guard(self, call: Any) -> Any:  # noqa: ANN401 - whatever Qdrant returns
        try:
            return call()
        except Exception as error:
            # Its errors are of one class per kind, all of them beneath `Exception` alone.
            raise DalilError(
                f"Qdrant's core could not use {self._folder} ({error}). The articles are safe; "
                "delete the folder, and it is filled again when the library is next opened."
            ) from error

    def _sparse(self, vector: Sparse) -> Any:  # noqa: ANN401 - the library has no types
        return self._edge.SparseVector(vector.keys.tolist(), vector.values.tolist())

    def _filter(self, condition: Condition) -> Any:  # noqa: ANN401 - the library has no types
        edge, must = self._edge, []
        if condition.since is not None or condition.until is not None:
            # Day 0 is none, and lies before no day.
            since = max(condition.since or 0, 1)
            bounds = edge.RangeFloat(gte=since, lte=condition.until)
            must.append(edge.FieldCondition(PUBLISHED, range=bounds))
        for outlets in condition.outlets:
            must.append(edge.FieldCondition(OUTLET, match=edge.MatchAny(list(outlets))))
        if condition.script is not None:
            must.append(edge.FieldCondition(SCRIPT, match=edge.MatchValue(condition.script)))
        return edge.Filter(must=must) if must else None


def _lock(folder: Path) -> int:
    """Hold the folder for this process, and return the handle that the system frees at its end."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DalilError(
            f"The folder {folder} cannot be used ({error.strerror}). "
            "Name another in the setting index."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise DalilError(
            f"Another process has {folder} open, and Qdrant's core serves one at a time. "
            'End it first, or use a server of Qdrant: index = "qdrant:URL".'
        ) from error
    return handle
