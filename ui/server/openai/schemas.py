"""What `/v1` takes and gives: the part of OpenAI's chat completions that Dalil has a meaning for.

Fields that are not named here are taken and change nothing (`temperature`, `max_tokens`, `tools`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from ui.server.api import schemas
from ui.server.http.fields import Text

MODEL = "dalil"
_MOST_MESSAGES = 2_000


class Part(BaseModel):
    """A part of a message; only those of the type `text` say something to Dalil."""

    type: Text = Field(description="`text`; others, such as `image_url`, are not read.")
    text: Text | None = None


class Message(BaseModel):
    """A message; those of users are questions, and all others are not read."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None


class Options(BaseModel):
    """What Dalil takes besides."""

    sources: bool = Field(default=True, description="End the text with a list of the sources.")
    since: schemas.Since = None
    until: schemas.Until = None
    outlet: schemas.Outlet = None
    preferences: schemas.Preferring = True


class StreamOptions(BaseModel):
    """What a stream is to tell besides."""

    include_usage: bool | None = Field(default=None, description="End with a chunk of `usage`.")


class ChatBody(BaseModel):
    """A conversation whose last message of a user is the question."""

    messages: list[Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    model: Text | None = Field(
        default=None, description="Any; there is one model, which `model` of the answer names."
    )
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, description="1: there is one answer.")
    tool_choice: Any = Field(
        default=None, description="`none` or `auto`: Dalil calls no tool, so none can be required."
    )
    response_format: dict[str, Any] | None = Field(
        default=None, description="Of the type `text`: answers are no JSON."
    )
    dalil: Options = Options()


class ErrorDetail(BaseModel):
    """What went wrong, as OpenAI's clients read it."""

    message: str = Field(description="A sentence with a remedy.")
    type: str
    param: str | None = Field(description="The field that is at fault, where it is known.")
    code: str | None


class ChatError(BaseModel):
    """Why a request was not answered."""

    error: ErrorDetail


class Link(BaseModel):
    """Where a marker stands in `content`, in code points, and what it points to."""

    start_index: int = Field(ge=0)
    end_index: int = Field(ge=0)
    title: str
    url: str = Field(description="Shows the passage in its article.")


class Annotation(BaseModel):
    """A citation, at its first marker."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: Link


class AnswerMessage(BaseModel):
    """The answer's text as Markdown, with its citations, sources and what is to be told of it."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: Sequence[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Always nought: Dalil counts no tokens."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Completion(BaseModel):
    """An answer in OpenAI's shape; `dalil` is the same in that of `/api/ask`."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Unix time in seconds.")
    model: str = MODEL
    choices: Annotated[Sequence[Choice], Field(min_length=1, max_length=1)]
    usage: Usage = Usage()
    dalil: schemas.Answer


class Model(BaseModel):
    """Dalil, with whatever model writes its answers."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = Field(default=0, description="Always 0.")
    owned_by: str = MODEL


class Models(BaseModel):
    """The one model."""

    object: Literal["list"] = "list"
    data: Sequence[Model] = (Model(),)
