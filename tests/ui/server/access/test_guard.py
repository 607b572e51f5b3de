"""What a page of another site, or a rude client, could send to this machine."""

import json
import socket
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request

from ui.server.access.guard import MOST_BYTES, Guard

HOST = {"host": "127.0.0.1:7860"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "LOCALHOST:80"}, 200),
        ({"host": "[::1]:7860"}, 200),
        # A name of another site that resolves to 127.0.0.1.
        ({"host": "rebound.example:7860"}, 403),
        ({"host": "127.0.0.1.rebound.example"}, 403),
        ({"host": "rebound.example@127.0.0.1"}, 403),
        ({"host": "127.0.0.1@rebound.example"}, 403),
        ({"host": "192.168.1.7"}, 403),
        ({"host": "["}, 403),
        ({"host": ""}, 403),
        ({**HOST, "origin": "http://127.0.0.1:7860"}, 200),
        ({**HOST, "origin": "http://evil.example"}, 403),
        ({**HOST, "origin": "http://127.0.0.1:9999"}, 403),
        ({**HOST, "origin": "http://localhost:7860"}, 403),
        ({**HOST, "origin": "null"}, 403),
        ({**HOST, "origin": ""}, 403),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_who_may_ask(demo, method, headers, status):
    given = demo.request(method, "/healthz", headers=headers)
    assert (given.status_code == 403) == (status == 403)
    assert "access-control-allow-origin" not in given.headers
    if status == 403 and method != "HEAD":
        assert given.json()["error"].endswith(".")


@pytest.mark.parametrize(("method", "passes"), [("GET", True), ("HEAD", True), ("POST", False)])
def test_another_site_may_link_here_and_send_no_form(demo, method, passes):
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert (demo.request(method, "/healthz", headers=link).status_code != 403) == passes


def test_every_answer_carries_the_headers(demo):
    for path in ("/healthz", "/api/nothing", "/api/openapi.json"):
        headers = demo.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "default-src 'none'" in headers["content-security-policy"]
    assert demo.get("/healthz", headers={"host": "evil.example"}).headers["x-frame-options"]


def test_a_large_body_is_refused(demo, hajji):
    much = {"question": hajji, "padding": "x" * MOST_BYTES}
    refused = demo.post("/api/ask", json=much)
    assert refused.status_code == 413
    assert str(MOST_BYTES) in refused.json()["error"]
    fullest = {"question": "\u0001" * 2000, "history": ["\u0001" * 2000] * 20}
    assert demo.post("/api/ask", json=fullest).status_code == 200


def test_a_large_body_in_chunks_is_refused(demo):
    chunks = (b"x" * 10_000 for _ in range(MOST_BYTES // 10_000 + 1))
    assert demo.post("/api/ask", content=chunks).status_code == 413


def test_a_body_in_chunks_is_read(demo, hajji):
    body = json.dumps({"question": hajji}).encode()
    chunks = (body[place : place + 7] for place in range(0, len(body), 7))
    given = demo.post("/api/ask", content=chunks, headers={"content-type": "application/json"})
    assert given.json()["question"] == hajji


def test_a_websocket_of_another_site_is_closed():
    sent = []

    async def never(scope, receive, send):
        raise AssertionError("it got through")

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"evil.example")]}
    coroutine = Guard(never)(scope, None, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert sent == ["websocket.close"]


@contextmanager
def connected(address):
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        yield connection


def answer_to(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received.decode()


@pytest.fixture(scope="module")
def echo(kit):
    """A server behind a guard of little patience, which counts the requests that reach it."""
    inner = FastAPI()
    inner.state.reached = 0

    @inner.post("/")
    async def count(request: Request):
        inner.state.reached += 1
        return {"bytes": len(await request.body())}

    inner.add_middleware(Guard, body_seconds=0.5)
    with kit.live(inner, kit.pool_of("nowhere")) as address:
        yield inner, address


def head(length):
    return f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n".encode()


def test_a_slow_body_is_given_up_and_holds_nobody(echo, kit):
    inner, address = echo
    before = inner.state.reached
    with kit.web(address) as client, connected(address) as slow, connected(address) as slower:
        for connection in (slow, slower):
            connection.sendall(head(10) + b"x")
        assert client.post("/", content=b"abc").json() == {"bytes": 3}
        assert answer_to(slow).startswith("HTTP/1.1 408")
        assert answer_to(slower).startswith("HTTP/1.1 408")
    assert inner.state.reached == before + 1


def test_who_hangs_up_within_a_body_is_not_served(echo, kit):
    inner, address = echo
    before = inner.state.reached
    with connected(address) as connection:
        connection.sendall(head(10) + b"x")
    with kit.web(address) as client:
        assert client.post("/", content=b"").json() == {"bytes": 0}
    assert inner.state.reached == before + 1


def test_a_request_without_host_or_length(echo):
    _, address = echo
    for request, status in (
        (b"POST / HTTP/1.0\r\n\r\n", "403"),
        (b"POST / HTTP/1.0\r\nHost: localhost\r\n\r\n", "200"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n", "400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "4"),
    ):
        with connected(address) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            assert answer_to(connection).split()[1].startswith(status)


def test_events_pass_one_by_one(kit):
    """The guard holds nothing back: the first piece is here before the second is made."""
    from fastapi.responses import StreamingResponse

    goes_on = threading.Event()
    inner = FastAPI()

    @inner.get("/")
    def pieces():
        def told():
            yield b"first"
            assert goes_on.wait(timeout=60)
            yield b"second"

        return StreamingResponse(told())

    inner.add_middleware(Guard)
    with (
        kit.live(inner, kit.pool_of("nowhere")) as address,
        kit.web(address) as client,
        client.stream("GET", "/") as given,
    ):
        arriving = given.iter_raw()
        assert next(arriving) == b"first"
        goes_on.set()
        assert b"".join(arriving) == b"second"
