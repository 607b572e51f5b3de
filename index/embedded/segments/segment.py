"""A part of a library's index: passages that were indexed together, in files that never change.

What comes later is a part of its own.  Small parts are put together with their neighbours, so that
there are a few, each some times as large as the next: a passage is written again a few times
while a library grows, and an addition costs in proportion to itself.
"""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.neighbours import Neighbours
from index.embedded.passages import PassageTable, texts_of
from index.embedded.postings import load_arrays, save_arrays
from index.embedded.texts import TextIndex
from index.embedded.vectors import VectorIndex
from index.encoder import StaticEncoder
from index.store.database import PassageRow, Store

_PASSAGES, _VECTORS, _VOCABULARY = "passages", "vectors", "vocabulary"
# A part is at least so many times as large as the next, when that is made.
_TIMES = 4
# A part that has lost more than this share of its passages is written again without them.
_LOST = 0.25
# Neighbours are worked out anew once such a share of the tokens has come or gone.
_MOVED = 1 / 16


class Files(NamedTuple):
    """The folder that something is kept in, by its name, and the checksums of its files."""

    folder: str
    crc32: Mapping[str, int]

    def sound(self, below: Path) -> bool:
        """Tell whether every file is there and as it was written."""
        return all(checksum(below / self.folder / name) == crc for name, crc in self.crc32.items())


@dataclass(eq=False)
class Segment:
    """Indexes whose row `i` is the same passage, and the `files` they are kept in, if they are."""

    passages: PassageTable
    vectors: VectorIndex
    texts: TextIndex
    files: Files | None = None

    @classmethod
    def of(
        cls, store: Store, rows: Sequence[PassageRow], dimension: int, encoder: StaticEncoder
    ) -> Self:
        """Index `rows`, the last ones of a store, whose vectors have so many components."""
        after = rows[0].id - 1 if rows else 0
        vectors = store.vectors(dimension, after) if rows else np.zeros((0, dimension), np.float32)
        texts = TextIndex.build([], [], encoder).extended(
            np.zeros(0, np.int64), texts_of(store, rows), [row.language for row in rows], encoder
        )
        return cls(PassageTable.of(rows), VectorIndex.build(vectors), texts)

    def __len__(self) -> int:
        return len(self.passages)

    def save(self, folder: Path) -> None:
        """Write the indexes into `folder`."""
        self.passages.save(folder / _PASSAGES)
        self.vectors.save(folder / _VECTORS)
        self.texts.save(folder)

    @classmethod
    def load(cls, below: Path, files: Files) -> Self:
        """Open what was saved; raise `OSError`, `ValueError` or `RuntimeError` if damaged."""
        folder = below / files.folder
        found = cls(
            PassageTable.load(folder / _PASSAGES),
            VectorIndex.load(folder / _VECTORS),
            TextIndex.load(folder),
            files,
        )
        if not len(found.passages) == len(found.vectors) == len(found.texts):
            raise ValueError
        return found


@dataclass(eq=False)
class Near:
    """The neighbours of the tokens `vocabulary` int32 (v,), and the `files` they are kept in."""

    vocabulary: NDArray[np.int32]
    neighbours: Neighbours
    files: Files | None = None

    def following(self, vocabulary: NDArray[np.int32], encoder: StaticEncoder) -> Near:
        """Return the neighbours of another vocabulary, or these if it is nearly the same."""
        moved = len(np.setxor1d(self.vocabulary, vocabulary, assume_unique=True))
        if moved <= _MOVED * len(vocabulary):
            return self
        vectors = encoder.token_vectors(vocabulary)
        return Near(vocabulary, self.neighbours.extended(self.vocabulary, vocabulary, vectors))

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        self.neighbours.save(folder)
        save_arrays(folder, {_VOCABULARY: self.vocabulary})

    @classmethod
    def load(cls, below: Path, files: Files) -> Self:
        """Open what was saved; raise `OSError` or `ValueError` if it is damaged."""
        folder = below / files.folder
        vocabulary = load_arrays(folder, [_VOCABULARY])[_VOCABULARY]
        return cls(vocabulary, Neighbours.load(folder), files)


@dataclass(frozen=True)
class Part:
    """A segment, and which of its passages are there, bool (n,)."""

    segment: Segment
    live: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many passages are there."""
        return int(np.count_nonzero(self.live))


def settled(parts: Sequence[Part]) -> list[Part]:
    """Return parts of the same passages, put together where small ones stand beside each other."""
    held = [part for part in parts if part.count]
    first, following = len(held), 0
    while first and (first == len(held) or held[first - 1].count < _TIMES * following):
        first -= 1
        following += held[first].count
    last = held[first:]
    before = [
        _merged([part]) if part.count < (1 - _LOST) * len(part.live) else part
        for part in (held[:first] if len(last) > 1 else held)
    ]
    return [*before, _merged(last)] if len(last) > 1 else before


def _merged(parts: Sequence[Part]) -> Part:
    keeps = [np.flatnonzero(part.live) for part in parts]
    segments = [part.segment for part in parts]
    live = np.concatenate([part.live for part in parts])
    tables = PassageTable.joined([each.passages for each in segments], live)
    made = Segment(
        tables.part(np.flatnonzero(live)),
        VectorIndex.merged([(s.vectors, keep) for s, keep in zip(segments, keeps, strict=True)]),
        TextIndex.merged([(s.texts, keep) for s, keep in zip(segments, keeps, strict=True)]),
    )
    return Part(made, np.ones(len(made), np.bool_))


def keep(some: Sequence[Segment | Near], below: Path, prefix: str) -> list[Path]:
    """Write those into folders of their own that are in none; return the folders made.

    What was made is taken away again if it cannot be finished.
    """
    made: list[Path] = []
    try:
        for one in some:
            if one.files and (below / one.files.folder).is_dir():
                continue
            target = Path(tempfile.mkdtemp(prefix=prefix, dir=below))
            made.append(target)
            one.save(target)
            found = sorted(target.rglob("*.*"))
            crc32 = {file.relative_to(target).as_posix(): checksum(file) for file in found}
            one.files = Files(target.name, crc32)
    except BaseException:
        # What is left of it would take the room that is missing.
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
