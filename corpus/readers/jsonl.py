"""JSONL files: one article a line, read a line at a time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from corpus.errors import DalilError
from corpus.readers.decode import cannot_read, decode_line, read_text

# The largest line a news archive can mean; a longer one is a file without line breaks.
MAX_LINE_BYTES = 32 * 2**20


class Line(NamedTuple):
    """A line of a JSONL file: the object on it, or the sentence that says why there is none."""

    number: int
    values: Mapping[str, object] | None
    error: str | None


def read_lines(path: Path) -> Iterator[Line]:
    r"""Yield the objects of a JSONL file; blank lines are passed over but counted.

    A bad line yields its error and the rest goes on. Line breaks are `\n`, before which `\r`
    is allowed. Holds one line in memory, except for UTF-16, which is read whole.
    """
    number = 0
    try:
        for number, data in enumerate(_raw_lines(path), start=1):
            if isinstance(data, str) or data.strip():
                yield _line(number, data)
    except (OSError, ValueError) as error:
        yield Line(number + 1, None, cannot_read(error))
    except DalilError as error:
        yield Line(number + 1, None, str(error))


def _raw_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(3)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield from (line.encode() for line in read_text(path).split("\n"))
            return
        file.seek(3 if head == codecs.BOM_UTF8 else 0)
        while data := file.readline(MAX_LINE_BYTES + 1):
            yield data
            while len(data) > MAX_LINE_BYTES and not data.endswith(b"\n"):
                data = file.readline(MAX_LINE_BYTES + 1)


def _line(number: int, data: bytes) -> Line:
    try:
        values = _parse(data)
    except DalilError as error:
        return Line(number, None, str(error))
    return Line(number, values, None)


def _parse(data: bytes) -> dict[str, object]:
    if len(data) > MAX_LINE_BYTES:
        raise DalilError(
            f"The line is longer than {MAX_LINE_BYTES // 2**20} MiB; put one article on a line."
        )
    try:
        value = json.loads(decode_line(data))
    except json.JSONDecodeError as error:
        raise DalilError(
            f"The line is not valid JSON ({error.msg} at column {error.colno}); "
            "write one JSON object on each line."
        ) from error
    except (ValueError, RecursionError) as error:
        raise DalilError(
            "The line holds a number too long or objects nested too deeply; simplify it."
        ) from error
    if not isinstance(value, dict):
        raise DalilError('The line is not a JSON object; write {"text": "..."} on each line.')
    return value
