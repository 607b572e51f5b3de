"""What is open on a library's file while other processes may make, replace or delete that file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from corpus.errors import DalilError

# Device and inode; of a file that may only be read, when it was written and its size too.
FileId = tuple[int, ...]


class Closable(Protocol):
    """Something that holds a file open until it is closed."""

    def close(self) -> None:
        """Let go of the file; the thread that opened it calls this."""


Opened = TypeVar("Opened", bound=Closable)


class Reopening(Generic[Opened]):
    """Keeps something open on a file, and opens it anew when another file has taken its place.

    Each thread has its own, as SQLite's connections must.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "خبر.txt")
    ...     texts = Reopening(path, lambda file: path.open(encoding="utf-8"))
    ...     before = texts.current()
    ...     _ = path.write_text("السوق مغلق.", encoding="utf-8")
    ...     now = texts.current().read()
    ...     texts.close()
    >>> before, now
    (None, 'السوق مغلق.')
    """

    def __init__(self, path: Path, open_on: Callable[[FileId], Opened]) -> None:
        self._path, self._open_on = path, open_on
        self._local = threading.local()

    def current(self) -> Opened | None:
        """Return what is open on the file that lies there now, `None` while there is none.

        What this thread had open on another file is closed first.  Raises what opening raises, and
        `DalilError` where the file cannot be looked at; the next call tries again.
        """
        file = file_id(self._path)
        held = self._held()
        if held is not None and held[0] == file:
            return held[1]
        self.close()
        if file is None:
            return None
        opened = self._open_on(file)
        self._local.held = (file, opened)
        return opened

    def close(self) -> None:
        """Close what this thread has open, if anything."""
        held = self._held()
        self._local.held = None
        if held is not None:
            held[1].close()

    def _held(self) -> tuple[FileId, Opened] | None:
        held: tuple[FileId, Opened] | None = getattr(self._local, "held", None)
        return held


def file_id(path: Path) -> FileId | None:
    """Return which file lies at `path`, `None` if there is none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DalilError(
            f"The library at {path.parent} cannot be opened ({error.strerror}). "
            "Check the folder's permissions."
        ) from error
    from index.store.connection import is_frozen

    # What is opened as a file that nobody writes would not see what somebody else writes.
    written = (found.st_mtime_ns, found.st_size) if is_frozen(path) else ()
    return found.st_dev, found.st_ino, *written
