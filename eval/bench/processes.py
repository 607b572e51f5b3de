"""The two sides as processes: steps that are run, servers that are asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Self, cast

from corpus.errors import DalilError
from eval.bench.files import Figures

# One thread each, so that neither side pays for a fight over the cores.
_ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "RAYON", "VECLIB_MAXIMUM")
}
_QUIET = {"TOKENIZERS_PARALLELISM": "false", "LANGSMITH_TRACING": "false"}


def step(side: str, name: str, folder: Path) -> Figures:
    """Run a step of `side` ("dalil" or "langchain") and return its figures.

    Raises `DalilError` when it fails; the process has then said why on standard error.
    """
    process = _start(side, name, folder)
    out, _ = process.communicate()
    if process.returncode:
        raise _failed(side, name)
    found: Figures = json.loads(out)
    return found


class Server:
    """A side that has opened its index and answers questions; use as a context manager.

    `legs` are the names of what can be asked, `open_s` the seconds that opening took and
    `peak_mb` the process's peak memory, known once it is closed.
    """

    def __init__(self, side: str, folder: Path) -> None:
        self._side = side
        self._process = _start(side, "serve", folder)
        self._questions, self._answers = _pipes(self._process)
        opened = self._read()
        self.legs: Sequence[str] = opened["legs"]
        self.open_s: float = opened["open_s"]
        self.peak_mb = 0.0

    def ask(self, leg: str, question: str) -> float:
        """Return the milliseconds that `leg` takes for `question`, those of the pipe not."""
        self._questions.write(json.dumps([leg, question]) + "\n")
        self._questions.flush()
        return float(self._read()["ms"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if any(raised):
            self._process.kill()
            self._process.communicate()
            return
        out, _ = self._process.communicate()
        self.peak_mb = float(json.loads(out)["peak_mb"])

    def _read(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line:
            self._process.communicate()
            raise _failed(self._side, "serve")
        found: dict[str, Any] = json.loads(line)
        return found


def _start(side: str, name: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "eval.bench.sides.server", side, name, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **_ONE_THREAD, **_QUIET},
    )


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    # Both are there, since `_start` asks for them.
    return cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)


def _failed(side: str, name: str) -> DalilError:
    return DalilError(f"The step {name!r} of {side} failed; its last message above says why.")
