"""A clock that nobody waits for: what comes, and after how many seconds, is a list."""

from queue import Empty

SILENCE = 10**9


class ScriptedClock:
    """Hands out (seconds, fed) in turn; whoever waits for less than that many seconds gets nothing.

    It takes the place of the source as well: nothing has to be fed.
    """

    def __init__(self, *arrivals):
        self.time = 0.0
        self._arrivals = list(arrivals)

    def now(self):
        return self.time

    def wait(self, _box, seconds):
        after, fed = self._arrivals[0] if self._arrivals else (SILENCE, None)
        if after > seconds:
            self.time += seconds
            raise Empty
        self.time += after
        self._arrivals.pop(0)
        return fed
