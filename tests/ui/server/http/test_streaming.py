"""Streams that are silent for long: pings keep them alive, and what comes after is told as ever."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest

from index.store.database import DATABASE, Store
from rag.answer import Event
from ui.app.app import create_app
from ui.server.embeds.embeds import Embeds, Plan
from ui.server.http import streaming
from ui.server.http.workers import WorkerPool

ORIGIN = "https://intranet.example"
SSE = {"accept": "text/event-stream"}
PING = ": ping"


class EndlessService:
    """Says words without end, a word each time the gate opens, or without a gate at once."""

    def __init__(self, *, gate=True):
        self.gate, self.left = threading.Semaphore(0) if gate else None, False

    def stream(self, question, filters, owner=""):
        try:
            while True:
                yield Event("token", "word " * 100)
                assert self.gate is None or self.gate.acquire(timeout=60)
        finally:
            self.left = True

    def has_left(self):
        """Open the gate once more; tell whether nobody listens any longer."""
        if self.gate is not None:
            self.gate.release()
        return self.left


@pytest.fixture
def served(kit, tmp_path, monkeypatch):
    """Serve what a service says, with pings after moments; yields a client."""
    monkeypatch.setattr(streaming, "PING_SECONDS", 0.02)
    Store(tmp_path / DATABASE, create=True).close()

    @contextmanager
    def serve(service, **limits):
        pool = WorkerPool(lambda: service, **limits)
        app = create_app(pool, settings=kit.settings_of(tmp_path), chat=False)
        with kit.live(app, pool) as address, kit.web(address) as client:
            yield client

    return serve


@pytest.fixture
def asked(tmp_path):
    """Return the address, the body and the headers of a question, asked in one of three ways."""

    def question(way, text):
        if way == "chat":
            body = {"messages": [{"role": "user", "content": text}], "stream": True}
            return {"url": "/v1/chat/completions", "json": body}
        if way == "api":
            return {"url": "/api/ask", "json": {"question": text}, "headers": SSE}
        embeds = Embeds.open(tmp_path)
        embed = embeds.create(Plan((ORIGIN,)))
        embeds.close()
        headers = {**SSE, "origin": ORIGIN}
        return {"url": f"/embed/{embed.id}/ask", "json": {"question": text}, "headers": headers}

    return question


WAYS = pytest.mark.parametrize("way", ["api", "embed", "chat"])


def lines_after_pings(given, gate):
    """Return the lines of a stream whose service is let go once some pings have come."""
    lines, pings = [], 0
    for line in given.iter_lines():
        lines.append(line)
        pings += line == PING
        if pings == 3:
            gate.set()
    return lines


@WAYS
def test_a_silent_stream_has_pings(served, asked, kit, way):
    service = kit.GatedService()
    with served(service) as client, client.stream("POST", **asked(way, "wait")) as given:
        assert given.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert given.headers["cache-control"] == "no-store"
        assert given.headers["x-accel-buffering"] == "no"
        pinged = lines_after_pings(given, service.gate)
        bare = client.post(**asked(way, "at once")).text
    assert pinged.count(PING) >= 3
    # A ping is a block of its own, between events and never within one.
    blocks = "\n".join(pinged).strip().split("\n\n")
    assert all(block == PING for block in blocks if PING in block)
    events = [block.partition("\n")[0] for block in blocks if block != PING]
    named = [event.partition("\n")[0] for event in bare.strip().split("\n\n")]
    if way == "chat":
        assert (events[-1], len(events)) == ("data: [DONE]", len(named))
    else:
        assert events == named == ["event: status", "event: token", "event: done"]


@WAYS
def test_a_fault_after_a_silence_is_told(served, asked, kit, way):
    service = kit.GatedService()
    with served(service) as client, client.stream("POST", **asked(way, "wait, fail")) as given:
        lines = lines_after_pings(given, service.gate)
    last = "\n".join(lines).strip().split("\n\n")[-1].split("\n")
    assert PING in lines
    data = json.loads(last[-1].removeprefix("data: "))
    error = data["error"]["message"] if way == "chat" else data["error"]
    assert error.startswith("Something went wrong in the server")
    assert last[:-1] == ([] if way == "chat" else ["event: error"])


@WAYS
def test_pings_do_not_put_off_the_deadline(served, asked, kit, way):
    service = kit.GatedService()
    with served(service, seconds=0.3) as client:
        late = client.post(**asked(way, "wait")).text
        service.gate.set()
    assert PING in late
    assert "No answer came within 0.3 seconds" in late.split("\n\n")[-2]


@WAYS
@pytest.mark.parametrize("gate", [True, False], ids=["silent", "talking"])
def test_who_hangs_up_ends_the_work(served, asked, kit, way, gate):
    service = EndlessService(gate=gate)
    with served(service, workers=1) as client:
        with client.stream("POST", **asked(way, "x")) as given:
            lines = given.iter_lines()
            assert any(line == PING for line in lines) if gate else next(lines)
        kit.until(service.has_left)


def test_a_pause_is_told_and_nothing_is_lost():
    async def heard():
        paused, told = asyncio.Event(), []

        async def said():
            for number in range(3):
                await paused.wait()
                paused.clear()
                yield Event("token", str(number))

        async for event in streaming.with_pauses(said(), 0.01):
            told.append(event and event.text)
            if event is None:
                paused.set()
        return told

    told = asyncio.run(heard())
    assert told[0] is None
    assert [text for text in told if text is not None] == ["0", "1", "2"]


def test_what_is_left_in_a_pause_is_given_up():
    left = []

    async def said():
        try:
            await asyncio.sleep(60)
            yield Event("token", "never")
        finally:
            left.append(True)

    async def hear():
        async for event in streaming.with_pauses(said(), 0.01):
            assert event is None
            break

    asyncio.run(asyncio.wait_for(hear(), 20))
    assert left == [True]
