"""What the HTTP API takes and gives of articles: lists, whole texts, additions and removals."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from ui.server.api.schemas import Span, Version
from ui.server.http.fields import Text


class Article(BaseModel):
    """An article without its text."""

    id: str
    version: Version
    title: str | None
    outlet: str | None
    source: str | None
    url: str | None
    published: date | None
    language: str | None


class OutletCount(BaseModel):
    """An outlet and how many present articles it has."""

    outlet: str
    articles: int


class ArticlePage(BaseModel):
    """Articles, newest first."""

    articles: list[Article]
    next: str | None = Field(description="The `cursor` of the next page, `null` on the last.")
    total: int = Field(description="How many articles fit the filters.")
    outlets: list[OutletCount] = Field(description="Of all articles, whatever the filters.")


class VersionEntry(BaseModel):
    """A stored version of an article."""

    version: Version
    added_at: str = Field(description="ISO time, UTC.")
    published: date | None
    title: str | None


class WholeArticle(Article):
    """An article with its text, its sentences and what versions there are of it."""

    text: str
    sentences: list[Span]
    versions: list[VersionEntry] = Field(description="Newest first.")


class ArticleEntry(BaseModel):
    """An article in a list."""

    id: str
    version: Version
    title: str | None
    outlet: str | None
    source: str | None


class Import(BaseModel):
    """What became of each article that was sent; `failed` is empty, since one fails all."""

    added: list[ArticleEntry]
    updated: list[ArticleEntry]
    unchanged: list[ArticleEntry]
    failed: list[str]


class Removal(BaseModel):
    """The articles that were removed."""

    removed: list[str]


class NewArticle(BaseModel):
    """An article to add, with what is known of it; one of `id` and `url` is needed."""

    text: Text
    id: Text | None = None
    url: Text | None = None
    title: Text | None = None
    outlet: Text | None = None
    source: Text | None = None
    published: Text | None = Field(default=None, description="Such as 2020-04-18.")
    language: Text | None = None


class NewArticles(BaseModel):
    """Articles to add."""

    articles: list[NewArticle] = Field(min_length=1)


def _object(name: str, items: object) -> dict[str, object]:
    listed = {"type": "array", "minItems": 1, "items": items}
    return {"schema": {"type": "object", "required": [name], "properties": {name: listed}}}


# The bodies of POST /api/articles, by their types.
NEW_ARTICLES = {
    "application/json": _object("articles", NewArticle.model_json_schema()),
    "multipart/form-data": _object("files", {"type": "string", "format": "binary"}),
}
