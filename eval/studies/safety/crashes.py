"""What a disk may hold when the power fails, given what was written and what was made durable.

Bytes are durable when their file was synced, names when their folder was.  Of all else the disk
may have kept any part: each write or not, or some of its sectors, and of the names in each folder
the first so many changes.  That is what POSIX allows; usual file systems keep more.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from eval.studies.safety.recording import Change

# What of the writes that were not synced is on the disk: none, all names, all bytes, or any.
WAYS = ("nothing", "names", "bytes", "some", "everything")
_SECTOR = 512
_NAMING = ("create", "mkdir", "rename", "link", "unlink")
_FOLDER = 0


@dataclass(slots=True)
class _File:
    durable: bytes = b""
    pending: list[Change] = field(default_factory=list)


class Disk:
    """A disk that sees changes one after another, and can lose its power at any time."""

    def __init__(self) -> None:
        self._files: dict[int, _File] = defaultdict(_File)
        self._names: dict[str, int] = {}
        self._naming: list[Change] = []

    def see(self, change: Change) -> None:
        """Take a change, or make earlier ones durable."""
        if change.kind in _NAMING:
            self._naming.append(change)
        elif change.kind == "sync_folder":
            for each in self._naming:
                if change.path in _folders(each):
                    _name(self._names, each)
            self._naming = [each for each in self._naming if change.path not in _folders(each)]
        elif change.kind == "sync":
            file = self._files[change.file]
            file.durable, file.pending = _bytes(file.durable, file.pending), []
        elif change.kind != "said":
            self._files[change.file].pending.append(change)

    def lose_power(self, way: str, chance: random.Random) -> dict[str, bytes | None]:
        """Return the files, and `None` for folders, by their paths."""
        names = dict(self._names)
        kept = _kept_names(self._naming, way, chance)
        for each in kept:
            _name(names, each)
        found = dict[str, bytes | None]()
        for path, file in sorted(names.items()):
            parents = [str(each) for each in PurePosixPath(path).parents][:-1]
            if all(found.get(parent, b"") is None for parent in parents):
                found[path] = None if file == _FOLDER else self._left(file, way, chance)
        return found

    def _left(self, number: int, way: str, chance: random.Random) -> bytes:
        file = self._files[number]
        if way in ("nothing", "names"):
            return file.durable
        if way in ("bytes", "everything"):
            return _bytes(file.durable, file.pending)
        some = [part for each in file.pending for part in _torn(each, chance)]
        return _bytes(file.durable, some)


def put(found: dict[str, bytes | None], root: Path) -> None:
    """Write what a disk held into an empty folder."""
    for path, data in found.items():
        if data is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(data)


def _folders(change: Change) -> set[str]:
    """Return the folders whose names a change alters."""
    paths = [change.path] if change.kind != "link" else []
    paths += [change.to] if change.to else []
    parents = {str(PurePosixPath(path).parent) for path in paths}
    return {"" if parent == "." else parent for parent in parents}


def _name(names: dict[str, int], change: Change) -> None:
    if change.kind == "create":
        names[change.path] = change.file
    elif change.kind == "mkdir":
        names[change.path] = _FOLDER
    elif change.kind == "unlink":
        names.pop(change.path, None)
    elif change.path in names:
        names[change.to] = names[change.path]
        if change.kind == "rename":
            del names[change.path]


def _kept_names(naming: Sequence[Change], way: str, chance: random.Random) -> list[Change]:
    if way in ("nothing", "bytes"):
        return []
    if way in ("names", "everything"):
        return list(naming)
    counts = Counter(folder for each in naming for folder in _folders(each))
    left = {folder: chance.randint(0, count) for folder, count in sorted(counts.items())}
    kept = []
    for each in naming:
        if all(left[folder] > 0 for folder in _folders(each)):
            kept.append(each)
        for folder in _folders(each):
            left[folder] -= 1
    return kept


def _torn(change: Change, chance: random.Random) -> list[Change]:
    """Return what of a write is kept: all of it, nothing, or some sectors."""
    fate = chance.random()
    if change.kind == "truncate" or fate < 0.7:
        return [change] if fate < 0.4 else []
    parts = []
    for first in range(0, len(change.data), _SECTOR):
        if chance.random() < 0.5:
            data = change.data[first : first + _SECTOR]
            parts.append(Change("write", file=change.file, offset=change.offset + first, data=data))
    return parts


def _bytes(durable: bytes, writes: Sequence[Change]) -> bytes:
    if not writes:
        return durable
    content = bytearray(durable)
    for each in writes:
        end = each.offset + len(each.data)
        if len(content) < end or (each.kind == "truncate" and len(content) < each.offset):
            content.extend(bytes(max(end, each.offset) - len(content)))
        if each.kind == "truncate":
            del content[each.offset :]
        else:
            content[each.offset : end] = each.data
    return bytes(content)
