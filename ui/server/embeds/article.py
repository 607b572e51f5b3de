"""The article view of an embed: one passage in its article, for who has a link signed for it.

A new tab sends neither an origin nor a log-in, so the link itself is what allows the view.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse

from corpus.article import Article
from corpus.errors import DalilError, MissingError
from index import Library
from ui.server.articles import article_page
from ui.server.articles.article_page import Editions
from ui.server.articles.pages import (
    PageFaultError,
    answering,
    here,
    html_page,
    language_of,
    new_pages,
    quoted,
    withdrawn,
)
from ui.server.articles.pages import whole_number as number
from ui.server.embeds.embeds import Embed
from ui.server.embeds.links import EmbedLink
from ui.server.embeds.lookup import Lookup
from ui.server.http.workers import WorkerPool
from ui.service import Service


class ArticleView:
    """Shows articles to who has a link that was signed for an embed that is not revoked."""

    def __init__(self, pool: WorkerPool, lookup: Lookup) -> None:
        self._pool = pool
        self._lookup = lookup
        self._pages = new_pages()

    async def show(self, embed_id: str, article_id: str, request: Request) -> HTMLResponse:
        """Return the page, or one that refuses, the same whatever is wrong with the link."""
        query = request.query_params
        version, start, end = (query.get(name, "") for name in ("version", "start", "end"))
        link = EmbedLink(embed_id, article_id, version, start, end, query.get("focus", ""))
        asked = article_page.Request(here(request), language_of(request), own="")
        try:
            embed, own = await self._allow(link, query.get("key", ""))
        except (DalilError, PageFaultError) as error:
            return _unframed(await html_page(self._pages, asked, _fail(error)))
        asked = replace(asked, language=language_of(request, embed.plan.language), own=own)
        work = partial(_page, self._pages, embed, link, asked)
        return _unframed(await html_page(self._pages, asked, self._pool.run(work)))

    async def _allow(self, link: EmbedLink, signature: str) -> tuple[Embed, str]:
        """Return the embed of a link that was signed for it, and the link's address."""
        embed = await self._lookup.find(link.embed_id)
        if embed is None:
            raise _refusal()
        key = await self._lookup.key()
        if not link.signed_by(key, signature):
            raise _refusal()
        return embed, link.address(key)


async def _fail(error: Exception) -> str:
    raise error


def _unframed(page: HTMLResponse) -> HTMLResponse:
    """Let no page show it in a frame, the one that links to it neither."""
    page.headers["Content-Security-Policy"] = page.headers["Content-Security-Policy"].replace(
        "frame-ancestors 'self'", "frame-ancestors 'none'"
    )
    page.headers["X-Frame-Options"] = "DENY"
    return page


def _page(
    pages: article_page.ArticlePages,
    embed: Embed,
    link: EmbedLink,
    asked: article_page.Request,
    service: Service,
) -> str:
    """Return the page of a link whose signature is right; raise `PageFaultError`."""
    assistant = service.assistant()
    if assistant is None:
        raise PageFaultError(404, "not_found", "no_article")
    with assistant.library.reading():
        article = _article(assistant.library, embed, link)
        present = assistant.library.catalogue.holds(link.article_id)
        known = Editions((), present, withdrawn(assistant.library, link.article_id))
    quote = quoted(article, number(link.start), number(link.end))
    asked = replace(asked, quote=quote, focus=answering(quote, link.focus))
    return pages.article(article, known, asked, datetime.now(UTC).astimezone().date())


def _article(library: Library, embed: Embed, link: EmbedLink) -> Article:
    """Return the version that a link names, if that and the newest one may be seen."""
    try:
        article = library.article(link.article_id, number(link.version))
        newest = library.article(link.article_id)
    except MissingError as error:
        raise PageFaultError(404, "not_found", "no_article") from error
    # An article that was moved out of the embed's sight takes its older versions with it.
    if not all(embed.plan.filters.allow(one) for one in (article, newest)):
        raise _refusal()
    return article


def _refusal() -> PageFaultError:
    return PageFaultError(403, "refused", "no_access")
