"""What the page of an embed sends and gets, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from ui.server.api import schemas


class EmbedQuestion(BaseModel):
    """A question and what was asked before it; which articles may answer it, the embed says."""

    question: schemas.QuestionText
    history: list[schemas.Turn] = Field(
        default=[],
        max_length=schemas.MOST_TURNS,
        description="Earlier questions, oldest first.",
    )


class Greeting(BaseModel):
    """How an embed wants to appear."""

    greeting: str | None = Field(description="Text, not HTML.")
    language: Literal["en", "ar"] | None = Field(description="Of the labels; `null`: the page's.")
    llm: bool = Field(description="Whether a language model writes the answers.")


class _Linked(BaseModel):
    href: str = Field(description="Path on this server that shows the passage in its article.")


class LinkedCitation(schemas.Citation, _Linked):
    """A citation, with a link that works without log-in while the embed does."""


class LinkedHit(schemas.Hit, _Linked):
    """A passage that was found, with such a link."""


class LinkedAnswer(schemas.Answer):
    """An answer whose `answer_id` is always `null`, as is a `notice` about the library."""

    citations: Sequence[LinkedCitation]
    related: Sequence[LinkedHit] = Field(
        description="The nearest passages of an abstention: no evidence."
    )
    possible: Sequence[LinkedCitation] = Field(
        description="Of an abstention the sentence that may answer, if any: no claim."
    )
