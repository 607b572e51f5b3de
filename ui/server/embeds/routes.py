"""The routes of embeds: a greeting, asking, and the articles that an answer links to.

Nothing else is under `/embed/`; `embed_gate` stands before all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from rag.answer import Json
from ui.server.embeds.answers import RevokedError, answered
from ui.server.embeds.article import ArticleView
from ui.server.embeds.embeds import Embed
from ui.server.embeds.gate import EMBED, REFUSAL
from ui.server.embeds.limits import Limits
from ui.server.embeds.links import Linker
from ui.server.embeds.lookup import Lookup
from ui.server.embeds.schemas import EmbedQuestion, Greeting, LinkedAnswer
from ui.server.http.errors import Error
from ui.server.http.proxies import Proxies, origin_of, peer_of
from ui.server.http.refusals import error_body
from ui.server.http.streaming import NamedEvents, described, respond, wants_events
from ui.server.http.workers import WorkerPool
from ui.service import Question
from ui.settings.settings import Settings

_WHY = {
    400: "The body is not text in UTF-8.",
    403: "No such embed, revoked, or not for pages of this origin: always the same answer.",
    408: "The body did not arrive in time.",
    413: "The request is too large.",
    422: "A field is missing or not valid; the sentence names it.",
    429: "The embed's limit of questions a minute is reached (with Retry-After).",
    503: "The queue is full (with Retry-After), or the library cannot serve just now.",
    504: "The answer took too long.",
}
EmbedId = Annotated[str, Path(max_length=100, description="The id that the script tag names.")]


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Error, "description": _WHY[status]} for status in statuses}


def add_embeds(
    app: FastAPI, pool: WorkerPool, settings: Settings | None, limits: Limits | None = None
) -> Lookup:
    """Put the routes of embeds into `app`, answered from `pool`; return where embeds are found.

    They are those of the library that `settings` name; without settings there are none.  The
    routes are for an application behind `EmbedGate`.
    """
    lookup = Lookup(settings.home if settings else None)
    app.state.embeds = lookup
    app.state.llm = settings is not None and settings.llm is not None
    app.state.limits = limits or Limits()
    app.state.proxies = Proxies(settings.server.trusted_proxies if settings else ())
    app.include_router(routes)
    app.include_router(_article_routes(ArticleView(pool, lookup)))
    return lookup


routes = APIRouter(prefix="/embed")


@routes.get("/{id}", response_model=Greeting, responses=_errors(403, 408, 413, 422, 503))
async def greeting(id: EmbedId, request: Request) -> Mapping[str, object]:  # noqa: A002
    """Return how the embed wants to appear.

    Only for pages whose `Origin` the embed lists.
    """
    plan = _embed(request).plan
    written: bool = request.app.state.llm
    return {"greeting": plan.greeting, "language": plan.language, "llm": written}


@routes.post(
    "/{id}/ask",
    response_model=LinkedAnswer,
    responses={
        **described("The answer; as server-sent events with `Accept: text/event-stream`."),
        **_errors(400, 403, 408, 413, 422, 429, 503, 504),
    },
)
async def ask(
    id: EmbedId,  # noqa: A002
    body: EmbedQuestion,
    request: Request,
) -> Response | Json:
    """Answer a question from the articles that the embed may see.

    Only for pages whose `Origin` the embed lists.  Answer and events are those of `/api/ask`,
    each citation and each related passage with a link.
    """
    state, embed = request.app.state, _embed(request)
    wait = state.limits.take(embed, _client(request))
    if wait:
        headers = {"Retry-After": str(wait)}
        why = f"Too many questions were asked here. Ask again in {wait} seconds."
        return JSONResponse(error_body(why), 429, headers)
    linker = Linker(embed.id, await state.embeds.key())
    events = answered(embed, Question(body.question, body.history), state.pool, state.embeds)
    form = NamedEvents(linker.answer, linker.event)
    try:
        return await respond(request, events, form, streamed=wants_events(request))
    except RevokedError:
        return JSONResponse(error_body(REFUSAL), 403)


def _article_routes(view: ArticleView) -> APIRouter:
    pages = APIRouter(include_in_schema=False)

    @pages.api_route("/embed/{id}/articles/{article_id:anything}", methods=["GET", "HEAD"])
    async def article(id: str, article_id: str, request: Request) -> HTMLResponse:  # noqa: A002
        return await view.show(id, article_id, request)

    return pages


def _embed(request: Request) -> Embed:
    """Return the embed that the gate let the request through to."""
    embed: Embed = request.scope[EMBED]
    return embed


def _client(request: Request) -> str:
    """Return under what the questions of a request's client are counted."""
    proxies: Proxies = request.app.state.proxies
    forwarded = request.headers.getlist("x-forwarded-for")
    return origin_of(proxies.client(peer_of(request.scope), forwarded))
