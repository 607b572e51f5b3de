"""Web archives (WARC, also WET) by FastWARC: the pages that were sent, as articles.

An archive may hold a whole newspaper and be larger than any memory, so its records are read one
after another. What is no page of an article is passed over and counted: requests, redirects,
images, what was captured before. A record that is damaged stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from corpus.confined.limits import LIMITS, Limits
from corpus.errors import DalilError
from corpus.fetch.page import canonical_url, in_utf8
from corpus.fields import Entry
from corpus.profiles.profile import Profile
from corpus.readers.html.read import read_with
from corpus.readers.warc.bodies import body_of
from corpus.readers.warc.places import is_cut, next_record
from corpus.source import Source

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

_HTML = ("text/html", "application/xhtml+xml")
_OTHERS = {
    "image/": "image", "audio/": "recording", "video/": "recording", "font/": "other file",
    "text/css": "style sheet or script", "text/javascript": "style sheet or script",
    "application/javascript": "style sheet or script", "application/json": "other file",
    "application/x-javascript": "style sheet or script",
}  # fmt: skip
_LONGEST_URL = 2_048
# A page that is sent in part, or none, is no article.
_WHOLE = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)
# A crawler writes some hundred thousand records into a file; a damaged place costs a search.
_MOST_RECORDS, _MOST_DAMAGED = 5_000_000, 1_000
# Archives that unpack to less are small whatever they hold.
_SMALL = 2**30


def read(source: Source, after: int = 0, limits: Limits = LIMITS) -> Iterator[Entry]:
    """Yield an entry for each page and each record that was skipped, by its number from 1 on.

    Before a page is read comes an entry with its number alone. The address is the page's canonical
    one, as that of a link is; the date is what the page states, never when it was captured. Records
    up to the number `after` are passed over. Raises `DalilError` for what is no web archive, or
    one that unpacks to more than any text does.
    """
    with source.open() as stream:
        reading = _Archive(stream, limits, source.profiles)
        for number, record in enumerate(reading.records(), start=1):
            if number > _MOST_RECORDS:
                raise DalilError(
                    f"The archive has more than {_MOST_RECORDS:,} records; split it into more."
                )
            found = None if record is None else _skipped(record)
            if number <= after:
                reading.known.add("" if record is None else _address(record))
            elif record is None:
                yield Entry(None, number, "The record is damaged, or the archive is cut short.")
            elif found:
                yield Entry(None, number, skipped=found)
            elif _is_page(record):
                yield from reading.page(record, number)


class _DamagedError(DalilError):
    """A record that cannot be read to its end."""


class _Archive:
    """The records of a stream; `known` are addresses of pages that were read."""

    def __init__(self, stream: BinaryIO, limits: Limits, profiles: tuple[Profile, ...]) -> None:
        self._stream, self._limits, self._profiles = stream, limits, profiles
        self._unpacked = 0
        # Whether the damage that ends the reading was told of.
        self._told = False
        self.known: set[str] = set()

    def records(self) -> Iterator[WarcRecord | None]:
        """Yield records in order, `None` for one that cannot be read."""
        start: int | None = 0
        damaged = 0
        while start is not None:
            last: int | None = None
            try:
                for record in _iterated(self._stream, start):
                    last, self._told = record.stream_pos, False
                    self._count(record)
                    yield record
                if not self._told and is_cut(self._stream, start if last is None else last):
                    yield None
                return
            except OSError as error:
                after = next_record(self._stream, (start if last is None else last) + 1)
                if start == 0 and last is None and after is None:
                    raise DalilError(
                        "The file is no web archive, or it is damaged; check that it is whole."
                    ) from error
            damaged += 1
            if damaged > _MOST_DAMAGED:
                raise DalilError(
                    f"The archive is damaged in more than {_MOST_DAMAGED:,} places; get it anew."
                )
            if not self._told:
                yield None
            # The search begins within the last good record, so it may find the damaged one first.
            self._told = not self._told and last is not None
            start = after

    def _count(self, record: WarcRecord) -> None:
        """Raise `DalilError` before more is unpacked than any archive of texts holds."""
        self._unpacked += max(record.content_length, 0)
        packed = self._stream.tell()
        most = min(self._limits.archive, max(_SMALL, self._limits.ratio * packed))
        if self._unpacked > most:
            raise DalilError(
                f"The archive unpacks to more than {self._limits.ratio} times its size, or to more "
                f"than {self._limits.archive // 2**30} GiB, as no pages do; split it."
            )

    def page(self, record: WarcRecord, number: int) -> Iterator[Entry]:
        """Yield what comes of a record that holds a page."""
        address = _address(record)
        if not urlsplit(address).path.strip("/") and not urlsplit(address).query:
            yield Entry(None, number, skipped="front page")
            return
        if address in self.known:
            yield Entry(None, number, skipped="page captured before")
            return
        yield Entry(None, number)
        try:
            yield self._read(record, address, number)
        except DalilError as error:
            # Nothing is found behind a record that cannot be read to its end.
            self._told = isinstance(error, _DamagedError)
            yield Entry(None, number, f"{address}: {error}")
        except Exception as error:  # Whatever a page does to its reader, the next one is read.
            kind = type(error).__name__
            yield Entry(None, number, f"{address}: The page cannot be read ({kind}).")

    def _read(self, record: WarcRecord, address: str, number: int) -> Entry:
        body = _body(record, self._limits.page)
        if not _is_html(record, body):
            if not _is_text(record):
                return Entry(None, number, skipped="other file")
            text = body.decode("utf-8", "replace")
            self.known.add(address)
            return Entry({"text": text, "url": address}, number)
        page = in_utf8(body, _stated(record, "Content-Type"))
        canonical = canonical_url(page, address)
        if canonical in self.known:
            return Entry(None, number, skipped="page captured before")
        try:
            found = read_with(page, self._profiles, canonical)
        except DalilError:
            return Entry(None, number, skipped="page without text")
        self.known |= {address, canonical}
        return Entry({**found.values, "url": canonical}, number, notices=found.notices)


def _iterated(stream: BinaryIO, start: int) -> Iterator[WarcRecord]:
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        raise DalilError(
            "Reading web archives needs FastWARC. Install it with: pip install '.[warc]'"
        ) from error
    stream.seek(start)
    return iter(ArchiveIterator(stream, auto_decode="none", fsspec_args=False))


def _skipped(record: WarcRecord) -> str | None:
    """Return what a record is that holds no page, `None` if it may hold one."""
    if str(record.record_type) == "revisit":
        return "page captured before"
    if not _is_page(record):
        return None
    status = record.http_headers.status_code if record.is_http else HTTPStatus.OK
    if status is None:
        # What it holds is no response, which is said when its page is read.
        return None
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "redirect"
    if status not in _WHOLE:
        return "error page"
    media = _media(record)
    if media in _HTML or not media or _is_text(record):
        return None
    return next((what for kind, what in _OTHERS.items() if media.startswith(kind)), "other file")


def _is_page(record: WarcRecord) -> bool:
    return str(record.record_type) in ("response", "resource", "conversion")


def _is_html(record: WarcRecord, body: bytes) -> bool:
    media = _media(record)
    return media in _HTML or (not media and body.lstrip().startswith(b"<"))


def _is_text(record: WarcRecord) -> bool:
    """Return if a record holds what a program took from a page (WET)."""
    return str(record.record_type) == "conversion" and _media(record) == "text/plain"


def _media(record: WarcRecord) -> str:
    return _stated(record, "Content-Type").partition(";")[0].strip().lower()


def _stated(record: WarcRecord, name: str) -> str:
    """Return a field of the response, or of the record where that holds the page itself."""
    return (
        ", ".join(record.http_headers.get_multiple(name)) if record.is_http else _own(record, name)
    )


def _own(record: WarcRecord, name: str) -> str:
    return record.headers.get(name) or ""


def _address(record: WarcRecord) -> str:
    # Some programs put it in angle brackets, as the grammar of WARC 1.0 does by mistake.
    address = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>")
    return address[: _LONGEST_URL + 1]


def _body(record: WarcRecord, most: int) -> bytes:
    """Return the body of a record; raises `DalilError` where it isn't whole."""
    address = _address(record)
    if not address.lower().startswith(("http://", "https://")) or len(address) > _LONGEST_URL:
        raise DalilError("The record names no page of the web.")
    if record.is_http and record.http_headers.status_code is None:
        raise DalilError("The record holds no HTTP response.")
    if record.headers.get("WARC-Truncated") or record.headers.get("WARC-Segment-Number"):
        raise DalilError("The crawler kept only a part of the page.")
    if record.content_length > most:
        raise DalilError(f"The page is larger than {most / 2**20:.4g} MiB.")
    try:
        sent = _all(record, record.content_length)
    except OSError as error:
        raise _DamagedError("The record is damaged.") from error
    if len(sent) < record.content_length:
        raise _DamagedError("The record is cut short.")
    if not record.is_http:
        return sent
    transfer, content = _stated(record, "Transfer-Encoding"), _stated(record, "Content-Encoding")
    return body_of(sent, transfer, content, most)


def _all(record: WarcRecord, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0 and (part := record.reader.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
