"""The searchable state of one revision of a library, and the derived files that keep it.

SQLite holds the truth; the FAISS index and the postings here can be lost at any time.  They lie
in a folder of their own for each revision, and `manifest.json`, replaced in one step, says which
folder is current, what it was made from and the checksum of every file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.language import script_of
from index.analysis import terms
from index.lexical import LexicalIndex
from index.store import PassageRow, Store
from index.vectors import VectorIndex

MANIFEST = "manifest.json"
# Raised whenever analysis or a file format changes, so that old files are rebuilt.
_FORMAT = 1
_IDS, _VECTORS, _POSTINGS = "passages.npy", "vectors.faiss", "postings.npz"


@dataclass(frozen=True)
class Snapshot:
    """Passages of one revision with the two indexes over them.

    Row `i` of each index is the passage with id `ids[i]`, int64 (n,), ascending.  `passages` is
    empty in a snapshot that has gone stale and only serves to build the next one from.
    """

    revision: int
    ids: NDArray[np.int64]
    passages: Sequence[PassageRow]
    vectors: VectorIndex
    lexical: LexicalIndex

    @cached_property
    def languages(self) -> frozenset[str | None]:
        """The languages of the passages."""
        return frozenset(p.language for p in self.passages)

    @cached_property
    def by_script(self) -> Sequence[NDArray[np.bool_]]:
        """For each script of the collection, which passages are written in it, bool (n,)."""
        scripts = np.array([script_of(p.language) for p in self.passages])
        return [scripts == script for script in np.unique(scripts)]


def build(store: Store, dimension: int, previous: Snapshot | None = None) -> Snapshot:
    """Index the present passages; those that `previous` holds are not analysed again.

    Call within `store.reading()`, so that passages and vectors are of one state.
    """
    passages = store.passages()
    ids = np.array([p.id for p in passages], np.int64)
    if previous is None:
        empty = np.zeros((0, dimension), np.float32)
        previous = Snapshot(0, ids[:0], (), VectorIndex.build(empty), LexicalIndex.build([]))
    newest = int(previous.ids[-1]) if len(previous.ids) else 0
    keep = np.flatnonzero(np.isin(previous.ids, ids))
    documents = [terms(store.text(p), p.language) for p in passages if p.id > newest]
    return Snapshot(
        store.revision,
        ids,
        passages,
        previous.vectors.extended(keep, store.vectors(dimension, after=newest)),
        previous.lexical.extended(keep, documents),
    )


def save(snapshot: Snapshot, folder: Path, fingerprint: str) -> None:
    """Write the indexes below `folder` and make them the current ones."""
    folder.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix=f"revision-{snapshot.revision}-", dir=folder))
    np.save(target / _IDS, snapshot.ids)
    snapshot.vectors.save(target / _VECTORS)
    snapshot.lexical.save(target / _POSTINGS)
    manifest = {
        "format": _FORMAT,
        "encoder": fingerprint,
        "revision": snapshot.revision,
        "passages": len(snapshot.ids),
        "dimension": snapshot.vectors.dimension,
        "folder": target.name,
        "crc32": {name: _checksum(target / name) for name in (_IDS, _VECTORS, _POSTINGS)},
    }
    draft = target / MANIFEST
    draft.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    draft.replace(folder / MANIFEST)
    for old in folder.glob("revision-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)


def load(store: Store, folder: Path, fingerprint: str) -> tuple[Snapshot | None, str | None]:
    """Return the snapshot kept in `folder`, and why it can't serve as it is (`None` if it can).

    A sound snapshot of an older revision comes with "stale": `build` can start from it.  A
    missing or damaged one is `None`.  Call within `store.reading()`.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["format"], manifest["encoder"]) != (_FORMAT, fingerprint):
            return None, "made by another version or encoder"
        home = folder / str(manifest["folder"])
        if any(_checksum(home / name) != crc for name, crc in manifest["crc32"].items()):
            return None, "damaged"
        ids = np.load(home / _IDS, allow_pickle=False)
        vectors, lexical = VectorIndex.load(home / _VECTORS), LexicalIndex.load(home / _POSTINGS)
        revision = int(manifest["revision"])
    except FileNotFoundError:
        return None, "missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None, "damaged"
    if revision != store.revision:
        return Snapshot(revision, ids, (), vectors, lexical), "stale"
    passages = store.passages()
    if [p.id for p in passages] != ids.tolist():
        return None, "damaged"
    return Snapshot(revision, ids, passages, vectors, lexical), None


def _checksum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
