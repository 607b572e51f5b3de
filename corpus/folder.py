"""What lies in a folder of articles now, so that it can be followed: its files, with stamps."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import InputError
from corpus.readers.formats import KINDS
from corpus.source import kind_of, members

# Size, time of the last change of content and of anything, in nanoseconds, and the inode.
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of known kinds below a folder, in sorted order, each with its stamp.

    Files are named by their absolute paths, without hidden ones.  A file whose stamp is the same is
    the same file with the same content; `None` stands for one that cannot be looked at.  `unread`
    are folders below, or the folder itself, that could not be listed, each with the reason: of what
    lies in them nothing is known.
    """

    folder: str
    files: Mapping[str, Stamp | None]
    unread: Mapping[str, str]

    def gone(self, file: str) -> bool:
        """Return if a file that was in the folder is surely there no more.

        Files of kinds that are not listed, and those of folders that cannot be read, are not.
        """
        if file in self.files or any(within(file, folder) for folder in self.unread):
            return False
        try:
            os.lstat(file)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except (OSError, ValueError):
            return False
        return False


def check_folders(folders: Sequence[Path]) -> None:
    """Raise `InputError` for paths of files; a folder may be missing for the moment."""
    for folder in folders:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is no folder; only folders can be followed.")


def list_folder(folder: str) -> Listing:
    """Return what lies in a folder, whose path is absolute; one that is not there is unread."""
    unread: dict[str, str] = {}

    def refused(error: OSError) -> None:
        unread[str(error.filename or folder)] = error.strerror or str(error)

    files = {file: _stamp(file) for file in members(folder, refused) if kind_of(file) in KINDS}
    return Listing(folder, files, unread)


def within(file: str, folder: str) -> bool:
    """Return if a path lies below a folder, or is it.

    >>> within("/news/a.txt", "/news"), within("/newsroom/a.txt", "/news"), within("/a", "/")
    (True, False, True)
    """
    return file == folder or file.startswith(folder.rstrip(os.sep) + os.sep)


def _stamp(file: str) -> Stamp | None:
    try:
        found = os.stat(file)  # noqa: PTH116 - thousands of files, looked at every few seconds
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
