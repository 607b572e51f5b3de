"""What the routes of the library's page take and give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from ui.server.api.article_schemas import Article, OutletCount
from ui.server.http.fields import Text
from ui.words.sentences import Said


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
    reason: Said | None = Field(description="Why it was retracted, `null` if it was only removed.")


class WithdrawnList(BaseModel):
    """What can be put back, the newest first."""

    articles: list[Withdrawn]


class AskedQuestion(BaseModel):
    """A question that found no answer."""

    question: str
    after: str | None = Field(description="The question before it, which it may lean on.")
    at: str = Field(description="ISO time, UTC.")


class UnansweredGroup(BaseModel):
    """Questions that share most of their words."""

    times: int = Field(description="How often one of them was asked.")
    unmet: list[str] = Field(description="What they name and no article near them mentions.")
    questions: list[AskedQuestion] = Field(description="The newest first, at most 20.")


class Unanswered(BaseModel):
    """Questions that found no answer; who asked is not told."""

    groups: list[UnansweredGroup] = Field(description="Those asked most often first, at most 200.")
    answers: int = Field(description="How many saved answers were looked through, at most 5,000.")


class ConversationBody(BaseModel):
    """Which answers are written down, in this order."""

    answers: list[Annotated[Text, Field(max_length=100)]] = Field(min_length=1, max_length=50)
    language: Literal["en", "ar"] = Field(default="en", description="Of the document's heading.")
