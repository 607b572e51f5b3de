"""The article view: `/articles/{id}`, a page without a script, and its style sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corpus.article import Article
from corpus.errors import DalilError
from corpus.text.line_breaks import Span
from index import Library
from ui.server.articles import article_page
from ui.server.articles.article_page import ArticlePages, Edition, Editions, Withdrawn
from ui.server.articles.links import ANYTHING
from ui.server.http.workers import RETRY_AFTER_SECONDS, BusyError, TooSlowError, WorkerPool
from ui.service import Service
from ui.words.wording import LANGUAGES, preferred

_STYLE_SHEET = Path(__file__).with_name("static") / "article.css"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'none'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
)
# No text is a million million characters long, and SQLite's numbers end at 64 bits.
_MOST_DIGITS = 12


class PageFaultError(Exception):
    """The page that says what went wrong: its status, and the keys of its words."""

    def __init__(self, status: int, heading: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.heading, self.sentence = status, heading, sentence


def router(pool: WorkerPool) -> APIRouter:
    """Return the routes of the article view, which reads articles on `pool`."""
    style, digest = _style_sheet()
    pages = new_pages()
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/static/article.css", methods=["GET", "HEAD"])
    async def style_sheet(v: str = "") -> Response:
        # The address holds the content's digest, so what it names never changes.
        keep = "public, max-age=31536000, immutable" if v == digest else "no-cache"
        return Response(style, media_type="text/css", headers={"Cache-Control": keep})

    @routes.api_route(f"/articles/{{article_id:{ANYTHING}}}", methods=["GET", "HEAD"])
    async def article(article_id: str, request: Request) -> HTMLResponse:
        asked = _asked(request)
        work = partial(_write, pages, article_id, dict(request.query_params), asked)
        return await html_page(pages, asked, pool.run(work))

    return routes


def new_pages() -> ArticlePages:
    """Return what writes pages in the style sheet that `router` serves."""
    return ArticlePages(f"/static/article.css?v={_style_sheet()[1]}")


def _style_sheet() -> tuple[bytes, str]:
    """Return the style sheet and a digest of it."""
    style = _STYLE_SHEET.read_bytes()
    return style, hashlib.sha256(style).hexdigest()[:16]


async def html_page(
    pages: ArticlePages, asked: article_page.Request, work: Awaitable[str]
) -> HTMLResponse:
    """Return the page that `work` writes, or one that says what went wrong with it."""
    try:
        return _response(200, asked.language, await work)
    except PageFaultError as fault:
        found = fault
    except (BusyError, TooSlowError):
        found = PageFaultError(503, "unavailable", "busy")
    except DalilError:
        found = PageFaultError(503, "unavailable", "no_library")
    body = pages.error(asked, found.heading, found.sentence)
    return _response(found.status, asked.language, body)


def _response(status: int, language: str, body: str) -> HTMLResponse:
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": language,
        "Content-Security-Policy": _POLICY,
    }
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return HTMLResponse(body, status, headers)


def _asked(request: Request) -> article_page.Request:
    return article_page.Request(
        here=here(request),
        language=language_of(request),
        panel=request.query_params.get("panel") == "1",
    )


def here(request: Request) -> str:
    """Return the address of the server as the reader knows it, without a slash at its end."""
    return f"{request.url.scheme}://{request.url.netloc}"


def language_of(request: Request, usual: str | None = None) -> str:
    """Return the language that a reader chose, else the `usual` one, else what the browser asks."""
    chosen = request.query_params.get("ui")
    if chosen in LANGUAGES:
        return chosen
    return usual or preferred(request.headers.get("accept-language", ""))


def _write(
    pages: ArticlePages,
    article_id: str,
    query: dict[str, str],
    asked: article_page.Request,
    service: Service,
) -> str:
    """Return the page of the article that `query` asks for; raise `PageFaultError`."""
    version, start, end = (whole_number(query.get(name)) for name in ("version", "start", "end"))
    assistant = service.assistant()
    if assistant is None:
        raise PageFaultError(404, "not_found", "no_article")
    with assistant.library.reading():
        known = _versions(assistant.library, article_id)
        if not known.editions:
            raise PageFaultError(404, "not_found", "no_article")
        if version is not None and version not in {e.version for e in known.editions}:
            raise PageFaultError(404, "not_found", "no_version")
        found = assistant.library.article(article_id, version)
    quote = quoted(found, start, end)
    asked = replace(asked, quote=quote, focus=answering(quote, query.get("focus")))
    return pages.article(found, known, asked, datetime.now(UTC).astimezone().date())


def whole_number(value: str | None) -> int | None:
    """Read a number of a link; raise `PageFaultError` for what is none."""
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
        raise PageFaultError(422, "bad_link", "bad_number")
    return int(value)


def quoted(article: Article, start: int | None, end: int | None) -> Span | None:
    """Return the span that a link names; raise `PageFaultError` if the text has none such."""
    if start is None and end is None:
        return None
    if start is None or end is None or not start < end <= len(article.text):
        raise PageFaultError(422, "bad_link", "bad_span")
    return Span(start, end)


def answering(quote: Span | None, focus: str | None) -> Span | None:
    """Return the words of a quote that a link says answer; raise `PageFaultError` for others.

    Links that were made before there was a focus name none.
    """
    if not focus:
        return None
    first, _, last = focus.partition("-")
    start, end = whole_number(first) or 0, whole_number(last) or 0
    if quote is None or not quote.start <= start < end <= quote.end:
        raise PageFaultError(422, "bad_link", "bad_span")
    return Span(start, end)


def _versions(library: Library, article_id: str) -> Editions:
    """Return the versions of an article that can be read."""
    stored = library.catalogue.versions(article_id)
    editions = [Edition(v.version, datetime.fromisoformat(v.added_at).date()) for v in stored]
    return Editions(
        editions[::-1], library.catalogue.holds(article_id), withdrawn(library, article_id)
    )


def withdrawn(library: Library, article_id: str) -> list[Withdrawn]:
    """Return which versions of an article were taken out, the newest first, and why."""
    return [
        Withdrawn(one.version, datetime.fromisoformat(one.at).date(), one.reason)
        for one in library.withdrawals.every(article_id)
    ]
