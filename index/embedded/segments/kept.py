"""The derived files of a library: a snapshot's parts are written, and made the current ones.

SQLite holds the truth; the FAISS indexes and the postings here can be lost at any time.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from corpus.errors import DalilError
from index.embedded.postings import load_arrays
from index.embedded.segments.snapshot import (
    FORMAT,
    MANIFEST,
    PASSAGES,
    Files,
    Near,
    Segment,
    Snapshot,
    checksum,
    parts_of,
)

DERIVED = "derived"


def save(snapshot: Snapshot, folder: Path, fingerprint: str) -> None:
    """Write what is in no file yet below `folder`, and make it all the current index.

    `fingerprint` is that of the encoder whose vectors they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    some = parts_of(snapshot)
    made = keep(some, folder, f"revision-{snapshot.revision}-")
    try:
        _write(folder / MANIFEST, _manifest(snapshot, fingerprint))
    except BaseException:
        for one in made:
            shutil.rmtree(one, ignore_errors=True)
        raise
    current = {one.files.folder for one in some if one.files}
    for old in folder.glob("revision-*"):
        if old.is_file():
            # A manifest that was being written when its process was killed.
            with suppress(OSError):
                old.unlink()
        elif old.name not in current:
            shutil.rmtree(old, ignore_errors=True)


def newest_in(folder: Path) -> int:
    """Return the highest id of a passage in what is kept in `folder`, 0 if that is not known."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        last = Files(*manifest["segments"][-1]).folder
        ids = load_arrays(folder / last / PASSAGES, ["ids"])["ids"]
        return int(ids[-1]) if len(ids) else 0
    except (OSError, ValueError, LookupError, TypeError):
        return 0


@contextmanager
def telling(home: Path) -> Iterator[None]:
    """Raise `DalilError` for what the block cannot write of the index of the library in `home`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        # FAISS tells of a full disk by a `RuntimeError`, whose text is its source's.
        why = error.strerror if isinstance(error, OSError) else "the index cannot be written"
        raise DalilError(
            f"The search index of {home} could not be kept ({why}). The articles are safe; make "
            "room or mend the disk, and it is built when the library is next opened."
        ) from error


def keep(some: Sequence[Segment | Near], below: Path, prefix: str) -> list[Path]:
    """Write those into folders of their own that are in none; return the folders made.

    Their names begin with `prefix`.  What was made is taken away again if it cannot be finished.
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
            _open(one, below, one.files)
    except BaseException:
        # What is left of it would take the room that is missing.
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def _open(one: Segment | Near, below: Path, files: Files) -> None:
    """Open what was just written in the place of what was built.

    An import of a million passages would else hold all that it has indexed in memory.
    """
    with suppress(OSError, ValueError, RuntimeError):
        vars(one).update(vars(type(one).load(below, files)))


def _manifest(snapshot: Snapshot, fingerprint: str) -> dict[str, Any]:
    gone = snapshot.passages.ids[~snapshot.passages.there]
    return {
        "format": FORMAT,
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
            json.dump(manifest, draft)
            draft.close()
            Path(draft.name).replace(file)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
