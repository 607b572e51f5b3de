"""`POST /api/library/edits`: outlet, date and the like of many articles, set by hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from corpus.errors import DalilError, InputError
from index.edits import Edited, read_values
from rag.answer import Json
from ui.server.api.admin import only_admins
from ui.server.api.article_schemas import Article
from ui.server.api.routes import PoolOf
from ui.server.http.errors import errors
from ui.server.http.fields import Text
from ui.server.http.listening import while_connected
from ui.service import Service
from ui.shapes import described_json
from ui.words.sentences import Said

routes = APIRouter(prefix="/api/library")
_MOST = 1_000


class NewValues(BaseModel):
    """What is to be said of articles; a field that is left out stays, `null` makes it unknown."""

    model_config = ConfigDict(extra="forbid")

    outlet: Text | None = Field(default=None, max_length=1_000)
    published: Text | None = Field(default=None, max_length=100, description="ISO date.")
    title: Text | None = Field(default=None, max_length=1_000)
    language: Text | None = Field(default=None, max_length=100, description="As in ISO 639.")
    url: Text | None = Field(default=None, max_length=1_000)


class EditBody(BaseModel):
    """Which articles are edited, and how."""

    articles: list[Annotated[Text, Field(max_length=4_000)]] = Field(
        min_length=1, max_length=_MOST, description="Ids."
    )
    set: NewValues = Field(default_factory=NewValues)
    undo: bool = Field(default=False, description="Say again what the sources say, without `set`.")
    dry_run: bool = Field(default=False, description="Only tell what would change.")


class Change(BaseModel):
    """A field as it was and as it is now."""

    model_config = ConfigDict(populate_by_name=True)

    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")


class EditedArticle(BaseModel):
    """What came of one article."""

    id: str
    article: Article | None = Field(description="As it is now, `null` if there is none.")
    changes: dict[str, Change] = Field(description="By field; none where all was so already.")
    error: Said | None


class EditReport(BaseModel):
    """What came of each article, in the order in which they were named."""

    articles: list[EditedArticle]
    dry_run: bool


@routes.post(
    "/edits",
    response_model=EditReport,
    responses=errors(400, 422, 503, 504),
    dependencies=[Depends(only_admins)],
)
async def edit(body: EditBody, request: Request, pool: PoolOf) -> Json:
    """Set fields of articles by hand; each becomes a new version, and keeps this when added again.

    An article that is not there is told as an error of its own, and the rest is done.
    """
    values = body.set.model_dump(exclude_unset=True)
    if bool(values) == body.undo:
        raise InputError("Nothing was changed. Give the fields to `set`, or `undo`, not both.")
    read = read_values(values)

    def work(service: Service) -> Json:
        assistant = service.assistant()
        if assistant is None:
            raise DalilError(service.missing)
        edits = assistant.library.edits
        if body.undo:
            done = edits.undo(body.articles, dry_run=body.dry_run)
        else:
            done = edits.edit(body.articles, read, dry_run=body.dry_run)
        return {"articles": [_told(one) for one in done], "dry_run": body.dry_run}

    return await while_connected(request, pool.change(work))


def _told(one: Edited) -> Json:
    missing = f"There is no article {one.article_id!r} in the library."
    return {
        "id": one.article_id,
        "article": described_json(one.after) if one.after else None,
        "changes": {name: {"from": pair[0], "to": pair[1]} for name, pair in one.changes.items()},
        "error": None if one.after else missing,
    }
