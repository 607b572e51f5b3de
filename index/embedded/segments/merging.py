"""Parts put together: at once in memory, or one index after the other when they are written.

All of a large part in memory would be several kilobytes a passage, which an import has no other
use for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.passages import PassageTable
from index.embedded.segments.snapshot import PASSAGES, VECTORS, Files, Part, Segment
from index.embedded.texts import TextIndex
from index.embedded.vectors import VectorIndex

Index = PassageTable | VectorIndex | TextIndex


class Merging(Segment):
    """The passages of `parts` that are there, each index made when it is asked for or written.

    Once they are written and opened again, what they were made of is let go.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts, self._count, self.files = parts, sum(part.count for part in parts), None

    def __getattr__(self, name: str) -> Index:
        """Make the index of that name, and keep it, if it is not there."""
        if name not in _MADE:
            raise AttributeError(name)
        found = _MADE[name](self._parts)
        setattr(self, name, found)
        return found

    def __len__(self) -> int:
        return self._count

    def save(self, folder: Path) -> None:
        """Write the indexes into `folder`, none of which is held in memory after it is written."""
        if not self._parts:
            super().save(folder)
            return
        _passages(self._parts).save(folder / PASSAGES)
        keeps = _keeps(self._parts)
        vectors = [part.segment.vectors for part in self._parts]
        VectorIndex.save_merged(list(zip(vectors, keeps, strict=True)), folder / VECTORS)
        texts = [part.segment.texts for part in self._parts]
        TextIndex.save_merged(list(zip(texts, keeps, strict=True)), folder)

    @classmethod
    def load(cls, below: Path, files: Files) -> Self:
        """Open what was saved; raise `OSError`, `ValueError` or `RuntimeError` if damaged."""
        found = cls(())
        opened = Segment.load(below, files)
        vars(found).update(vars(opened), _count=len(opened))
        return found


def merged(parts: Sequence[Part]) -> Part:
    """Return the passages of `parts` that are there as one part, in memory."""
    made = Segment(_passages(parts), _vectors(parts), _texts(parts))
    return Part(made, np.ones(len(made), np.bool_))


def _passages(parts: Sequence[Part]) -> PassageTable:
    live = np.concatenate([part.live for part in parts])
    tables = PassageTable.joined([part.segment.passages for part in parts], live)
    return tables.part(np.flatnonzero(live))


def _vectors(parts: Sequence[Part]) -> VectorIndex:
    vectors = [part.segment.vectors for part in parts]
    return VectorIndex.merged(zip(vectors, _keeps(parts), strict=True))


def _texts(parts: Sequence[Part]) -> TextIndex:
    texts = [part.segment.texts for part in parts]
    return TextIndex.merged(list(zip(texts, _keeps(parts), strict=True)))


def _keeps(parts: Sequence[Part]) -> list[NDArray[np.int64]]:
    """Return the rows of each of `parts` that are there."""
    return [np.flatnonzero(part.live) for part in parts]


_MADE: Mapping[str, Callable[[Sequence[Part]], Index]] = {
    "passages": _passages,
    "vectors": _vectors,
    "texts": _texts,
}
