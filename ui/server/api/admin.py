"""The routes under `/api` that change articles; only administrators may use them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from corpus.errors import DalilError, InputError
from corpus.profiles.profile import FOLDER, read_profiles
from corpus.source import Source
from corpus.unread import Notice
from rag.answer import Json
from ui.ingest import ImportReport
from ui.portable import recognised
from ui.server.access.identity import reader_of
from ui.server.api import article_schemas
from ui.server.api.routes import PoolOf
from ui.server.api.uploads import read_uploads, upload_of, upload_of_objects
from ui.server.http.errors import ForbiddenError, KindError, errors
from ui.server.http.listening import while_connected
from ui.server.http.workers import TooSlowError, go_on
from ui.service import Service

_MOST_FILES = 1_000
_JSON, _FORM = "application/json", "multipart/form-data"


def only_admins(request: Request) -> None:
    """Raise `ForbiddenError` for readers."""
    if reader_of(request).role != "admin":
        raise ForbiddenError(
            "Only administrators change articles. Whoever runs the server makes one with: "
            "dalil user add NAME --admin"
        )


routes = APIRouter(prefix="/api", dependencies=[Depends(only_admins)])


@routes.post(
    "/articles",
    response_model=article_schemas.Import,
    responses=errors(400, 415, 422, 503, 504),
    openapi_extra={"requestBody": {"required": True, "content": article_schemas.NEW_ARTICLES}},
)
async def add(request: Request, pool: PoolOf) -> Json:
    """Add articles, or new versions of known ones: all of them, or none if one cannot be read.

    A file without an id or url of its own is known by its name; the path before it does not count.
    A server that is told to stop meanwhile keeps what it has committed and answers 503: send all
    again, which changes nothing of what is there.
    """
    uploads = await _uploads(request)

    def work(service: Service) -> Json:
        told: list[Notice] = []
        profiles = read_profiles(service.shared.settings.home / FOLDER)
        articles = read_uploads(uploads, profiles, told.append)
        assistant = service.assistant(create=True)
        if assistant is None:
            raise DalilError(service.missing)
        library = assistant.library
        # What is committed stays; the server is not kept from stopping by what is not yet.
        report = library.add(recognised(articles, library), on_batch=lambda _: go_on())
        done = ImportReport(report.added, report.updated, report.unchanged, notices=told)
        return done.as_json()

    try:
        return await while_connected(request, pool.change(work))
    except TooSlowError as error:
        raise TooSlowError(
            "Adding the articles takes long and may still be going on. Look for them in "
            "GET /api/articles before sending them again, in smaller parts."
        ) from error


@routes.delete(
    "/articles/{id:anything}",
    response_model=article_schemas.Removal,
    responses=errors(404, 422, 503, 504),
)
async def remove(
    id: Annotated[str, Path(description="Percent-encoded; it may hold slashes.")],  # noqa: A002
    request: Request,
    pool: PoolOf,
    purge: Annotated[
        bool, Query(description="Also drop versions that saved answers cite.")
    ] = False,
) -> Json:
    """Remove an article; versions that saved answers cite stay readable."""

    def work(service: Service) -> Json:
        assistant = service.assistant()
        if assistant is None:
            raise DalilError(service.missing)
        return {"removed": assistant.library.remove([id], purge=purge)}

    return await while_connected(request, pool.change(work))


async def _uploads(request: Request) -> list[Source]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        return await _files(request)
    if kind != _JSON:
        raise KindError(f"Send articles as {_JSON} or {_FORM}.")
    try:
        body = article_schemas.NewArticles.model_validate_json(await request.body())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error
    for number, article in enumerate(body.articles, start=1):
        if not (article.id or article.url):
            raise InputError(f"Nothing was added. articles:{number}: give it an `id` or a `url`.")
    return [upload_of_objects([article.model_dump() for article in body.articles])]


async def _files(request: Request) -> list[Source]:
    uploads = []
    async with request.form(max_files=_MOST_FILES, max_fields=0) as form:
        for _, given in form.multi_items():
            if isinstance(given, UploadFile):
                uploads.append(upload_of(given.filename or "", await given.read()))
    if not uploads:
        raise InputError("The form holds no file. Send articles as files of the field `files`.")
    return uploads
