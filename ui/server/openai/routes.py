"""`/v1`: questions in OpenAI's shape, for chat front ends and clients that speak it.

The last message of a user is the question, earlier ones are the history.  What assistants and
systems said is not read: answers come from articles, not from what a conversation claims.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from corpus.errors import DalilError
from corpus.text.characters import without_unseen
from index import Filters
from rag.answer import Event, Json
from ui.server.access.identity import reader_of
from ui.server.api import schemas
from ui.server.api.routes import PoolOf
from ui.server.http.errors import errors
from ui.server.http.streaming import described, respond
from ui.server.openai.errors import chat_error
from ui.server.openai.markdown import Composer
from ui.server.openai.schemas import (
    MODEL,
    ChatBody,
    ChatError,
    Completion,
    Message,
    Model,
    Models,
)
from ui.server.openai.shapes import ChatFormat, Linker
from ui.service import Question, Service

NameOf = Annotated[str, Path(description="The model's `id`; there is one.")]


class UnsupportedError(DalilError):
    """The request is sound, but asks for what Dalil does not do (HTTP 400)."""

    def __init__(self, why: str, param: str) -> None:
        super().__init__(why)
        self.param = param


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {code: {**told, "model": ChatError} for code, told in errors(*statuses).items()}


def completions(base_url: str | None = None) -> APIRouter:
    """Return the routes; `base_url` is where readers reach the server, else where they asked."""
    routes = APIRouter(prefix="/v1")

    @routes.get("/models", response_model=Models, responses=_errors())
    async def models() -> Models:
        """List the models: there is one, whatever writes the answers."""
        return Models()

    @routes.get("/models/{name:path}", response_model=Model, responses=_errors(404, 422))
    async def model(name: NameOf) -> Model | JSONResponse:
        """Tell of the one model."""
        if name != MODEL:
            why = f"There is one model, `{MODEL}`; ask for that."
            return JSONResponse(chat_error(404, why, "model", "model_not_found"), 404)
        return Model()

    @routes.post(
        "/chat/completions",
        response_model=Completion,
        responses={
            **described("The answer; as chunks with `stream`, `[DONE]` at the end."),
            **_errors(400, 422, 503, 504),
        },
    )
    async def complete(body: ChatBody, request: Request, pool: PoolOf) -> Response | Json:
        """Answer the last message of a user from the articles, in OpenAI's shape.

        `content` is Markdown: the text with its markers, what is to be told of it, the sources.
        """
        try:
            question = question_of(body)
        except UnsupportedError as error:
            return JSONResponse(chat_error(400, str(error), error.param), 400)
        options = body.dalil
        question = replace(question, preferences=options.preferences)
        filters = Filters(options.since, options.until, options.outlet)
        owner = reader_of(request).owner
        linker = Linker(base_url or str(request.base_url))
        composer = Composer(linker.url, sources=options.sources)

        def stream(service: Service) -> Generator[Event]:
            return service.stream(question, filters, owner)

        counts = body.stream_options is not None and bool(body.stream_options.include_usage)
        form = ChatFormat(composer, linker, counts=counts)
        return await respond(request, pool.stream(stream), form, streamed=bool(body.stream))

    return routes


def question_of(body: ChatBody) -> Question:
    """Return the question of a conversation; raise `UnsupportedError` for what cannot be done.

    >>> said = [{"role": "user", "content": text} for text in ("Who?", "When?")]
    >>> question_of(ChatBody.model_validate({"messages": said}))
    Question(text='When?', history=('Who?',), preferences=True)
    """
    _check(body)
    asked = [message for message in body.messages if message.role == "user"]
    if not asked:
        raise UnsupportedError("There is no message of the role user to answer.", "messages")
    last = asked[-1]
    if isinstance(last.content, list) and any(part.type != "text" for part in last.content):
        raise UnsupportedError("Only text is read. Ask without images and files.", "messages")
    text = _text(last)
    if not without_unseen(text).strip():
        raise UnsupportedError("The last message of the user is empty. Ask in words.", "messages")
    if len(text) > schemas.LONGEST_QUESTION:
        raise UnsupportedError(
            f"A question has at most {schemas.LONGEST_QUESTION:,} characters. Ask for less at "
            "once.",
            "messages",
        )
    earlier = filter(str.strip, map(_text, asked[:-1]))
    history = [one[: schemas.LONGEST_QUESTION] for one in earlier][-schemas.MOST_TURNS :]
    return Question(text, tuple(history))


def _check(body: ChatBody) -> None:
    if body.n is not None and body.n != 1:
        raise UnsupportedError("There is one answer to a question. Leave `n` out.", "n")
    if body.tool_choice not in (None, "none", "auto"):
        why = "Dalil calls no tools. Leave `tool_choice` out."
        raise UnsupportedError(why, "tool_choice")
    if body.response_format is not None and body.response_format.get("type") != "text":
        why = "Answers are text with citations. Leave `response_format` out."
        raise UnsupportedError(why, "response_format")


def _text(message: Message) -> str:
    if isinstance(message.content, list):
        texts = [part.text for part in message.content if part.type == "text" and part.text]
        return "\n".join(texts)
    return message.content or ""
