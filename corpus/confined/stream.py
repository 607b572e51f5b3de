"""Archives of any size, read in a process of their own that asks for the bytes it needs."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from threading import Event, Lock, Thread
from typing import IO, Any, BinaryIO, Protocol, cast

import msgspec

from corpus.confined.limits import LIMITS, Limits
from corpus.confined.process import EndedError, end, started
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.source import Source, cannot_read

_LOOK_SECONDS = 0.25
_LOCK = Lock()
_LONGEST_LINE = 64
_MOST_ASKED = 2**24


class ArchiveReader(Protocol):
    """Finds the articles of an archive."""

    __module__: str
    __qualname__: str

    def __call__(self, source: Source, /, after: int = 0) -> Iterator[Entry]:
        """Yield entries of records behind the one numbered `after`.

        One without anything but its line says that its record is read from now on, and names the
        record that is to blame if nothing more is heard.
        """


def read_streamed(read: ArchiveReader, source: Source, limits: Limits = LIMITS) -> Iterator[Entry]:
    """Yield what `read` finds in an archive, which is never held whole.

    A record that ends the process that reads it, or takes too long, is named, and the rest is read
    by another process. Raises `DalilError` with the sentence that ended the reading.
    """
    after, deaths, left, begun = 0, 0, limits.texts, False
    while True:
        try:
            for entry, size in _Reading(read, source, after, limits).entries():
                after = entry.line or after
                left -= size
                if left < 0:
                    raise DalilError(
                        f"The archive holds more than {limits.texts // 2**20:,} MiB of text; "
                        "split it into more."
                    )
                if entry.values is not None or entry.error or entry.skipped:
                    yield entry
                    begun = False
                else:
                    begun = True
            return
        except EndedError as ended:
            deaths += 1
            if deaths > limits.deaths or not begun:
                raise DalilError(str(ended)) from None
            yield Entry(None, after, str(ended))


class _Reading:
    """One process that reads an archive, from a record on."""

    def __init__(self, read: ArchiveReader, source: Source, after: int, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._head = {
            "module": read.__module__,
            "name": read.__qualname__,
            "label": source.label.encode("utf-8", "replace").decode(),
            "kind": source.kind,
            "limits": asdict(limits),
            "after": after,
            "told": True,
            "profiles": [asdict(profile) for profile in source.profiles],
        }

    def entries(self) -> Iterator[tuple[Entry, int]]:
        """Yield entries with their sizes; raises `EndedError` where the process ended."""
        try:
            with self._source.open() as stream:
                yield from self._told(stream)
        except (OSError, ValueError) as error:
            raise DalilError(cannot_read(error)) from error

    def _told(self, stream: BinaryIO) -> Iterator[tuple[Entry, int]]:
        process = _taken()
        done = False
        watch = _Watch(process, self._limits.seconds)
        requests, replies = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        try:
            _write(requests, json.dumps(self._head).encode() + b"\n")
            while message := self._message(replies):
                kind, *numbers = message
                if kind == b"R":
                    stream.seek(numbers[0])
                    data = stream.read(min(numbers[1], _MOST_ASKED))
                    _write(requests, b"%d\n" % len(data) + data)
                    continue
                content = replies.read(numbers[0])
                if len(content) < numbers[0]:
                    break
                if kind == b"D":
                    done = True
                    if error := _decoded(content, str | None):
                        raise DalilError(error)
                    return
                entry = _decoded(content, Entry)
                if entry is None:
                    break
                # Whoever takes the entry may do so at leisure.
                watch.pause()
                yield entry, len(content)
                watch.go_on()
            # Its output ends a moment before it does, and how it ends says why.
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
        finally:
            late = watch.close()
            _given_back(process) if done else end(process)
        raise EndedError(late, process.returncode, self._limits)

    def _message(self, replies: IO[bytes]) -> tuple[bytes, int, int] | tuple[bytes, int] | None:
        """Return the next message's kind and numbers, `None` where what comes is none."""
        kind, *numbers = replies.readline(_LONGEST_LINE).split() or [b""]
        if not all(number.isdigit() for number in numbers):
            return None
        if kind == b"R" and len(numbers) == 2:
            return kind, int(numbers[0]), int(numbers[1])
        told = kind in (b"E", b"D") and len(numbers) == 1 and int(numbers[0]) <= self._limits.reply
        return (kind, int(numbers[0])) if told else None


def _taken() -> subprocess.Popen[bytes]:
    """Return a process that waits for work, or a new one."""
    waiting = _waiting(os.getpid())
    with _LOCK:
        process = waiting.pop() if waiting else None
    if process is not None and process.poll() is not None:
        end(process)
        process = None
    return process or started()


def _given_back(process: subprocess.Popen[bytes]) -> None:
    """Keep one process for the next archive: it takes as long to start as some pages to read."""
    waiting = _waiting(os.getpid())
    with _LOCK:
        kept = not waiting
        if kept:
            waiting.append(process)
    if not kept:
        end(process)


@cache
def _waiting(owner: int) -> list[subprocess.Popen[bytes]]:
    # A process that was forked off has none of its own yet.
    return []


class _Watch:
    """Ends a process that lets one entry wait for longer than it may."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._seconds = process, seconds
        self._late = False
        self._closed = Event()
        self.go_on()
        Thread(target=self._look, name="archive", daemon=True).start()

    def go_on(self) -> None:
        self._until = time.monotonic() + self._seconds

    def pause(self) -> None:
        self._until = float("inf")

    def close(self) -> bool:
        """Look no more; return whether the process was ended."""
        self._closed.set()
        return self._late

    def _look(self) -> None:
        while not self._closed.wait(_LOOK_SECONDS):
            if time.monotonic() > self._until:
                self._late = True
                self._process.kill()
                return


def _write(stream: IO[bytes], data: bytes) -> None:
    # A process that has ended is noticed when it is read from.
    with suppress(BrokenPipeError):
        stream.write(data)
        stream.flush()


def _decoded(content: bytes, kind: Any) -> Any:  # noqa: ANN401 - it is the kind that is asked for
    try:
        return msgspec.convert(json.loads(content), kind)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return None
