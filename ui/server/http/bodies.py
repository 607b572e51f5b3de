"""The bodies of requests: given again to who comes later, and read to their end."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What is left of a body that is not wanted is thrown away for so long.
_DRAIN_SECONDS = 5.0
_TIMED_OUT = 408


def replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read, and then what `receive` has."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class Drain:
    """ASGI middleware that reads a body to its end where its request is answered without it.

    A connection that is closed before that is reset, and the client may never see why.  The
    answer is sent at once; only its end waits.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; read what is left of it when it is answered."""
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        if not {"content-length", "transfer-encoding"} & set(headers) or "expect" in headers:
            await self._app(scope, receive, send)
            return
        more, status = True, 200

        async def hear() -> Message:
            nonlocal more
            message = await receive()
            more = message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def tell(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            # Of one that did not come in time, the rest is not waited for.
            if last and more and status != _TIMED_OUT:
                await send({**message, "more_body": True})
                with suppress(TimeoutError):
                    async with asyncio.timeout(_DRAIN_SECONDS):
                        while more:
                            await hear()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, hear, tell)
