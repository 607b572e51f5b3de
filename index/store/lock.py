"""A library's folder and its locks: one writer at a time, one re-encoding, any readers."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import DalilError
from index.store.faults import read_only

WRITE_LOCK = "write.lock"
# Held for a whole re-encoding, which takes the write lock only at its end.
REINDEX_LOCK = "reindex.lock"
# Held together by all who search for others and want to see what comes at once.
_SERVED = Path("derived", "served.lock")
_BUSY = {
    WRITE_LOCK: "Another process is writing to this library; waiting for it to finish.",
    REINDEX_LOCK: "Another process is re-encoding this library; waiting for it to finish.",
}


@contextmanager
def write_lock(home: Path, *, wait: bool = False, name: str = WRITE_LOCK) -> Iterator[bool]:
    """Try to hold one of the library's locks, which the system frees when a process dies."""
    try:
        handle = os.open(home / name, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise read_only(home / name) from error
        raise DalilError(
            f"The library {home} cannot be written ({error.strerror}). "
            "Check the folder's permissions."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            held = True
        except BlockingIOError:
            held = False
        yield held
    finally:
        os.close(handle)


@contextmanager
def writing(home: Path, say: Callable[[str], None], name: str = WRITE_LOCK) -> Iterator[None]:
    """Hold the lock for the block; tell with `say` when its holder must end first."""
    with write_lock(home, name=name) as held:
        if held:
            yield
            return
        say(_BUSY[name])
    with write_lock(home, wait=True, name=name):
        yield


@contextmanager
def serving(home: Path) -> Iterator[None]:
    """Let whoever writes know during the block, if it can be, that others wait for what comes."""
    handle = None
    with suppress(OSError):
        (home / _SERVED).parent.mkdir(exist_ok=True)
        handle = os.open(home / _SERVED, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(handle, fcntl.LOCK_SH)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_served(home: Path) -> bool:
    """Tell whether others wait for what comes."""
    if not (home / _SERVED).exists():
        return False
    with write_lock(home, name=str(_SERVED)) as free:
        return not free


def make_folder(home: Path) -> None:
    """Make the folder of a library, which only its owner may enter, for good if it is not there."""
    if home.is_dir():
        return
    from index.store.tables.making import sync_folder

    missing = [each for each in (home, *home.parents) if not each.exists()]
    try:
        # What people ask is kept here, so other users of the machine are kept out.
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in missing:
            sync_folder(each.parent)
    except OSError as error:
        raise DalilError(
            f"The folder {home} cannot be made ({error.strerror}). Choose another with --home."
        ) from error


def silent(message: str) -> None:
    """Drop a message for people, where there are none to read it."""
