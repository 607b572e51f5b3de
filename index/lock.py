"""The write lock of a library: one writer at a time, however many readers."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import DalilError

_LOCK = "write.lock"


@contextmanager
def write_lock(home: Path, *, wait: bool = False) -> Iterator[bool]:
    """Try to hold the library's write lock, which the system frees when a process dies."""
    try:
        handle = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
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
def writing(home: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the write lock for the block; tell with `say` when another writer must end first."""
    with write_lock(home) as held:
        if held:
            yield
            return
        say("Another process is writing to this library; waiting for it to finish.")
    with write_lock(home, wait=True):
        yield
