"""Arrays on disk, one `.npy` file each in a folder, opened as memory maps; and the best of many.

A search touches a few postings of a large collection; what it does not touch takes no memory.  The
highest of many scores are found without putting them in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Scores of which only the highest is looked at first.
_GROUP = 64


def save_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write each of `arrays` to the file of its name in `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def load_arrays(folder: Path, names: Iterable[str]) -> dict[str, Any]:
    """Open what `save_arrays` wrote, read-only.

    Raises `OSError` or `ValueError` if files are missing or damaged.
    """
    # A plain view of the map: each operation on a `memmap` takes microseconds longer.
    return {
        name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)
        for name in names
    }


def smallest(values: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    """Return `values`, none negative, in the smallest unsigned type that holds them all.

    >>> smallest(np.array([3, 255])).dtype, smallest(np.array([256])).dtype
    (dtype('uint8'), dtype('uint16'))
    """
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def best_rows(
    scores: NDArray[np.floating], depth: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the rows found with the `depth` highest scores, of equal ones the first.

    Those not `allowed`, bool (n,), and those of minus infinity are not found.
    """
    among = scores if allowed.all() else np.where(allowed, scores, scores.dtype.type(-np.inf))
    rows = np.flatnonzero(among >= floor(among, depth))
    rows = rows[among[rows] > -np.inf]
    if len(rows) > depth:
        found = scores[rows]
        least = np.partition(found, -depth)[-depth]
        above, equal = rows[found > least], rows[found == least]
        rows = np.concatenate([above, equal[: depth - len(above)]])
    return rows


def floor(scores: NDArray[np.floating], depth: int) -> float:
    """Return a score that at least `depth` of `scores` reach, not far below the lowest of these.

    Of the highest of each group, `depth` reach the one at that rank.  Minus infinity if there
    are fewer scores.

    >>> floor(np.array([0.5, 0.1, 0.9, 0.7]), 3), floor(np.zeros(2), 3)
    (0.5, -inf)
    """
    groups = len(scores) // _GROUP
    if groups > depth:
        scores = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    if len(scores) < depth:
        return -np.inf
    return float(np.partition(scores, -depth)[-depth])
