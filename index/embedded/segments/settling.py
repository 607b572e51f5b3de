"""Putting the parts of an index together after what was added can be found already.

`python -m index.embedded.segments.settling HOME` does so in a process of its own, beside whoever
searches and adds; it ends when its standard input does.  The new parts are written beside the
others, and under the library's write lock they take the place of those that they were made of, if
these are still there.  What a killed process leaves are folders that the next takes away.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.embedded.segments.building import can_wait, settled
from index.embedded.segments.kept import DERIVED, keep, save
from index.embedded.segments.snapshot import (
    Near,
    Part,
    Segment,
    Snapshot,
    kept_by,
    load,
    parts_of,
)
from index.encoder import StaticEncoder, load_bundled
from index.store.database import DATABASE, Store
from index.store.lock import is_served, write_lock

# Held by whoever puts parts together, so that no two do the same.
MERGE_LOCK = "merge.lock"
_DRAFT, _CURRENT = "merging-", "revision-"
# How long one waits for others to end writing before the work is given up.
_TURN_SECONDS, _LOOK_SECONDS = 10.0, 0.02
_NICE = 10


def settle(snapshot: Snapshot, home: Path, fingerprint: str, *, more: bool = False) -> Snapshot:
    """Put the parts of the newest snapshot together and keep them; return it, or what came of it.

    The caller holds the lock of the library in `home`.  Where another process is at it, that is
    left to it; with `more`, which is about to come, to then, unless others search meanwhile.
    """
    if more and can_wait(snapshot) and not is_served(home):
        return snapshot
    folder = home / DERIVED
    with write_lock(folder, name=MERGE_LOCK) as free:
        after = settled(snapshot) if free else None
        if after is None:
            return snapshot
        save(after, folder, fingerprint)
        return after


def settle_beside(home: Path, words: StaticEncoder, seconds: float = _TURN_SECONDS) -> bool:
    """Put together what is kept of the library in `home`; tell if nothing is left to be done.

    Whoever writes meanwhile is waited for at the end, for so many `seconds`.  `words` is the
    bundled encoder.
    """
    folder = home / DERIVED
    with write_lock(folder, name=MERGE_LOCK) as free, closing(Store(home / DATABASE)) as store:
        if not free:
            return False
        for left in folder.glob(_DRAFT + "*"):
            shutil.rmtree(left, ignore_errors=True)
        while (before := _kept(store, folder, words)) and (after := settled(before)):
            if not _put(store, home, before, after, seconds):
                return False
        return True


def _kept(store: Store, folder: Path, words: StaticEncoder) -> Snapshot | None:
    fingerprint = kept_by(folder)
    with store.reading():
        return load(store, folder, fingerprint, words)[0] if fingerprint else None


def _put(store: Store, home: Path, before: Snapshot, after: Snapshot, seconds: float) -> bool:
    """Keep `after` in the place of `before`; tell if it is."""
    folder, fingerprint = home / DERIVED, kept_by(home / DERIVED)
    old = parts_of(before)
    new = [one for one in parts_of(after) if one not in old]
    drafts = keep(new, folder, _DRAFT)
    try:
        with _turn(home, seconds) as held:
            current = _kept(store, folder, before.encoder) if held else None
            found = current and in_place(current, before, after)
            if found is None or kept_by(folder) != fingerprint:
                return False
            for one in new:
                _name(one, folder)
            save(found, folder, fingerprint)
            return True
    finally:
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)


def _name(one: Segment | Near, folder: Path) -> None:
    """Give a draft the name of what is current."""
    if one.files:
        name = one.files.folder.replace(_DRAFT, _CURRENT, 1)
        (folder / one.files.folder).rename(folder / name)
        one.files = one.files._replace(folder=name)


def in_place(current: Snapshot, before: Snapshot, after: Snapshot) -> Snapshot | None:
    """Return `current` with what `after` has made of parts of `before`, `None` if it cannot be.

    Meanwhile passages may have come and gone, but the parts must not have been put together by
    another.
    """
    if current.restored != before.restored:
        # Of another library maybe, whose ids mean other passages.
        return None
    made = [part.segment for part in after.parts if part.segment not in parts_of(before)]
    stay = {_folder(part.segment) for part in after.parts} - {_folder(each) for each in made}
    used = {_folder(part.segment) for part in before.parts} - stay
    left = [part for part in current.parts if _folder(part.segment) not in used]
    there = [part for part in current.parts if _folder(part.segment) in used]
    ids = [part.segment.passages.ids[part.live] for part in there]
    alive = np.concatenate([np.zeros(0, np.int64), *ids])
    parts = [Part(each, np.isin(each.passages.ids, alive)) for each in made]
    if made and not len(alive):
        return None
    both = sorted((part for part in (*left, *parts) if part.count), key=lambda part: _ids(part)[0])
    if any(_ids(one)[1] >= _ids(following)[0] for one, following in pairwise(both)):
        return None
    near = current.near_tokens
    if near.files == before.near_tokens.files:
        near = after.near_tokens
    return replace(current, parts=both or current.parts, near_tokens=near)


def _ids(part: Part) -> tuple[int, int]:
    """Return the lowest and the highest id of a part, of what is gone too."""
    ids = part.segment.passages.ids
    return int(ids[0]), int(ids[-1])


def _folder(segment: Segment) -> str:
    return segment.files.folder if segment.files else ""


@contextmanager
def _turn(home: Path, seconds: float) -> Iterator[bool]:
    """Hold the library's write lock for the block, if it can be had within so many seconds."""
    end = time.monotonic() + seconds
    while True:
        with write_lock(home) as held:
            if held or time.monotonic() > end:
                yield held
                return
        time.sleep(_LOOK_SECONDS)


def main(arguments: Sequence[str]) -> int:
    """Put together what is kept of the library in the folder named; 0 if nothing is left."""
    os.nice(_NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return int(not settle_beside(Path(arguments[0]), load_bundled()))


def _end_with_parent() -> None:
    # Without Python's buffer, whose lock would be held when the process ends by itself.
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
