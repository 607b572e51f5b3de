"""The routes of the HTTP API for all readers; `admin` has those that change articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from index import Filters
from index.store.answers import Feedback
from rag.answer import Json
from ui.server.access.identity import reader_of
from ui.server.api import article_schemas, schemas
from ui.server.articles.catalogue import (
    Labels,
    article_gloss,
    article_page,
    article_translation,
    check_ready,
    whole_article,
)
from ui.server.articles.links import ANYTHING
from ui.server.http.errors import errors
from ui.server.http.fields import Text
from ui.server.http.listening import while_connected
from ui.server.http.streaming import NamedEvents, described, respond, wants_events
from ui.server.http.workers import WorkerPool
from ui.server.suggestions.following import Suggestions
from ui.service import Question, Service

api = APIRouter(prefix="/api")
health = APIRouter()


def _pool(request: Request) -> WorkerPool:
    pool: WorkerPool = request.app.state.pool
    return pool


PoolOf = Annotated[WorkerPool, Depends(_pool)]
AnswerId = Annotated[str, Path(max_length=100, description="The `answer_id` of an answer.")]


class ArticlesQuery(BaseModel):
    """Which articles, and which part of them."""

    since: schemas.Since = None
    until: schemas.Until = None
    outlet: schemas.Outlet = None
    words: Text | None = Field(
        default=None, max_length=1_000, description="Words of the title or of the outlet."
    )
    language: Text | None = Field(
        default=None, max_length=100, description="As in ISO 639; empty where it is unknown."
    )
    source: Text | None = Field(
        default=None, max_length=1_000, description="A part of the source or of the address."
    )
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(
        default=None, max_length=10_000, description="The `next` of the page before."
    )


class ArticleQuery(BaseModel):
    """Which version of an article."""

    version: schemas.Version | None = Field(default=None, description="Default: the newest.")


class GlossQuery(BaseModel):
    """Which words of which article, and the language that they are wanted in."""

    article: Text = Field(max_length=10_000, description="The id of an article.")
    version: schemas.Version | None = Field(default=None, description="Default: the newest.")
    start: int = Field(ge=0, le=schemas.LARGEST, description="Where the words begin in the text.")
    end: int = Field(ge=1, le=schemas.LARGEST, description="Where they end; 5,000 further at most.")
    into: article_schemas.GlossLanguage = "en"


class SuggestionsQuery(BaseModel):
    """The answer to go on after, and the language that questions are wanted in."""

    answer: Text = Field(max_length=100, description="The `answer_id` of an answer.")
    language: Literal["en", "ar"] = "en"


class SearchQuery(BaseModel):
    """What to look for, and in which articles."""

    question: schemas.QuestionText
    k: int = Field(default=10, ge=1, le=100, description="Number of passages.")
    since: schemas.Since = None
    until: schemas.Until = None
    outlet: schemas.Outlet = None


@api.post(
    "/ask",
    response_model=schemas.Answer,
    responses={
        **described("The answer; as server-sent events with `Accept: text/event-stream`."),
        **errors(400, 404, 422, 503, 504),
    },
)
async def ask(body: schemas.AskBody, request: Request, pool: PoolOf) -> Response | Json:
    """Answer a question from the articles, every statement cited, or say that they don't say.

    The events of a stream are `status` and `token` with `{"text"}`, `citation` with a citation
    as its marker comes, `restart` where the text so far is taken back, and `done` with the whole
    answer; `error` with `{"error"}` ends a stream that fails midway.  While nothing comes,
    comments (`: ping`) do.
    """
    filters = Filters(body.since, body.until, body.outlet)
    owner = reader_of(request).owner

    def question(service: Service) -> Question:
        return Question(body.question, _past(body, service, owner), body.preferences)

    events = pool.stream(lambda service: service.stream(question(service), filters, owner))
    return await respond(request, events, NamedEvents(), streamed=wants_events(request))


def _past(body: schemas.AskBody, service: Service, owner: str) -> Sequence[str]:
    if body.after:
        return service.history(body.after, owner)[-schemas.MOST_TURNS :]
    return body.history


@api.get(
    "/answers/{id}",
    response_model=schemas.SavedAnswer,
    responses=errors(404, 410, 422, 503, 504),
)
async def answer(id: AnswerId, request: Request, pool: PoolOf) -> Json:  # noqa: A002
    """Return an answer given before; its citations point to the versions that it cited."""
    owner = reader_of(request).owner
    return await while_connected(
        request, pool.run(lambda service: service.saved(id, owner).as_json())
    )


@api.post(
    "/answers/{id}/feedback",
    response_model=schemas.Feedback,
    responses=errors(400, 404, 422, 503, 504),
)
async def feedback(
    id: AnswerId,  # noqa: A002
    body: schemas.FeedbackBody,
    request: Request,
    pool: PoolOf,
) -> Feedback:
    """Keep what a reader says of an answer, in place of what was said of it before."""
    owner = reader_of(request).owner

    def give(service: Service) -> Feedback:
        return service.give_feedback(id, helpful=body.helpful, note=body.note, owner=owner)

    return await while_connected(request, pool.run(give))


@api.get(
    "/suggestions",
    response_model=schemas.Suggestions,
    responses=errors(404, 410, 422, 503, 504),
)
async def suggestions(
    query: Annotated[SuggestionsQuery, Query()], request: Request
) -> Mapping[str, Sequence[str]]:
    """Return up to three questions to go on with after a saved answer.

    Each was asked and answered in that conversation before, from an article that the answer cites.
    """
    known: Suggestions = request.app.state.suggestions
    work = known.after(query.answer, query.language, reader_of(request).owner)
    return {"suggestions": await while_connected(request, work)}


@api.get("/articles", response_model=article_schemas.ArticlePage, responses=errors(422, 503, 504))
async def articles(
    query: Annotated[ArticlesQuery, Query()], request: Request, pool: PoolOf
) -> Json:
    """List the articles, newest first and undated ones last, without their texts."""
    filters = Filters(query.since, query.until, query.outlet)
    labels = Labels(query.words, query.language, query.source)
    work = pool.run(
        lambda service: article_page(service, filters, labels, query.limit, query.cursor)
    )
    return await while_connected(request, work)


@api.get(
    f"/articles/{{id:{ANYTHING}}}",
    response_model=article_schemas.WholeArticle,
    responses=errors(404, 422, 503, 504),
)
async def article(
    id: Annotated[str, Path(description="Percent-encoded; it may hold slashes.")],  # noqa: A002
    query: Annotated[ArticleQuery, Query()],
    request: Request,
    pool: PoolOf,
) -> Json:
    """Return a version of an article with the spans of its sentences."""
    work = pool.run(lambda service: whole_article(service, id, query.version))
    return await while_connected(request, work)


@api.get("/gloss", response_model=article_schemas.QuoteGloss, responses=errors(404, 422, 503, 504))
async def gloss(query: Annotated[GlossQuery, Query()], request: Request, pool: PoolOf) -> Json:
    """Return words of an article one by one in another language, by dictionary.

    That is no translation: it knows no grammar, and of several meanings it may take the wrong one.
    Numbers and dates are right.
    """
    span = (query.start, query.end)
    work = pool.run(
        lambda service: article_gloss(service, query.article, query.version, span, query.into)
    )
    return await while_connected(request, work)


@api.post(
    "/translations",
    response_model=article_schemas.QuoteTranslation,
    responses=errors(400, 404, 422, 503, 504),
)
async def translation(
    body: article_schemas.TranslationBody, request: Request, pool: PoolOf
) -> Json:
    """Return words of an article as the language model of the settings translates them.

    They are no quote, and may be wrong: `missing` and `added` say which numbers, dates and names
    differ.  Without a model this is refused (422), and where it fails too (503).
    """
    span = (body.start, body.end)
    work = pool.run_long(
        lambda service: article_translation(service, body.article, body.version, span, body.into)
    )
    return await while_connected(request, work)


@api.get("/search", response_model=schemas.SearchResult, responses=errors(422, 503, 504))
async def search(query: Annotated[SearchQuery, Query()], request: Request, pool: PoolOf) -> Json:
    """Find the passages nearest to a question, in any language."""
    filters = Filters(query.since, query.until, query.outlet)
    question = Question(query.question)
    work = pool.run(lambda service: service.search(question, query.k, filters).as_json())
    return await while_connected(request, work)


@health.get("/healthz", response_model=schemas.Health, responses=errors())
async def healthz() -> Mapping[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@health.get("/readyz", response_model=schemas.Health, responses=errors(503, 504))
async def readyz(request: Request, pool: PoolOf) -> Mapping[str, str]:
    """Say that the library can be opened and searched, and that a question would be taken."""
    pool.check_room()
    await while_connected(request, pool.run(check_ready))
    return {"status": "ok"}


def add_api(app: FastAPI, pool: WorkerPool, *more: APIRouter) -> None:
    """Put these routes and `more` into `app`, answered from `pool`.

    What else is asked under /api and /v1 is answered here too, whatever is mounted at the root.
    """
    app.state.pool = pool
    app.state.suggestions = Suggestions(pool)
    routers = (api, health, *more)
    for router in routers:
        app.include_router(router)
    known = [route for router in routers for route in router.routes]

    async def unknown(request: Request) -> Response:
        methods = {
            method
            for route in known
            if route.matches(request.scope)[0] is Match.PARTIAL
            for method in getattr(route, "methods", None) or ()
        }
        if methods:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})
        raise HTTPException(404)

    for folder in ("api", "v1"):
        app.router.add_route(
            f"/{folder}/{{rest:{ANYTHING}}}", unknown, list(_METHODS), include_in_schema=False
        )


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
