"""One request to a host at a time, and a while between two."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """Keeps `seconds` between the end of a request to a host and the next one to it."""

    def __init__(self, seconds: float, sleep: Callable[[float], object] = time.sleep) -> None:
        self.seconds, self._sleep = seconds, sleep
        self._lock = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._ended: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until no other request to `host` is under way, and hold the place for the block."""
        with self._lock:
            turn = self._turns[host]
        with turn:
            yield

    def wait(self, host: str, at_least: float = 0.0) -> None:
        """Let the pause since the last request to `host` pass; call within its turn."""
        ended = self._ended.get(host)
        pause = max(self.seconds, at_least)
        left = 0.0 if ended is None else ended + pause - time.monotonic()
        if left > 0:
            self._sleep(left)

    def ended(self, host: str) -> None:
        """Note that a request to `host` has ended."""
        self._ended[host] = time.monotonic()
