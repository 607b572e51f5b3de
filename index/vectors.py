"""Nearest-neighbour search by inner product.  The only module that imports faiss.

All vectors are compared as 8-bit numbers, a quarter of the memory to go through, and the best of
them again as they are.  On 100,000 passages the hundred nearest were always among the 150 best
by 8 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.arrays import load_arrays, save_arrays

# One thread a query is steadier than two that fight for a small machine's cores.
faiss.omp_set_num_threads(1)
_CODES = "codes.faiss"
# How many rows are compared as they are: so many times the depth, and some more.
_TIMES, _MORE = 2, 100
_LARGEST = 127
# Rows turned into 8 bits together.
_AT_ONCE = 4_096


@dataclass(frozen=True)
class VectorIndex:
    """Unit vectors, one a row, float32 (n, dimension), and a FAISS index of them in 8 bits."""

    rows: NDArray[np.float32]
    codes: Any

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> Self:
        """Index `vectors`, float32 (n, dimension)."""
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        codes = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        rows = np.ascontiguousarray(vectors, np.float32)
        highest = max(float(rows.max(initial=0)), -float(rows.min(initial=0)))
        for first in range(0, len(rows), _AT_ONCE):
            codes.add(_rounded(rows[first : first + _AT_ONCE], highest))
        return cls(rows, codes)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self.rows.shape[1])

    def search(
        self, query: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the rows nearest to `query`, float32 (dimension,), best first, at most `depth`.

        `allowed`, bool (n,), limits the search before ranking.  Equal scores come in row order.
        """
        rows = self._near(query, _TIMES * depth + _MORE, allowed)
        order = np.lexsort((rows, -self.scores(query, rows)))
        return rows[order[:depth]]

    def _near(
        self, query: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        """Return the rows allowed that are nearest by 8 bits, in no order."""
        among = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if among <= depth:
            return np.arange(among) if allowed is None else np.flatnonzero(allowed)
        parameters = None
        if allowed is not None and among < len(self):
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
            parameters = faiss.SearchParameters(sel=selector)
        asked = _rounded(query[None, :], float(np.abs(query).max()))
        _, rows = self.codes.search(asked, depth, params=parameters)
        return np.asarray(rows[0][rows[0] >= 0], np.int64)

    def scores(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inner products of `query` with `rows`, float32 (len(rows),)."""
        return np.asarray(self.rows[rows] @ query, np.float32)

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, float32 (len(rows), dimension)."""
        return np.asarray(self.rows[rows], np.float32)

    def extended(self, keep: NDArray[np.int64], vectors: NDArray[np.float32]) -> Self:
        """Return an index of the rows `keep`, then `vectors`."""
        return self.build(np.concatenate([self.rows[keep], vectors]) if len(keep) else vectors)

    def save(self, folder: Path) -> None:
        """Write the vectors, and the index in FAISS's own format, into `folder`."""
        save_arrays(folder, {"rows": self.rows})
        faiss.write_index(self.codes, str(folder / _CODES))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError`, `ValueError` or `RuntimeError` if damaged."""
        rows = load_arrays(folder, ["rows"])["rows"]
        return cls(rows, faiss.read_index(str(folder / _CODES)))


def _rounded(rows: NDArray[np.float32], highest: float) -> NDArray[np.float32]:
    """Return `rows` as whole numbers, the component `highest` as the largest of 8 bits."""
    return np.asarray(np.rint(rows * (_LARGEST / (highest or 1.0))), np.float32)
