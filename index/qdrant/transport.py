"""What is asked of Qdrant, whether its server answers or its core in this process.

Two classes speak it: `index.qdrant.server` and `index.qdrant.edge`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.filters import Filters, outlet_key

# The vectors of a point: one dense, the others sparse.
DENSE, SOFT, LEXICAL, NAMES = "dense", "soft", "lexical", "names"
SPARSE = (SOFT, LEXICAL, NAMES)
# The payload of a point: what filters ask for, its distinct tokens, and what it is scored by.
PUBLISHED, OUTLET, SCRIPT, ARTICLE, VERSION = "published", "outlet", "script", "article", "version"
TOKENS, WORDS, GRAMS = "tokens", "words", "grams"
NUMBERS, KEYWORDS = (PUBLISHED, TOKENS), (OUTLET, SCRIPT, ARTICLE)
# Below so many postings a filtered sparse search would read every point instead of the postings:
# five times slower for questions of hundreds of tokens at Qdrant's default.
FULL_SCAN = 10
# Recall at 50 of Dalil's vectors: .88 at the default, .963 with 256, .989 with 512.
EF = 512


@dataclass(frozen=True)
class Sparse:
    """A sparse vector: `keys` uint32 (p,), each once, and `values` float32 (p,)."""

    keys: NDArray[np.uint32]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Point:
    """A passage as Qdrant keeps it; `id` is its id in the library."""

    id: int
    dense: NDArray[np.float32]
    sparse: Mapping[str, Sparse]
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Condition:
    """Which points a search may see; days are ordinals, an undated article is of day 0.

    Of each of `outlets` a point has any; `script` is that of ISO 15924, `None` for every one.
    """

    since: int | None = None
    until: int | None = None
    outlets: tuple[tuple[str, ...], ...] = ()
    script: str | None = None

    @classmethod
    def of(cls, filters: Filters) -> Condition:
        """Say what `filters` say."""
        chosen: list[tuple[str, ...]] = (
            [] if filters.outlet is None else [(outlet_key(filters.outlet),)]
        )
        if filters.outlets:
            chosen.append(tuple(map(outlet_key, filters.outlets)))
        since, until = filters.since, filters.until
        return cls(
            since.toordinal() if since else None, until.toordinal() if until else None,
            tuple(chosen),
        )  # fmt: skip


@dataclass(frozen=True)
class Leg:
    """A search of one vector, float32 (dimension,) or sparse, for the `limit` best points.

    `exact` compares a dense vector with every point; a sparse search is always exact.
    """

    name: str
    vector: NDArray[np.float32] | Sparse
    limit: int
    condition: Condition
    exact: bool = True


class Transport(Protocol):
    """A collection of points.  Each call raises `DalilError` where Qdrant cannot be reached."""

    def prepare(self, dimension: int) -> None:
        """Make the collection with its indexes, if it is not there."""
        ...

    def upsert(self, points: Sequence[Point]) -> None:
        """Write `points`, in place of those of the same ids; on return they survive a kill."""
        ...

    def delete(self, ids: Sequence[int]) -> None:
        """Delete points; those that are not there count as deleted."""
        ...

    def search(self, legs: Sequence[Leg]) -> list[list[tuple[int, float]]]:
        """Return the best points of each leg with their scores, best first."""
        ...

    def fetch(self, ids: Sequence[int], field: str) -> dict[int, str]:
        """Return a field of the payload of those points that are there."""
        ...

    def count_with(self, tokens: Sequence[int]) -> int:
        """Return how many points have any of `tokens`."""
        ...

    def __len__(self) -> int:
        """Return the number of points, 0 for a collection that is not there."""
        ...

    def settle(self) -> None:
        """Build the indexes of what was written, where that is not done behind the calls."""
        ...

    def drop(self) -> None:
        """Delete the collection, if it is there."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
