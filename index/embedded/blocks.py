"""Arrays that are written while more of them is made, and let go of what is mapped of others.

What is written needs memory for the next rows alone.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedded.postings import save_arrays


def let_go(index: object) -> None:
    """Let go of the pages that the maps among an index's arrays have in memory.

    They are read again when they are looked at.
    """
    held: Any
    for held in vars(index).values():
        while isinstance(held, np.ndarray):
            # A view is of an array or, at the end, of a map.
            held = held.base
        if isinstance(held, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            held.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True)
class Blocks:
    """Arrays of one `shape`, of the `kinds` by their names, whose rows come some at a time.

    `blocks` gives the next rows of each, and can be gone through once.
    """

    kinds: Mapping[str, np.dtype[Any]]
    shape: tuple[int, ...]
    blocks: Iterable[Sequence[NDArray[Any]]]

    def arrays(self) -> dict[str, Any]:
        """Return the arrays, whole."""
        found = {name: np.empty(self.shape, kind) for name, kind in self.kinds.items()}
        first = 0
        for rows in self.blocks:
            last = first + len(rows[0])
            for array, some in zip(found.values(), rows, strict=True):
                array[first:last] = some
            first = last
        return found

    def save(self, folder: Path) -> None:
        """Write them as `save_arrays` would, and hold no more than the next rows."""
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            files = [
                opened.enter_context((folder / f"{name}.npy").open("wb")) for name in self.kinds
            ]
            for file, kind in zip(files, self.kinds.values(), strict=True):
                said = {"fortran_order": False, "shape": self.shape}
                said["descr"] = np.lib.format.dtype_to_descr(kind)
                np.lib.format.write_array_header_1_0(file, said)
            for rows in self.blocks:
                for file, some, kind in zip(files, rows, self.kinds.values(), strict=True):
                    file.write(some.astype(kind, copy=False).tobytes())


@dataclass(frozen=True)
class Parcel:
    """The arrays of an index by name: those that are `whole`, and those that come in `blocks`."""

    whole: Mapping[str, NDArray[Any]]
    blocks: Sequence[Blocks] = field(default_factory=list)

    def arrays(self) -> dict[str, Any]:
        """Return all of them, in memory."""
        found = dict(self.whole)
        for each in self.blocks:
            found |= each.arrays()
        return found

    def save(self, folder: Path) -> None:
        """Write all of them into `folder`."""
        save_arrays(folder, self.whole)
        for each in self.blocks:
            each.save(folder)
