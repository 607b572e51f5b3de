"""What a build takes: seconds of the wall, and of the processor, which other work leaves alone."""

from __future__ import annotations

import resource
from time import perf_counter, process_time

from eval.bench.files import Figures


class Clock:
    """Runs from its making on; a process started meanwhile counts as a whole once it has ended."""

    def __init__(self) -> None:
        self._wall, self._processor = perf_counter(), _processor()

    def build(self) -> Figures:
        """Return the seconds until now as figures of a build."""
        wall, processor = perf_counter() - self._wall, _processor() - self._processor
        return {"build_s": wall, "build_cpu_s": processor}


def _processor() -> float:
    """Return the processor's seconds of this process and of those that it waited for."""
    beside = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + beside.ru_utime + beside.ru_stime
