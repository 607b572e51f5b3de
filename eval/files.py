"""JSON and JSONL files of records: dataclasses, and msgspec's structs where misspelt fields count.

Fields are checked against the annotations of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from corpus.errors import DalilError

Record = TypeVar("Record")


def read_lines(path: Path, kind: type[Record]) -> Iterator[tuple[int, Record]]:
    """Yield line number, from 1, and record of every line of a JSONL file that is not blank.

    Raises `DalilError` that names file and line where something is no such record.
    """
    for number, line in enumerate(_bytes(path).removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, _decode(line, kind, f"{path}, line {number}")


def read_json(path: Path, kind: type[Record]) -> Record:
    """Return the record of a JSON file; raise `DalilError` if it is none."""
    return _decode(_bytes(path), kind, str(path))


def write_json(path: Path, record: object) -> None:
    """Write one record, indented so that a person can read it."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def write_lines(path: Path, records: Iterable[object]) -> None:
    """Write one record a line."""
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))


def line(record: object) -> str:
    """Return a record as a line of a JSONL file, without its end; what is not given is left out.

    >>> line({"id": "a", "question": "من؟"})
    '{"id":"a","question":"من؟"}'
    """
    return msgspec.json.encode(record).decode()


def as_builtins(record: object) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return a record as the dicts, lists, strings and numbers of JSON."""
    return msgspec.to_builtins(record)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DalilError(f"{path} cannot be read ({error.strerror}); name another file.") from error


def _decode(content: bytes, kind: type[Record], where: str) -> Record:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # Its messages are sentences without a full stop, such as: Expected `str`, got `int`.
        raise DalilError(f"{where}: {error}; mend it there.") from error
