"""Arrays on disk: one `.npy` file each in a folder, opened as memory maps.

A search touches a few postings of a large collection; what it does not touch takes no memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
