"""Growing delays for those who fail again and again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# A forgotten key begins anew; who guesses for an hour has had few tries by then.
_FORGOTTEN_SECONDS = 3_600.0
# Some hundred bytes each; more would let strangers fill the memory.
_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class _Tries:
    count: int
    until: float


class Throttle:
    """Lets each key try `free` times, then after 1, 2, 4... seconds up to `longest`.

    A try counts before its outcome is known, so that many at once are no way around it.  Use it
    from one thread.

    >>> clock = iter([0.0, 0.0, 0.5]).__next__
    >>> throttle = Throttle(2, 60, clock)
    >>> throttle.count("leila"), throttle.count("leila"), throttle.wait("leila")
    (None, None, 0.5)
    >>> throttle.clear("leila"), throttle.wait("leila")
    (None, 0.0)
    """

    def __init__(
        self, free: int, longest: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._free, self._longest, self._now = free, longest, now
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, key: str) -> float:
        """Return the seconds until `key` may try again, 0 if it may now."""
        tries = self._tries.get(key)
        return max(0.0, tries.until - self._now()) if tries else 0.0

    def count(self, key: str) -> None:
        """Count a try as failed."""
        now = self._now()
        tries = self._tries.pop(key, None)
        if tries is None or now > tries.until + _FORGOTTEN_SECONDS:
            tries = _Tries(0, now)
        count = tries.count + 1
        # More doublings than this are longer than any `longest`.
        delay = 2.0 ** min(count - self._free, 30) if count >= self._free else 0.0
        self._tries[key] = _Tries(count, now + min(delay, self._longest))
        if len(self._tries) > _MOST_KEYS:
            self._tries.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Take back the last try, which did not fail, and leave those before it."""
        tries = self._tries.get(key)
        if tries is not None:
            self._tries[key] = _Tries(max(0, tries.count - 1), self._now())

    def clear(self, key: str) -> None:
        """Forget all tries of a key that has succeeded."""
        self._tries.pop(key, None)
