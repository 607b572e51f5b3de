"""The routes under `/api/library/folders`; the server follows what they name (`ui.folders`)."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from corpus.errors import InputError, MissingError
from corpus.folder import within
from corpus.text.characters import replace_surrogates
from index.store.origins import FolderState
from rag.answer import Json
from ui.library.incoming import schemas
from ui.library.incoming.kept import (
    READS,
    SettingsOf,
    followed_of,
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

routes = APIRouter(prefix="/api/library/folders", dependencies=[Depends(only_admins)])
FolderPath = Annotated[str, Path(description="As it is listed, percent-encoded.")]


@routes.get("", response_model=schemas.FolderList, responses=READS)
async def listed(request: Request, pool: PoolOf, settings: SettingsOf) -> Json:
    """List the folders that are followed, and those that were, with what could not be read."""

    def work(service: Service) -> Json:
        return {"folders": list(_folders(service, settings).values())}

    return await while_connected(request, pool.run(work))


@routes.post("", response_model=schemas.Folder, responses=errors(400, 422, 503, 504))
async def follow(
    body: schemas.FolderBody, request: Request, pool: PoolOf, settings: SettingsOf
) -> Json:
    """Follow a folder of the server's machine, from now on and after a restart, too."""
    path = _checked(settings, body.path)

    def work(service: Service) -> Json:
        made_library(service)
        if path not in _fixed(settings):
            with followed_of(settings) as table:
                table.add(path)
        return _folders(service, settings)[path]

    return await while_connected(request, pool.run(work))


@routes.delete(
    f"/{{path:{ANYTHING}}}", response_model=schemas.Folder, responses=errors(404, 422, 503, 504)
)
async def stop(path: FolderPath, request: Request, pool: PoolOf, settings: SettingsOf) -> Json:
    """Follow a folder no longer; its articles stay. Refused (422) for one of `server.watch`."""
    if path in _fixed(settings):
        raise InputError(
            f"The setting server.watch names {path}. Take it out there, and start the server again."
        )

    def work(service: Service) -> Json:
        before = _folders(service, settings).get(path)
        if before is None or not before["followed"]:
            raise MissingError(f"The folder {path} is not followed. Look for it in the list.")
        with followed_of(settings) as table:
            table.remove(path)
        return {**before, "followed": False}

    return await while_connected(request, pool.run(work))


def _folders(service: Service, settings: Settings) -> dict[str, Json]:
    """Return the shapes of all folders by their paths, in the order of these."""
    assistant = service.assistant()
    states = assistant.library.origins.folders() if assistant else []
    named: set[str] = set()
    if is_there(settings):
        with followed_of(settings) as table:
            named = set(table.paths())
    fixed = _fixed(settings)
    known = {state.path: state for state in states}
    return {
        path: _folder(path, known.get(path), followed=path in named | fixed, fixed=path in fixed)
        for path in sorted({*known, *named, *fixed})
    }


def _folder(path: str, state: FolderState | None, *, followed: bool, fixed: bool) -> Json:
    failed = state.failed if state else ()
    return {
        "path": path,
        "followed": followed,
        "fixed": fixed,
        "checked_at": state and state.checked_at,
        "articles": state.articles if state else 0,
        "failures": state.failures if state else 0,
        "failed": [{"file": file, "error": error} for file, error in failed],
        "error": state and state.error,
    }


def _fixed(settings: Settings) -> set[str]:
    return {_written(os.fspath(folder)) for folder in settings.server.watch}


def _written(path: str) -> str:
    """Return a path as the state of its folder names it."""
    return replace_surrogates(os.path.normpath(os.path.abspath(path)))  # noqa: PTH100


def _checked(settings: Settings, given: str) -> str:
    """Return the path of a folder that can be followed, else raise `InputError`."""
    path = os.path.expanduser(given.strip())  # noqa: PTH111 - `Path` fails for unknown users
    if not os.path.isabs(path):  # noqa: PTH117
        raise InputError(f"{given} is no whole path. Begin with the root, such as /home/me/news.")
    path = _written(path)
    if not os.path.isdir(path):  # noqa: PTH112 - what is no path at all is no folder either
        raise InputError(f"There is no folder {path} on the machine on which Dalil runs.")
    if within(os.path.realpath(path), os.path.realpath(settings.home)):
        raise InputError(f"The library itself lies in {path}. Follow a folder of articles.")
    return path
