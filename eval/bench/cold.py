"""How long `dalil ask` takes beside `import sentence_transformers`, in one run.

Both are started as processes of their own, in turns, so that whatever else the machine does meets
both alike; the ratio of the medians is what counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

_DEMO = Path(__file__).parents[2] / "corpus" / "demo"
_QUESTION = "What bounty was announced for Hajji Abdullah?"


def compare(rounds: int) -> dict[str, float]:
    """Return the median seconds of both commands and their ratio."""
    with tempfile.TemporaryDirectory() as home:
        dalil = [sys.executable, "-m", "ui.cli", "--home", home]
        subprocess.run([*dalil, "add", str(_DEMO)], check=True, capture_output=True)
        commands = {
            "ask": [*dalil, "ask", _QUESTION],
            "import": [sys.executable, "-c", "import sentence_transformers"],
        }
        for command in commands.values():
            # The first start of each reads files from disk and writes bytecode.
            _seconds(command)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(_seconds(command))
    ask, imported = (statistics.median(times[name]) for name in ("ask", "import"))
    return {
        "dalil ask, seconds": round(ask, 3),
        "import sentence_transformers, seconds": round(imported, 3),
        "ratio": round(ask / imported, 3),
    }


def _seconds(command: Sequence[str]) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - began
