"""The derived files of a library: a snapshot's parts, and which of them are current.

SQLite holds the truth; the FAISS indexes and the postings here can be lost at any time.  They lie
in folders that never change, and `manifest.json`, replaced in one step, says which of them are
current, what they were made from and the checksum of every file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from index.embedded.segments.segment import Files, Near, Part, Segment, keep
from index.embedded.segments.snapshot import Snapshot
from index.encoder import StaticEncoder
from index.store.database import Store
from index.store.origins import RESTORED

MANIFEST = "manifest.json"
# Raised whenever analysis or a file format changes, so that old files are rebuilt.
_FORMAT = 7


def save(snapshot: Snapshot, folder: Path, fingerprint: str) -> None:
    """Write what is in no file yet below `folder`, and make it all the current index.

    `fingerprint` is that of the encoder whose vectors they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    some = _parts_of(snapshot)
    made = keep(some, folder, f"revision-{snapshot.revision}-")
    try:
        _write(folder / MANIFEST, _manifest(snapshot, fingerprint))
    except BaseException:
        for one in made:
            shutil.rmtree(one, ignore_errors=True)
        raise
    current = {one.files.folder for one in some if one.files}
    for old in folder.glob("revision-*"):
        if old.name not in current:
            shutil.rmtree(old, ignore_errors=True)


def _manifest(snapshot: Snapshot, fingerprint: str) -> dict[str, Any]:
    gone = snapshot.passages.ids[~snapshot.passages.there]
    return {
        "format": _FORMAT,
        "encoder": fingerprint,
        "tokens": snapshot.encoder.fingerprint,
        "revision": snapshot.revision,
        "restored": snapshot.restored,
        "passages": len(snapshot.passages),
        "dimension": snapshot.vectors.dimension,
        "segments": [part.segment.files for part in snapshot.parts],
        "gone": gone.tolist(),
        "neighbours": snapshot.near_tokens.files,
    }


def _write(file: Path, manifest: dict[str, Any]) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, prefix="revision-", delete=False
    ) as draft:
        try:
            json.dump(manifest, draft, indent=1)
            draft.close()
            Path(draft.name).replace(file)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


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
    text = ""
    while True:
        found, reason = _load(store, folder, (fingerprint, encoder), previous)
        before, text = text, _read(folder)
        # Who writes takes away what the manifest names no more, maybe before it could be opened.
        if reason != "missing" or text == before:
            return found, reason


def _read(folder: Path) -> str:
    try:
        return (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _load(
    store: Store, folder: Path, made_by: tuple[str, StaticEncoder], previous: Snapshot | None
) -> tuple[Snapshot | None, str | None]:
    fingerprint, encoder = made_by
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        # One of another version may lack what this one writes.
        made = tuple(manifest.get(name) for name in ("format", "encoder", "tokens"))
        if made != (_FORMAT, fingerprint, encoder.fingerprint):
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
    some = _parts_of(snapshot) if snapshot else []
    return {one.files.folder: one for one in some if one.files}


def _parts_of(snapshot: Snapshot) -> list[Segment | Near]:
    """Return what has a folder of its own."""
    return [*(part.segment for part in snapshot.parts), snapshot.near_tokens]
