"""The routes under `/api/library/feeds`; the server fetches what they make due (`ui.app.feeds`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from corpus.errors import MissingError
from index.store.feeds import FeedTable
from rag.answer import Json
from ui.library.incoming import schemas
from ui.library.incoming.kept import (
    CHANGES,
    READS,
    SettingsOf,
    feeds_of,
    is_there,
    made_library,
)
from ui.server.api.admin import only_admins
from ui.server.api.routes import PoolOf
from ui.server.articles.links import ANYTHING
from ui.server.http.errors import errors
from ui.server.http.listening import while_connected
from ui.service import Service
from ui.settings.settings import Settings
from ui.shapes import feed_json
from ui.web.client import allowed_address

routes = APIRouter(prefix="/api/library/feeds", dependencies=[Depends(only_admins)])
Url = Annotated[str, Path(description="Address of the feed as it is listed, percent-encoded.")]
_ONE = f"/{{url:{ANYTHING}}}"


@contextmanager
def _known(settings: Settings, url: str) -> Iterator[FeedTable]:
    """Give the feeds to the block; raise `MissingError` where there is no library with `url`."""
    if not is_there(settings):
        raise MissingError(f"There is no feed {url}. List them with: dalil feed list")
    with feeds_of(settings) as table:
        table.find(url)
        yield table


@routes.get("", response_model=schemas.FeedList, responses=READS)
async def listed(request: Request, pool: PoolOf, settings: SettingsOf) -> Json:
    """List the feeds with what came of them last, and when each is due."""

    def work(_: Service) -> Json:
        feeds: list[Json] = []
        if is_there(settings):
            with feeds_of(settings) as table:
                feeds = [feed_json(feed) for feed in table.all()]
        return {"connects": bool(settings.connect), "feeds": feeds}

    return await while_connected(request, pool.run(work))


@routes.post("", response_model=schemas.Feed, responses=errors(400, 422, 503, 504))
async def add(body: schemas.FeedBody, request: Request, pool: PoolOf, settings: SettingsOf) -> Json:
    """Follow a feed: it is fetched at once and from then on as often as is said.

    One that is known gets the new interval and is fetched at once. Refused (422) where the setting
    `connect` does not allow its site.
    """
    url = allowed_address(settings, body.url)

    def work(service: Service) -> Json:
        made_library(service)
        with feeds_of(settings) as table:
            return feed_json(table.add(url, body.every_seconds))

    return await while_connected(request, pool.run(work))


@routes.patch(_ONE, response_model=schemas.Feed, responses=CHANGES)
async def change(
    url: Url, body: schemas.FeedChange, request: Request, pool: PoolOf, settings: SettingsOf
) -> Json:
    """Pause a feed, give it another interval, or make it due: `{"paused": false}` fetches it.

    The last is refused (422) where the setting `connect` does not allow its site.
    """
    if body.paused is False:
        allowed_address(settings, url)

    def work(_: Service) -> Json:
        with _known(settings, url) as table:
            return feed_json(table.change(url, every=body.every_seconds, paused=body.paused))

    return await while_connected(request, pool.run(work))


@routes.delete(_ONE, response_model=schemas.RemovedFeed, responses=errors(404, 422, 503, 504))
async def remove(url: Url, request: Request, pool: PoolOf, settings: SettingsOf) -> Json:
    """Follow a feed no longer; its articles stay."""

    def work(_: Service) -> Json:
        with _known(settings, url) as table:
            table.remove(url)
        return {"removed": url}

    return await while_connected(request, pool.run(work))
