"""One request on a connection of its own, to an address that was checked, within limits.

The only home of httpx and httpcore.  No proxy of the environment is asked, no cookie kept.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from corpus.errors import DalilError
from corpus.fetch.addresses import Allowed, Resolver, checked_addresses, resolve

# Compressions whose output can be had in parts, so that a small body cannot fill the memory.
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_PART_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take: `bytes` of a body, before and after it is unpacked, and time."""

    bytes: int = 10 * 2**20
    seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connections:
    """Makes requests of hosts that are allowed, each resolved once and checked."""

    def __init__(self, allowed: Allowed, resolver: Resolver = resolve) -> None:
        self.allowed = allowed
        self._resolver = resolver
        self._trusted: SSLContext | None = None

    def get(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        limits: Limits,
        wants: Callable[[Reply], bool],
    ) -> Reply:
        """Return the reply to a GET request; its body is read only if `wants` takes its headers.

        Raises `ForbiddenError` for a place that is not allowed, and `DalilError` for a server that
        does not answer in time or sends more than it may.
        """
        deadline = time.monotonic() + limits.seconds
        backend = _Backend(self.allowed, self._resolver, deadline)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        # As replies are read: a tag that a server gave goes back to it byte for byte.
        sent = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ]
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._context(url), network_backend=backend, max_connections=1
                ) as pool,
                pool.stream("GET", target, headers=[(b"Host", url.netloc), *sent]) as got,
            ):
                reply = Reply(got.status, _readable(got.headers), b"")
                if not wants(reply):
                    return reply
                content = _body(got.iter_stream(), reply.headers, limits)
                return Reply(reply.status, reply.headers, content)
        except httpcore.TimeoutException as error:
            raise DalilError(
                f"{url.host} did not answer within {limits.seconds:g} seconds. Try again later."
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise DalilError(
                f"{url.host} cannot be read ({error or type(error).__name__}). Check the address, "
                "or try again later."
            ) from error

    def _context(self, url: httpx.URL) -> SSLContext | None:
        """Return whose certificates are believed: certifi's, or those of `SSL_CERT_FILE`."""
        if url.scheme == "https" and self._trusted is None:
            self._trusted = httpx.create_ssl_context()
        return self._trusted


class _Backend(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, so that no second look-up can name others."""

    def __init__(self, allowed: Allowed, resolver: Resolver, deadline: float) -> None:
        self._allowed, self._resolver, self._deadline = allowed, resolver, deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = checked_addresses(
            host, port, self._allowed, self._resolver, _left(self._deadline, timeout)
        )
        for address in found[:-1]:
            try:
                return self._connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(found[-1], port, timeout)

    def _connect(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout)
        return _Timed(self._sockets.connect_tcp(address, port, left), self._deadline)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no socket of this machine is used")


class _Timed(httpcore.NetworkStream):
    """A stream that ends at a deadline, however slowly bytes drip through it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """Return the seconds until `deadline`, at most `timeout`; raise where none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers as text; of several with one name, the first."""
    found: dict[str, str] = {}
    for name, value in headers:
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())
    return found


def _body(parts: Iterable[bytes], headers: Mapping[str, str], limits: Limits) -> bytes:
    packing = headers.get("content-encoding", "").lower()
    if packing in ("", "identity"):
        return _counted(parts, limits)
    if packing not in _WINDOWS:
        raise DalilError(f"The page came packed as {packing}, which was not asked for.")
    try:
        return _counted(_unpacked(_checked(parts, limits), _WINDOWS[packing]), limits)
    except zlib.error as error:
        raise DalilError("The page came damaged. Try again later.") from error


def unpacked(content: bytes, limits: Limits) -> bytes:
    """Return what a gzip file holds; raises `DalilError` for one that is damaged or too large."""
    return _body([content], {"content-encoding": "gzip"}, limits)


def _counted(parts: Iterable[bytes], limits: Limits) -> bytes:
    return b"".join(_checked(parts, limits))


def _checked(parts: Iterable[bytes], limits: Limits) -> Iterable[bytes]:
    """Yield the parts; raise `DalilError` when they are more than the limit."""
    size = 0
    for part in parts:
        size += len(part)
        if size > limits.bytes:
            raise DalilError(
                f"The page is larger than {limits.bytes // 2**20} MiB. Save what you need of it, "
                "and add the file."
            )
        yield part


def _unpacked(parts: Iterable[bytes], window: int) -> Iterable[bytes]:
    """Yield what parts unpack to, in small parts, all members of a gzip file one after another.

    >>> import gzip
    >>> packed = gzip.compress("خبر ".encode()) + gzip.compress("عاجل".encode())
    >>> b"".join(_unpacked([packed[:9], packed[9:]], _WINDOWS["gzip"])).decode()
    'خبر عاجل'
    """
    unpacking = zlib.decompressobj(window)
    begun = False
    for part in parts:
        rest = part
        while rest:
            if unpacking.eof:
                unpacking, begun = zlib.decompressobj(window), False
            if not begun and window == zlib.MAX_WBITS and rest[0] & 0x0F != zlib.DEFLATED:
                # Some servers send deflate without the header that RFC 9110 asks for.
                unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
            begun = True
            yield unpacking.decompress(rest, _PART_BYTES)
            rest = unpacking.unconsumed_tail or unpacking.unused_data
    while not unpacking.eof and (more := unpacking.decompress(b"", _PART_BYTES)):
        yield more
    if begun and not unpacking.eof:
        raise zlib.error("the end is missing")
