"""What a process does to the files below a folder, in order, as the system saw it.

`strace` tells of every call, SQLite's and FAISS's too, so that nothing has to be taken on trust.
Writes through memory maps are not seen: Dalil has none but SQLite's `-shm`, which whoever opens the
library first makes anew.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import regex

from corpus.errors import DalilError

Kind = Literal[
    "create",
    "mkdir",
    "write",
    "truncate",
    "sync",
    "sync_folder",
    "rename",
    "link",
    "unlink",
    "said",
]
_CALLS = (
    "openat,open,creat,write,pwrite64,pwritev,writev,ftruncate,fallocate,fsync,fdatasync,rename,"
    "renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,lseek,sendfile,"
    "copy_file_range"
)
# Longer than anything that is written at once, so that no byte is left out.
_LONGEST = 1 << 24
_LINE = regex.compile(r"\d+ +(?P<name>\w+)\((?P<given>.*)\) += (?P<result>\d+)(?:<[^>]*>)?\Z")
_HALF = regex.compile(r"(?P<id>\d+) +(?P<begun>.*) <unfinished \.\.\.>\Z")
_OTHER_HALF = regex.compile(r"(?P<id>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)\Z")
_PART = regex.compile(r'(?:"[^"]*"(?:\.\.\.)?|<[^>]*>|\[[^\]]*\]|\{[^}]*\}|[^,"<\[{])+')
# What would make the record incomplete without anybody's notice.
_UNKNOWN = ("pwritev", "writev", "copy_file_range", "fallocate")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `path` and `to` are relative to the folder, `file` numbers an inode.

    `sync` makes the bytes of a file durable, `sync_folder` the names in a folder; `said` is what
    the process printed, which is what it has promised by then.
    """

    kind: Kind
    path: str = ""
    to: str = ""
    file: int = 0
    offset: int = 0
    data: bytes = b""


def record(command: Sequence[str], root: Path) -> list[Change]:
    """Run `command` to its end and return what it changed below `root`, an empty folder.

    Raises `DalilError` where there is no strace or it may not be used, and where the command
    fails or writes in a way that is not known here.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "calls")
        traced = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", str(_LONGEST)]
        traced += ["-e", f"trace={_CALLS}", "-o", str(log), *command]
        try:
            done = subprocess.run(traced, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise DalilError(
                "There is no strace here. Install it with: apt install strace"
            ) from error
        if done.returncode or not log.exists():
            why = done.stderr[-500:]
            raise DalilError(f"The command failed, or strace may not be used here. {why}")
        with log.open(encoding="ascii") as lines:
            return list(_Reader(root.resolve()).changes(lines))


class _Reader:
    """Reads the lines of strace; knows which file each descriptor and each name stands for."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._names: dict[str, int] = {}
        self._open: dict[int, int] = {}
        self._position: dict[int, int] = {}
        self._content: dict[int, bytearray] = {}
        self._halves: dict[str, str] = {}

    def changes(self, lines: Iterator[str]) -> Iterator[Change]:
        """Yield what the lines tell, in order."""
        for raw in lines:
            line = raw.rstrip("\n")
            if half := _HALF.match(line):
                self._halves[half["id"]] = half["begun"]
                continue
            if half := _OTHER_HALF.match(line):
                line = f"{half['id']} {self._halves.pop(half['id'])}{half['rest']}"
            if call := _LINE.match(line):
                given = [part.strip() for part in _PART.findall(call["given"])]
                yield from self._change(call["name"], given, int(call["result"]))

    def _change(self, name: str, given: list[str], result: int) -> Iterator[Change]:
        if name in ("openat", "open", "creat"):
            yield from self._opened(given[1:] if name == "openat" else given, result)
        elif name in ("rename", "link", "renameat", "renameat2", "linkat"):
            paths = [self._path(part) for part in _paths(given)]
            yield from self._renamed("link" if name.startswith("link") else "rename", *paths)
        elif name in ("unlink", "unlinkat", "rmdir", "mkdir", "mkdirat"):
            path = self._path(_paths(given)[0])
            if path is not None:
                self._names.pop(path, None)
                yield Change("mkdir" if name.startswith("mkdir") else "unlink", path)
        else:
            yield from self._written(name, given, result)

    def _opened(self, given: list[str], number: int) -> Iterator[Change]:
        path, flags = self._path(_text(given[0]).decode()), given[1] if len(given) > 1 else ""
        self._open.pop(number, None)
        if path is None or "O_DIRECTORY" in flags:
            return
        if path not in self._names:
            if "O_CREAT" not in flags:
                return
            self._names[path] = len(self._content) + 1
            self._content[self._names[path]] = bytearray()
            yield Change("create", path, file=self._names[path])
        file = self._names[path]
        if "O_TRUNC" in flags and self._content[file]:
            self._content[file].clear()
            yield Change("truncate", file=file)
        self._open[number], self._position[number] = file, 0
        if "O_APPEND" in flags:
            self._position[number] = len(self._content[file])

    def _renamed(self, kind: Kind, path: str | None, to: str | None) -> Iterator[Change]:
        if path is None and to is None:
            return
        if path is None or to is None:
            raise DalilError("A file was moved out of the folder, or into it.")
        self._names[to] = self._names[path] if kind == "link" else self._names.pop(path)
        yield Change(kind, path, to)

    def _written(self, name: str, given: list[str], result: int) -> Iterator[Change]:
        number = int(given[0].partition("<")[0])
        if name == "write" and number == 1:
            yield Change("said", data=_text(given[1]))
        where = _text(f'"{given[0].partition("<")[2].rstrip(">")}"').decode()
        file = self._open.get(number)
        if name in ("fsync", "fdatasync"):
            folder = self._path(where)
            if file is not None:
                yield Change("sync", file=file)
            elif folder is not None or f"{where}/" == self._root:
                yield Change("sync_folder", folder or "")
        elif file is not None and f"{where}/".startswith(self._root):
            yield from self._data(name, given, result, file, number)

    def _data(
        self, name: str, given: list[str], result: int, file: int, number: int
    ) -> Iterator[Change]:
        content = self._content[file]
        if name in _UNKNOWN:
            raise DalilError(f"The call {name} is not known here.")
        if name == "lseek":
            self._position[number] = result
        elif name == "ftruncate":
            size = int(given[1])
            content[:] = content[:size].ljust(size, b"\0")
            yield Change("truncate", file=file, offset=size)
        else:
            offset = int(given[3]) if name == "pwrite64" else self._position[number]
            data = self._sent(given, result) if name == "sendfile" else _text(given[1])[:result]
            if name != "pwrite64":
                self._position[number] += len(data)
            _put(content, offset, data)
            if data:
                yield Change("write", file=file, offset=offset, data=data)

    def _sent(self, given: list[str], count: int) -> bytes:
        source = self._open.get(int(given[1].partition("<")[0]))
        if source is None or not given[2].startswith("["):
            raise DalilError("Bytes were copied from a file that is not known here.")
        offset = int(given[2][1:].partition("]")[0])
        return bytes(self._content[source][offset : offset + count])

    def _path(self, path: str) -> str | None:
        return path.removeprefix(self._root) if path.startswith(self._root) else None


def _paths(given: list[str]) -> list[str]:
    """Return the paths that a call was given, each with the folder before it."""
    found, folder = [], ""
    for part in given:
        if part.startswith('"'):
            found.append(os.path.join(folder, _text(part).decode()))  # noqa: PTH118 - "" is none
        elif "<" in part:
            folder = _text(f'"{part.partition("<")[2].rstrip(">")}"').decode()
    return found


def _text(part: str) -> bytes:
    """Return the bytes that strace has written in hexadecimal digits."""
    return bytes.fromhex(part.strip('"').replace("\\x", ""))


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data
