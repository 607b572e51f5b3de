"""The routes under `/api/library`, for the library's page and for who keeps a library."""

from __future__ import annotations

from fastapi import APIRouter, Request

from index import Filters
from rag.answer import Json
from ui.library import schemas
from ui.server.api.routes import PoolOf
from ui.server.http.errors import errors
from ui.server.http.listening import while_connected
from ui.service import Service

routes = APIRouter(prefix="/api/library")


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
