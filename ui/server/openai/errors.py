"""Errors under `/v1` in the shape that OpenAI's clients read, whoever refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.answer import Json

CHAT_PREFIX = "/v1/"
# As OpenAI names them; what else is below 500 is a fault of the request.
_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_CODES: Mapping[int, str] = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


class ChatErrors:
    """ASGI middleware that rewrites the refusals of guard, routes and schemas.

    Refusals are small and come whole or in a few messages; answers pass as they come.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of one under `/v1`, rewrite the refusal if it is refused."""
        if scope["type"] == "http" and scope["path"].startswith(CHAT_PREFIX):
            send = _rewriting(send)
        await self._app(scope, receive, send)


def chat_error(status: int, why: str, param: str | None = None, code: str | None = None) -> Json:
    """Return the shape of an error.

    >>> chat_error(503, "Ask again.")["error"]["type"]
    'server_error'
    """
    kind = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    detail = {"message": why, "type": kind, "param": param, "code": code or _CODES.get(status)}
    return {"error": detail}


def _rewriting(send: Send) -> Send:
    start: Message | None = None
    body = b""

    async def rewrite(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start" and message["status"] >= 400:
            start = message
        elif start is None:
            await send(message)
        else:
            body += message.get("body", b"")
            if not message.get("more_body", False):
                await _send_rewritten(send, start, body)

    return rewrite


async def _send_rewritten(send: Send, start: Message, body: bytes) -> None:
    try:
        why = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        why = ""
    # One that has the shape already knows more: the field that is at fault.
    if not isinstance(why, dict):
        body = json.dumps(chat_error(start["status"], str(why)), ensure_ascii=False).encode()
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(body))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
