"""The sides as processes: steps that are run, servers that are asked, each within limits."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn, Self, cast

from corpus.errors import DalilError
from eval.bench.files import Figures

# One thread each, so that neither side pays for a fight over the cores.
_ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "RAYON", "VECLIB_MAXIMUM")
}
_QUIET = {"TOKENIZERS_PARALLELISM": "false", "LANGSMITH_TRACING": "false"}
# How often a process is looked at, in seconds: memory grows by less meanwhile than counts here.
_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take before it is ended: MB of its own memory, seconds of a step.

    Pages of mapped files are not its own: the system takes them back when it needs them.
    """

    memory_mb: float = math.inf
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Reply:
    """What a leg took, in ms, and the keys of each passage it found, best first.

    `cpu_ms` is the processor's time, which does not count what else the machine did meanwhile.
    """

    ms: float
    found: Sequence[Sequence[str]]
    cpu_ms: float = 0.0


def step(side: str, name: str, folder: Path, limits: Limits | None = None) -> Figures:
    """Run a step of `side` (a module of `eval.bench.sides`) and return its figures.

    Raises `DalilError` when it fails, with the last thing that the process said.
    """
    process = _Process(side, name, folder, limits or Limits())
    out = process.ended()
    found: Figures = json.loads(out)
    return found


class Server:
    """A side that has opened its index and answers questions; use as a context manager.

    `legs` are the names of what can be asked, `open_s` the seconds that opening took, `start_s`
    those with the process's own start and imports, and `peak_mb` its peak memory, known once it
    is closed.
    """

    def __init__(
        self, side: str, folder: Path, name: str = "serve", limits: Limits | None = None
    ) -> None:
        began = time.perf_counter()
        self._process = _Process(side, name, folder, limits or Limits())
        opened = self._process.read()
        self.start_s = time.perf_counter() - began
        self.legs: Sequence[str] = opened["legs"]
        self.open_s: float = opened["open_s"]
        self.peak_mb = 0.0

    def ask(self, leg: str, question: str) -> float:
        """Return the milliseconds that `leg` takes for `question`, those of the pipe not."""
        return self.find(leg, question).ms

    def find(self, leg: str, question: str) -> Reply:
        """Ask `question` of `leg`; raises `DalilError` when the process is gone."""
        self._process.write([leg, question])
        reply = self._process.read()
        return Reply(float(reply["ms"]), reply.get("found", []), float(reply["cpu_ms"]))

    def close(self) -> float:
        """End the process and return its peak memory (MB)."""
        self.peak_mb = float(json.loads(self._process.ended())["peak_mb"])
        return self.peak_mb

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if any(raised):
            self._process.kill()
        elif self._process.running:
            self.close()


class _Process:
    """A side's process, with what it says on standard error kept for a sentence on its end."""

    def __init__(self, side: str, name: str, folder: Path, limits: Limits) -> None:
        self._what = f"The step {name!r} of {side}"
        self._said = folder / f"{side}-{name}.log"
        with self._said.open("w", encoding="utf-8") as said:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "eval.bench.sides.server", side, name, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                encoding="utf-8",
                env={**os.environ, **_ONE_THREAD, **_QUIET},
            )
        self._stopped = ""
        # A server may wait for questions as long as it likes; what it does for one is bounded.
        self._busy_since: float | None = time.monotonic()
        self.running = True
        if limits != Limits():
            threading.Thread(target=self._watch, args=(limits,), daemon=True).start()

    def write(self, fields: Sequence[str]) -> None:
        self._busy_since = time.monotonic()
        pipe = cast("IO[str]", self._popen.stdin)
        try:
            pipe.write(json.dumps(fields) + "\n")
            pipe.flush()
        except OSError:
            self._fail()

    def read(self) -> dict[str, Any]:
        line = cast("IO[str]", self._popen.stdout).readline()
        self._busy_since = None
        if not line:
            self._fail()
        found: dict[str, Any] = json.loads(line)
        return found

    def ended(self) -> str:
        """Wait for the end and return the rest of the output."""
        out, _ = self._popen.communicate()
        self.running = False
        if self._popen.returncode:
            self._fail()
        return out

    def kill(self) -> None:
        self._popen.kill()
        self._popen.communicate()
        self.running = False

    def _fail(self) -> NoReturn:
        code = self._popen.poll()
        self._popen.kill()
        # What waits in a broken pipe cannot be written any more.
        with suppress(OSError, ValueError):
            self._popen.communicate()
        code = self._popen.wait() if code is None else code
        self.running = False
        said = self._said.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in said.splitlines() if line.strip()]
        why = self._stopped or (lines[-1].strip() if lines else _killed(code))
        raise DalilError(f"{self._what} failed: {why}")

    def _watch(self, limits: Limits) -> None:
        while self._popen.poll() is None:
            since = self._busy_since
            if _own_memory(self._popen.pid) > limits.memory_mb:
                self._stopped = f"it took more than {limits.memory_mb:,.0f} MB and was ended."
            elif since is not None and time.monotonic() - since > limits.seconds:
                self._stopped = f"it took more than {limits.seconds:,.0f} s and was ended."
            if self._stopped:
                self._popen.kill()
                return
            time.sleep(_LOOKS)


def _killed(code: int) -> str:
    """Say how a process ended that said nothing.

    >>> _killed(-9), _killed(3)
    ('it was killed, as happens when memory runs out.', 'it ended with code 3.')
    """
    if code == -signal.SIGKILL:
        return "it was killed, as happens when memory runs out."
    return f"it ended with code {code}."


def _own_memory(pid: int) -> float:
    """Return the MB (10^6 bytes) that a process holds and no file stands behind; 0 if unknown."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    kept = [line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")]
    return sum(map(int, kept)) * 1024 / 1e6
