"""The process that reads: a request from standard input, the entries to standard output."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from corpus.confined.limits import Limits
from corpus.confined.process import function_named
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.source import bytes_source


def serve() -> None:
    """Answer requests until standard input ends, each within its limits."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not stand between replies.
    os.dup2(2, 1)
    _limit(resource.RLIMIT_CORE, 0)
    # No reader writes a file.
    _limit(resource.RLIMIT_FSIZE, 0)
    while head := requests.readline():
        request = json.loads(head)
        limits = Limits(**request.pop("limits"))
        _limit(resource.RLIMIT_AS, limits.memory)
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + limits.processor_seconds)
        data = _reply(request, requests, limits)
        replies.write(b"%d\n" % len(data) + data)
        replies.flush()


def _limit(what: int, most: int) -> None:
    # Not every system knows every limit; the clock of the other side holds everywhere.
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (soft, hard))


def _reply(head: dict[str, object], requests: BinaryIO, limits: Limits) -> bytes:
    """Return the reply to a request: the entries, and the sentence that ended the reading."""
    found: list[str] = []
    error: str | None = None
    try:
        content = requests.read(int(str(head["bytes"])))
        left = limits.reply
        for entry in _entries(head, content):
            found.append(json.dumps(entry, default=str))
            left -= len(found[-1])
            if left < 0:
                raise DalilError(
                    f"The file holds more than {limits.reply:,} bytes of text; split it into more."
                )
    except DalilError as fault:
        error = str(fault)
    except MemoryError:
        error = (
            f"Reading the file needs more than {limits.memory // 2**20:,} MiB of memory; "
            "split it, or save its text and add that."
        )
    except RecursionError:
        error = "The file nests too deeply to be read; save its text and add that."
    except Exception as fault:  # Whatever a file does to a reader, the next one is read.
        error = (
            f"The file cannot be read ({type(fault).__name__}); it may be damaged: "
            "open it in its program and save it anew."
        )
    return f"[[{','.join(found)}],{json.dumps(error)}]".encode()


def _entries(head: dict[str, object], content: bytes) -> Iterator[Entry]:
    read = function_named(str(head["module"]), str(head["name"]))
    return read(bytes_source(str(head["label"]), content, str(head["kind"])))
