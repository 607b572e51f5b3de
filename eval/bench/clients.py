"""Clients of a server, each in a thread that asks one question after another."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import perf_counter
from urllib.parse import urlsplit

OK, BUSY = 200, 503
# What stands for an HTTP status where none came.
NO_ANSWER = 0
_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, and after how many milliseconds."""

    client: int
    status: int
    ms: float


class Address:
    """Where a server answers; a connection for each question, as a new reader would have."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port

    def ask(self, question: str, client: int = 0) -> Reply:
        """Ask one question."""
        body = json.dumps({"question": question})
        began = perf_counter()
        try:
            with closing(HTTPConnection(self._host, self._port, timeout=_WAIT_SECONDS)) as line:
                line.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
                response = line.getresponse()
                response.read()
                status = response.status
        except (OSError, HTTPException):
            status = NO_ANSWER
        return Reply(client, status, 1000 * (perf_counter() - began))


def ask_alone(address: Address, questions: Sequence[str], count: int) -> list[Reply]:
    """Ask `count` questions, one when the one before is answered."""
    return [address.ask(questions[number % len(questions)]) for number in range(count)]


def ask_together(
    address: Address,
    questions: Sequence[str],
    clients: int,
    seconds: float,
    *,
    pause: float = 0.0,
    before_end: Callable[[], None] = lambda: None,
) -> list[Reply]:
    """Let so many clients ask for so long, each its own order of questions.

    A client that is refused waits `pause` seconds.  `before_end` is called while they all ask;
    they stop `seconds` after it began.
    """
    replies: list[list[Reply]] = [[] for _ in range(clients)]
    ready, stop = threading.Barrier(clients + 1), threading.Event()

    def ask_on(client: int) -> None:
        order = random.Random(client).sample(questions, len(questions))
        ready.wait()
        while not stop.is_set():
            reply = address.ask(order[len(replies[client]) % len(order)], client)
            replies[client].append(reply)
            if reply.status != OK:
                time.sleep(pause)

    threads = [threading.Thread(target=ask_on, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    end = perf_counter() + seconds
    try:
        before_end()
        time.sleep(max(0.0, end - perf_counter()))
    finally:
        stop.set()
    for thread in threads:
        thread.join()
    return [reply for mine in replies for reply in mine]
