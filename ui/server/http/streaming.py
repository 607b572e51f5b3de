"""Answering a question at once or as server-sent events, in whichever shapes a route writes.

The formats of events and pings are FastAPI's.  Its own pings are for routes that always stream,
and that have answered 200 before their first event, so that no fault has a status of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from corpus.errors import DalilError
from rag.answer import Answer, Event, Json
from ui.server.http.errors import sentence_of, status_of
from ui.server.http.listening import while_connected
from ui.server.http.log import log_fault
from ui.server.http.refusals import error_body

# The HTML standard advises a comment "every 15 seconds or so" for the sake of old proxies.
PING_SECONDS = 15.0
_EVENT_STREAM = EventSourceResponse.media_type
# For nginx: pass events on as they come.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class AnswerFormat(Protocol):
    """How a route writes an answer, at once or step by step; one is made for each question."""

    def whole(self, answer: Answer) -> Json:
        """Return the body of an answer that is given at once."""

    def step(self, event: Event) -> Iterable[bytes]:
        """Return the server-sent events of one step; the last step holds the answer."""

    def fault(self, status: int, sentence: str) -> bytes:
        """Return the server-sent event of what goes wrong midway, which ends a stream."""


@dataclass(frozen=True, slots=True)
class NamedEvents:
    """Answers in the contract's shapes, each step an event of its kind."""

    answer: Callable[[Answer], Json] = Answer.as_json
    fields: Callable[[Event], Json] = Event.as_json

    def whole(self, answer: Answer) -> Json:
        """Return the shape of an answer."""
        return self.answer(answer)

    def step(self, event: Event) -> Iterator[bytes]:
        """Yield the event of one step."""
        yield server_sent(self.fields(event), event.kind)

    def fault(self, status: int, sentence: str) -> bytes:
        """Return the event `error`; a stream has a status already."""
        return server_sent(error_body(sentence), "error")


def server_sent(data: Json, kind: str | None = None) -> bytes:
    r"""Return one server-sent event.

    >>> server_sent({"text": "a\nb"}, "token")
    b'event: token\ndata: {"text": "a\\nb"}\n\n'
    >>> server_sent({"text": "خبر"}).decode()
    'data: {"text": "خبر"}\n\n'
    """
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=kind)


def wants_events(request: Request) -> bool:
    """Tell whether a client asks for server-sent events by what it accepts."""
    return _EVENT_STREAM in request.headers.get("accept", "")


def described(description: str) -> dict[int | str, dict[str, Any]]:
    """Describe the answers of a route, which may be streams, for its document."""
    content = {_EVENT_STREAM: {"schema": {"type": "string"}}}
    return {200: {"description": description, "content": content}}


async def respond(
    request: Request, events: AsyncGenerator[Event], form: AnswerFormat, *, streamed: bool
) -> Response | Json:
    """Return the body of the whole answer, or a response that tells each event as it comes.

    Raises what `events` raise, in a stream before the first event only, and `ClientGoneError`.
    """
    if not streamed:
        return form.whole(await while_connected(request, _whole(events)))
    # Until the first event comes, what goes wrong still has a status of its own.
    first = await while_connected(request, anext(events))
    return EventSourceResponse(_told(first, events, form), headers=_HEADERS)


async def with_pauses(
    events: AsyncGenerator[Event], seconds: float
) -> AsyncGenerator[Event | None]:
    """Yield the events, and `None` whenever none has come for so long.

    Closing this leaves the next event unheard; `events` are the caller's to close.
    """
    while True:
        coming = asyncio.ensure_future(anext(events, None))
        try:
            while not (await asyncio.wait({coming}, timeout=seconds))[0]:
                yield None
        finally:
            await _end(coming)
        event = coming.result()
        if event is None:
            return
        yield event


async def _whole(events: AsyncGenerator[Event]) -> Answer:
    """Return the answer that the last event carries; whoever cancels this ends the events too."""
    async with aclosing(events):
        async for event in events:
            if event.answer is not None:
                return event.answer
    raise DalilError("The answer broke off. Ask again.")


async def _told(
    first: Event, events: AsyncGenerator[Event], form: AnswerFormat
) -> AsyncGenerator[bytes]:
    """Yield what is sent: events, pings while none come, and what goes wrong midway."""
    try:
        async with aclosing(events), aclosing(with_pauses(events, PING_SECONDS)) as coming:
            for sent in form.step(first):
                yield sent
            async for event in coming:
                if event is None:
                    yield KEEPALIVE_COMMENT
                else:
                    for sent in form.step(event):
                        yield sent
    except DalilError as error:
        yield form.fault(status_of(error), sentence_of(error))
    except Exception as error:
        log_fault(error)
        yield form.fault(500, sentence_of(error))


async def _end(coming: asyncio.Future[Event | None]) -> None:
    """Wait until nobody runs the generator any more, so that it can be closed."""
    if not coming.done():
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
