"""The operators of a page's content stream, with their operands (ISO 32000-1, 7.8.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# A name is `str` with its slash, a string `bytes`, a number `float`; arrays and dictionaries nest.
Operand = float | str | bytes | list["Operand"] | dict[str, "Operand"] | None

# Nothing is given back, and what is no token is passed over in one piece: time grows with length.
_TOKEN = re.compile(
    rb"[\x00\t\n\f\r ]*+(?:%[^\r\n]*+[\x00\t\n\f\r ]*+)*+"
    rb"(?:([-+]*+(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:-[0-9]++)?+\.?+"
    rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|\Z))"
    rb"|([A-Za-z'\"][A-Za-z0-9*'\"]*+)"
    rb"|<([0-9A-Fa-f\x00\t\n\f\r ]*+)>"
    rb"|\(([^()\\\r]*+)\)"
    rb"|(/[^\x00\t\n\f\r ()<>\[\]{}/%]*+)"
    rb"|(<<|>>|[\[\]])"
    rb"|(\()"
    rb"|([0-9]++|[-+]++|[^\x00\t\n\f\r ]))"
)
_NUMBER, _WORD, _HEX, _STRING, _NAME, _BRACKET, _LONG_STRING = range(1, 8)
_END_OF_IMAGE = re.compile(rb"[\x00\t\n\f\r ]EI(?=[\x00\t\n\f\r ]|\Z)")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])|\r\n?")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_CONSTANTS: dict[bytes, Operand] = {b"true": 1.0, b"false": 0.0, b"null": None}
# Operators take six operands at most; what piles up before one is no page's content.
_MOST_OPERANDS = 64
_DEEPEST = 32


def operators(data: bytes) -> Iterator[tuple[bytes, list[Operand]]]:
    r"""Yield the operators of a content stream in order; what is malformed is passed over.

    pdfminer.six's own parser reads byte runs in Python and takes five times as long, which
    counts where a program writes six tokens for each letter, as Chromium does for Arabic.

    >>> list(operators(b"/F1 12 Tf [(a\\)) -20 <0041>] TJ ET"))
    [(b'Tf', ['/F1', 12.0]), (b'TJ', [[b'a)', -20.0, b'\x00A']]), (b'ET', [])]
    """
    match, position = _TOKEN.match, 0
    operands: list[Operand] = []
    open_lists: list[list[Operand]] = []
    while found := match(data, position):
        position = found.end()
        kind = found.lastindex
        if kind == _WORD:
            word = found[_WORD]
            if word in _CONSTANTS:
                operands.append(_CONSTANTS[word])
                continue
            if word == b"ID":
                position = _after_image(data, position)
                word = b"EI"
            yield word, [] if open_lists else operands
            operands, open_lists = [], []
        elif kind in _READ:
            operands.append(_READ[kind](found[kind]))
        elif kind == _BRACKET:
            operands = _nest(found[_BRACKET], operands, open_lists)
        elif kind == _LONG_STRING:
            text, position = _long_string(data, position)
            operands.append(text)
        if len(operands) > _MOST_OPERANDS and not open_lists:
            del operands[0]


def _nest(
    bracket: bytes, operands: list[Operand], open_lists: list[list[Operand]]
) -> list[Operand]:
    """Return the list that operands are gathered in after a bracket."""
    if bracket in (b"[", b"<<"):
        if len(open_lists) >= _DEEPEST:
            return operands
        open_lists.append(operands)
        return []
    if not open_lists:
        return operands
    outer = open_lists.pop()
    outer.append(operands if bracket == b"]" else _dictionary(operands))
    return outer


def _dictionary(operands: list[Operand]) -> dict[str, Operand]:
    pairs = zip(operands[::2], operands[1::2], strict=False)
    return {key: value for key, value in pairs if isinstance(key, str)}


def _number(token: bytes) -> float:
    try:
        return float(token)
    except ValueError:
        # "--5" and "12-34" are written by broken programs and read so by Acrobat.
        digits = token.lstrip(b"+-").partition(b"-")[0].rstrip(b".")
        return -float(digits or 0) if token.startswith(b"-") else float(digits or 0)


def _hex(digits: bytes) -> bytes:
    packed = digits.translate(None, b"\x00\t\n\f\r ")
    return bytes.fromhex((packed + b"0" * (len(packed) % 2)).decode("ascii"))


def _long_string(data: bytes, position: int) -> tuple[bytes, int]:
    """Return a string with escapes or nested parentheses, and the position after it."""
    start, depth, length = position, 1, len(data)
    while position < length:
        byte = data[position]
        if byte == 0x5C:
            position += 1
        elif byte == 0x28:
            depth += 1
        elif byte == 0x29:
            depth -= 1
            if not depth:
                break
        position += 1
    return _ESCAPE.sub(_unescaped, data[start:position]), position + 1


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code is None:
        return b"\n"
    if code[:1].isdigit() and code[0] < 0x38:
        return bytes([int(code, 8) & 0xFF])
    if code in (b"\n", b"\r", b"\r\n"):
        return b""
    return _ESCAPED.get(code, code)


def _after_image(data: bytes, position: int) -> int:
    end = _END_OF_IMAGE.search(data, position)
    return end.end() if end else len(data)


# What is read of a token alone.
_READ: dict[int, Callable[[bytes], Operand]] = {
    _NUMBER: _number,
    _HEX: _hex,
    _STRING: lambda token: token,
    _NAME: lambda token: token.decode("latin-1"),
}
