"""What the routes of the library's page take and give."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from ui.server.api.article_schemas import Article, OutletCount
from ui.server.http.fields import Text


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


LONGEST_REASON = 1_000


class WithdrawBody(BaseModel):
    """Why an article is taken out."""

    reason: Text | None = Field(
        default=None,
        max_length=LONGEST_REASON,
        description="Makes it a retraction, which the article's page tells; blank is none.",
    )


class Withdrawn(Article):
    """An article that was taken out of the collection."""

    at: str = Field(description="ISO time, UTC.")
    reason: str | None = Field(description="Why it was retracted, `null` if it was only removed.")


class WithdrawnList(BaseModel):
    """What can be put back, the newest first."""

    articles: list[Withdrawn]
