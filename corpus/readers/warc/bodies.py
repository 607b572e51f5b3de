"""The body of an HTTP response as an archive keeps it, to the bytes of the page.

FastWARC could decode it on the way; it then ends the archive without a word behind the first body
that is compressed and chunked. So it hands over what was sent, and its readers unpack that here.
"""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import regex

from corpus.errors import DalilError

if TYPE_CHECKING:
    from fastwarc.stream_io import BrotliReader, ZstdReader

_CHUNK = regex.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_PART = 2**16


def body_of(sent: bytes, transfer: str, content: str, most: int) -> bytes:
    r"""Return the page of a body that was sent under these Transfer- and Content-Encodings.

    Crawlers often undo an encoding and keep its header; what does not begin as the encoding does is
    taken as it is. Raises `DalilError` for a body that is cut short or damaged, or that unpacks to
    more than `most` bytes.

    >>> body_of(b"5\r\nfirst\r\n2;a=b\r\n!?\r\n0\r\n\r\n", "chunked", "", 99)
    b'first!?'
    >>> body_of(b"<p>as it is", "chunked", "gzip", 99)
    b'<p>as it is'
    """
    if "chunked" in _tokens(transfer):
        sent = _joined(sent)
    for token in reversed(_tokens(content)):
        sent = _unpacked(sent, token, most)
    return sent


def _tokens(header: str) -> list[str]:
    return [token.strip().lower() for token in header.split(",") if token.strip()]


def _joined(sent: bytes) -> bytes:
    """Return what chunks hold (RFC 9112, 7.1)."""
    parts: list[bytes] = []
    place = 0
    while head := _CHUNK.match(sent, place):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(sent[head.end() : head.end() + size])
        place = head.end() + size
        if place >= len(sent):
            break
        place += 2 if sent.startswith(b"\r\n", place) else 1
    if not parts and not head:
        return sent
    raise DalilError("The body is cut short or its chunks are damaged.")


def _unpacked(sent: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("gzip", "x-gzip"):
        return _inflated(sent, zlib.MAX_WBITS | 16, most) if sent.startswith(_GZIP) else sent
    if encoding == "deflate":
        # Some servers send it without the header that RFC 9110 asks for.
        wrapped = len(sent) > 1 and sent[0] & 0x0F == 8 and not (sent[0] << 8 | sent[1]) % 31
        if sent.lstrip().startswith(b"<"):
            return sent
        return _inflated(sent, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, most)
    if encoding == "br":
        from fastwarc.stream_io import BrotliReader

        # Nothing marks its beginning, but no page in brotli begins as markup does.
        return sent if sent.lstrip().startswith(b"<") else _read(BrotliReader, sent, most)
    if encoding == "zstd":
        from fastwarc.stream_io import ZstdReader

        return _read(ZstdReader, sent, most) if sent.startswith(_ZSTD) else sent
    if encoding == "identity":
        return sent
    raise DalilError(f'The body is packed as "{encoding[:40]}", which is not read.')


def _inflated(sent: bytes, window: int, most: int) -> bytes:
    """Return what all members of a compressed body hold, one after another."""
    parts: list[bytes] = []
    left = most
    rest = sent
    while rest:
        unpacking = zlib.decompressobj(window)
        try:
            part = unpacking.decompress(rest, left + 1)
        except zlib.error as error:
            if parts:
                # What stands behind the last member is padding.
                break
            raise _damaged() from error
        left -= len(part)
        if left < 0:
            raise _too_large(most)
        if not unpacking.eof:
            raise _damaged()
        parts.append(part)
        rest = unpacking.unused_data
    return b"".join(parts)


def _read(kind: type[BrotliReader | ZstdReader], sent: bytes, most: int) -> bytes:
    reader = kind(BytesIO(sent), fsspec_args=False)
    parts: list[bytes] = []
    left = most
    try:
        while part := reader.read(_PART):
            parts.append(part)
            left -= len(part)
            if left < 0:
                raise _too_large(most)
    except OSError as error:
        raise _damaged() from error
    return b"".join(parts)


def _damaged() -> DalilError:
    return DalilError("The body is cut short or damaged.")


def _too_large(most: int) -> DalilError:
    return DalilError(f"The page unpacks to more than {most / 2**20:.4g} MiB.")
