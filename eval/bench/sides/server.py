"""One side in a process of its own: a step that is measured, or a server that answers.

`python -m eval.bench.sides.server SIDE STEP FOLDER` writes JSON lines to standard output.  A step
that returns functions is served: it first tells its legs, then reads lines `[leg, question]` and
answers each with the milliseconds that the leg took, and the keys of what it found if it gives
them.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time

from corpus.errors import DalilError
from eval.bench.files import Found

Leg = Callable[[str], object]


def peak() -> float:
    """Return the most memory (MB, 10^6 bytes) that this process has had so far.

    On Linux from /proc: `ru_maxrss` would count what the parent had when it started us.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    return _peak(resource.RUSAGE_SELF)


def peak_beside() -> float:
    """Return the most memory (MB) that a process had that this one started and waited for.

    It counts as at least what this one had when it started that; 0 without any.
    """
    return _peak(resource.RUSAGE_CHILDREN)


def _peak(whose: int) -> float:
    # Bytes on macOS, kibibytes elsewhere.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(whose).ru_maxrss * unit / 1e6


def main(arguments: Sequence[str]) -> int:
    """Run one step of one side."""
    side, step, folder = arguments
    run = getattr(importlib.import_module(f"eval.bench.sides.{side}"), step)
    began = perf_counter()
    try:
        returned = run(Path(folder))
        if any(callable(value) for value in returned.values()):
            _serve(returned, perf_counter() - began)
        else:
            _say({"peak_mb": peak(), **returned})
    except DalilError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _serve(legs: Mapping[str, Leg], open_s: float) -> None:
    _say({"open_s": open_s, "legs": list(legs)})
    for line in sys.stdin:
        name, question = json.loads(line)
        began, processor = perf_counter(), process_time()
        found = legs[name](question)
        times = {
            "ms": 1000 * (perf_counter() - began),
            "cpu_ms": 1000 * (process_time() - processor),
        }
        _say({**times, "found": found.keys} if isinstance(found, Found) else times)
    _say({"peak_mb": peak()})


def _say(fields: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
