"""Figures for Prometheus: they are right, on this machine only, and hold nothing that was asked."""

import re
import socket
import struct
import threading
import urllib.request
from contextlib import contextmanager
from functools import partial

import pytest
from prometheus_client import generate_latest

from corpus.errors import DalilError
from ui.app.app import create_app
from ui.app.metrics import Metrics
from ui.app.run import listen, server_of
from ui.server.http.workers import WorkerPool
from ui.service import Service
from ui.settings.settings import ServerSettings

COUNT = "dalil_request_seconds_count"


@pytest.fixture
def metered(kit, demo_home):
    """A server of the demo collection; yields a client of it and its metrics."""

    @contextmanager
    def serve():
        metrics = Metrics()
        service = partial(Service, kit.settings_of(demo_home), lambda _: None)
        pool = WorkerPool(service, workers=1, heard=metrics.heard)
        with listen(ServerSettings(port=0)) as listening:
            server = server_of(create_app(pool, chat=False), pool, None, metrics)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                with kit.web(f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
                    yield client, metrics
            finally:
                server.should_exit = True
                thread.join(timeout=60)

    return serve


def figures(metrics):
    text = generate_latest(metrics.registry).decode()
    found = re.findall(r"^(dalil_\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE)
    return {
        (name, *re.findall(r'"([^"]*)"', labels)): float(value) for name, labels, value in found
    }


def counted(now):
    """How many requests were counted."""
    return sum(value for key, value in now.items() if key[0] == COUNT)


def test_figures_are_there_and_no_word_of_a_question(metered, kit, hajji):
    with metered() as (client, metrics):
        for accept in ("application/json", "text/event-stream"):
            body = {"question": hajji, "history": ["a secret"]}
            assert client.post("/api/ask", json=body, headers={"accept": accept}).text
        client.post("/api/ask", json={"question": "What is the price of zanzibar cloves?"})
        client.get("/a/secret/path")
        client.get("/articles/demo-isis-finances", params={"back": "a secret"})
        client.request("SECRET", "/healthz", headers={"x": "a secret"})
        # A request is counted a moment after the last of its answer was sent.
        kit.until(lambda: counted(figures(metrics)) == 6)
        now = figures(metrics)
        # The client keeps its one connection open.
        assert now["dalil_connections",] == 1
        assert now["dalil_places_taken",] == 0
    assert now[COUNT, "POST", "/api/ask", "200"] == 3
    assert now[COUNT, "GET", "none", "404"] == 1
    assert now[COUNT, "GET", "/articles/{article_id:anything}", "200"] == 1
    assert {key[1] for key in now if key[0] == COUNT} == {"GET", "POST", "other"}
    assert now["dalil_answers_total", "extractive", "answered"] == 2
    assert now["dalil_answers_total", "extractive", "abstained"] == 1
    stages = {key[1]: value for key, value in now.items() if key[0] == "dalil_stage_seconds_count"}
    assert stages["total"] == 3
    assert 0 < now["dalil_stage_seconds_sum", "total"] < 100
    text = generate_latest(metrics.registry).decode().lower()
    assert "process_resident_memory_bytes" in text
    for word in ("secret", "hajji", "zanzibar", "127.0.0.1", "isis"):
        assert word not in text, word


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_only_this_machine_reads_them_and_only_where_it_is_wanted():
    port, metrics = free_port(), Metrics()
    with metrics.served(port):
        address = f"http://127.0.0.1:{port}/metrics"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=30) as told:
            assert b"dalil_answers" in told.read()
        # It listens on the loopback address alone, so another address of the port is free.
        with socket.create_server(("127.0.0.2", port)):
            pass
        with pytest.raises(DalilError, match=r"server\.metrics_port"), Metrics().served(port):
            pass
    # Nothing listens any more, nor where no port is set.
    with socket.create_server(("127.0.0.1", port)), metrics.served(0):
        pass


def test_who_sends_nothing_or_hangs_up_is_no_fault_and_holds_no_thread(monkeypatch, capfd):
    monkeypatch.setattr("ui.app.metrics._WAIT_SECONDS", 0.2)
    port = free_port()
    with Metrics().served(port):
        for half in (b"", b"GET /metrics HTT", b"GET /metrics HTTP/1.0\r\nHost: x"):
            with socket.create_connection(("127.0.0.1", port), 30) as line:
                line.sendall(half)
                assert line.recv(100) == b""
        with socket.create_connection(("127.0.0.1", port), 30) as line:
            # Closing resets the connection.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=30) as told:
            assert b"dalil_answers" in told.read()
    assert capfd.readouterr().err == ""
