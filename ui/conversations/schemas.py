"""What the routes of conversations take and give."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ui.server.http.fields import Text

LONGEST_NAME = 200


class ConversationsQuery(BaseModel):
    """Which conversations, and which part of them."""

    words: Text | None = Field(
        default=None, max_length=1_000, description="Words of the name or of a question."
    )
    limit: int = Field(default=50, ge=1, le=200)
    skip: int = Field(default=0, ge=0, le=1_000_000, description="How many to pass over.")


class ConversationName(BaseModel):
    """What a conversation is called."""

    name: Text = Field(
        max_length=LONGEST_NAME, description="A blank one brings the first question back."
    )


class ListedConversation(BaseModel):
    """A conversation in a list."""

    id: str
    name: str = Field(description="Its first question until it is given one.")
    asked_at: str = Field(description="When its last question was asked: ISO time, UTC.")
    questions: int = Field(description="How many questions it has.")


class ConversationTurn(BaseModel):
    """A question of a conversation."""

    question: str
    answer_id: str = Field(description="Of its saved answer.")
    created_at: str = Field(description="ISO time, UTC.")


class WholeConversation(ListedConversation):
    """A conversation with its questions, the oldest first."""

    turns: list[ConversationTurn]


class ConversationPage(BaseModel):
    """Some conversations of the reader, that asked last first."""

    conversations: list[ListedConversation]
    total: int = Field(description="How many fit.")
    kept: bool = Field(description="Whether conversations of this reader are kept.")


class DeletedConversation(BaseModel):
    """What was deleted."""

    deleted: str = Field(description="The id of the conversation.")
    answers: list[str] = Field(description="The ids of its answers, which are gone too.")
