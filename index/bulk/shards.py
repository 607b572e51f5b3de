"""Vectors of passages in files, from when they are made until the library takes them up.

They lie in the library's folder, those of each encoder in a folder of their own.  A file is a NumPy
array of texts' digests and their vectors; its name is the digest of what is in it, so that a file
that was cut short or changed is told.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.store.lock import silent
from index.store.tables.making import sync_folder

FOLDER = "encoded"
_DIGEST = "S16"
# Files of a group of passages each that are kept in memory; passages come in about their order.
_OPEN = 8


def digests_of(texts: Sequence[str]) -> NDArray[np.bytes_]:
    """Return the digest of each text, 16 bytes (n,)."""
    return np.array([_digest(text.encode("utf-8", "surrogatepass")) for text in texts], _DIGEST)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def drop(home: Path) -> int:
    """Delete the files of every encoder in the folder `home` of a library; return how many."""
    files = len(list((home / FOLDER).glob("*/[!.]*.npy")))
    shutil.rmtree(home / FOLDER, ignore_errors=True)
    return files


class Known:
    """Which texts have vectors in files; the vectors are read when they are asked for."""

    def __init__(
        self, dimension: int, files: Sequence[Path], digests: Sequence[NDArray[np.bytes_]]
    ) -> None:
        self._dimension, self._paths = dimension, files
        every = np.concatenate([np.empty(0, _DIGEST), *digests])
        order = np.argsort(every, kind="stable")
        self._digests = every[order]
        sizes = [len(some) for some in digests]
        self._files = np.repeat(np.arange(len(sizes)), sizes)[order]
        rows = [np.arange(size) for size in sizes]
        self._rows = np.concatenate([np.empty(0, np.int64), *rows])[order]
        self._used = np.zeros(len(every), np.bool_)
        self._load = lru_cache(_OPEN)(_vectors)

    def __len__(self) -> int:
        return len(self._digests)

    def find(self, digests: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Return the place of each text by its digest, int64 (n,), -1 where it has no vector."""
        if not len(self):
            return np.full(len(digests), -1)
        places = np.searchsorted(self._digests, digests)
        places[places == len(self)] = 0
        return np.where(self._digests[places] == digests, places, -1)

    def vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors at `places`, float32 (len(places), dimension), which count as used.

        Raises `FileNotFoundError` if another process has deleted their file.
        """
        found = np.empty((len(places), self._dimension), np.float32)
        files = self._files[places]
        for number in np.unique(files):
            of = files == number
            found[of] = self._load(self._paths[number])[self._rows[places[of]]]
        self._used[places] = True
        return found

    def used_up(self) -> list[Path]:
        """Return the files all of whose vectors were asked for."""
        left = set(self._files[~self._used].tolist())
        return [path for number, path in enumerate(self._paths) if number not in left]


def _vectors(path: Path) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = np.load(path, allow_pickle=False)["vector"]
    return rows


@dataclass(frozen=True, slots=True)
class Shards:
    """The files of the vectors of one encoder, each of `dimension` components."""

    folder: Path
    dimension: int

    @classmethod
    def of(cls, home: Path, encoder: Encoder) -> Self:
        """Return those of `encoder` in the folder `home` of a library."""
        return cls(home / FOLDER / encoder.fingerprint, encoder.dimension)

    def prepare(self) -> None:
        """Make the folder, and delete what processes that were killed were writing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for draft in self.folder.glob(".*.npy"):
            draft.unlink(missing_ok=True)

    def keep(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write the vectors of `texts`, float32 (n, dimension), as a file, whole or not there.

        Once this returns they outlive a loss of power.
        """
        rows = np.empty(len(texts), self._kind())
        rows["text"], rows["vector"] = digests_of(texts), vectors
        held = io.BytesIO()
        np.save(held, rows, allow_pickle=False)
        path = self.folder / f"{_digest(held.getvalue()).hex()}.npy"
        draft = path.with_name(f".{os.getpid()}.npy")
        try:
            with draft.open("wb") as file:
                file.write(held.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            # What is left of it would take the room that is missing.
            draft.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)

    def read(self, say: Callable[[str], None] = silent) -> Known:
        """Return what the files hold; those that are not as they were written are deleted."""
        files, digests, damaged = list[Path](), list[NDArray[np.bytes_]](), 0
        for path in sorted(self.folder.glob("[!.]*.npy")):
            if (found := self._digests(path)) is None:
                path.unlink(missing_ok=True)
                damaged += 1
            else:
                files.append(path)
                digests.append(found)
        if damaged:
            say(f"{damaged:,} file(s) of vectors were damaged; their passages are encoded again.")
        return Known(self.dimension, files, digests)

    def discard(self) -> None:
        """Delete the files, when their vectors were taken up."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._leave()

    def discard_used(self, known: Known) -> None:
        """Delete the files of which every vector was taken up."""
        for path in known.used_up():
            path.unlink(missing_ok=True)
        self._leave()

    def _leave(self) -> None:
        for folder in (self.folder, self.folder.parent):
            with suppress(OSError):
                folder.rmdir()

    def _digests(self, path: Path) -> NDArray[np.bytes_] | None:
        """Return the digests of the texts of a file, `None` if it is damaged."""
        data = path.read_bytes()
        if _digest(data).hex() != path.stem:
            return None
        rows: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
        return rows["text"].copy() if rows.dtype == self._kind() else None

    def _kind(self) -> np.dtype[Any]:
        return np.dtype([("text", _DIGEST), ("vector", "<f4", (self.dimension,))])
