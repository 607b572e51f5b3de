"""Exact nearest-neighbour search by inner product.  The only module that imports faiss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

# One thread a query is steadier than two that fight for a small machine's cores.
faiss.omp_set_num_threads(1)


@dataclass(frozen=True)
class VectorIndex:
    """Unit vectors, one a row, behind a flat FAISS index (inner product equals cosine)."""

    index: Any

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> Self:
        """Index `vectors`, float32 (n, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, np.float32))
        return cls(index)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self.index.d)

    def search(
        self, query: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the rows nearest to `query`, float32 (dimension,), best first, at most `depth`.

        `allowed`, bool (n,), limits the search before ranking.  Equal scores come in row order.
        """
        depth = min(depth, len(self))
        if not depth:
            return np.zeros(0, np.int64)
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
            parameters = faiss.SearchParameters(sel=selector)
        scores, rows = self.index.search(query[None, :], depth, params=parameters)
        found = rows[0] >= 0
        order = np.lexsort((rows[0][found], -scores[0][found]))
        return np.asarray(rows[0][found][order], np.int64)

    def scores(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inner products of `query` with `rows`, float32 (len(rows),)."""
        return np.asarray(self.vectors(rows) @ query, np.float32)

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, float32 (len(rows), dimension)."""
        if not len(rows):
            return np.zeros((0, self.dimension), np.float32)
        return np.asarray(self.index.reconstruct_batch(rows), np.float32)

    def extended(self, keep: NDArray[np.int64], vectors: NDArray[np.float32]) -> Self:
        """Return an index of the rows `keep`, then `vectors`."""
        return self.build(np.concatenate([self.vectors(keep), vectors]))

    def save(self, path: Path) -> None:
        """Write the index to `path` in FAISS's own format."""
        faiss.write_index(self.index, str(path))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; raise `RuntimeError` if the file is damaged."""
        return cls(faiss.read_index(str(path)))
