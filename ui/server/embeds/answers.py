"""Answers for the pages of embeds: from the articles an embed may see, while it is not revoked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from dataclasses import replace

from corpus.errors import DalilError
from rag.answer import Event
from ui.server.embeds.embeds import Embed
from ui.server.embeds.gate import REFUSAL, UNAVAILABLE
from ui.server.embeds.lookup import Lookup
from ui.server.http.streaming import with_pauses
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
    # What the embed hides is nothing that its readers chose to leave out.
    filters = replace(embed.plan.filters, fixed=True)

    def work(service: Service) -> Generator[Event]:
        return service.stream(question, filters, owner=f"embed:{embed.id}")

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
    pauses = with_pauses(events, _LOOK_SECONDS)
    async with aclosing(events), aclosing(pauses) as coming:
        async for event in coming:
            await _check(embed, lookup)
            if event is not None:
                yield event


async def _check(embed: Embed, lookup: Lookup) -> None:
    if await lookup.find(embed.id) is None:
        raise RevokedError(REFUSAL)
