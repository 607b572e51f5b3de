"""Questions from a JSONL file: one answer a line, in order, whatever a single line holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from corpus.errors import DalilError
from rag.answer import Json
from ui.service import Question


def run(
    lines: IO[bytes],
    answer: Callable[[Question], Json],
    write: Callable[[Json], None],
    preferences: bool = True,
) -> bool:
    """Write one object for every non-blank line; return if every line was a question.

    `preferences` is what their questions are asked with.
    """
    sound = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        identity: object = None
        try:
            record = _record(line, number)
            identity = record.get("id")
            asked = _question(record, number)
            result = {"id": identity, **answer(replace(asked, preferences=preferences))}
        except DalilError as error:
            sound = False
            result = {"id": identity, "error": str(error)}
        write(result)
    return sound


def open_lines(path: Path) -> IO[bytes]:
    """Open a batch file; `DalilError` if it can't be read."""
    try:
        return path.open("rb")
    except OSError as error:
        raise DalilError(f"The batch file {path} cannot be read ({error.strerror}).") from error


def _record(line: bytes, number: int) -> Json:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DalilError(f"Line {number} is not JSON in UTF-8: {error}.") from error
    if not isinstance(record, dict):
        raise DalilError(f'Line {number} is not an object such as {{"question": "..."}}.')
    return record


def _question(record: Json, number: int) -> Question:
    text = record.get("question")
    if not isinstance(text, str) or not text.strip():
        raise DalilError(f'Line {number} has no "question" with text in it.')
    history = record.get("history") or []
    if not isinstance(history, list):
        raise DalilError(f'Line {number}: "history" must be a list, oldest first.')
    return Question(text, list(_asked(history, number)))


def _asked(history: list[object], number: int) -> Iterator[str]:
    """Yield the questions of a history of strings, question objects or chat messages."""
    for turn in history:
        if isinstance(turn, str):
            yield turn
        elif isinstance(turn, dict) and isinstance(turn.get("question"), str):
            yield turn["question"]
        elif isinstance(turn, dict) and isinstance(turn.get("role"), str):
            if turn["role"] == "user" and isinstance(turn.get("content"), str):
                yield turn["content"]
        else:
            raise DalilError(
                f'Line {number}: a turn of "history" must be a question, an object with '
                '"question", or a message with "role" and "content".'
            )
