"""`POST /api/library/links`: the page at an address becomes an article."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request

from corpus.article import Article
from corpus.errors import InputError
from corpus.load import Loaded
from corpus.profiles.profile import FOLDER, read_profiles
from corpus.unread import Notice
from rag.answer import Json
from ui.ingest import ImportReport
from ui.library.incoming import schemas
from ui.library.incoming.kept import made_library
from ui.server.api import article_schemas
from ui.server.api.admin import only_admins
from ui.server.api.routes import PoolOf
from ui.server.http.errors import errors
from ui.server.http.listening import while_connected
from ui.server.http.workers import BusyError, TooSlowError, WorkerPool
from ui.service import Service
from ui.settings.settings import Settings
from ui.web.background import begun
from ui.web.client import SharedFetcher, allowed_address
from ui.web.links import read_link

if TYPE_CHECKING:
    from corpus.fetch.fetch import Fetcher

routes = APIRouter(prefix="/api/library", dependencies=[Depends(only_admins)])
# A site that is slow to answer holds a place here, and none of those who ask the library.
_MOST = 16


class PageReader:
    """Fetches pages in threads of their own, by the fetcher of whoever else fetches."""

    def __init__(self, settings: Settings, fetcher: SharedFetcher) -> None:
        self._settings, self._fetcher = settings, fetcher
        self._lock = threading.Lock()
        self._held = 0

    async def read(self, link: str, seconds: float) -> tuple[Article, list[Notice]]:
        """Return the article at `link`, and what is to be told of how it was read.

        Raises `InputError` with why there is none, `BusyError` where many are on their way, and
        `TooSlowError` where none came in time.
        """
        address = allowed_address(self._settings, link)
        told: list[Notice] = []
        fetcher = self._fetcher.get()
        with self._lock:
            if self._held >= _MOST:
                raise BusyError("Too many pages are being fetched. Add the link in a moment.")
            self._held += 1
        future = begun(partial(self._article, address, fetcher, told))
        future.add_done_callback(lambda _: self._release())
        try:
            # The thread cannot be stopped, and keeps its place until the site is done.
            loaded = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), seconds)
        except TimeoutError as error:
            raise TooSlowError(
                f"The page did not come within {seconds:g} seconds. Try again later, or save it "
                "and add the file."
            ) from error
        if loaded.article is None:
            raise InputError(loaded.error or "The page holds no article.")
        return loaded.article, told

    def _article(self, address: str, fetcher: Fetcher, told: list[Notice]) -> Loaded:
        """Return the article of a page as its site's profile says; this waits for the disk."""
        profiles = read_profiles(self._settings.home / FOLDER)
        return read_link(address, fetcher, profiles=profiles, tell=told.append)

    def _release(self) -> None:
        with self._lock:
            self._held -= 1


@routes.post(
    "/links",
    response_model=article_schemas.Import,
    responses=errors(400, 422, 503, 504),
)
async def add(body: schemas.LinkBody, request: Request, pool: PoolOf) -> Json:
    """Fetch a page and add its article, or a new version of it.

    It is known by the page's own address. Without the setting `connect` this is refused (422), as
    is a page that cannot be fetched or holds no article.
    """
    reader: PageReader = request.app.state.pages
    return await while_connected(request, _add(reader, body.link, pool))


async def _add(reader: PageReader, link: str, pool: WorkerPool) -> Json:
    article, told = await reader.read(link, pool.seconds)

    def work(service: Service) -> Json:
        done = made_library(service).add([article])
        return ImportReport(done.added, done.updated, done.unchanged, notices=told).as_json()

    return await pool.change(work)
