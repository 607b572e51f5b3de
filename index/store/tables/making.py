"""A library's file comes into being whole, so that nobody opens half of one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def make_whole(path: Path, make: Callable[[Path], None]) -> None:
    """Let `make` fill an empty file beside `path`, and put it there unless another came first.

    Where files cannot have two names, as on some network drives, nothing is done.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with suppress(OSError):
        draft.touch()
        try:
            make(draft)
            path.hardlink_to(draft)
            sync_folder(path.parent)
        finally:
            draft.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a file that is synced can else lose its own."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
