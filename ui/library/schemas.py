"""What the routes of the library's page take and give."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from ui.server.api.article_schemas import OutletCount


class LanguageCount(BaseModel):
    """A language and how many present articles are in it."""

    language: str | None = Field(description="As in ISO 639, `null` where it is unknown.")
    articles: int


class LibraryFigures(BaseModel):
    """The present articles in figures."""

    articles: int
    dated: int = Field(description="How many have a date.")
    first: date | None = Field(description="The oldest date.")
    last: date | None = Field(description="The newest date.")
    outlets: list[OutletCount] = Field(description="Most articles first.")
    languages: list[LanguageCount] = Field(description="Most articles first.")
