"""Figures of the server for Prometheus, on a port of their own that only this machine reaches.

They hold numbers, names of routes and statuses: nothing of what is asked, and of nobody who asks.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import DalilError
from rag.answer import Answer
from ui.app.connections import Connections
from ui.server.http.log import log_fault
from ui.server.http.workers import WorkerPool

_LOOPBACK = "127.0.0.1"
# Each connection has a thread to itself, which waits so long for a request.
_WAIT_SECONDS = 10.0
# From an answer of the cache to one that a language model takes its time for.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
# A request may name any method; each would be a figure of its own.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
# What other servers count for a client that hung up before it was answered.
GONE = 499


class Metrics:
    """What is counted of one server."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Histogram(
            "dalil_request_seconds",
            "Time from a request to the end of its answer, in seconds.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "dalil_answers", "Questions, by outcome.", ("status", "mode"), registry=self.registry
        )
        self._stages = Histogram(
            "dalil_stage_seconds",
            "Time of each step of an answer, in seconds.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def heard(self, answer: Answer) -> None:
        """Count an answer; any thread may."""
        self._answers.labels(answer.status, answer.mode).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1_000)

    def watch(self, pool: WorkerPool, connections: Connections) -> None:
        """Show how full the queue is, and how many connections are open, when it is asked."""
        places = "Questions that are answered or wait."
        held = Gauge("dalil_places_taken", places, registry=self.registry)
        held.set_function(lambda: pool.held)
        lines = Gauge("dalil_connections", "Open connections.", registry=self.registry)
        lines.set_function(lambda: len(connections))

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request; one that matches no route has none, whatever its path."""
        method, route = labels_of(scope)
        self._requests.labels(method, route, str(status)).observe(seconds)

    @contextmanager
    def served(self, port: int) -> Iterator[None]:
        """Let this machine read the figures at `port` while the block runs; not at 0.

        Raises `DalilError` for a port that is taken.
        """
        if not port:
            yield
            return
        try:
            server, thread = start_http_server(port, _LOOPBACK, self.registry)
        except OSError as error:
            raise DalilError(
                f"Metrics cannot be had on {_LOOPBACK}, port {port} ({error.strerror}). "
                "Choose another with the setting server.metrics_port."
            ) from error
        handler: Any = server.RequestHandlerClass
        server.RequestHandlerClass = type("Bounded", (handler,), {"timeout": _WAIT_SECONDS})
        server.handle_error = _unanswered  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _unanswered(*_: object) -> None:
    """Log a fault of the running request; who hangs up or sends nothing is none."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and not isinstance(error, OSError):
        log_fault(error)


def labels_of(scope: Scope) -> tuple[str, str]:
    """Return the method and the route of a request that was answered, in words of our own.

    >>> labels_of({"method": "SECRET"})
    ('other', 'none')
    """
    method = scope["method"] if scope["method"] in _METHODS else "other"
    template = getattr(scope.get("route"), "path", "none")
    return method, f"{scope.get('root_path', '')}{template}"


class Metered:
    """ASGI middleware that counts each request when its answer has ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; note its status, and how long its answer took."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), GONE

        async def note(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            self._metrics.answered(scope, status, time.perf_counter() - begun)
