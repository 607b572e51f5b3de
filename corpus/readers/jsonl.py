"""JSONL files: one article a line, read a line at a time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.readers.decode import decode, decode_line
from corpus.source import Source, cannot_read

# The largest line a news archive can mean; a longer one is a file without line breaks.
MAX_LINE_BYTES = 32 * 2**20


def read(source: Source) -> Iterator[Entry]:
    r"""Yield an entry for each line of a JSONL source; blank lines are passed over but counted.

    A bad line yields its error and the rest goes on. Line breaks are `\n`, before which `\r`
    is allowed. Holds one line in memory, except for UTF-16, which is read whole. Raises
    `DalilError` where there is no line.
    """
    number, empty = 0, True
    try:
        for number, data in enumerate(_raw_lines(source), start=1):
            if data.strip():
                empty = False
                yield _entry(number, data)
    except (OSError, ValueError) as error:
        yield Entry(None, number + 1, cannot_read(error))
    except DalilError as error:
        yield Entry(None, number + 1, str(error))
    else:
        if empty:
            raise DalilError("The file holds no articles; write one JSON object on each line.")


def _raw_lines(source: Source) -> Iterator[bytes]:
    with source.open() as stream:
        head = stream.read(3)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield from (line.encode() for line in decode(source.content()).split("\n"))
            return
        stream.seek(3 if head == codecs.BOM_UTF8 else 0)
        while data := stream.readline(MAX_LINE_BYTES + 1):
            yield data
            while len(data) > MAX_LINE_BYTES and not data.endswith(b"\n"):
                data = stream.readline(MAX_LINE_BYTES + 1)


def _entry(number: int, data: bytes) -> Entry:
    try:
        return Entry(_parse(data), number)
    except DalilError as error:
        return Entry(None, number, str(error))


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
