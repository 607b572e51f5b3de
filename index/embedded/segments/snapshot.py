"""The searchable state of one revision of a library: how it is opened, and what it shows.

It is made of parts, passages that were indexed together, in files that never change and that
revisions share.  The files lie in folders of their own, and `manifest.json`, replaced in one step,
says which of them are current, what they were made from and the checksum of every file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.neighbours import Neighbours, moved_on
from index.embedded.passages import PassageTable
from index.embedded.postings import load_arrays, save_arrays
from index.embedded.segments.joined import JoinedVectors, join_texts
from index.embedded.soft import Places
from index.embedded.texts import TextIndex, Texts
from index.embedded.tokens import places_in
from index.embedded.vectors import VectorIndex, nearest
from index.embedded.vectors import Vectors as Searched
from index.encoder import StaticEncoder
from index.encoder.pieces import smallest
from index.encoder.protocol import Vectors
from index.store.database import Store
from index.store.origins import RESTORED

MANIFEST = "manifest.json"
# Raised whenever analysis or a file format changes, so that old files are rebuilt.
FORMAT = 8
PASSAGES, VECTORS, _VOCABULARY = "passages", "vectors", "vocabulary"


class Files(NamedTuple):
    """The folder that something is kept in, by its name, and the checksums of its files."""

    folder: str
    crc32: Mapping[str, int]

    def sound(self, below: Path) -> bool:
        """Tell whether every file is there and as it was written."""
        # Most of what opening takes is reading and summing, during which threads run side by side.
        with ThreadPoolExecutor(2) as two:
            found = two.map(checksum, map((below / self.folder).joinpath, self.crc32))
            return [*found] == [*self.crc32.values()]


@dataclass(eq=False)
class Segment:
    """Indexes whose row `i` is the same passage, and the `files` they are kept in, if they are."""

    passages: PassageTable
    vectors: VectorIndex
    texts: TextIndex
    files: Files | None = None

    def __len__(self) -> int:
        return len(self.passages)

    def save(self, folder: Path) -> None:
        """Write the indexes into `folder`."""
        self.passages.save(folder / PASSAGES)
        self.vectors.save(folder / VECTORS)
        self.texts.save(folder)

    @classmethod
    def load(cls, below: Path, files: Files) -> Self:
        """Open what was saved; raise `OSError`, `ValueError` or `RuntimeError` if damaged."""
        folder = below / files.folder
        table = PassageTable.load(folder / PASSAGES)
        found = cls(table, VectorIndex.load(folder / VECTORS), TextIndex.load(folder), files)
        if not len(found.passages) == len(found.vectors) == len(found.texts):
            raise ValueError
        return found


@dataclass(eq=False)
class Near:
    """The neighbours of the tokens `vocabulary` int32 (v,), and the `files` they are kept in."""

    vocabulary: NDArray[np.int32]
    neighbours: Neighbours
    files: Files | None = None

    def save(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        near = self.neighbours
        arrays = {_VOCABULARY: self.vocabulary, "places": near.places, "cosines": near.cosines}
        save_arrays(folder, arrays)

    @classmethod
    def load(cls, below: Path, files: Files) -> Self:
        """Open what was saved; raise `OSError` or `ValueError` if it is damaged."""
        arrays = load_arrays(below / files.folder, (_VOCABULARY, "places", "cosines"))
        return cls(arrays[_VOCABULARY], Neighbours(arrays["places"], arrays["cosines"]), files)


@dataclass(frozen=True)
class Part:
    """A segment, and which of its passages are there, bool (n,)."""

    segment: Segment
    live: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many passages are there."""
        return int(np.count_nonzero(self.live))


@dataclass(frozen=True)
class Snapshot:
    """Passages of one revision with the indexes over them; row `i` of each is the same passage.

    `parts` are what `passages`, `vectors` and `texts` show as one, `near_tokens` the neighbours of
    tokens, which the newest may not be among, `encoder` is the bundled one, by whose tokens the
    texts are indexed.  `restored` tells which backup took the library's place last.
    """

    revision: int
    parts: Sequence[Part]
    near_tokens: Near
    encoder: StaticEncoder
    restored: str | None = None

    @cached_property
    def passages(self) -> PassageTable:
        """What is known of the passages."""
        return PassageTable.joined([part.segment.passages for part in self.parts], self._live)

    @cached_property
    def vectors(self) -> Searched:
        """The vectors of the passages."""
        if self._whole:
            return self.parts[0].segment.vectors
        return JoinedVectors([part.segment.vectors for part in self.parts], self._live)

    @cached_property
    def texts(self) -> Texts:
        """The texts of the passages."""
        if self._whole:
            return self.parts[0].segment.texts
        return join_texts([part.segment.texts for part in self.parts], self._live)

    @cached_property
    def _live(self) -> NDArray[np.bool_]:
        return np.concatenate([part.live for part in self.parts])

    @property
    def _whole(self) -> bool:
        """Whether there is one part, all of it there, which needs no joining."""
        return len(self.parts) == 1 and bool(self._live.all())

    @cached_property
    def token_vectors(self) -> Vectors:
        """Unit vectors of the tokens that occur in the collection, float32 (v, dimension)."""
        return self.encoder.token_vectors(self.texts.tokens.vocabulary)

    @cached_property
    def _since(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Vectors]:
        """Where the tokens with neighbours are now, -1 for none; the new ones, and their vectors.

        int64 (v,), int64 (m,) and float32 (m, dimension).
        """
        known, vocabulary = self.near_tokens.vocabulary, self.texts.tokens.vocabulary
        new = np.flatnonzero(places_in(known, vocabulary) < 0)
        return places_in(vocabulary, known), new, self.encoder.token_vectors(vocabulary[new])

    @property
    def newest(self) -> int:
        """The highest id of a passage, 0 without any."""
        ids = self.parts[-1].segment.passages.ids
        return int(ids[-1]) if len(ids) else 0

    def near(self, ids: NDArray[np.int32]) -> tuple[Places, NDArray[np.float32]]:
        """Return the neighbours of tokens `ids` int32 (t,) in the collection, as `nearest` does."""
        rows = places_in(self.near_tokens.vocabulary, ids)
        kept, known = self.near_tokens.neighbours, rows >= 0
        found, similar = kept.places[rows[known]], kept.cosines[rows[known]]
        places, new, vectors = self._since
        if len(new) or (places < 0).any():
            asked = self.encoder.token_vectors(ids[known])
            found, similar, lost = moved_on(found, similar, places, new, asked @ vectors.T)
            known[np.flatnonzero(known)[lost]] = False
            found, similar = found[~lost], similar[~lost]
        if known.all():
            return found, similar
        others, of_others = nearest(self.encoder.token_vectors(ids[~known]), self.token_vectors)
        width = max(found.shape[1], others.shape[1])
        near, cosines = np.zeros((len(ids), width), np.int64), np.zeros((len(ids), width), "f4")
        for of, by_place, by_cosine in ((known, found, similar), (~known, others, of_others)):
            near[of, : by_place.shape[1]], cosines[of, : by_cosine.shape[1]] = by_place, by_cosine
        return smallest(near), cosines


def load(
    store: Store,
    folder: Path,
    fingerprint: str,
    encoder: StaticEncoder,
    previous: Snapshot | None = None,
) -> tuple[Snapshot | None, str | None]:
    """Return the snapshot kept in `folder`, and why it can't serve as it is (`None` if it can).

    A sound snapshot of an older revision comes with "stale": `build` can start from it.  A
    missing or damaged one is `None`.  What `previous` has open is not opened again.  Call within
    `store.reading()`.
    """
    text = _read(folder)
    while True:
        found, reason = _load(store, folder, (fingerprint, encoder), previous)
        before, text = text, _read(folder)
        # Who writes takes away what the manifest names no more, maybe before it could be opened.
        if found or text == before:
            return found, reason


def _read(folder: Path) -> str:
    try:
        return (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def kept_by(folder: Path) -> str:
    """Return the fingerprint of the encoder whose vectors are kept in `folder`, "" for none."""
    return str(_manifest(folder).get("encoder", ""))


def kept_at(folder: Path) -> int:
    """Return the revision of the snapshot kept in `folder`, 0 for none."""
    revision = _manifest(folder).get("revision")
    return revision if isinstance(revision, int) else 0


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads(_read(folder))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _load(
    store: Store, folder: Path, made_by: tuple[str, StaticEncoder], previous: Snapshot | None
) -> tuple[Snapshot | None, str | None]:
    fingerprint, encoder = made_by
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        # One of another version may lack what this one writes.
        made = tuple(manifest.get(name) for name in ("format", "encoder", "tokens"))
        if made != (FORMAT, fingerprint, encoder.fingerprint):
            return None, "made by another version or encoder"
        opened = _opened(previous)
        files = [Files(*each) for each in (*manifest["segments"], manifest["neighbours"])]
        if not all(each.folder in opened or each.sound(folder) for each in files):
            return None, "damaged"
        segments = [opened.get(each.folder) or Segment.load(folder, each) for each in files[:-1]]
        near = opened.get(files[-1].folder) or Near.load(folder, files[-1])
        gone = np.array(manifest["gone"], np.int64)
        parts = [Part(each, ~np.isin(each.passages.ids, gone)) for each in segments]
        revision = int(manifest["revision"])
        found = Snapshot(revision, parts, near, encoder, manifest["restored"])
        count = len(found.passages)
    except FileNotFoundError:
        return None, "missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None, "damaged"
    if (revision, found.restored) != (store.revision, store.get(RESTORED)):
        return found, "stale"
    return (found, None) if count == store.count_passages() else (None, "damaged")


def _opened(snapshot: Snapshot | None) -> dict[str, Any]:
    some = parts_of(snapshot) if snapshot else []
    return {one.files.folder: one for one in some if one.files}


def parts_of(snapshot: Snapshot) -> list[Segment | Near]:
    """Return what has a folder of its own."""
    return [*(part.segment for part in snapshot.parts), snapshot.near_tokens]


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
