"""A server of Qdrant, or a cluster of them.  The only module that imports qdrant_client."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Self
from urllib.parse import parse_qs

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

# The variable that holds the key of the server, as Qdrant's own tools read it.
KEY = "QDRANT_API_KEY"
_SECONDS = 60


class ServerTransport:
    """The collection `name` on the server behind `client`, made with `shards` and `replicas`.

    A write is answered once all replicas that `replicas` asks for have it.
    """

    def __init__(self, client: Any, name: str, shards: int = 1, replicas: int = 1) -> None:  # noqa: ANN401
        self._client, self._name = client, name
        self._shards, self._replicas = shards, replicas

    @classmethod
    def at(cls, address: str, name: str) -> Self:
        """Reach the server at `address`, whose options after "?" are shards and replicas."""
        try:
            from qdrant_client import QdrantClient
        except ImportError as error:
            raise DalilError(
                "The client of Qdrant is not here. Install it with: pip install 'dalil[qdrant]'"
            ) from error
        url, _, options = address.partition("?")
        given = {key: int(values[-1]) for key, values in parse_qs(options).items()}
        client = QdrantClient(
            url=url,
            api_key=os.environ.get(KEY) or None,
            timeout=_SECONDS,
            check_compatibility=False,
        )
        return cls(client, name, **given)

    def prepare(self, dimension: int) -> None:
        """Make the collection with its indexes, if it is not there."""
        from qdrant_client import models

        if self._guard(lambda: self._client.collection_exists(self._name)):
            return
        index = models.SparseIndexParams(full_scan_threshold=FULL_SCAN)
        self._guard(
            lambda: self._client.create_collection(
                self._name,
                vectors_config={
                    DENSE: models.VectorParams(size=dimension, distance=models.Distance.DOT)
                },
                sparse_vectors_config={
                    name: models.SparseVectorParams(index=index) for name in SPARSE
                },
                shard_number=self._shards,
                replication_factor=self._replicas,
                write_consistency_factor=self._replicas,
            )
        )
        kinds = models.PayloadSchemaType
        for fields, kind in ((NUMBERS, kinds.INTEGER), (KEYWORDS, kinds.KEYWORD)):
            for field in fields:
                self._guard(
                    lambda field=field, kind=kind: self._client.create_payload_index(  # type: ignore[misc]
                        self._name, field, field_schema=kind, wait=True
                    )
                )

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points; on return the replicas asked for have them."""
        from qdrant_client import models

        made = [
            models.PointStruct(
                id=point.id,
                vector={DENSE: point.dense.tolist()}
                | {name: _sparse(vector) for name, vector in point.sparse.items()},
                payload=dict(point.payload),
            )
            for point in points
        ]
        self._guard(lambda: self._client.upsert(self._name, made, wait=True))

    def delete(self, ids: Sequence[int]) -> None:
        """Delete points."""
        from qdrant_client import models

        if len(ids) and self._there():
            chosen = models.PointIdsList(points=list(map(int, ids)))
            self._guard(lambda: self._client.delete(self._name, chosen, wait=True))

    def search(self, legs: Sequence[Leg]) -> list[list[tuple[int, float]]]:
        """Return the best points of each leg with their scores, all asked for in one request."""
        from qdrant_client import models

        requests = [
            models.QueryRequest(
                query=_sparse(leg.vector)
                if isinstance(leg.vector, Sparse)
                else leg.vector.tolist(),
                using=leg.name,
                filter=_filter(leg.condition),
                limit=leg.limit,
                params=None
                if isinstance(leg.vector, Sparse)
                else models.SearchParams(hnsw_ef=EF, exact=leg.exact),
                with_payload=False,
            )
            for leg in legs
        ]
        if not requests:
            return []
        found = self._guard(lambda: self._client.query_batch_points(self._name, requests))
        return [[(int(point.id), float(point.score)) for point in one.points] for one in found]

    def fetch(self, ids: Sequence[int], field: str) -> dict[int, str]:
        """Return a field of the payload of points."""
        if not len(ids):
            return {}
        numbers = list(map(int, ids))
        records = self._guard(
            lambda: self._client.retrieve(self._name, numbers, with_payload=[field])
        )
        return {int(record.id): record.payload[field] for record in records}

    def count_with(self, tokens: Sequence[int]) -> int:
        """Return how many points have any of `tokens`."""
        from qdrant_client import models

        match = models.MatchAny(any=list(map(int, tokens)))
        seen = models.Filter(must=[models.FieldCondition(key=TOKENS, match=match)])
        return self._count(seen) if len(tokens) else 0

    def __len__(self) -> int:
        return self._count(None) if self._there() else 0

    def settle(self) -> None:
        """A server builds its indexes by itself."""

    def drop(self) -> None:
        """Delete the collection, if it is there."""
        if self._there():
            self._guard(lambda: self._client.delete_collection(self._name))

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _there(self) -> bool:
        return bool(self._guard(lambda: self._client.collection_exists(self._name)))

    def _count(self, seen: Any) -> int:  # noqa: ANN401 - a filter of the client's
        counted = self._guard(lambda: self._client.count(self._name, count_filter=seen, exact=True))
        return int(counted.count)

    def _guard(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the client returns
        try:
            return call()
        except Exception as error:
            # Its errors and those of its HTTP library have no class in common but this one.
            raise DalilError(
                f"Qdrant did not do what it was asked ({type(error).__name__}: {str(error)[:99]}). "
                "See that the server of the setting index is up and the key in "
                f"{KEY} is its own; the articles are safe in the library."
            ) from error


def _sparse(vector: Sparse) -> Any:  # noqa: ANN401 - a class of the client's
    from qdrant_client import models

    return models.SparseVector(indices=vector.keys.tolist(), values=vector.values.tolist())


def _filter(condition: Condition) -> Any:  # noqa: ANN401 - a class of the client's
    from qdrant_client import models

    must: list[Any] = []
    if condition.since is not None or condition.until is not None:
        # Day 0 is none, and lies before no day.
        bounds = models.Range(gte=max(condition.since or 0, 1), lte=condition.until)
        must.append(models.FieldCondition(key=PUBLISHED, range=bounds))
    for outlets in condition.outlets:
        match = models.MatchAny(any=list(outlets))
        must.append(models.FieldCondition(key=OUTLET, match=match))
    if condition.script is not None:
        value = models.MatchValue(value=condition.script)
        must.append(models.FieldCondition(key=SCRIPT, match=value))
    return models.Filter(must=must) if must else None
