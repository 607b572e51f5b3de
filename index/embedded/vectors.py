"""Nearest-neighbour search by inner product.  The only module that imports faiss.

Vectors are compared as shorter codes and the best of them again as they are.  A large collection
that is searched whole is gone through as product quantisation of 4 bits a pair of components
(FAISS's fast scan), a quarter of the time of 8 bits a component: 99.8 of the hundred nearest of
99,000 passages are among the 1,200 best, of which 8 bits tell the 300 best.  Small collections and
filtered searches go through 8 bits alone; the hundred nearest were always among the 150 best.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import load_arrays, save_arrays
from index.embedded.soft import LEAST, MOST, Floats, Places
from index.encoder.pieces import smallest

# One thread a query is steadier than two that fight for a small machine's cores.
faiss.omp_set_num_threads(1)
_ROWS, _CODES, _PAIRS = "rows", "codes.faiss", "pairs.faiss"
# How many rows are compared as they are: so many times the depth, and some more.
_TIMES, _MORE = 2, 100
# So many times as many are found by pairs, to be compared in 8 bits.
_TIMES_BY_PAIRS = 4
# With fewer vectors, going through 8 bits is quick enough.
_MANY = 20_000
# Vectors that the centres of pairs are learnt from, 16 centres each.
_LEARNT_FROM = 4_096
# A search that leaves out no more than this share asks for so many more instead.
_LEFT_OUT = 0.1
_LARGEST = 127
# Tokens compared with the whole vocabulary together, 13 MB of cosines for 25,000 tokens.
_COMPARED = 128
# Up to so many tokens each two of them are compared once.  What waits for its other row is a
# quarter of all that are near each other, some 50 MB.
_MIRRORED = 40_000
# How many bits of 64 a cosine above zero takes, and the row that it is of.  What is left is for a
# token within `_COMPARED`.
_COSINE, _ROW = np.uint64(30), np.uint64(27)
_LOWEST, _LAST = (np.uint64(1) << _COSINE) - np.uint64(1), (np.uint64(1) << _ROW) - np.uint64(1)
# Rows turned into 8 bits together.
_AT_ONCE = 4_096


class Vectors(ABC):
    """Unit vectors, one a row, that are searched by inner product."""

    @abstractmethod
    def __len__(self) -> int: ...

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Number of components of a vector."""

    @abstractmethod
    def near(
        self, query: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        """Return the rows allowed whose codes are nearest, more than `depth`, in no order."""

    @abstractmethod
    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, float32 (len(rows), dimension)."""

    def search(
        self, query: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the rows nearest to `query`, float32 (dimension,), best first, at most `depth`.

        `allowed`, bool (n,), limits the search before ranking.  Equal scores come in row order.
        """
        rows = self.near(query, depth, allowed)
        order = np.lexsort((rows, -self.scores(query, rows)))
        return rows[order[:depth]]

    def scores(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inner products of `query` with `rows`, float32 (len(rows),)."""
        return np.asarray(self.vectors(rows) @ query, np.float32)


@dataclass(frozen=True)
class VectorIndex(Vectors):
    """Unit vectors, one a row, float32 (n, dimension), and FAISS indexes of them.

    `codes` holds them in 8 bits a component, `pairs` in 4 bits a pair if they are many, else
    `None`.
    """

    rows: NDArray[np.float32]
    codes: Any
    pairs: Any

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> Self:
        """Index `vectors`, float32 (n, dimension)."""
        rows = np.ascontiguousarray(vectors, np.float32)
        return cls(rows, _by_components(rows), _by_pairs(rows))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self.rows.shape[1])

    def near(
        self, query: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        """Return the rows allowed whose codes are nearest, more than `depth`, in no order."""
        among = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = _TIMES * depth + _MORE
        if among <= wanted:
            return np.arange(among) if allowed is None else np.flatnonzero(allowed)
        asked = _rounded(query[None, :], float(np.abs(query).max()))
        if self.pairs is not None and among >= (1 - _LEFT_OUT) * len(self):
            # The fast scan knows no filter, so it is asked for more.
            wanted = int(wanted * len(self) / among) + 1
            refined = faiss.IndexRefine(self.pairs, self.codes)
            more = faiss.IndexRefineSearchParameters(k_factor=_TIMES_BY_PAIRS)
            rows = refined.search(asked, wanted, params=more)[1][0]
            return np.asarray(rows[rows >= 0 if allowed is None else allowed[rows]], np.int64)
        parameters = None
        if allowed is not None and among < len(self):
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
            parameters = faiss.SearchParameters(sel=selector)
        _, rows = self.codes.search(asked, wanted, params=parameters)
        return np.asarray(rows[0][rows[0] >= 0], np.int64)

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, float32 (len(rows), dimension)."""
        return np.asarray(self.rows[rows], np.float32)

    @classmethod
    def merged(cls, parts: Iterable[tuple[Self, NDArray[np.int64]]]) -> Self:
        """Index the vectors of several indexes, of each those in the rows beside it."""
        return cls.build(np.concatenate([index.rows[keep] for index, keep in parts]))

    @classmethod
    def save_merged(cls, parts: Sequence[tuple[Self, NDArray[np.int64]]], folder: Path) -> None:
        """Write what `merged` makes into `folder`, of all vectors never more than some at once."""
        # Most processes only search.
        from index.embedded.blocks import Blocks, let_go

        shape = sum(len(keep) for _, keep in parts), parts[0][0].dimension
        some = (
            [index.vectors(keep[first : first + _AT_ONCE])]
            for index, keep in parts
            for first in range(0, len(keep), _AT_ONCE)
        )
        Blocks({_ROWS: np.dtype(np.float32)}, shape, some).save(folder)
        for index, _ in parts:
            let_go(index)
        rows = load_arrays(folder, [_ROWS])[_ROWS]
        faiss.write_index(_by_components(rows), str(folder / _CODES))
        if (pairs := _by_pairs(rows)) is not None:
            faiss.write_index(pairs, str(folder / _PAIRS))

    def extended(self, keep: NDArray[np.int64], vectors: NDArray[np.float32]) -> Self:
        """Return an index of the rows `keep`, then `vectors`."""
        return self.build(np.concatenate([self.rows[keep], vectors]) if len(keep) else vectors)

    def save(self, folder: Path) -> None:
        """Write the vectors, and the index in FAISS's own format, into `folder`."""
        save_arrays(folder, {_ROWS: self.rows})
        faiss.write_index(self.codes, str(folder / _CODES))
        if self.pairs is not None:
            faiss.write_index(self.pairs, str(folder / _PAIRS))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError`, `ValueError` or `RuntimeError` if damaged."""
        rows = load_arrays(folder, [_ROWS])[_ROWS]
        pairs = folder / _PAIRS
        return cls(
            rows,
            # Mapped as the rows are; those by pairs are laid out anew and cannot be.
            faiss.read_index(str(folder / _CODES), faiss.IO_FLAG_MMAP_IFC),
            faiss.read_index(str(pairs)) if pairs.exists() else None,
        )


def _by_components(rows: NDArray[np.float32]) -> Any:  # noqa: ANN401 - FAISS has no types
    """Return the FAISS index of `rows` in 8 bits a component."""
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    codes = faiss.IndexScalarQuantizer(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    highest = max(float(rows.max(initial=0)), -float(rows.min(initial=0)))
    for first in range(0, len(rows), _AT_ONCE):
        codes.add(_rounded(rows[first : first + _AT_ONCE], highest))
    return codes


def _by_pairs(rows: NDArray[np.float32]) -> Any:  # noqa: ANN401 - FAISS has no types
    """Return the FAISS index of `rows` by pairs of components, `None` for few or odd ones."""
    dimension = rows.shape[1]
    if len(rows) < _MANY or dimension % 2:
        return None
    pairs = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
    pairs.train(rows[:: -(-len(rows) // _LEARNT_FROM)])
    for first in range(0, len(rows), _AT_ONCE):
        pairs.add(rows[first : first + _AT_ONCE])
    return pairs


def _rounded(rows: NDArray[np.float32], highest: float) -> NDArray[np.float32]:
    """Return `rows` as whole numbers, the component `highest` as the largest of 8 bits."""
    return np.asarray(np.rint(rows * (_LARGEST / (highest or 1.0))), np.float32)


def nearest(asked: Floats, vectors: Floats) -> tuple[Places, Floats]:
    """Return the rows of `vectors` nearest to each of `asked`, and their cosines, (t, k) each.

    Both are unit vectors.  Of each at most `MOST` count, from the cosine `LEAST` on; the rest of
    its row is zero.
    """
    best = _Best(len(asked), len(vectors))
    for first in range(0, len(asked), _COMPARED):
        best.put(first, _packed(*_near(vectors, asked[first : first + _COMPARED])))
    return best.found()


def nearest_to_each_other(vectors: Floats) -> tuple[Places, Floats]:
    """Return what `nearest` finds for `vectors` among themselves, each two compared once."""
    if len(vectors) > _MIRRORED:
        return nearest(vectors, vectors)
    best = _Best(len(vectors), len(vectors))
    waiting = defaultdict[int, list[NDArray[np.uint64]]](list)
    for block, first in enumerate(range(0, len(vectors), _COMPARED)):
        tokens, cosines, rows = _near(vectors[first:], vectors[first : first + _COMPARED])
        rows += np.uint64(first)
        best.put(first, np.concatenate([_packed(tokens, cosines, rows), *waiting.pop(block, ())]))
        # The rows behind this block are further tokens, which have those of the block near them.
        later = int(np.searchsorted(rows, first + _COMPARED))
        blocks, within = np.divmod(rows[later:], _COMPARED)
        found = _packed(within, cosines[later:], tokens[later:] + np.uint64(first))
        begins = np.flatnonzero(np.diff(blocks, prepend=block))
        for begin, part in zip(begins.tolist(), np.split(found, begins)[1:], strict=True):
            waiting[int(blocks[begin])].append(part.copy())
    return best.found()


def _near(vectors: Floats, asked: Floats) -> tuple[NDArray[np.uint64], Floats, NDArray[np.uint64]]:
    """Return which of `asked` have which rows of `vectors` near them, and at what cosines.

    The places of the asked, the cosines and the rows, which ascend, (p,) each.
    """
    # With the longer matrix first the product of a few rows takes half the time.
    cosines = vectors @ asked.T
    found = np.flatnonzero(cosines >= LEAST)
    places, width = found.astype(np.uint64), np.uint64(len(asked))
    return places % width, cosines.ravel()[found], places // width


def _packed(
    tokens: NDArray[np.uint64], cosines: Floats, rows: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Return numbers that ascend by token, then by cosine from the highest, then by row."""
    # Floats above zero are in the order of their bits.
    far = _LOWEST - cosines.view(np.uint32)
    return (tokens << (_COSINE + _ROW)) | (far << _ROW) | rows


class _Best:
    """The nearest of `count` tokens among `size` rows, some tokens at a time."""

    def __init__(self, count: int, size: int) -> None:
        kind = np.min_scalar_type(max(size - 1, 0))
        self._places = np.zeros((count, min(MOST, size)), kind)
        self._cosines = np.zeros(self._places.shape, np.float32)
        self._width = 0

    def put(self, first: int, packed: NDArray[np.uint64]) -> None:
        """Keep the nearest rows of the tokens from `first` on, of all that are near them."""
        packed = np.sort(packed)
        tokens = (packed >> (_COSINE + _ROW)).astype(np.int64)
        counts = np.bincount(tokens, minlength=1)
        ranks = np.arange(len(packed)) - (np.cumsum(counts) - counts)[tokens]
        best = np.flatnonzero(ranks < MOST)
        at, packed = (first + tokens[best], ranks[best]), packed[best]
        self._places[at] = packed & _LAST
        far = (packed >> _ROW) & _LOWEST
        self._cosines[at] = (_LOWEST - far).astype(np.uint32).view(np.float32)
        self._width = max(self._width, min(int(counts.max()), MOST))

    def found(self) -> tuple[Places, Floats]:
        """Return the places, in the smallest type that holds them, and the cosines."""
        places = smallest(self._places[:, : self._width])
        return places, np.ascontiguousarray(self._cosines[:, : self._width])
