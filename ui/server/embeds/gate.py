"""Before everything under `/embed/`: the embed of an id, and whether this page may use it."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import DalilError
from ui.server.embeds.embeds import Embed
from ui.server.embeds.lookup import Lookup
from ui.server.http.refusals import refuse

# Where a request's embed stands once it has been let through.
EMBED = "dalil.embed"
REFUSAL = "This page may not ask here. Who runs the server can allow it with: dalil embed create"
UNAVAILABLE = "Questions cannot be answered just now. Ask again later."
_PREFIX = "/embed/"
_PATH = re.compile(r"/embed/(?P<id>[0-9a-f]{32})(?P<rest>|/ask|/articles/[\s\S]*)")
_METHODS = {"": "GET", "/ask": "POST"}
# A browser asks again after so long; the answers themselves are decided on each time.
_PREFLIGHT_SECONDS = 600
_NOT_KEPT = {"Cache-Control": "no-store", "Vary": "Origin"}


class EmbedGate:
    """ASGI middleware that knows the pages of an embed by their `Origin`.

    An id that is unknown or revoked, a page of another origin and one without any get the same
    answer.  CORS headers are on answers to listed origins only, errors among them, and never
    allow credentials.  Links to articles carry no origin; their route looks at the signature.
    """

    def __init__(self, app: ASGIApp, lookup: Lookup) -> None:
        self._app = app
        self._lookup = lookup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 204, 403, 405 or 503."""
        if not scope.get("path", "").startswith(_PREFIX):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._enter(scope, receive, send)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"])
        method = scope["method"]
        if found and found["rest"].startswith("/articles/") and method in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            embed = await self._admitted(found, headers)
        except DalilError:
            await refuse(send, 503, UNAVAILABLE, **_NOT_KEPT, **{"Retry-After": "60"})
            return
        if embed is None or found is None:
            await refuse(send, 403, REFUSAL, **_NOT_KEPT)
            return
        send = _with_cors(send, headers["origin"])
        allowed = _METHODS[found["rest"]]
        if method == "OPTIONS":
            await _preflight(send, allowed)
        elif method != allowed:
            why = "This address takes another method."
            await refuse(send, 405, why, Allow=f"{allowed}, OPTIONS")
        else:
            scope[EMBED] = embed
            await self._app(scope, receive, send)

    async def _admitted(self, found: re.Match[str] | None, headers: Headers) -> Embed | None:
        """Return the embed of a path if it lists the page's origin."""
        origins = headers.getlist("origin")
        if found is None or found["rest"] not in _METHODS or len(origins) != 1:
            return None
        embed = await self._lookup.find(found["id"])
        return embed if embed and origins[0] in embed.plan.origins else None


async def _preflight(send: Send, method: str) -> None:
    headers = {
        "Access-Control-Allow-Methods": method,
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})


def _with_cors(send: Send, origin: str) -> Send:
    """Let the page read its answers; one that was revoked meanwhile is refused as any other."""

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "no-store"
            headers.add_vary_header("Origin")
            if message["status"] != 403:
                headers["Access-Control-Allow-Origin"] = origin
                # Beside the few that pages may always read.
                headers["Access-Control-Expose-Headers"] = "Retry-After"
        await send(message)

    return add
