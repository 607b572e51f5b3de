"""Where records begin and end in the bytes of an archive, for what FastWARC does not say."""

from __future__ import annotations

import zlib
from typing import BinaryIO

import regex

_BEGINNING = regex.compile(rb"(?<=\n)WARC/1\.[01]\r?\n|\x1f\x8b\x08")
_GZIP = b"\x1f\x8b\x08"
_HEAD = regex.compile(rb"WARC/1\.[01](?:\r?\n[^\r\n]{1,32768}){0,200}\r?\n\r?\n")
_LENGTH = regex.compile(rb"(?i)\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r?\n")
_BLOCK, _OVERLAP = 2**20, 2**10


def next_record(stream: BinaryIO, start: int) -> int | None:
    """Return where a record begins at or behind `start`, `None` if none does."""
    # Two line ends stand before a record that is not packed.
    place = max(start - 1, 0)
    while True:
        stream.seek(place)
        block = stream.read(_BLOCK)
        for found in _BEGINNING.finditer(block):
            at = place + found.start()
            if at >= start and (found[0] != _GZIP or _begins(block[found.start() :])):
                return at
        if len(block) < _BLOCK:
            return None
        place += _BLOCK - _OVERLAP


def is_cut(stream: BinaryIO, start: int) -> bool:
    """Return if what begins at `start` ends before its time; FastWARC ends there without a word."""
    stream.seek(start)
    block = stream.read(_BLOCK)
    if block.startswith(_GZIP):
        return _is_cut_gzip(stream, block)
    head = _HEAD.match(block)
    length = head and _LENGTH.search(head[0])
    if not (head and length):
        # Within another packing nothing can be said of it.
        return block.startswith(b"WARC/")
    if int(length[1]) == 0:
        return False
    stream.seek(start + head.end() + int(length[1]) - 1)
    return not stream.read(1)


def _is_cut_gzip(stream: BinaryIO, block: bytes) -> bool:
    unpacking = zlib.decompressobj(31)
    try:
        while block:
            unpacking.decompress(block, _BLOCK)
            if unpacking.eof:
                block = unpacking.unused_data
                if block[:3] != _GZIP:
                    return False
                unpacking = zlib.decompressobj(31)
            else:
                block = unpacking.unconsumed_tail or stream.read(_BLOCK)
    except zlib.error:
        return True
    return not unpacking.eof


def _begins(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(packed[:_OVERLAP], 5) == b"WARC/"
    except zlib.error:
        return False
