"""Whoever wants to know what a GET would answer asks by HEAD, as monitors of servers do."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """ASGI middleware that answers HEAD below `prefixes` as it would GET, without the body.

    So RFC 9110 has it (section 9.3.2); FastAPI's routes know no HEAD unless they document it.
    """

    def __init__(self, app: ASGIApp, prefixes: tuple[str, ...]) -> None:
        self._app, self._prefixes = app, prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, one by HEAD as one by GET."""
        if scope.get("method") != "HEAD" or not scope["path"].startswith(self._prefixes):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            bare = {"body": b""} if message["type"] == "http.response.body" else {}
            await send({**message, **bare})

        await self._app({**scope, "method": "GET"}, receive, send_head)
