"""Which questions a visit is asking, and which conversation it was led to meanwhile.

A question and the opening of another conversation may be sent in one instant, and reach the server
in any order; what is asked belongs to the conversation that was shown when it was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

# How long an answer that is given up may take to end, and visits that are remembered.
_PATIENCE_SECONDS, _MOST = 5.0, 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """A question that is being answered; `gone` gives it up."""

    visit: str
    gone: Event = field(default_factory=Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Visits:
    """The questions under way of all visits, by the hash of Gradio's session."""

    def __init__(self) -> None:
        self._asking: set[Asking] = set()
        # Where a visit was led, until it asks from there: the newest answer, `None` for none.
        self._led: dict[str, str | None] = {}

    def begin(self, visit: str, before: Sequence[str]) -> Asking | None:
        """Return the question as one under way; `before` are the answers it was asked after.

        `None` for one that was sent before its reader was led to another conversation.
        """
        if visit in self._led:
            # Asked for once: where word of it was lost on its way, the next question counts.
            led = self._led.pop(visit)
            if (led not in before) if led else before:
                return None
        asking = Asking(visit)
        self._asking.add(asking)
        return asking

    def end(self, asking: Asking) -> None:
        """Say that nothing more comes of a question."""
        self._asking.discard(asking)
        asking.ended.set()

    async def leave(self, visit: str, shown: Sequence[str]) -> None:
        """Give up what a visit asks, since it is led to the conversation of the answers `shown`.

        Returns when the last of that has been sent, so that what is sent next stays.
        """
        self._led.pop(visit, None)
        self._led[visit] = shown[-1] if shown else None
        if len(self._led) > _MOST:
            del self._led[next(iter(self._led))]
        for asking in [one for one in self._asking if one.visit == visit]:
            asking.gone.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(asking.ended.wait(), _PATIENCE_SECONDS)
