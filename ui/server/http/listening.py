"""Answering clients that may hang up: their work is dropped, and streams end when work does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request

from corpus.errors import DalilError
from rag.answer import Answer, Json
from rag.events import Event
from ui.server.access.guard import error_body
from ui.server.http.errors import ClientGoneError, sentence_of
from ui.server.http.log import log_fault

Result = TypeVar("Result")


async def while_connected(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what `work` returns; cancel it and raise `ClientGoneError` if the client hangs up.

    The body must have been read.
    """
    working = asyncio.ensure_future(work)
    hanging_up = asyncio.ensure_future(_hang_up(request))
    try:
        await asyncio.wait({working, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGoneError
        return working.result()
    finally:
        working.cancel()
        hanging_up.cancel()


async def whole(events: AsyncGenerator[Event]) -> Answer:
    """Return the answer that the last event carries; whoever cancels this ends the events too."""
    async with aclosing(events):
        async for event in events:
            if event.answer is not None:
                return event.answer
    raise DalilError("The answer broke off. Ask again.")


async def as_sse(
    first: Event, events: AsyncGenerator[Event], write: Callable[[Event], Json] = Event.as_json
) -> AsyncIterator[bytes]:
    """Yield events as server-sent ones; what goes wrong midway becomes the event `error`."""
    try:
        yield _sse(first.kind, write(first))
        async for event in events:
            yield _sse(event.kind, write(event))
    except DalilError as error:
        yield _sse("error", error_body(sentence_of(error)))
    except Exception as error:
        log_fault(error)
        yield _sse("error", error_body(sentence_of(error)))
    finally:
        await events.aclose()


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _sse(kind: str, data: Json) -> bytes:
    r"""Return one event; JSON holds no line break, which would end its data.

    >>> _sse("token", {"text": "a\nb"})
    b'event: token\ndata: {"text": "a\\nb"}\n\n'
    """
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
