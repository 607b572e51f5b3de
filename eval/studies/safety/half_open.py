"""What half-sent requests do to the server: `python -m eval.studies.safety.half_open`.

So many connections are held half open while clients ask: each sends a part of a request's head,
and another takes the place of each that the server closes.  `--files` is how many files the server
may open.  Told is how many questions failed, how long answers took beside those without the
half-open connections, and how much the server wrote into its log.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from select import poll

from eval.bench.clients import OK, Address, Reply, ask_together
from eval.bench.stack import percentile
from eval.cases.case import read_cases
from eval.running.evaluate import CASES, DEMO
from eval.studies.safety.serving import add, serving

_HALF = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
_LOOK_MS = 20
_START = (
    "import resource, runpy; n = {files}; resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)); "
    "runpy.run_module('ui.cli', run_name='__main__', alter_sys=True)"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: half-open connections that were opened, replies, bytes of the log."""

    opened: int
    alone: Sequence[Reply]
    beside: Sequence[Reply]
    log_bytes: int

    @property
    def failed(self) -> int:
        """How many questions were not answered while connections were half open."""
        return sum(reply.status != OK for reply in self.beside)


def measure(held: int, clients: int, seconds: float, files: int, addresses: int) -> Outcome:
    """Start a server on the demo collection, and ask it without and with half-open connections.

    `addresses` of this machine (127.0.0.1 and those that follow) are what they come from.  Raises
    `DalilError` when the server does not start.
    """
    questions = [case.question for case in read_cases(CASES)]
    with tempfile.TemporaryDirectory(prefix="dalil-half-open-") as folder:
        log = Path(folder, "log")
        add(folder, DEMO)
        limited = (sys.executable, "-c", _START.format(files=files))
        with serving(folder, log, limited) as port:
            address = Address(f"http://127.0.0.1:{port}")
            ask_together(address, questions, clients, seconds / 4)
            alone = ask_together(address, questions, clients, seconds)
            with _held_open(port, held, addresses) as opened:
                beside = ask_together(address, questions, clients, seconds)
        return Outcome(len(opened), alone, beside, log.stat().st_size)


@contextmanager
def _held_open(port: int, held: int, addresses: int) -> Iterator[list[int]]:
    """Hold so many connections half open; yield a list as long as those that were opened."""
    opened: list[int] = []
    stop, all_open = threading.Event(), threading.Event()

    def hold() -> None:
        lines: dict[int, socket.socket] = {}
        closed = poll()
        while not stop.is_set():
            for _ in range(held - len(lines)):
                with suppress(OSError):
                    line = _half_open(port, 1 + len(opened) % addresses)
                    lines[line.fileno()] = line
                    closed.register(line)
                    opened.append(line.fileno())
            all_open.set()
            for number, _ in closed.poll(_LOOK_MS):
                closed.unregister(number)
                lines.pop(number).close()
        for line in lines.values():
            line.close()

    holding = threading.Thread(target=hold)
    holding.start()
    all_open.wait()
    try:
        yield opened
    finally:
        stop.set()
        holding.join()


def _half_open(port: int, number: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), 1, (f"127.0.0.{number}", 0))
    line.sendall(_HALF)
    return line


def report(found: Outcome) -> str:
    """Return the figures, a line each."""
    rows = [f"{found.opened} half-open connections, {found.log_bytes} bytes of log"]
    for name, replies in (("without them", found.alone), ("beside them", found.beside)):
        times = [reply.ms for reply in replies if reply.status == OK] or [0.0]
        failed = sum(reply.status != OK for reply in replies)
        p50, p95 = percentile(times, 50), percentile(times, 95)
        rows.append(
            f"{name}: {len(replies)} questions, {failed} failed, {p50:.0f} ms p50, {p95:.0f} ms p95"
        )
    return "\n".join(rows) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if any question failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--files", type=int, default=4_096)
    parser.add_argument("--addresses", type=int, default=1)
    chosen = parser.parse_args(arguments)
    found = measure(
        chosen.connections, chosen.clients, chosen.seconds, chosen.files, chosen.addresses
    )
    sys.stdout.write(report(found))
    return int(found.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
