"""The routes of kept conversations; each reader has their own, whoever else keeps the library."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from corpus.errors import MissingError
from rag.answer import Json
from rag.citing.saved import SavedAnswer
from ui.conversations import kept, schemas
from ui.library.schemas import ConversationBody
from ui.server.access.identity import reader_of
from ui.server.api.routes import PoolOf
from ui.server.articles.pages import here
from ui.server.http.errors import errors
from ui.server.http.listening import while_connected
from ui.server.openai.shapes import Linker
from ui.service import Service

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ConversationId = Annotated[str, Path(max_length=100, description="The `id` of a conversation.")]


routes = APIRouter(prefix="/api")


def _are_kept(request: Request) -> bool:
    return kept.are_kept(reader_of(request), request.app.state.conversation_days)


def _owner(request: Request) -> str:
    """Return whose conversations may be read; raise `MissingError` where nobody's are kept."""
    if not _are_kept(request):
        raise MissingError("There is no such conversation. None are kept here.")
    return reader_of(request).owner


Owner = Annotated[str, Depends(_owner)]


@routes.get(
    "/conversations", response_model=schemas.ConversationPage, responses=errors(422, 503, 504)
)
async def listed(
    query: Annotated[schemas.ConversationsQuery, Query()], request: Request, pool: PoolOf
) -> Json:
    """List the reader's conversations, that asked last first; there are none of others.

    Every word is a part of a word of the name or of a question, in any spelling, or has its stem.
    """
    if not _are_kept(request):
        return {"conversations": [], "total": 0, "kept": False}
    owner, days = reader_of(request).owner, request.app.state.conversation_days

    def work(service: Service) -> Json:
        kept.forget(service, days)
        found, total = kept.page(service, owner, query.words, query.limit, query.skip)
        named = [kept.listed_json(conversation) for conversation in found]
        return {"conversations": named, "total": total, "kept": True}

    return await while_connected(request, pool.run(work))


@routes.get(
    "/conversations/{id}",
    response_model=schemas.WholeConversation,
    responses=errors(404, 422, 503, 504),
)
async def one(id: ConversationId, owner: Owner, request: Request, pool: PoolOf) -> Json:  # noqa: A002
    """Return a conversation with its questions and the ids of their answers."""
    work = pool.run(lambda service: kept.whole_json(kept.find(service, id, owner)))
    return await while_connected(request, work)


@routes.patch(
    "/conversations/{id}",
    response_model=schemas.WholeConversation,
    responses=errors(400, 404, 422, 503, 504),
)
async def rename(
    id: ConversationId,  # noqa: A002
    body: schemas.ConversationName,
    owner: Owner,
    request: Request,
    pool: PoolOf,
) -> Json:
    """Give a conversation a name."""

    def work(service: Service) -> Json:
        return kept.whole_json(kept.rename(service, id, body.name, owner))

    return await while_connected(request, pool.run(work))


@routes.delete(
    "/conversations/{id}",
    response_model=schemas.DeletedConversation,
    responses=errors(404, 422, 503, 504),
)
async def delete(id: ConversationId, owner: Owner, request: Request, pool: PoolOf) -> Json:  # noqa: A002
    """Delete a conversation for good, its answers and what was said of them too."""

    def work(service: Service) -> Json:
        return {"deleted": id, "answers": kept.delete(service, id, owner)}

    return await while_connected(request, pool.run(work))


@routes.post(
    "/conversation.docx",
    response_class=Response,
    responses={
        200: {
            "description": "A file.",
            "content": {_DOCX: {"schema": {"type": "string", "format": "binary"}}},
        },
        **errors(400, 404, 410, 422, 503, 504),
    },
)
async def docx(body: ConversationBody, request: Request, pool: PoolOf) -> Response:
    """Return saved answers of the reader as one Word document, each with its sources."""
    from ui.conversations.word import document  # python-docx is loaded when somebody wants it.

    owner, url, now = reader_of(request).owner, Linker(here(request)).url, datetime.now(UTC)

    def work(service: Service) -> bytes:
        saved: list[SavedAnswer] = [service.saved(one, owner) for one in body.answers]
        return document(saved, url, body.language, now)

    content = await while_connected(request, pool.run(work))
    name = f'attachment; filename="dalil-{now.date()}.docx"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(content, media_type=_DOCX, headers=headers)
