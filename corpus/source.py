"""What is to be read, whatever it came from: a label, a kind, and a way to its bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from corpus.errors import DalilError
from corpus.profiles.profile import FOLDER as PROFILES
from corpus.profiles.profile import Profile

# No news article comes near; what is larger is a mistake that would fill the memory.
MAX_BYTES = 64 * 2**20
# By this file a folder is a library's, and these are its own (docs/architecture.md).
_LIBRARY = "library.sqlite"
_OWN = {
    _LIBRARY,
    f"{_LIBRARY}-wal",
    f"{_LIBRARY}-shm",
    "write.lock",
    "reindex.lock",
    "derived",
    PROFILES,
}
# Kinds that are read as they come, compressed or not.
_ARCHIVES = {".warc", ".wet"}


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read, which may hold one article or many.

    `label` is its name for people, `identity` names the articles in it that have no id or address
    of their own, and `kind` is the suffix that says its format, in lower case with its dot, empty
    where there is none. `open` returns its bytes from the first on, each time anew; it raises
    `OSError` or `ValueError` where the system does not let us read. `url` is where a page was
    found, and `profiles` are of the sites whose pages may be in it.
    """

    label: str
    identity: str
    kind: str
    open: Callable[[], BinaryIO]
    url: str | None = None
    profiles: tuple[Profile, ...] = ()

    def content(self) -> bytes:
        """Return all bytes, at most `MAX_BYTES`; raises `DalilError`."""
        try:
            with self.open() as stream:
                data = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            raise DalilError(cannot_read(error)) from error
        if len(data) > MAX_BYTES:
            raise DalilError(
                f"The file is larger than {MAX_BYTES // 2**20} MiB; "
                "split it, or put its articles into a .jsonl file, one on a line."
            )
        return data


def file_source(path: str) -> Source:
    """Return a file as a source: labelled with its path as given, identified by its absolute one.

    >>> found = file_source("./news/خبر.MD")
    >>> found.label, found.kind, found.identity.endswith("/news/خبر.MD")
    ('./news/خبر.MD', '.md', True)
    """
    file = Path(path)
    identity = os.path.normpath(file.absolute())
    return Source(path, identity, kind_of(path), lambda: file.open("rb"))


def bytes_source(label: str, content: bytes, kind: str | None = None) -> Source:
    """Return bytes as a source that is known by its label alone, of the label's kind unless told.

    >>> found = bytes_source("خبر.txt", "نص".encode())
    >>> found.identity, found.kind, found.content().decode()
    ('خبر.txt', '.txt', 'نص')
    """
    suffix = kind_of(label) if kind is None else kind
    return Source(label, label, suffix, lambda: BytesIO(content))


def members(folder: str, refused: Callable[[OSError], None] | None = None) -> Iterator[str]:
    """Yield the files below a folder in sorted order, without hidden ones and a library's own.

    `refused` is told of folders that cannot be listed.
    """
    for parent, folders, files in os.walk(folder, onerror=refused):
        # Whoever keeps a library among the articles does not want its indexes read as some.
        own = _OWN if _LIBRARY in files else set()
        folders[:] = sorted(name for name in folders if not (name[0] == "." or name in own))
        for name in sorted(files):
            if not (name[0] == "." or name in own):
                # Not by `Path`, which would drop the "./" that the user gave.
                yield parent.rstrip(os.sep) + os.sep + name


def kind_of(name: str) -> str:
    """Return the suffix of a file's name in lower case, empty where it has none.

    That of a web archive counts without the one that says that it is compressed.

    >>> kind_of("archive/News.HTML"), kind_of("خبر"), kind_of(".txt"), kind_of("a.warc.gz")
    ('.html', '', '', '.warc')
    """
    path = PurePosixPath(name)
    before = PurePosixPath(path.stem).suffix.lower()
    kind = path.suffix.lower()
    return before if kind == ".gz" and before in _ARCHIVES else kind


def cannot_read(error: OSError | ValueError) -> str:
    """Return the sentence for a file the system does not let us read, or name (a NUL in it)."""
    reason = str(getattr(error, "strerror", None) or error)
    return f"The file cannot be read ({reason}); check its name and its permissions."
