"""Processes that read files and may die of them, each for many files and started when needed.

There are two, so that a page that somebody waits for never stands behind a slow PDF.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cache, lru_cache
from io import BytesIO
from threading import Lock, Timer
from typing import IO, NamedTuple, cast
from weakref import WeakSet

import msgspec

from corpus.confined.limits import LIMITS, QUICK, QUICK_BYTES, Limits
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.profiles.profile import Profile
from corpus.source import Source

# Those that this program started, and that may still run.
_started: WeakSet[subprocess.Popen[bytes]] = WeakSet()
_START = "import sys; sys.path[:] = sys.argv[1:]; import corpus.confined.child as c; c.serve()"


class _Reply(NamedTuple):
    entries: list[Entry]
    # The sentence that ended the reading, if one did.
    error: str | None


class EndedError(Exception):
    """A process ended without a reply; `spent` says that the file had all the time it may have."""

    def __init__(self, late: bool, code: int | None, limits: Limits) -> None:
        self.spent = late or code == -signal.SIGXCPU
        if self.spent:
            work = f"{limits.processor_seconds} seconds of work"
            spent = f"{limits.seconds:g} seconds" if late else work
            super().__init__(
                f"Reading the file took longer than {spent} and was stopped; "
                "split it, or save its text and add that."
            )
            return
        how = f"signal {-code}" if code and code < 0 else f"code {code}"
        super().__init__(
            f"The file ended the process that read it ({how}); it may be damaged or made to do "
            "so: save its text and add that."
        )


class ReadingProcess:
    """Reads sources one after another in a process of its own, and starts another when it died.

    Bytes go in and fields come out as JSON, which can say nothing but words and numbers. Safe for
    threads: one waits for the other.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def read(self, read: Callable[[Source], Iterator[Entry]], source: Source) -> Iterator[Entry]:
        """Yield what the function `read` of a module finds in a source.

        Raises `DalilError` with its sentence, or one that says which limit the file met.
        """
        content = source.content()
        head = {
            "module": read.__module__,
            "name": read.__qualname__,
            "label": source.label.encode("utf-8", "replace").decode(),
            "kind": source.kind,
            "url": source.url,
            "profiles": _written(source.profiles),
            "bytes": len(content),
            "limits": asdict(self._limits),
        }
        with self._lock:
            reply = self._ask(json.dumps(head).encode() + b"\n", content)
        yield from reply.entries
        if reply.error:
            raise DalilError(reply.error)

    def close(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            self._end()

    def _ask(self, head: bytes, content: bytes) -> _Reply:
        """Return the reply to a request; only a process that read nothing before proves a fault.

        One that has read other files may have been ended from outside, or be full of them.
        """
        used = self._process is not None
        try:
            return self._ask_once(head, content)
        except EndedError as end:
            if not used or end.spent:
                raise DalilError(str(end)) from None
        try:
            return self._ask_once(head, content)
        except EndedError as end:
            raise DalilError(str(end)) from None

    def _ask_once(self, head: bytes, content: bytes) -> _Reply:
        process = self._running()
        late: list[bool] = []

        def stop() -> None:
            late.append(True)
            process.kill()

        timer = Timer(self._limits.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            requests = cast("IO[bytes]", process.stdin)
            requests.write(head)
            requests.write(content)
            requests.flush()
            data = self._answer(cast("IO[bytes]", process.stdout))
            if data is not None:
                return msgspec.convert(json.loads(data), _Reply)
        except (OSError, ValueError, RecursionError, msgspec.ValidationError):
            # Whatever it sent is no reply.
            pass
        finally:
            timer.cancel()
        # Its output ends a moment before it does, and how it ends says why.
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
        self._end()
        raise EndedError(bool(late), process.returncode, self._limits)

    def _answer(self, stream: IO[bytes]) -> bytes | None:
        size = stream.readline(21).strip()
        if not size.isdigit() or int(size) > 2 * self._limits.reply:
            return None
        data = stream.read(int(size))
        return data if len(data) == int(size) else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = started()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        end(process)


def started() -> subprocess.Popen[bytes]:
    """Start a process that reads what it is asked to."""
    process = subprocess.Popen(
        [sys.executable, "-c", _START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Threads of number libraries reserve memory that the limit would count.
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    _started.add(process)
    return process


def abandon() -> None:
    """End every such process, whatever it reads, for a program that ends without waiting."""
    for process in list(_started):
        process.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it does, and close what led to it."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            try:
                stream.close()
            except OSError:
                continue


def read_confined(
    read: Callable[[Source], Iterator[Entry]], source: Source, *, quick: bool = False
) -> Iterator[Entry]:
    """Yield what `read` finds in a source, in a process that all confined reading shares.

    What is `quick` and no larger than `QUICK_BYTES` has one to itself, and `QUICK` limits.
    """
    content = source.content()
    quick = quick and len(content) <= QUICK_BYTES
    held = replace(source, open=lambda: BytesIO(content))
    # A process that was forked off gets its own: two must not write into one pipe.
    yield from _shared(os.getpid(), quick).read(read, held)


@cache
def _shared(owner: int, quick: bool) -> ReadingProcess:
    return ReadingProcess(QUICK if quick else LIMITS)


# A folder of pages is read with the same profiles from the first to the last.
@lru_cache(maxsize=8)
def _written(profiles: tuple[Profile, ...]) -> str:
    return json.dumps([asdict(profile) for profile in profiles])


def function_named(module: str, name: str) -> Callable[[Source], Iterator[Entry]]:
    """Return the function that the other side named."""
    found: Callable[[Source], Iterator[Entry]] = getattr(importlib.import_module(module), name)
    return found
