"""Web archives to read: whole ones, and such as are made to do harm."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterator, Mapping

_CUTS = 25
_MOST = 32 * 2**20
_PAGE = (
    "<html><head><meta charset=utf-8><title>{title}</title></head><body><article><h1>{title}</h1>"
    "{text}</article></body></html>"
)


def page(title: str, *paragraphs: str) -> bytes:
    """Return a page of an article in HTML."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return _PAGE.format(title=title, text=text).encode()


def record(
    kind: str,
    address: str,
    block: bytes,
    length: int | None = None,
    media: str = "application/http; msgtype=response",
    **more: str,
) -> bytes:
    """Return a record that says its block has `length` bytes, as it has unless told.

    Fields of `more` are written with hyphens for underscores.
    """
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{zlib.crc32(block):032x}>",
        "WARC-Date": "2026-01-01T00:00:00Z",
        "WARC-Target-URI": address,
        "Content-Type": media,
        **{name.replace("_", "-"): value for name, value in more.items()},
        "Content-Length": str(len(block) if length is None else length),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def response(
    address: str,
    body: bytes,
    status: str = "200 OK",
    media: str = "text/html; charset=utf-8",
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> bytes:
    """Return a record of an HTTP response."""
    fields = {"Content-Type": media, **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return record(
        "response", address, f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body, None, **more
    )


def packed(*records: bytes) -> bytes:
    """Return records as crawlers pack them, each by itself."""
    return b"".join(map(gzip.compress, records))


def chunked(body: bytes, size: int = 1000) -> bytes:
    """Return a body in chunks."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def hostile_archives(*paragraphs: str) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of archives, a kind of harm after another."""
    address = "https://news.example/"
    good = page("A title", *paragraphs)
    records = [response(f"{address}{n}", good + b"<!-- %d -->" % n) for n in range(4)]
    for packing, whole in {"plain": b"".join(records), "gzip": packed(*records)}.items():
        choice = random.Random(packing)
        for number in range(_CUTS):
            yield f"cut {number} {packing}.warc", whole[: choice.randrange(4, len(whole) - 300)]
            torn = bytearray(whole)
            for _ in range(9):
                torn[choice.randrange(len(torn))] ^= 0xFF
            yield f"torn {number} {packing}.warc", bytes(torn)
    zeros = gzip.compress(bytes(_MOST))
    harms = {
        "bomb of a page": packed(response(address + "a", b"<p>" * (_MOST // 3))),
        "bomb in a body": response(address + "a", zeros, headers={"Content-Encoding": "gzip"}),
        "bomb in a bomb": response(
            address + "a", gzip.compress(zeros), headers={"Content-Encoding": "gzip, gzip"}
        ),
        "bomb of a header": gzip.compress(b"WARC/1.1\r\nX: " + b"a" * _MOST),
        "bomb of an HTTP header": packed(
            record("response", address + "a", b"HTTP/1.1 200 OK\r\nX: " + b"a" * _MOST)
        ),
        "promise of much": packed(
            *(record("response", address + "v", b"x", 2**40) for _ in range(3))
        ),
        "length below nothing": record("response", address + "a", b"x", -5),
        "length beyond numbers": record("response", address + "a", b"x", 2**80),
        "chunks that lie": response(
            address + "a", b"ffffffff\r\nx\r\n0\r\n\r\n", headers={"Transfer-Encoding": "chunked"}
        ),
        "unknown packing": response(address + "a", b"x", headers={"Content-Encoding": "x-own"}),
        "no HTTP": record("response", address + "a", bytes(range(256)) * 9),
        "deep page": response(address + "a", b"<div>" * 20_000),
        "many attributes": response(address + "a", b"<p " + b"a=b " * 50_000 + b">"),
        "address of a file": response("file:///etc/passwd", good),
        "address without end": response(address + "a" * 9_000, good),
        "nothing but magic": b"\x1f\x8b\x08" * 50_000,
        "nothing but names": b"\nWARC/1.1\r\n" * 50_000,
        "many requests": record("request", address + "a", b"GET / HTTP/1.1\r\n\r\n") * 5_000,
        "empty": b"",
        "no archive": b"Once there was a text.\n" * 99,
        "a document": b"PK\x03\x04" + bytes(range(256)) * 9,
    }
    for harm, data in harms.items():
        yield f"{harm}.warc", data
