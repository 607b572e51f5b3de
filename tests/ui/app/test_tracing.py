"""Spans for OpenTelemetry: they are of a request and its steps, and hold nothing that was asked."""

import contextlib
import importlib
import sys
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, use_span

from corpus.errors import DalilError
from rag.answer import Answer
from ui.app import tracing
from ui.app.app import create_app
from ui.app.run import listen, server_of
from ui.app.tracing import Tracing, traced
from ui.server.http.workers import WorkerPool
from ui.service import Service
from ui.settings.settings import ServerSettings

SSE = {"accept": "text/event-stream"}


@contextlib.contextmanager
def served(kit, service, spans):
    """A server whose spans are added to `spans` when it ends; yields a client."""
    exporter = InMemorySpanExporter()
    tracing = Tracing(exporter)
    pool = WorkerPool(service, workers=1, heard=tracing.heard)
    with listen(ServerSettings(port=0)) as listening:
        server = server_of(create_app(pool, chat=False), pool, None, None, tracing)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            with kit.web(f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(timeout=60)
    tracing.close()
    spans.extend(exporter.get_finished_spans())


def within(spans, parent):
    """The spans of which one is the parent, in the order of their times."""
    found = [one for one in spans if one.parent and one.parent.span_id == parent.context.span_id]
    return sorted(found, key=lambda one: one.start_time)


def words_of(spans):
    return "\n".join(one.to_json() + one.resource.to_json() for one in spans).lower()


def test_steps_stand_in_their_answer_and_that_in_its_request(kit, demo_home, hajji):
    spans = []
    with served(kit, partial(Service, kit.settings_of(demo_home), lambda _: None), spans) as client:
        asked = {"question": hajji, "history": ["a secret"]}
        foreign = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
        told = client.post("/api/ask", json=asked, headers=foreign).json()
        refused = {"question": "What is the price of zanzibar cloves?"}
        assert "zanzibar" in client.post("/api/ask", json=refused, headers=SSE).text
        client.get("/a/secret/path")
        client.get("/articles/demo-isis-finances", params={"back": "a secret"})
    requests = [one for one in spans if one.parent is None]
    assert [one.name for one in requests] == [
        "POST /api/ask", "POST /api/ask", "GET none", "GET /articles/{article_id:anything}",
    ]  # fmt: skip
    assert [one.attributes["http.response.status_code"] for one in requests] == [200, 200, 404, 200]
    for request, status in zip(requests, ("answered", "abstained"), strict=False):
        (answer,) = within(spans, request)
        assert answer.name == "answer"
        assert dict(answer.attributes) == {"dalil.status": status, "dalil.mode": "extractive"}
        steps = within(spans, answer)
        assert [one.name for one in steps] == ["understand", "retrieve", "select"]
        for inner, outer in ((answer, request), (steps[0], answer), (steps[-1], answer)):
            assert outer.start_time <= inner.start_time < inner.end_time <= outer.end_time
        assert steps[0].end_time == steps[1].start_time
        assert {one.context.trace_id for one in (request, *steps)} == {request.context.trace_id}
    first = within(spans, within(spans, requests[0])[0])
    for step in first:
        took = (step.end_time - step.start_time) / 1e6
        assert took == pytest.approx(told["timings_ms"][step.name], abs=0.06)
    assert len(spans) == 12
    quotes = " ".join(cited["title"] + cited["quote"] for cited in told["citations"]).lower()
    assert quotes
    shown = words_of(spans)
    # Short words of an article stand in names of fields, too.
    long = [word for word in quotes.split() if len(word) > 8]
    assert long
    for word in ("secret", "hajji", "zanzibar", "127.0.0.1", "isis", "abab", *long):
        assert word not in shown, word


def test_a_fault_is_marked_and_its_words_are_not_told(kit):
    spans, service = [], kit.GatedService()
    with served(kit, lambda: service, spans) as client:
        assert client.post("/api/ask", json={"question": "fail now"}).status_code == 500
        assert "error" in client.post("/api/ask", json={"question": "fail now"}, headers=SSE).text
        client.post("/api/ask", json={"question": 1})
    codes = [(one.attributes["http.response.status_code"], one.status.status_code) for one in spans]
    assert codes == [
        (500, StatusCode.ERROR), (200, StatusCode.UNSET), (422, StatusCode.UNSET),
    ]  # fmt: skip
    assert [list(one.events) for one in spans] == [[], [], []]
    assert not any(word in words_of(spans) for word in ("fail now", "must not", "runtimeerror"))


def heard(answer, parent=None):
    """The spans that are made of an answer, by name."""
    exporter = InMemorySpanExporter()
    tracing = Tracing(exporter)
    with contextlib.nullcontext() if parent is None else use_span(parent):
        tracing.heard(answer)
    tracing.close()
    return {one.name: one for one in exporter.get_finished_spans()}


def test_what_a_model_writes_is_a_step_with_its_first_token():
    times = {"understand": 1.5, "retrieve": 20.0, "select": 8.5, "first_token": 40.0, "total": 90.0}
    made = heard(Answer("secret", "answered", "secret", 0.9, mode="llm", timings_ms=times))
    begun = made["answer"].start_time
    assert {name: (one.start_time - begun, one.end_time - begun) for name, one in made.items()} == {
        "answer": (0, 90_000_000),
        "understand": (0, 1_500_000),
        "retrieve": (1_500_000, 21_500_000),
        "select": (21_500_000, 30_000_000),
        "write": (30_000_000, 90_000_000),
    }
    (event,) = made["write"].events
    assert (event.name, event.timestamp - begun) == ("first_token", 40_000_000)
    assert "secret" not in words_of(made.values())


def test_an_answer_does_not_join_a_request_that_has_ended():
    other = Tracing(InMemorySpanExporter())
    request = other._tracer.start_span("request", Context())
    answer = Answer("?", "abstained", "", 0.1, timings_ms={"total": 1.0})
    assert heard(answer, request)["answer"].parent == request.context
    request.end()
    assert heard(answer, request)["answer"].parent is None
    other.close()


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        sent = self.rfile.read(int(self.headers["content-length"]))
        self.server.sent.append((self.path, sent))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("path", ["", "/v1/traces"])
def test_a_collector_gets_what_there_is_when_the_server_ends(path):
    answer = Answer("secret", "answered", "secret", 0.9, timings_ms={"retrieve": 1.0, "total": 2.0})
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        server.sent = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with traced(f"http://127.0.0.1:{server.server_port}{path}") as tracing:
            tracing.heard(answer)
        server.shutdown()
        thread.join()
    ((where, sent),) = server.sent
    assert where == "/v1/traces"
    assert b"retrieve" in sent
    assert b"dalil" in sent
    assert b"secret" not in sent


def test_a_collector_that_is_down_holds_nobody():
    with listen(ServerSettings(port=0)) as taken:
        port = taken.getsockname()[1]
    begun = time.monotonic()
    with traced(f"http://127.0.0.1:{port}") as tracing:
        tracing.heard(Answer("?", "abstained", "", 0.1, timings_ms={"total": 1.0}))
        assert time.monotonic() - begun < 5
    assert time.monotonic() - begun < 30


def test_variables_that_cannot_be_used_are_told(monkeypatch):
    # A batch is 512 unless told, and may not be more than the queue.
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "7")
    with pytest.raises(DalilError, match="begins with OTEL_ cannot be used") as told:
        traced("http://127.0.0.1:1").__enter__()
    assert str(told.value).endswith("take it back.")


def test_packages_that_are_missing_are_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(DalilError, match=r"pip install '\.\[serve,tracing\]'"):
        importlib.reload(tracing)
