"""Spans of requests and answers, for a collector of OpenTelemetry.

They hold times, names of routes, steps and statuses: nothing of what is asked, and of nobody who
asks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import DalilError
from rag.answer import Answer
from ui.app.metrics import GONE, labels_of

try:
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
    from opentelemetry.trace import SpanKind, StatusCode, get_current_span, use_span
except ImportError as error:
    raise DalilError(
        f"The setting server.tracing needs packages that are not installed ({error.name}). "
        "Install them with: pip install '.[serve,tracing]'"
    ) from error

# Where a collector takes spans, by the protocol (OTLP over HTTP).
_PATH = "/v1/traces"
# A collector that is down is given up then; the server's end waits no longer for it.
_SECONDS = 5
_NANOSECONDS = 1_000_000
_FAULT = 500
# What a `Watch` notes since the beginning; all else are steps, one after the other.
_SINCE_BEGUN = ("first_token", "total")


class Tracing:
    """Makes spans and hands them to `exporter`, in a thread of its own.

    It is no global provider of OpenTelemetry, so that nothing but Dalil puts spans into it.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "dalil"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("dalil")

    def heard(self, answer: Answer) -> None:
        """Make the spans of an answer that was just given, and of its steps; any thread may.

        They are made afterwards, from the times that the answer noted of itself.
        """
        times = answer.timings_ms
        end = time.time_ns()
        begun = end - _nanoseconds(times["total"])
        attributes = {"dalil.status": answer.status, "dalil.mode": answer.mode}
        around = self._tracer.start_span(
            "answer", _parent(), attributes=attributes, start_time=begun
        )
        with use_span(around):
            last = begun
            for step in (name for name in times if name not in _SINCE_BEGUN):
                last = self._step(step, last, min(last + _nanoseconds(times[step]), end))
            if "first_token" in times:
                # What is left is what a language model took to write.
                first = begun + _nanoseconds(times["first_token"])
                self._step("write", last, end, first)
        around.end(end)

    def _step(self, name: str, begun: int, end: int, first_token: int | None = None) -> int:
        """Make the span of a step within the current one; return its end, in nanoseconds."""
        step = self._tracer.start_span(name, start_time=begun)
        if first_token is not None:
            step.add_event("first_token", timestamp=first_token)
        step.end(end)
        return end

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return `app` with a span around each request."""

        async def spanned(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            else:
                await self._request(app, scope, receive, send)

        return spanned

    def close(self) -> None:
        """Hand over what there is, and end the thread."""
        self._provider.shutdown()

    async def _request(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, in a span that ends with its answer."""
        status = GONE

        async def note(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        # Whom the request itself names as its parent is not believed: anybody may ask.
        span = self._tracer.start_span("request", Context(), kind=SpanKind.SERVER)
        try:
            # An exception's words may quote a question.
            with use_span(span, record_exception=False, set_status_on_exception=False):
                await app(scope, receive, note)
        finally:
            method, route = labels_of(scope)
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
            if status >= _FAULT:
                span.set_status(StatusCode.ERROR)
            span.end()


@contextmanager
def traced(address: str) -> Iterator[Tracing]:
    """Send spans to the collector at `address`, such as "http://127.0.0.1:4318", in the block.

    Keys and certificates come from OpenTelemetry's own variables; raises `DalilError` where those
    cannot be used.
    """
    where = address.removesuffix(_PATH) + _PATH
    try:
        tracing = Tracing(OTLPSpanExporter(endpoint=where, timeout=_SECONDS))
    except (OSError, ValueError) as error:
        raise DalilError(
            "A variable of the environment that begins with OTEL_ cannot be used "
            f"({type(error).__name__}). Correct it, or take it back."
        ) from error
    try:
        yield tracing
    finally:
        tracing.close()


def _parent() -> Context | None:
    """Return in what an answer's span belongs: the request under way, or nothing.

    The chat answers in a task that may have begun with a request which has ended since.
    """
    asking = get_current_span()
    ended = asking.get_span_context().trace_flags.sampled and not asking.is_recording()
    return Context() if ended else None


def _nanoseconds(milliseconds: float) -> int:
    return round(milliseconds * _NANOSECONDS)
