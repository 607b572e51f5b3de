"""Bodies that nobody wants are read, so that the answer arrives and no connection is reset."""

import socket
from http.client import HTTPConnection

import pytest

from ui.app.app import create_app

LARGE = 3_000_000


@pytest.fixture(scope="module")
def port(kit, demo_home):
    pool = kit.pool_of(demo_home)
    with kit.live(create_app(pool, chat=False), pool) as address:
        yield int(address.rpartition(":")[2])


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        ("/embed/0123456789abcdef0123456789abcdef/ask", 403, {"Origin": "https://evil.example"}),
        ("/embed/none", 403, {}),
        ("/api/ask", 413, {}),
        ("/api/ask", 403, {"Origin": "https://evil.example"}),
    ],
)
def test_a_refusal_arrives_though_the_body_is_not_wanted(port, path, status, headers):
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    # All of it is sent before anything is read, as simple clients do.
    line.request("POST", path, b"x" * LARGE, headers)
    response = line.getresponse()
    assert response.status == status
    assert b"error" in response.read()
    line.close()


def test_a_body_that_never_comes_is_not_waited_for_long(port, monkeypatch):
    monkeypatch.setattr("ui.server.http.bodies._DRAIN_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(b"POST /embed/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx")
        told = line.makefile("rb").read()
    assert told.startswith(b"HTTP/1.1 403 ")


def test_who_asks_before_sending_sends_nothing(port):
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(
            b"POST /embed/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        told = line.makefile("rb").read()
    assert told.startswith(b"HTTP/1.1 403 ")
