"""How often an embed may be asked, in all and by one client; counted in memory."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ui.server.embeds.embeds import Embed

_WINDOW_SECONDS = 60.0


@dataclass(slots=True)
class _Window:
    """Questions of the last minute, oldest first: when and by whom, and when for each client."""

    taken: deque[tuple[float, str]] = field(default_factory=deque)
    by_client: dict[str, deque[float]] = field(default_factory=dict)

    def forget(self, before: float) -> None:
        while self.taken and self.taken[0][0] <= before:
            _, client = self.taken.popleft()
            self.by_client[client].popleft()
            if not self.by_client[client]:
                del self.by_client[client]


class Limits:
    """Counts questions in a sliding window of a minute.

    Only questions that are let through are kept, so an embed never takes more memory than its
    own limit of them, however many ask, and nobody's count is lost to make room for another's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def take(self, embed: Embed, client: str) -> int:
        """Count a question and return 0, or return after how many seconds there is room for it."""
        now = self._clock()
        window = self._windows.setdefault(embed.id, _Window())
        window.forget(now - _WINDOW_SECONDS)
        own = window.by_client.get(client, deque())
        if len(own) >= embed.plan.per_client:
            return _seconds_until(own[0], now)
        if len(window.taken) >= embed.plan.per_minute:
            return _seconds_until(window.taken[0][0], now)
        window.taken.append((now, client))
        window.by_client.setdefault(client, deque()).append(now)
        return 0


def _seconds_until(oldest: float, now: float) -> int:
    return max(1, math.ceil(oldest + _WINDOW_SECONDS - now))
