"""The connections of the server: how many there may be, and how long a request may take to begin.

Uvicorn waits for ever for the head of a request, and closes no connection to make room for
another, so that some hundred half-sent requests would use up all that a process may open.
"""

from __future__ import annotations

import asyncio
import json
import resource
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.server.http.bodies import Drain
from ui.server.http.proxies import Proxies, origin_of
from ui.server.http.refusals import refuse
from ui.words.sentences import language_of, worded

# A browser sends a request's head at once; who needs longer holds a connection open on purpose.
HEAD_SECONDS = 10.0
# Who reads nothing of an answer for so long, does not want it; nginx waits as long.
_UNREAD_SECONDS = 60.0
# Connections beyond the limit that are told so, at a time; the next are closed without a word.
_MOST_REFUSED = 32
_RETRY_SECONDS = 5
# How many connections asyncio accepts before it lets any of them do something.
ACCEPTED_AT_ONCE = 32
# Files that the server has open itself: 91 measured with two workers and the chat, 16 more while
# eight feeds are fetched, and six for each worker more (64 at most are allowed), beside what is
# accepted or refused at a time.
_OWN_FILES, _FILES_OF_A_WORKER = 100, 10
_LEAST_CONNECTIONS = 16
# Of a head that is not whole, as much is kept to know the language in which to refuse it.
_MOST_HEAD = 16_384
_TOO_LATE = "The request's head did not arrive in time."
_TOO_MANY = "The server has too many connections. Try again in a moment."


class Place(Enum):
    """Whether there is room for a connection: yes, no but it is told so, or not even that."""

    FREE = "free"
    BUSY = "busy"
    NONE = "none"


class Closable(Protocol):
    """A connection as far as who counts it need know."""

    def make_room(self) -> None:
        """Close; no request is being answered."""


@dataclass(slots=True)
class _Group:
    """Connections of one address, or all: those that never asked and those between requests."""

    open: set[Closable] = field(default_factory=set)
    # In the order in which they began to wait.
    new: dict[Closable, None] = field(default_factory=dict)
    idle: dict[Closable, None] = field(default_factory=dict)

    def longest_waiting(self, but: Closable) -> Closable | None:
        return next((one for each in (self.new, self.idle) for one in each if one is not but), None)

    def leave(self, one: Closable) -> None:
        self.open.discard(one)
        self.works(one)

    def works(self, one: Closable) -> None:
        self.new.pop(one, None)
        self.idle.pop(one, None)


class Connections:
    """Counts the connections, in all and by address, and makes room where there is none.

    The one that has waited longest for a request is closed for a new one, of the same address if
    that has too many.  So half-open connections, however many, keep nobody out; answers under way
    are never broken off.  Proxies that are trusted stand for many readers and count in all only.
    """

    def __init__(self, most: int, by_address: int, proxies: Proxies) -> None:
        self._most, self._by_address, self._proxies = most, by_address, proxies
        self._all = _Group()
        self._groups: defaultdict[str, _Group] = defaultdict(_Group)
        self._origins: dict[Closable, str] = {}
        self._refused: set[Closable] = set()

    def __len__(self) -> int:
        return len(self._all.open)

    def enter(self, one: Closable, address: str) -> Place:
        """Count a new connection, closing others where needed; return if there is room for it."""
        origin = "" if self._proxies.trusts(address) else origin_of(address)
        self._origins[one] = origin
        for group in self._of(one):
            group.open.add(one)
        if origin and not self._shrink(self._groups[origin], self._by_address, one):
            return self._refuse(one)
        return Place.FREE if self._shrink(self._all, self._most, one) else self._refuse(one)

    def waits(self, one: Closable, *, has_asked: bool) -> None:
        """Note that a connection waits for a request, from now on."""
        for group in self._of(one):
            group.works(one)
            (group.idle if has_asked else group.new)[one] = None

    def works(self, one: Closable) -> None:
        """Note that a request of a connection is answered; it will not be closed for others."""
        for group in self._of(one):
            group.works(one)

    def leave(self, one: Closable) -> None:
        """Count a connection no more."""
        self._refused.discard(one)
        for group in self._of(one):
            group.leave(one)
        origin = self._origins.pop(one, None)
        if origin is not None and not self._groups[origin].open:
            del self._groups[origin]

    def _of(self, one: Closable) -> tuple[_Group, ...]:
        origin = self._origins.get(one)
        return () if origin is None else (self._all, self._groups[origin])

    def _shrink(self, group: _Group, most: int, but: Closable) -> bool:
        """Close who waits longest until `group` has no more than `most`; return if it has."""
        while len(group.open) > most and (longest := group.longest_waiting(but)):
            self.leave(longest)
            longest.make_room()
        return len(group.open) <= most

    def _refuse(self, one: Closable) -> Place:
        self.leave(one)
        if len(self._refused) >= _MOST_REFUSED:
            return Place.NONE
        self._refused.add(one)
        return Place.BUSY


class BoundedProtocol(H11Protocol):
    """A connection that is given up where the head of a request takes too long."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - uvicorn's own
        connections: Connections,
        **named: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*arguments, **named)
        self._connections = connections
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._has_begun = False
        self._head = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, tell it that there is no room, or close it."""
        super().connection_made(transport)
        place = self._connections.enter(self, self.client[0] if self.client else "")
        if place is Place.NONE:
            transport.abort()
            return
        if place is Place.BUSY:
            # What it sends is read, else the refusal may never arrive.
            self.app = Drain(_busy)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection no more."""
        self._stop_timer()
        self.resume_writing()
        self._connections.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note that a request has begun."""
        self._has_begun = True
        if self._head_timer is not None:
            self._head += data[: _MOST_HEAD - len(self._head)]
        super().data_received(data)

    def handle_events(self) -> None:
        """Stop the clock when a request's head is whole."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_timer()
            self._connections.works(self)

    def on_response_complete(self) -> None:
        """Start the clock again; uvicorn's own, for those at rest, stops at the first byte."""
        if not self.transport.is_closing():
            self._await_head()
        elif self.transport.get_write_buffer_size():
            self._await_reader()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Start another clock when the client does not read what it is sent."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """Stop that clock when it reads on."""
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def make_room(self) -> None:
        """Close for another connection."""
        self._stop_timer()
        self.transport.close()

    def _await_head(self) -> None:
        self._stop_timer()
        self._has_begun = False
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)
        self._connections.waits(self, has_asked=self.cycle is not None)

    def _await_reader(self) -> None:
        if self._unread_timer is None:
            self._unread_timer = self.loop.call_later(_UNREAD_SECONDS, self.transport.abort)

    def _give_up(self) -> None:
        # A browser that opened a connection in advance takes no answer to what it did not ask.
        if self._has_begun and not self.transport.is_closing():
            self.transport.write(_too_late(_language_in(self._head)))
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._head = b""


def _too_late(language: str) -> bytes:
    body = json.dumps({"error": worded(_TOO_LATE, language)}, ensure_ascii=False).encode()
    return (
        b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )


def _language_in(head: bytes) -> str:
    r"""Return the language that the whole lines of a half-sent head ask for.

    >>> _language_in(b"GET / HTTP/1.1\r\nAccept-Language: ar\r\nHost: x")
    'ar'
    """
    pairs = (line.partition(b":") for line in head.split(b"\r\n")[1:-1])
    return language_of(Headers(raw=[(name.lower(), value.strip()) for name, _, value in pairs]))


def room_for(wanted: int, workers: int) -> int:
    """Return how many connections there can be, `wanted` at most.

    The process may open as many files as it is allowed to for that, and no more.
    """
    own = _OWN_FILES + _FILES_OF_A_WORKER * workers + _MOST_REFUSED + ACCEPTED_AT_ONCE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted + own if hard == resource.RLIM_INFINITY else min(wanted + own, hard)
    if soft == resource.RLIM_INFINITY:
        return wanted
    if soft < most:
        # A service manager may forbid the call itself.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return max(_LEAST_CONNECTIONS, min(wanted, soft - own))


async def _busy(scope: Scope, _: Receive, send: Send) -> None:
    why = worded(_TOO_MANY, language_of(Headers(scope=scope)))
    await refuse(send, 503, why, **{"Retry-After": str(_RETRY_SECONDS)})
