"""What the HTTP API takes and gives, field by field; `/api/openapi.json` is made from it.

Fields whose value is unknown are `null`, never absent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from ui.server.http.fields import Text

LONGEST_QUESTION = 2_000
LONGEST_NOTE = 2_000
MOST_TURNS = 20
# More than SQLite's integers would be a fault of the request, not of the server.
LARGEST = 2**31 - 1
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def _written_as_iso(value: object) -> object:
    """Refuse what else pydantic would read as a date, such as a number of seconds."""
    if value is not None and not (isinstance(value, str) and _ISO_DATE.match(value)):
        raise ValueError("a date such as 2020-04-18 is wanted")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("it is blank")
    return value


Day = Annotated[date, BeforeValidator(_written_as_iso)]
QuestionText = Annotated[
    Text,
    AfterValidator(_not_blank),
    Field(
        min_length=1,
        max_length=LONGEST_QUESTION,
        description="A question in any language.",
        examples=["What bounty was announced for Hajji Abdullah?"],
        # For those who read the document: what is not blank holds something else than white space.
        json_schema_extra={"pattern": r"\S"},
    ),
]
Turn = Annotated[Text, Field(max_length=LONGEST_QUESTION)]
Since = Annotated[Day | None, Field(description="Only articles published on this day or later.")]
Until = Annotated[Day | None, Field(description="Only articles published on this day or before.")]
Outlet = Annotated[
    Text | None, Field(max_length=1_000, description="Only articles of this outlet.")
]
Preferring = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether articles of a time or outlet that the question names come first.",
    ),
]
Version = Annotated[int, Field(ge=1, le=LARGEST)]


class AskBody(BaseModel):
    """A question, what was asked before it, and which articles may answer it."""

    question: QuestionText
    history: list[Turn] = Field(
        default=[], max_length=MOST_TURNS, description="Earlier questions, oldest first."
    )
    after: Text | None = Field(
        default=None,
        max_length=100,
        description="The id of the answer that this question follows up on, instead of `history`.",
    )
    since: Since = None
    until: Until = None
    outlet: Outlet = None
    preferences: Preferring = True

    @model_validator(mode="after")
    def _one_past(self) -> AskBody:
        if self.history and self.after:
            raise ValueError("give `history` or `after`, not both")
        return self


class FeedbackBody(BaseModel):
    """What a reader says of an answer."""

    helpful: bool = Field(strict=True)
    note: Text = Field(default="", max_length=LONGEST_NOTE)


class Span(BaseModel):
    """A half-open span of Unicode code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Match(BaseModel):
    """Words of the question that met words of the quote."""

    question: str
    quote: str
    score: float = Field(description="1 for the same word, less for a looser relation.")


class _Cited(BaseModel):
    """Where words stand, as half-open spans that count Unicode code points of the stored text."""

    article_id: str
    version: Version
    title: str | None
    outlet: str | None
    source: str | None
    url: str | None = Field(description="The outlet's own page, as it came with the article.")
    published: date | None
    language: str | None = Field(description="Language of the article, as in ISO 639.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    page: int | None = Field(description="The page of the file on which the words begin.")


class Repeated(BaseModel):
    """An article with nearly the same text as the one that is cited."""

    article_id: str
    version: Version
    title: str | None
    outlet: str | None
    source: str | None
    url: str | None
    published: date | None
    language: str | None


class Citation(_Cited):
    """A pointer into one article version, with the words that stand there."""

    n: int = Field(ge=1, description="`[n]` stands in the answer's text.")
    focus_start: int | None = Field(description="First of the words that answer, in the article.")
    focus_end: int | None
    quote: str
    matches: list[Match]
    supports: list[Span] = Field(
        description="The statements in the answer's `text` that it was put to; in mode `llm` only."
    )
    also: list[Repeated] = Field(
        description="Articles with nearly the same text, or in which the same sentence stands."
    )


class Hit(_Cited):
    """A passage that was found."""

    passage_id: str
    text: str
    score: float
    also: list[Repeated] = Field(description="Articles with the same report, not found again.")


class Statement(Span):
    """A statement that a language model wrote: its span in the answer's `text`, without markers."""

    citations: Sequence[int] = Field(description="The `n` of the citations put to it.")
    supported: bool = Field(
        description="Whether it has a citation and what could be checked stands in those cited."
    )
    missing: Sequence[str] = Field(
        description="Numbers, dates and names in it that the cited sentences do not hold."
    )


class Preference(Span):
    """A time or an outlet, named at this span of the `question`, whose articles came first."""

    kind: Literal["since", "until", "outlet"]
    value: str = Field(description="An ISO date of publication, or an outlet.")


class Outside(BaseModel):
    """What a reader's filters hide."""

    articles: int = Field(ge=1, description="Articles that would answer.")


class Answer(BaseModel):
    """An answer, each statement cited; or an abstention, with the nearest passages."""

    question: str
    status: Literal["answered", "abstained"]
    mode: Literal["extractive", "llm"]
    kind: Literal["fact", "list", "disagreement", "yes_no", "reason", "overview", "about"] = Field(
        description="What the answer is made for; `about` is the library itself: nothing is cited."
    )
    lead: str | None = Field(
        description="First line of `text`, where Dalil says what the quotes come to."
    )
    text: str
    confidence: float = Field(ge=0, le=1)
    citations: Sequence[Citation]
    related: Sequence[Hit] = Field(
        description="The nearest passages of an abstention: no evidence."
    )
    possible: Sequence[Citation] = Field(
        description="Of an abstention the sentences that may answer, if any: no claim."
    )
    unmet: Sequence[str] = Field(
        description="What the question names and the article nearest to an answer does not."
    )
    unanswered: Sequence[str] = Field(
        description="Parts of the question that stay unanswered where others are answered."
    )
    preferences: Sequence[Preference] = Field(
        description="What the question names and made Dalil look at first; nothing is ruled out."
    )
    outside: Outside | None = Field(
        description="Of an abstention that comes of `since`, `until` or `outlet`."
    )
    notice: str | None
    answer_id: str | None = Field(description="`null` where the library may not be written.")
    timings_ms: dict[str, float]
    statements: Sequence[Statement] = Field(description="In order, in mode `llm` only.")


class Feedback(BaseModel):
    """What a reader said of an answer last."""

    helpful: bool
    note: str
    created_at: str = Field(description="ISO time, UTC.")


class SavedAnswer(Answer):
    """An answer as it was given, its quotes read from the versions it cites."""

    history: list[str]
    created_at: str = Field(description="ISO time, UTC.")
    feedback: Feedback | None


class Suggestions(BaseModel):
    """Questions to go on with after an answer."""

    suggestions: list[str] = Field(description="At most three, each of them tried.")


class SearchResult(BaseModel):
    """The passages nearest to a question, best first."""

    question: str
    hits: list[Hit]
    notice: str | None


class Health(BaseModel):
    """That the server does what was asked about."""

    status: Literal["ok"]
