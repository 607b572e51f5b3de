"""What a model thinks aloud before it answers is no part of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# As Qwen, DeepSeek and others write it where the server does not keep it apart.
_OPEN, _CLOSE = "<think>", "</think>"


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    r"""Yield `pieces` without a `<think>` block at their beginning, however they are cut.

    Blank space before the text is dropped too.  A block that never ends leaves nothing.

    >>> "".join(without_thoughts(["<th", "ink>Hm.</thi", "nk>\n\nIn Mukalla", " [1]."]))
    'In Mukalla [1].'
    >>> list(without_thoughts(["في ", "المكلا"]))
    ['في ', 'المكلا']
    """
    rest = iter(pieces)
    start = ""
    for piece in rest:
        start = (start + piece).lstrip()
        if not _OPEN.startswith(start[: len(_OPEN)]):
            break
        if start.startswith(_OPEN) and _CLOSE in start:
            start = _after(start.partition(_CLOSE)[2], rest)
            break
    if start and not start.startswith(_OPEN):
        yield start
    yield from rest


def _after(text: str, rest: Iterator[str]) -> str:
    """Return the first text after the thoughts, without the blank lines that part them."""
    while not text.strip():
        piece = next(rest, None)
        if piece is None:
            return ""
        text += piece
    return text.lstrip()
