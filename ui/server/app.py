"""The web application: API, article view and chat behind one guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from ui.chat import mount_chat
from ui.server import admin, pages
from ui.server.api import add_api
from ui.server.completion_gate import ChatErrors
from ui.server.completions import completions
from ui.server.desks import Desks
from ui.server.door import Door
from ui.server.embed_gate import EmbedGate
from ui.server.embedding import add_embeds
from ui.server.faults import add_faults
from ui.server.guard import Guard
from ui.server.login import Login, api_routes, page_routes
from ui.server.readers import Readers
from ui.settings import Settings
from ui.widget import add_widget

# FastAPI would otherwise report to whatever collector OpenTelemetry's environment names.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(
    desks: Desks,
    *,
    examples: Sequence[str] = (),
    settings: Settings | None = None,
    chat: bool = True,
) -> FastAPI:
    """Return the application that answers from `desks`; they are closed when it ends.

    `examples` are questions that the chat offers first; without `chat` only the API, the article
    view and the widget are served.  `settings` name the library whose users may log in and whose
    embeds are served; without them everybody is a reader at this machine, and there are no embeds.
    """
    door = None if settings is None else Door(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(desks.close)
        await asyncio.to_thread(embeds.close)
        if door is not None:
            await asyncio.to_thread(door.close)

    # FastAPI's own documentation pages load scripts from another host.
    app = FastAPI(
        title="Dalil",
        summary="Answers from news articles, every statement cited to the exact passage.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
        telemetry=_NO_TELEMETRY,
    )
    readers = _add_people(app, desks, settings, door)
    app.include_router(pages.router(desks))
    embeds = add_embeds(app, desks, settings)
    add_widget(app)
    if chat:
        mount_chat(app, desks, examples, settings.llm if settings else None)
    add_faults(app)
    app.add_middleware(Guard, settings=settings.server if settings else None, readers=readers)
    app.add_middleware(ChatErrors)
    # Before the guard, so that pages that may ask can read its refusals too.
    app.add_middleware(EmbedGate, register=embeds)
    return app


def _add_people(
    app: FastAPI, desks: Desks, settings: Settings | None, door: Door | None
) -> Readers | None:
    """Put the API into `app`, with log-ins if there is a door; return what knows the readers."""
    chat = completions(settings.server.base_url if settings else None)
    if settings is None or door is None:
        add_api(app, desks, admin.routes, chat)
        return None
    login = Login(settings.server, door)
    add_api(app, desks, admin.routes, chat, api_routes(login))
    app.include_router(page_routes(login))
    return Readers(settings, door)
