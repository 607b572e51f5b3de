"""How many lines of one kind the log takes, so that who makes them cannot fill the disk."""

from __future__ import annotations

from dataclasses import dataclass

_WINDOW_SECONDS = 60.0


@dataclass(slots=True)
class _Window:
    begun: float
    taken: int = 0
    left_out: int = 0


class LineLimit:
    """Lets so many lines of each kind through in a minute, and counts those it leaves out.

    Kinds are few: they are made of the program's own words, never of a request's.

    >>> limit = LineLimit()
    >>> [limit.takes("fault", 2, 0.0) for _ in range(4)], limit.left_out(59.0)
    ([True, True, False, False], [])
    >>> limit.left_out(60.0), limit.takes("fault", 2, 60.0)
    ([('fault', 2)], True)
    """

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def takes(self, kind: str, most: int, now: float) -> bool:
        """Count a line at `now`, in seconds; return if it is one of the first `most`."""
        window = self._windows.setdefault(kind, _Window(now))
        if window.taken >= most:
            window.left_out += 1
            return False
        window.taken += 1
        return True

    def left_out(self, now: float) -> list[tuple[str, int]]:
        """Return the kinds of which lines were left out in minutes that have passed, once each."""
        over = [k for k, one in self._windows.items() if now - one.begun >= _WINDOW_SECONDS]
        passed = [(kind, self._windows.pop(kind).left_out) for kind in over]
        return [(kind, count) for kind, count in passed if count]
