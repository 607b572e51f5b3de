"""Half-sent requests, however many, keep nobody out; and no connection is held open for nothing."""

import contextlib
import json
import resource
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from starlette.responses import PlainTextResponse

from ui.app import connections
from ui.app.app import create_app
from ui.app.connections import Connections, Place, room_for
from ui.app.run import listen, server_of
from ui.server.http.proxies import Proxies
from ui.server.http.workers import WorkerPool
from ui.settings.settings import ServerSettings
from ui.words.sentences import worded

# Seconds for a head: enough to send one on a busy machine.
QUICK = 1.0


@pytest.fixture
def serve(kit):
    """A server with some settings in a thread; yields its port and the service behind it,
    which holds the open connections too."""

    @contextlib.contextmanager
    def run(**settings):
        service = kit.GatedService()
        pool = WorkerPool(lambda: service, workers=20)
        app = create_app(pool, chat=False)
        app.get("/large")(lambda: PlainTextResponse("x" * 20_000_000))
        with listen(ServerSettings(port=0)) as listening:
            server = server_of(app, pool, ServerSettings(port=0, **settings))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                service.open = server.server_state.connections
                yield listening.getsockname()[1], service
            finally:
                service.gate.set()
                server.should_exit = True
                thread.join(timeout=60)

    return run


@pytest.fixture
def half_open():
    """Open connections that send half a head, from one address or many."""
    with contextlib.ExitStack() as stack:

        def open_some(port, count, addresses=1, sent=b"GET /healthz HTTP/1.1\r\nHost: x"):
            for number in range(count):
                source = (f"127.0.0.{1 + number % addresses}", 0)
                line = socket.create_connection(("127.0.0.1", port), 20, source_address=source)
                stack.enter_context(line)
                line.sendall(sent)
                yield line

        yield lambda *given, **named: list(open_some(*given, **named))


def ask(port, question="now", method="POST", path="/api/ask", **headers):
    """Status, headers and body of an answer."""
    body = json.dumps({"question": question})
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request(method, path, body, {"Content-Type": "application/json", **headers})
        response = line.getresponse()
        return response.status, response.headers, response.read()


def ask_often(port, clients=6, times=4):
    """The statuses of what some clients are told, each asking on a connection of its own."""
    with ThreadPoolExecutor(clients) as threads:
        replies = threads.map(lambda _: ask(port)[0], range(clients * times))
        return set(replies)


@pytest.mark.parametrize("addresses", [1, 40])
def test_half_open_connections_keep_nobody_out(serve, half_open, addresses):
    with serve(connections=48, connections_by_address=16) as (port, _):
        half_open(port, 100, addresses)
        assert ask_often(port) == {200}
        half_open(port, 100, addresses)
        assert ask_often(port) == {200}


def test_a_head_has_its_time(serve, half_open, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", QUICK)
    with serve() as (port, _):
        begun, silent, second = (*half_open(port, 1), *half_open(port, 2, sent=b""))
        told = begun.makefile("rb").read()
        assert told.startswith(b"HTTP/1.1 408 ")
        head, _, body = told.partition(b"\r\n\r\n")
        assert json.loads(body) == {"error": "The request's head did not arrive in time."}
        assert f"Content-Length: {len(body)}".encode() in head
        # Nothing was asked, so nothing is answered.
        assert silent.recv(100) == b""
        # The second request of a connection has no more time than the first.
        assert second.recv(100) == b""
        with half_open(port, 1, sent=b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")[
            0
        ] as kept:
            assert b"200 OK" in kept.recv(4_000)
            kept.sendall(b"GET /he")
            assert kept.makefile("rb").read().endswith(body)


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (b"Dalil-Language: ar\r\nAccept-Language: en\r\n", "ar"),
        (b"Accept-Language: ar-SY,ar;q=0.9\r\nHost: x", "ar"),
        # A line that is not whole says nothing.
        (b"Accept-Language: ar", "en"),
        (b"X: " + b"x" * 10_000 + b"\r\nAccept-Language: ar\r\n", "ar"),
        (b"", "en"),
    ],
)
def test_a_late_head_is_refused_in_the_language_that_it_asks_for(
    serve, half_open, monkeypatch, asked, language
):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with serve() as (port, _):
        (line,) = half_open(port, 1, sent=b"GET / HTTP/1.1\r\n" + asked)
        head, _, body = line.makefile("rb").read().partition(b"\r\n\r\n")
    assert json.loads(body) == {"error": worded(connections._TOO_LATE, language)}
    assert (json.loads(body)["error"] == connections._TOO_LATE) == (language == "en")
    assert f"Content-Length: {len(body)}".encode() in head


def test_a_slow_answer_is_none_of_a_slow_head(serve, monkeypatch, kit):
    monkeypatch.setattr(connections, "HEAD_SECONDS", QUICK)
    with serve() as (port, service), ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask, port, "wait for it")
        kit.until(lambda: service.asked)
        assert not threading.Event().wait(1.5 * QUICK)
        service.gate.set()
        assert asked.result()[0] == 200


def test_where_all_are_answered_the_next_is_told_so_and_none_is_broken_off(serve, kit):
    with serve(connections=16) as (port, service), ThreadPoolExecutor(16) as threads:
        asked = [threads.submit(ask, port, "wait for it") for _ in range(16)]
        kit.until(lambda: len(service.asked) == 16)
        status, headers, body = ask(port)
        assert (status, headers["retry-after"]) == (503, "5")
        assert "too many connections" in json.loads(body)["error"]
        told = json.loads(ask(port, **{"Accept-Language": "ar"})[2])["error"]
        assert told == worded(connections._TOO_MANY, "ar") != connections._TOO_MANY
        service.gate.set()
        assert {one.result()[0] for one in asked} == {200}
        assert ask(port)[0] == 200


def test_who_is_told_that_there_is_no_room_is_told_whatever_it_sends(serve, kit):
    with serve(connections=16) as (port, service), ThreadPoolExecutor(16) as threads:
        asked = [threads.submit(ask, port, "wait for it") for _ in range(16)]
        kit.until(lambda: len(service.asked) == 16)
        # All of it is sent before anything is read, as simple clients do.
        assert {ask(port, "x" * 3_000_000)[0] for _ in range(5)} == {503}
        service.gate.set()
        assert {one.result()[0] for one in asked} == {200}


def test_who_reads_nothing_is_not_waited_for(serve, half_open, monkeypatch, kit):
    monkeypatch.setattr(connections, "_UNREAD_SECONDS", 0.2)
    wanted = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serve() as (port, service):
        (line,) = half_open(port, 1, sent=wanted)
        kit.until(lambda: service.open)
        kit.until(lambda: not service.open)
        # What was on its way still comes.
        assert 0 < len(line.makefile("rb").read()) < 20_000_000
        assert len(ask(port, method="GET", path="/large")[2]) == 20_000_000


class Line:
    """A connection that notes if it was closed."""

    closed = False

    def make_room(self):
        self.closed = True


def entered(counted, address, has_asked=None):
    line = Line()
    place = counted.enter(line, address)
    if has_asked is not None:
        counted.waits(line, has_asked=has_asked)
    return line, place


def test_who_never_asked_goes_before_who_may_ask_again():
    counted = Connections(3, 3, Proxies(()))
    idle, new, newer = (entered(counted, "192.0.2.1", asked)[0] for asked in (True, False, False))
    for first in (new, newer, idle):
        assert not first.closed
        # Those that follow are answered.
        assert entered(counted, "192.0.2.1")[1] is Place.FREE
        assert first.closed
    assert len(counted) == 3
    assert entered(counted, "192.0.2.1")[1] is Place.BUSY
    assert len(counted) == 3


def test_an_address_takes_no_room_of_others():
    counted = Connections(100, 2, Proxies(["10.0.0.0/8"]))
    other, _ = entered(counted, "192.0.2.9", has_asked=False)
    first, _ = entered(counted, "2001:db8::1", has_asked=False)
    # One network of IPv6 is one address.
    rest = [entered(counted, f"2001:db8::{n}", has_asked=False)[0] for n in (2, 3)]
    assert (first.closed, other.closed, *(one.closed for one in rest)) == (True, *[False] * 3)
    proxied = [entered(counted, "10.0.0.1", has_asked=False) for _ in range(20)]
    assert {place for _, place in proxied} == {Place.FREE}
    assert not any(line.closed for line, _ in proxied)


def test_what_was_left_is_forgotten():
    counted = Connections(10, 10, Proxies(()))
    lines = [entered(counted, f"192.0.2.{n}", has_asked=n % 2 == 0)[0] for n in range(10)]
    for line in lines:
        counted.leave(line)
        counted.leave(line)
        counted.waits(line, has_asked=True)
    assert (len(counted), counted._groups, counted._origins) == (0, {}, {})


def test_refusals_have_a_limit_too():
    counted = Connections(1, 1, Proxies(()))
    entered(counted, "192.0.2.1")
    places = [entered(counted, "192.0.2.1")[1] for _ in range(40)]
    assert places == [Place.BUSY] * 32 + [Place.NONE] * 8


@pytest.mark.parametrize(
    ("soft", "hard", "room", "raised"),
    [
        (1_024, 500_000, 2_048, True),
        (1_024, 1_024, 1_024 - 184, False),
        (4_096, 4_096, 2_048, False),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 2_048, False),
        (100, 100, 16, False),
    ],
)
def test_the_room_is_what_files_allow(monkeypatch, soft, hard, room, raised):
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert room_for(2_048, 2) == room
    assert asked == ([(2_048 + 184, hard)] if raised else [])


def test_a_limit_that_may_not_be_raised_is_kept(monkeypatch):
    def forbidden(*_):
        raise PermissionError

    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 500_000))
    monkeypatch.setattr(resource, "setrlimit", forbidden)
    assert room_for(2_048, 2) == 1_024 - 184
