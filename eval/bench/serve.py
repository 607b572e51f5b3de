"""How the server does under load: one client, many, and a queue that is full.

The server is the command as people start it, on the demo collection.  Times are told as multiples
of what a single client waits, measured in the same run, since whatever else the machine does meets
both.  The clients run beside the server and take their share of the same cores.  How the server's
memory grows, and how long its slowest answers take, shows after minutes only (`--seconds 600`):
caches fill before.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import linear_regression
from threading import Event, Thread
from time import perf_counter
from typing import IO, cast

from corpus.errors import DalilError
from eval.bench.clients import BUSY, OK, Address, Reply, ask_alone, ask_together
from eval.bench.stack import percentile
from eval.cases.case import read_cases
from eval.running.evaluate import CASES, DEMO

# Questions of a single client for each second of many, which tell enough of it after some; as many
# before, not counted, open the library and fill caches.
_ALONE_A_SECOND, _LEAST_ALONE, _MOST_ALONE = 3, 10, 60
# A queue that so many clients keep full, each trying again soon.
_FEW_PLACES, _TOO_MANY = 2, 12
_PROBE_PAUSE = 0.05
# How often memory is looked at; what comes before this share of the time is warm-up.
_LOOK_SECONDS, _WARM_UP = 0.5, 1 / 3
# What a server must hold once caches are full, which a run of so many seconds can tell: growth of
# its memory in MB a minute, and the 99th percentile of its answers over their median.
_LONG_SECONDS, _MOST_SLOPE, _MOST_P99_SHARE = 600.0, 1.0, 3.0
# When, in seconds, and how much memory there was, in MB (10^6 bytes).
Memory = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured; times in ms, multiples of the median of a single client.

    `p99_share` is the 99th percentile over the median.  `memory_mb` is the server's resident memory
    (MB, 10^6 bytes) at the end, `memory_slope` how it grew after the first third of the time (MB a
    minute); both are `None` where /proc does not tell.
    `errors` counts the replies below the queue's limit that were no answer, by status (0: none
    came).  `slowest_share` is the number of answers of the client served least over the mean.
    `refused_*` are the times of 503 while the queue is full, `after_multiple` the median of a
    single client afterwards over that before.
    """

    clients: int
    seconds: float
    requests: int
    errors: dict[str, int]
    per_second: float
    alone_p50_ms: float
    p50_ms: float
    p95_ms: float
    p95_multiple: float
    p99_ms: float
    p99_share: float
    memory_mb: float | None
    memory_slope: float | None
    slowest_share: float
    refused: int
    not_refused: int
    refused_p50_ms: float
    refused_p95_ms: float
    refused_multiple: float
    after_multiple: float

    @property
    def sound(self) -> bool:
        """Whether every request below the queue's limit was answered, and the rest refused."""
        return not self.errors and self.refused > 0

    @property
    def bounds(self) -> dict[str, bool | None]:
        """Whether memory grew by at most 1 MB a minute, and p99 is at most three times p50.

        `None` where that cannot be told: in less than ten minutes, or without /proc.
        """
        slope, share = self.memory_slope, self.p99_share
        long = self.seconds >= _LONG_SECONDS
        return {
            "memory_flat": slope <= _MOST_SLOPE if long and slope is not None else None,
            "p99_bounded": share <= _MOST_P99_SHARE if long else None,
        }

    @property
    def met(self) -> bool:
        """Whether it is sound, and no bound is missed that can be told."""
        return self.sound and False not in self.bounds.values()

    def as_json(self) -> dict[str, object]:
        """Return the figures rounded, if all was answered, and which bounds are met."""
        figures = {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }
        return {**figures, "sound": self.sound, **self.bounds}


def table(load: Load) -> str:
    """Return a line for each figure, and for each bound if it is met."""
    said = {True: "yes", False: "no", None: f"cannot be told ({_LONG_SECONDS:g} seconds can)"}
    named = {
        "memory_flat": f"memory grows by at most {_MOST_SLOPE:g} MB a minute",
        "p99_bounded": f"p99 is at most {_MOST_P99_SHARE:g} times p50",
    }
    figures = load.as_json()
    lines = [f"{name}: {value}" for name, value in figures.items() if name not in named]
    return "\n".join(lines + [f"{named[name]}: {said[met]}" for name, met in load.bounds.items()])


def measure(clients: int, seconds: float) -> Load:
    """Start the server, ask, and return the figures.

    Raises `DalilError` when the server does not start, or refuses nobody when it is full.
    """
    questions = [case.question for case in read_cases(CASES)]
    count = min(max(_LEAST_ALONE, round(_ALONE_A_SECOND * seconds)), _MOST_ALONE)
    with tempfile.TemporaryDirectory(prefix="dalil-serve-") as home:
        subprocess.run([*_command(home), "add", str(DEMO)], check=True, capture_output=True)
        with _serving(home, clients) as (address, process):
            ask_alone(address, questions, count)
            alone = _times(ask_alone(address, questions, count))
            with _remembered(process) as memory:
                together = ask_together(address, questions, clients, seconds)
        with _serving(home, _FEW_PLACES) as (address, _):
            ask_alone(address, questions, count)
            before = _times(ask_alone(address, questions, count))
            probes = _when_full(address, questions, count)
            after = _times(ask_alone(address, questions, count))
    return _load(clients, seconds, alone, together, (before, probes, after), memory)


def _load(
    clients: int,
    seconds: float,
    alone: Sequence[float],
    together: Sequence[Reply],
    burst: tuple[Sequence[float], Sequence[Reply], Sequence[float]],
    memory: Memory = (),
) -> Load:
    before, probes, after = burst
    times = _times(together)
    served = Counter(reply.client for reply in together if reply.status == OK)
    refused = [reply.ms for reply in probes if reply.status == BUSY]
    if not refused or not times:
        raise DalilError("The server never answered, or never refused. Try with more --seconds.")
    single = percentile(alone, 50)
    failed = Counter(str(reply.status) for reply in together if reply.status != OK)
    failed.update(str(reply.status) for reply in probes if reply.status not in (OK, BUSY))
    return Load(
        clients=clients,
        seconds=seconds,
        requests=len(together),
        errors=dict(failed),
        per_second=len(times) / seconds,
        alone_p50_ms=single,
        p50_ms=percentile(times, 50),
        p95_ms=percentile(times, 95),
        p95_multiple=percentile(times, 95) / single,
        p99_ms=percentile(times, 99),
        p99_share=percentile(times, 99) / percentile(times, 50),
        memory_mb=memory[-1][1] if memory else None,
        memory_slope=slope(memory),
        slowest_share=min(served[n] for n in range(clients)) * clients / len(times),
        refused=len(refused),
        not_refused=len(probes) - len(refused),
        refused_p50_ms=percentile(refused, 50),
        refused_p95_ms=percentile(refused, 95),
        refused_multiple=percentile(refused, 50) / percentile(before, 50),
        after_multiple=percentile(after, 50) / percentile(before, 50),
    )


def slope(memory: Memory) -> float | None:
    """Return by how many MB a minute the memory grows, `None` if that cannot be told.

    >>> slope([(0.0, 100.0), (30.0, 300.0), (60.0, 301.0), (90.0, 302.0)])
    2.0
    """
    if len(memory) < 2:
        return None
    begun, end = memory[0][0], memory[-1][0]
    warm = [(at, mb) for at, mb in memory if at >= begun + _WARM_UP * (end - begun)]
    if len(warm) < 2:
        return None
    return 60 * linear_regression(*zip(*warm, strict=True)).slope


@contextmanager
def _remembered(process: int) -> Iterator[list[tuple[float, float]]]:
    """Look at the memory of a process while the block runs; yield what is seen, as it is seen."""
    status, seen, stop = Path(f"/proc/{process}/status"), list[tuple[float, float]](), Event()

    def look() -> None:
        while not stop.wait(_LOOK_SECONDS) and status.exists():
            lines = status.read_text(encoding="ascii").splitlines()
            kilobytes = next(int(one.split()[1]) for one in lines if one.startswith("VmRSS"))
            seen.append((perf_counter(), kilobytes * 1_024 / 1e6))

    looking = Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        stop.set()
        looking.join()


def _when_full(address: Address, questions: Sequence[str], count: int) -> list[Reply]:
    """Return what one more client is told `count` times while too many ask."""
    probes: list[Reply] = []

    def probe() -> None:
        for _ in range(count):
            probes.append(address.ask(questions[0]))
            time.sleep(_PROBE_PAUSE)

    ask_together(address, questions, _TOO_MANY, 0, pause=_PROBE_PAUSE, before_end=probe)
    return probes


@contextmanager
def _serving(home: str, waiting: int) -> Iterator[tuple[Address, int]]:
    """Start the server with so many places in its queue; yield address and process number."""
    options = ["serve", "--port", "0", "--waiting", str(waiting)]
    process = subprocess.Popen(
        [*_command(home), *options], stderr=subprocess.PIPE, encoding="utf-8"
    )
    log = cast("IO[str]", process.stderr)
    told = log.readline()
    # A pipe that nobody empties is full after some hundred requests, and the server waits.
    Thread(target=deque, args=(log, 0), daemon=True).start()
    try:
        if "http" not in told:
            raise DalilError(f"The server did not start: {told.strip()}")
        yield Address(told.split()[2]), process.pid
    finally:
        process.terminate()
        process.wait()


def _command(home: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", "--home", home]


def _times(replies: Sequence[Reply]) -> list[float]:
    return [reply.ms for reply in replies if reply.status == OK]
