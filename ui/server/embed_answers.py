"""Answers for the pages of embeds: from the articles an embed may see, while it is not revoked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, suppress

from corpus.errors import DalilError
from index.embeds import Embed
from rag.events import Event
from ui.asking import Desk
from ui.batch import Question
from ui.server.desks import BusyError, Desks, TooSlowError
from ui.server.embed_gate import REFUSAL, UNAVAILABLE
from ui.server.register import Register

# How long a stream that waits for its next event may outlive its embed.
_LOOK_SECONDS = 0.5


class RevokedError(DalilError):
    """The embed was revoked while it was being answered."""


async def answered(
    embed: Embed, question: Question, desks: Desks, register: Register
) -> AsyncGenerator[Event]:
    """Yield the events of an answer.

    Raises `RevokedError`, also between two events, and what `Desks.stream` raises; what is wrong
    with the library itself is not told to the pages of others.
    """

    def work(desk: Desk) -> Generator[Event]:
        return desk.stream(question, embed.plan.filters, owner=f"embed:{embed.id}")

    try:
        async with aclosing(_while_valid(embed, desks.stream(work), register)) as events:
            async for event in events:
                yield event
    except (BusyError, TooSlowError, RevokedError):
        raise
    except DalilError as error:
        raise DalilError(UNAVAILABLE) from error


async def _while_valid(
    embed: Embed, events: AsyncGenerator[Event], register: Register
) -> AsyncGenerator[Event]:
    async with aclosing(events):
        while True:
            coming = asyncio.ensure_future(anext(events, None))
            try:
                while not (await asyncio.wait({coming}, timeout=_LOOK_SECONDS))[0]:
                    await _check(embed, register)
                await _check(embed, register)
            finally:
                await _end(coming)
            event = coming.result()
            if event is None:
                return
            yield event


async def _check(embed: Embed, register: Register) -> None:
    if await register.find(embed.id) is None:
        raise RevokedError(REFUSAL)


async def _end(coming: asyncio.Future[Event | None]) -> None:
    """Wait until nobody runs the generator any more, so that it can be closed."""
    if not coming.done():
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
