"""The process that reads: a request from standard input, the entries to standard output."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec

from corpus.confined.dialogue import asked_for, send
from corpus.confined.limits import Limits
from corpus.confined.network import leave_network
from corpus.confined.process import function_named
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.profiles.profile import Profile
from corpus.source import Source, bytes_source

if TYPE_CHECKING:
    from corpus.confined.stream import ArchiveReader


def serve() -> None:
    """Answer requests until standard input ends, each within its limits."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not stand between replies.
    os.dup2(2, 1)
    _limit(resource.RLIMIT_CORE, 0)
    # No reader writes a file.
    _limit(resource.RLIMIT_FSIZE, 0)
    leave_network()
    while head := requests.readline():
        request = json.loads(head)
        limits = Limits(**request.pop("limits"))
        answer = _told if request.pop("told", False) else _whole
        _limit(resource.RLIMIT_AS, limits.memory)
        _work_from_now(limits)
        answer(request, requests, replies, limits)
        replies.flush()


def _whole(head: dict[str, object], requests: BinaryIO, replies: BinaryIO, limits: Limits) -> None:
    """Answer with all that a file holds, at once."""
    data = _reply(head, requests, limits)
    replies.write(b"%d\n" % len(data) + data)


def _told(head: dict[str, object], requests: BinaryIO, replies: BinaryIO, limits: Limits) -> None:
    """Answer with one entry after another, while what is asked for of the file comes in."""
    error: str | None = None
    try:
        named = function_named(str(head["module"]), str(head["name"]))
        read = cast("ArchiveReader", named)
        label, kind = str(head["label"]), str(head["kind"])
        profiles = msgspec.convert(head["profiles"], tuple[Profile, ...])
        source = Source(label, label, kind, lambda: asked_for(requests, replies), profiles=profiles)
        for entry in read(source, after=int(str(head["after"]))):
            send(replies, b"E", json.dumps(entry, default=str).encode())
            _work_from_now(limits)
    except Exception as fault:  # Whatever a file does to a reader, the next one is read.
        error = _sentence(fault, limits)
    send(replies, b"D", json.dumps(error).encode())


def _work_from_now(limits: Limits) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + limits.processor_seconds)


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
    except Exception as fault:  # Whatever a file does to a reader, the next one is read.
        error = _sentence(fault, limits)
    return f"[[{','.join(found)}],{json.dumps(error)}]".encode()


def _sentence(fault: Exception, limits: Limits) -> str:
    if isinstance(fault, DalilError):
        return str(fault)
    if isinstance(fault, MemoryError):
        return (
            f"Reading the file needs more than {limits.memory // 2**20:,} MiB of memory; "
            "split it, or save its text and add that."
        )
    if isinstance(fault, RecursionError):
        return "The file nests too deeply to be read; save its text and add that."
    return (
        f"The file cannot be read ({type(fault).__name__}); it may be damaged: "
        "open it in its program and save it anew."
    )


def _entries(head: dict[str, object], content: bytes) -> Iterator[Entry]:
    read = function_named(str(head["module"]), str(head["name"]))
    source = bytes_source(str(head["label"]), content, str(head["kind"]))
    url = cast("str | None", head["url"])
    return read(replace(source, url=url, profiles=_profiles(str(head["profiles"]))))


@lru_cache(maxsize=1)
def _profiles(written: str) -> tuple[Profile, ...]:
    return msgspec.convert(json.loads(written), tuple[Profile, ...])
