"""The routes under `/api/library`, for the library's page and for who keeps a library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Request

from corpus.article import Article
from corpus.errors import DalilError
from index import Filters, Library
from rag.answer import Json
from ui.library import schemas
from ui.library.unanswered import grouped
from ui.server.api import article_schemas
from ui.server.api.admin import only_admins
from ui.server.api.routes import PoolOf
from ui.server.articles.links import ANYTHING
from ui.server.http.errors import errors
from ui.server.http.listening import while_connected
from ui.service import Service
from ui.shapes import described_json

if TYPE_CHECKING:
    from index.withdrawals import Withdrawal

routes = APIRouter(prefix="/api/library")
_ADMINS = [Depends(only_admins)]
_MOST_ANSWERS, _MOST_GROUPS, _MOST_QUESTIONS = 5_000, 200, 20
ArticleId = Annotated[str, Path(description="Percent-encoded; it may hold slashes.")]


@routes.get("", response_model=schemas.LibraryFigures, responses=errors(503, 504))
async def figures(request: Request, pool: PoolOf) -> Json:
    """Return how many articles there are, of which outlets, days and languages."""
    return await while_connected(request, pool.run(_figures))


def _figures(service: Service) -> Json:
    assistant = service.assistant()
    if assistant is None:
        return {
            "articles": 0, "dated": 0, "first": None, "last": None, "outlets": [], "languages": [],
        }  # fmt: skip
    found = assistant.library.catalogue.overview(Filters())
    return {
        "articles": found.articles,
        "dated": found.dated,
        "first": found.first,
        "last": found.last,
        "outlets": [{"outlet": o.outlet, "articles": o.articles} for o in found.outlets],
        "languages": [{"language": code, "articles": n} for code, n in found.languages],
    }


@routes.get(
    "/withdrawn",
    response_model=schemas.WithdrawnList,
    responses=errors(503, 504),
    dependencies=_ADMINS,
)
async def withdrawn(request: Request, pool: PoolOf) -> Json:
    """List what was taken out and can be put back, at most 1,000 articles."""

    def work(service: Service) -> Json:
        assistant = service.assistant()
        found = assistant.library.withdrawals.listed() if assistant else []
        return {"articles": [_withdrawn(article, taken) for taken, article in found]}

    return await while_connected(request, pool.run(work))


@routes.put(
    f"/withdrawn/{{id:{ANYTHING}}}",
    response_model=schemas.Withdrawn,
    responses=errors(400, 404, 422, 503, 504),
    dependencies=_ADMINS,
)
async def take_out(
    id: ArticleId,  # noqa: A002
    body: schemas.WithdrawBody,
    request: Request,
    pool: PoolOf,
) -> Json:
    """Take an article out of every search; with a reason it is retracted.

    Its versions stay readable under their addresses, and it can be put back.
    """

    def work(service: Service) -> Json:
        library = _library(service)
        reason = " ".join((body.reason or "").split()) or None
        taken = library.withdrawals.take_out(id, reason)
        return _withdrawn(library.article(id, taken.version), taken)

    return await while_connected(request, pool.change(work))


@routes.delete(
    f"/withdrawn/{{id:{ANYTHING}}}",
    response_model=article_schemas.Article,
    responses=errors(404, 422, 503, 504),
    dependencies=_ADMINS,
)
async def put_back(id: ArticleId, request: Request, pool: PoolOf) -> Json:  # noqa: A002
    """Put an article back that was taken out, as it was."""

    def work(service: Service) -> Json:
        return described_json(_library(service).withdrawals.put_back(id))

    return await while_connected(request, pool.change(work))


@routes.get(
    "/unanswered",
    response_model=schemas.Unanswered,
    responses=errors(503, 504),
    dependencies=_ADMINS,
)
async def unanswered(request: Request, pool: PoolOf) -> Json:
    """Return the questions that found no answer, grouped by their words, of all readers."""
    return await while_connected(request, pool.run(_unanswered))


def _unanswered(service: Service) -> Json:
    assistant = service.assistant()
    answers = assistant.library.recent_answers(_MOST_ANSWERS) if assistant else []
    groups = [
        {
            "times": len(group.asked),
            "unmet": group.unmet,
            "questions": [
                {"question": one.question, "after": one.after, "at": one.at}
                for one in group.asked[:_MOST_QUESTIONS]
            ],
        }
        for group in grouped(answers)[:_MOST_GROUPS]
    ]
    return {"groups": groups, "answers": len(answers)}


def _library(service: Service) -> Library:
    assistant = service.assistant()
    if assistant is None:
        raise DalilError(service.missing)
    return assistant.library


def _withdrawn(article: Article, taken: Withdrawal) -> Json:
    return {**described_json(article), "at": taken.at, "reason": taken.reason}
