"""Answers for the pages of embeds: from the articles an embed may see, while it is not revoked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, suppress

from corpus.errors import DalilError
from rag.events import Event
from ui.server.embeds.embeds import Embed
from ui.server.embeds.gate import REFUSAL, UNAVAILABLE
from ui.server.embeds.lookup import Lookup
from ui.server.http.workers import BusyError, TooSlowError, WorkerPool
from ui.service import Question, Service

# How long a stream that waits for its next event may outlive its embed.
_LOOK_SECONDS = 0.5


class RevokedError(DalilError):
    """The embed was revoked while it was being answered."""


async def answered(
    embed: Embed, question: Question, pool: WorkerPool, lookup: Lookup
) -> AsyncGenerator[Event]:
    """Yield the events of an answer.

    Raises `RevokedError`, also between two events, and what `WorkerPool.stream` raises; what is
    wrong with the library itself is not told to the pages of others.
    """

    def work(service: Service) -> Generator[Event]:
        return service.stream(question, embed.plan.filters, owner=f"embed:{embed.id}")

    try:
        async with aclosing(_while_valid(embed, pool.stream(work), lookup)) as events:
            async for event in events:
                yield event
    except (BusyError, TooSlowError, RevokedError):
        raise
    except DalilError as error:
        raise DalilError(UNAVAILABLE) from error


async def _while_valid(
    embed: Embed, events: AsyncGenerator[Event], lookup: Lookup
) -> AsyncGenerator[Event]:
    async with aclosing(events):
        while True:
            coming = asyncio.ensure_future(anext(events, None))
            try:
                while not (await asyncio.wait({coming}, timeout=_LOOK_SECONDS))[0]:
                    await _check(embed, lookup)
                await _check(embed, lookup)
            finally:
                await _end(coming)
            event = coming.result()
            if event is None:
                return
            yield event


async def _check(embed: Embed, lookup: Lookup) -> None:
    if await lookup.find(embed.id) is None:
        raise RevokedError(REFUSAL)


async def _end(coming: asyncio.Future[Event | None]) -> None:
    """Wait until nobody runs the generator any more, so that it can be closed."""
    if not coming.done():
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
