"""How a process reads a file of any size: it asks for the bytes, and tells what it finds.

Each message to the side that has the file is a line, `R OFFSET COUNT`, which is answered with a
line of the count that comes and the bytes; or `E COUNT` with an entry, or `D COUNT` with the
sentence that ended the reading, or null, both as JSON.
"""

from __future__ import annotations

import io
from typing import BinaryIO, cast

# FastWARC reads 64 KiB at a time, each of which would be a question of its own.
_BLOCK = 2**20


def send(stream: BinaryIO, kind: bytes, data: bytes) -> None:
    """Send a message with what it tells."""
    stream.write(b"%s %d\n" % (kind, len(data)) + data)
    stream.flush()


class _Bytes(io.RawIOBase):
    """The bytes of the file at the other side."""

    def __init__(self, answers: BinaryIO, questions: BinaryIO) -> None:
        super().__init__()
        self._answers, self._questions = answers, questions
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("how long the file is isn't known")
        self._place = offset + (self._place if whence == io.SEEK_CUR else 0)
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._questions.write(b"R %d %d\n" % (self._place, len(buffer)))
        self._questions.flush()
        count = int(self._answers.readline())
        data = self._answers.read(count)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def asked_for(answers: BinaryIO, questions: BinaryIO) -> BinaryIO:
    """Return the file at the other side as a stream that can be read and sought in."""
    return cast("BinaryIO", io.BufferedReader(_Bytes(answers, questions), _BLOCK))
