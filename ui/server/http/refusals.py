"""What every answer carries, and how a request is refused before it reaches a route."""

from __future__ import annotations

import json

from starlette.types import Send

from rag.answer import Json
from ui.words.sentences import now_worded

# Pages that need more than their own style sheet say so themselves.
STRICT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": STRICT_POLICY,
}


async def refuse(send: Send, status: int, why: str, **headers: str) -> None:
    """Answer a request with a sentence, as JSON."""
    body = json.dumps(error_body(why), ensure_ascii=False).encode()
    fields = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        # What is left of the request is not read.
        "Connection": "close",
        **HEADERS,
        **headers,
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def error_body(why: str) -> Json:
    """Return the shape that every error of the server has."""
    return {"error": now_worded(why)}
