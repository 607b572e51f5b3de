"""Between Gradio and the browser: only what the chat needs, in the page's language, nonced.

Gradio serves far more than a chat needs (uploads, files of the machine, a proxy, its own API).
Its page has inline scripts and compiles templates, so the policy allows scripts with a fresh
nonce and `unsafe-eval`, and nothing from another host.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from http.cookies import SimpleCookie

import regex
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import InputError
from ui.chat.bodies import checked
from ui.server.http.bodies import replay
from ui.server.http.refusals import refuse
from ui.words.wording import LANGUAGES, preferred, words

# Where the page's own files are served.
STATIC = "/static/chat"
COOKIE = "dalil-language"
_YEAR_SECONDS = 365 * 24 * 3600
# What the page asks for, seen in a browser's log; a new Gradio that needs more shows in the tests.
_NEEDED = regex.compile(
    r"|(?:assets|static|svelte)/[^?]*|theme\.css|config"
    r"|gradio_api/(?:queue/(?:join|data)|heartbeat/\w+|startup-events|cancel|reset)"
)
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_HEAD = (
    f'<link rel="stylesheet" href="{STATIC}/answer.css">'
    f'<link rel="stylesheet" href="{STATIC}/chat.css"><link rel="icon" href="{STATIC}/icon.svg">'
)
_MANIFEST = regex.compile(rb'<link rel="manifest"[^>]*>')
_PREVIEW = regex.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*?/?>\s*')


class ChatFrame:
    """ASGI middleware around an application in which the chat of each language is mounted."""

    def __init__(self, app: ASGIApp, functions: Mapping[str, Collection[int]]) -> None:
        """`functions` are the numbers of what the page of each language may call."""
        self._app = app
        self._functions = functions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send `/` to the reader's language, refuse what the chat does not need, pass the rest."""
        path = scope.get("path", "")
        language, _, rest = path.removeprefix("/").partition("/")
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif path == "/" or path.removeprefix("/") in LANGUAGES:
            await _redirect(language or _language(Headers(scope=scope)), send)
        elif language not in LANGUAGES:
            await self._app(scope, receive, send)
        elif not _NEEDED.fullmatch(rest):
            await refuse(send, 404, "There is nothing at this address.")
        elif rest and scope["method"] == "POST":
            await self._post(language, scope, receive, send)
        elif rest:
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, _Page(language, send))

    async def _post(self, language: str, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            await refuse(send, 415, "Send JSON, with Content-Type: application/json.")
            return
        try:
            body = checked(await request.body(), self._functions[language])
        except InputError as error:
            await refuse(send, 400, str(error))
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        headers["Content-Length"] = str(len(body))
        await self._app({**scope, "headers": headers.raw}, replay(body, receive), send)


class _Page:
    """Receives the messages of Gradio's page and sends them rewritten."""

    def __init__(self, language: str, send: Send) -> None:
        self._language = language
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False) or self._start is None:
            return
        nonce = secrets.token_urlsafe(16)
        body = rewrite(self._body, self._language, nonce)
        headers = MutableHeaders(scope=self._start)
        headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
        headers["Cache-Control"] = "no-store"
        # Without a referrer, browsers send the form that logs out with the origin "null".
        headers["Referrer-Policy"] = "same-origin"
        headers["Set-Cookie"] = (
            f"{COOKIE}={self._language}; Path=/; Max-Age={_YEAR_SECONDS}; SameSite=Strict; HttpOnly"
        )
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def rewrite(page: bytes, language: str, nonce: str) -> bytes:
    """Return Gradio's page in `language` and in our look, its scripts nonced, no previews.

    >>> rewrite(b'<html lang="en"><script>1</script>', "ar", "n")
    b'<html lang="ar" dir="rtl"><script nonce="n">1</script>'
    """
    direction = words(language)["direction"]
    page = regex.sub(
        rb'(<html\s+)lang="en"', rf'\1lang="{language}" dir="{direction}"'.encode(), page, count=1
    )
    page = _PREVIEW.sub(b"", page)
    # Gradio would add them only after its own scripts have run.
    page = _MANIFEST.sub(_HEAD.encode(), page, count=1)
    return page.replace(b"<script", f'<script nonce="{nonce}"'.encode())


async def _redirect(language: str, send: Send) -> None:
    headers: Mapping[str, str] = {
        "Location": f"/{language}/",
        "Vary": "Accept-Language, Cookie",
        "Cache-Control": "no-store",
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 307, "headers": raw})
    await send({"type": "http.response.body", "body": b""})


def _language(headers: Headers) -> str:
    cookies = SimpleCookie(headers.get("cookie", ""))
    chosen = cookies[COOKIE].value if COOKIE in cookies else ""
    return chosen if chosen in LANGUAGES else preferred(headers.get("accept-language", ""))
