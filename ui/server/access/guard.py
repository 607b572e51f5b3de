"""Before every request: right host, right origin, a reader, a small body; behind it: headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.access.identity import LOCAL, READER, Identity, Refusal
from ui.server.http.bodies import replay
from ui.server.http.refusals import HEADERS, refuse
from ui.settings.settings import ServerSettings

# Names under which a browser on this machine reaches it.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ANY = frozenset({"0.0.0.0", "::"})
# Twenty questions of 2,000 characters are 40,000 characters, escaped in JSON at most six times so
# many bytes.
MOST_BYTES = 256 * 1024
# Gradio and other front ends post a whole conversation with each turn.
MOST_CHAT_BYTES = 2 * 1024 * 1024
# A browser sends so little at once; who needs longer holds a connection open on purpose.
BODY_SECONDS = 10.0
# An upload of the largest size at the pace of a slow line (20 MB at 1.4 Mbit/s).
_UPLOAD_SECONDS = 120.0
_MEGABYTE = 1_000_000
# Pages of other sites may use these; the routes of embeds ask which ones.
_OPEN = ("/embed/", "/widget.js")
_CHAT = ("/en/", "/ar/", "/v1/")
_UPLOAD = ("POST", "/api/articles")
_HOST = re.compile(r"(?:(?P<name>[a-z0-9.-]+)|\[(?P<address>[0-9a-f:.]+)\])(?::[0-9]{1,5})?")


class Guard:
    """ASGI middleware that refuses what a page of another site could send to this server.

    A name that resolves to its address (DNS rebinding) is another host; a page of another site has
    another `Origin`.  `readers` say who it is; without them everybody is at this machine.  Bodies
    are read last, whole, within a limit and a time; a slow one holds its own connection and
    nothing else.  Answers pass as they come.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServerSettings | None = None,
        readers: Identity | None = None,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        settings = settings or ServerSettings()
        self._app = app
        self._readers = readers
        self._body_seconds = body_seconds
        # Of an address to listen on, only those that stand for many are none to be reached under.
        self._hosts = LOOPBACK | {h.lower() for h in (settings.host, *settings.hosts)} - _ANY
        self._secure = settings.is_secure
        self._most_upload = settings.most_upload_mb * _MEGABYTE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403, 408 or 413."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        why = self._stranger(scope)
        refusal = Refusal(403, why) if why else await self._admit(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
        elif refusal is not None:
            await _turn_away(send, refusal)
        else:
            await self._pass_on(scope, receive, send)

    async def _admit(self, scope: Scope) -> Refusal | None:
        if self._secure and _name(Headers(scope=scope)["host"]) not in LOOPBACK:
            # Links to this server are made from it; the proxy before it speaks TLS for it.
            scope["scheme"] = "https" if scope["type"] == "http" else "wss"
        if self._readers is None:
            scope[READER] = LOCAL
            return None
        return await self._readers.admit(scope)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        most, seconds = self._limits(scope)
        try:
            async with asyncio.timeout(seconds):
                body = await _read_body(Headers(scope=scope), receive, most)
        except TimeoutError:
            await refuse(send, 408, "The request's body did not arrive in time.")
        except _TooLargeError:
            await refuse(send, 413, f"A request holds at most {most} bytes.")
        else:
            if body is not None:
                await self._app(scope, replay(body, receive), _with_headers(send))

    def _limits(self, scope: Scope) -> tuple[int, float]:
        """Return how many bytes a request may hold, and in how many seconds they must come."""
        if (scope["method"], scope["path"]) == _UPLOAD and scope[READER].role == "admin":
            return self._most_upload, _UPLOAD_SECONDS
        most = MOST_CHAT_BYTES if scope["path"].startswith(_CHAT) else MOST_BYTES
        return most, self._body_seconds

    def _stranger(self, scope: Scope) -> str | None:
        """Return why a request is not from a page of ours, `None` if it may be."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            return "This server does not answer under this name; its setting `hosts` may add it."
        if scope["path"].startswith(_OPEN):
            return None
        origins = self._origins(hosts[0].lower())
        for origin in headers.getlist("origin"):
            if origin.lower() not in origins:
                return "Pages of other sites may not use this server."
        # A link on another site may lead here; what that page itself loads or sends may not.
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and (
            headers.get("sec-fetch-mode") != "navigate"
            or scope.get("method") not in ("GET", "HEAD")
        ):
            return "Pages of other sites may not use this server."
        return None

    def _origins(self, host: str) -> Sequence[str]:
        """Return the origins of pages that came from under `host`."""
        # What is on the way can write pages under the name of a server with TLS, only without it.
        schemes = ("https",) if self._secure and _name(host) not in LOOPBACK else ("http", "https")
        return [f"{scheme}://{host}" for scheme in schemes]


class _TooLargeError(Exception):
    """The body is longer than allowed."""


async def _read_body(headers: Headers, receive: Receive, most: int) -> bytes | None:
    """Return the body, `None` if the client hung up before its end."""
    length = headers.get("content-length", "0")
    # "Content-Length" may be missing (chunks are counted as they come), it is not believed either.
    if length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise _TooLargeError
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > most:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


async def _turn_away(send: Send, refusal: Refusal) -> None:
    headers = {"Cache-Control": "no-store", **refusal.headers}
    await refuse(send, refusal.status, refusal.why, **headers)


def _name(host: str) -> str | None:
    """Return the host's name without its port, in lower case, `None` if it is none.

    >>> _name("LocalHost:7860"), _name("[::1]:7860"), _name("evil.example@localhost"), _name("")
    ('localhost', '::1', None, None)
    """
    found = _HOST.fullmatch(host.lower())
    return found and (found["name"] or found["address"])


def _with_headers(send: Send) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return add
