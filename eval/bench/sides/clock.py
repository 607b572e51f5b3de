"""What a build takes: seconds of the wall, and of the processor, which other work leaves alone."""

from __future__ import annotations

from time import perf_counter, process_time

from eval.bench.files import Figures


class Clock:
    """Runs from its making on; `pause` and `go` leave out what is not to be counted."""

    def __init__(self) -> None:
        self._wall = self._processor = 0.0
        self.go()

    def go(self) -> None:
        """Count from here."""
        self._wall -= perf_counter()
        self._processor -= process_time()

    def pause(self) -> None:
        """Count to here."""
        self._wall += perf_counter()
        self._processor += process_time()

    def build(self) -> Figures:
        """Stop, and return the seconds as figures of a build."""
        self.pause()
        return {"build_s": self._wall, "build_cpu_s": self._processor}
