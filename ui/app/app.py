"""The web application: API, article view, chat and library behind one guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from ui.chat import mount_chat
from ui.conversations import routes as conversations
from ui.library import edit_routes, exports, routes
from ui.library.incoming import feeds, folders, links
from ui.library.page import mount_library
from ui.server.access.guard import Guard
from ui.server.access.identity import Identity
from ui.server.access.login import Login, api_routes, page_routes
from ui.server.access.sessions import Sessions
from ui.server.api import admin
from ui.server.api.routes import add_api
from ui.server.articles import pages
from ui.server.embeds.gate import EmbedGate
from ui.server.embeds.routes import add_embeds
from ui.server.http.errors import add_faults
from ui.server.http.head import Head
from ui.server.http.workers import WorkerPool
from ui.server.openai.errors import CHAT_PREFIX, ChatErrors, chat_error
from ui.server.openai.routes import completions
from ui.settings.settings import Settings
from ui.web.client import SharedFetcher
from ui.widget import add_widget
from ui.words.sentences import Spoken

# Where HEAD is answered as GET is; pages and files do so themselves.
_READ_BY_PROGRAMS = ("/api/", "/v1/", "/healthz", "/readyz")
# The server has waited for answers before; what still works then is not waited for long.
_LINGER_SECONDS = 1.0
# FastAPI would otherwise report to whatever collector OpenTelemetry's environment names.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(
    pool: WorkerPool,
    *,
    examples: Sequence[str] = (),
    settings: Settings | None = None,
    chat: bool = True,
    fetcher: SharedFetcher | None = None,
) -> FastAPI:
    """Return the application that answers from `pool`, which is closed when it ends.

    `examples` are questions that the chat offers first; without `chat` only the API, the article
    view and the widget are served, and no page of the library.  `settings` name the library whose
    users may log in and whose embeds are served; without them everybody is a reader at this
    machine, and there are no embeds.  `fetcher` is that of whoever else fetches from the web.
    """
    sessions = None if settings is None else Sessions(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(pool.close, _LINGER_SECONDS)
        await asyncio.to_thread(embeds.close)
        if sessions is not None:
            await asyncio.to_thread(sessions.close)

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
    days = settings.server.conversation_days if settings else 0
    app.state.conversation_days = days
    allowing = settings or Settings(connect=())
    app.state.pages = links.PageReader(allowing, fetcher or SharedFetcher(allowing))
    readers = _add_people(app, pool, settings, sessions)
    app.include_router(pages.router(pool))
    embeds = add_embeds(app, pool, settings)
    add_widget(app)
    if chat:
        mount_chat(app, pool, examples, settings.llm if settings else None, days)
        mount_library(app, settings)
    add_faults(app, {CHAT_PREFIX: chat_error})
    app.add_middleware(Guard, settings=settings.server if settings else None, readers=readers)
    app.add_middleware(ChatErrors)
    # Before the guard, so that pages that may ask can read its refusals too.
    app.add_middleware(EmbedGate, lookup=embeds)
    # Around all of them, since what refuses a request speaks too.
    app.add_middleware(Spoken)
    app.add_middleware(Head, prefixes=_READ_BY_PROGRAMS)
    return app


def _add_people(
    app: FastAPI, pool: WorkerPool, settings: Settings | None, sessions: Sessions | None
) -> Identity | None:
    """Put the API into `app`, with log-ins if there are sessions; return what knows the readers."""
    chat = completions(settings.server.base_url if settings else None)
    kept = (
        admin.routes, routes.routes, edit_routes.routes, exports.routes, conversations.routes,
        links.routes, feeds.routes, folders.routes,
    )  # fmt: skip
    app.state.settings = settings
    if settings is None or sessions is None:
        add_api(app, pool, *kept, chat)
        return None
    provider = None
    if settings.oidc:
        # Its packages are an extra of their own.
        from ui.server.access.provider import Provider

        provider = Provider(settings.oidc)
    login = Login(settings, sessions, provider)
    add_api(app, pool, *kept, chat, api_routes(login))
    app.include_router(page_routes(login))
    if provider:
        from ui.server.access.provider_login import ProviderLogin, provider_routes

        app.include_router(provider_routes(ProviderLogin(settings, sessions, login, provider)))
    return Identity(settings, sessions)
