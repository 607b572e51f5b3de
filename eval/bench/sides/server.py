"""One side in a process of its own: a step that is measured, or a server that answers.

`python -m eval.bench.sides.server SIDE STEP FOLDER` writes JSON lines to standard output.  A step
that returns functions is served: it first tells its legs, then reads lines `[leg, question]` and
answers each with the milliseconds that the leg took, and the keys of what it found if it gives
them.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time

from corpus.errors import DalilError
from eval.bench.files import Found
from eval.bench.sides.memory import Watch, peak

Leg = Callable[[str], object]


def main(arguments: Sequence[str]) -> int:
    """Run one step of one side."""
    side, step, folder = arguments
    run = getattr(importlib.import_module(f"eval.bench.sides.{side}"), step)
    began, watch = perf_counter(), Watch()
    try:
        returned = run(Path(folder))
        open_s, peaks = perf_counter() - began, watch.peaks()
        if any(callable(value) for value in returned.values()):
            _serve(returned, open_s)
        else:
            _say({**peaks, **returned})
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
