"""The memory that a process takes together with those that it has started.

`ru_maxrss` will not do for these: Linux counts in it what their parent had when it started them,
which an import of a large collection would be counted twice by.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from eval.bench.files import Figures

_PROCESSES = Path("/proc")
_EVERY_SECONDS = 0.05
_RESIDENT, _HIGHEST, _OWN = "VmRSS", "VmHWM", "RssAnon"


def peak() -> float:
    """Return the most memory (MB, 10^6 bytes) that this process has had so far."""
    if _PROCESSES.exists():
        return _memory(os.getpid()).get(_HIGHEST, 0.0)
    return _most(resource.RUSAGE_SELF)


class Watch:
    """Looks every now and then, from its making on, at what all the processes take at one time.

    Pages of files that two of them have mapped are counted twice; `own_peak_mb` is without those.
    """

    def __init__(self) -> None:
        self._most, self._own = 0.0, 0.0
        self._highest: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def peaks(self) -> Figures:
        """End looking, and return the most memory (MB) of all, and of that their own."""
        self._ended.set()
        self._thread.join()
        if not _PROCESSES.exists():
            return {"peak_mb": peak() + _most(resource.RUSAGE_CHILDREN)}
        self._look()
        return {"peak_mb": self._most, "own_peak_mb": self._own}

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        found = {process: _memory(process) for process in (os.getpid(), *_started())}
        self._most = max(self._most, sum(self._lately(*each) for each in found.items()))
        self._own = max(self._own, sum(memory.get(_OWN, 0.0) for memory in found.values()))

    def _lately(self, process: int, memory: dict[str, float]) -> float:
        """Return what a process has, or had for a moment since it was looked at last."""
        highest = memory.get(_HIGHEST, 0.0)
        before, self._highest[process] = self._highest.get(process, 0.0), highest
        # While it works for long in one call, this thread is not let look.
        return highest if highest > before else memory.get(_RESIDENT, 0.0)


def _started() -> Iterator[int]:
    """Yield the processes that any thread of this one has started, and that have not ended."""
    for thread in (_PROCESSES / "self" / "task").glob("*/children"):
        try:
            yield from map(int, thread.read_text(encoding="ascii").split())
        except OSError:
            # The thread has ended meanwhile.
            continue


def _memory(process: int) -> dict[str, float]:
    """Return what the system says of the memory of a process, in MB, nothing once it has ended."""
    try:
        status = (_PROCESSES / str(process) / "status").read_text(encoding="utf-8")
    except OSError:
        return {}
    lines = (line.partition(":") for line in status.splitlines())
    wanted = {_RESIDENT, _HIGHEST, _OWN}
    return {name: int(told.split()[0]) * 1024 / 1e6 for name, _, told in lines if name in wanted}


def _most(whose: int) -> float:
    # Bytes on macOS, kibibytes elsewhere.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(whose).ru_maxrss * unit / 1e6
