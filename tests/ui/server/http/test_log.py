"""The log: a JSON object a line, which no text can forge, and no question in it unless wanted."""

import json
import logging
import subprocess
import sys
from contextlib import contextmanager
from functools import partial

import pytest

from ui.app.app import create_app
from ui.server.http.log import BoundedHandler, JsonFormatter, RequestLog, log_notice, start_log
from ui.server.http.workers import WorkerPool
from ui.service import Service
from ui.settings.settings import ServerSettings, Settings

FORGED = '\n{"level": "error", "event": "forged"}\r\u2028\u0085\u009b31m\x1b[31m\x00'


@pytest.fixture
def logged(capfd):
    """The lines written so far, each of which must be an object."""

    def lines():
        text = capfd.readouterr().err
        assert text.isascii()
        return [json.loads(line) for line in text.splitlines()]

    return lines


@pytest.fixture
def served(kit, demo_home):
    """A client of a real server with some settings."""

    @contextmanager
    def serve(chat=False, **settings):
        chosen = Settings(demo_home, "bundled", server=ServerSettings(**settings))
        pool = WorkerPool(partial(Service, chosen, log_notice), workers=1)
        app = create_app(pool, chat=chat)
        with kit.live(app, pool) as address, kit.web(address) as client:
            yield client

    return serve


def test_requests_are_told_and_questions_are_not(served, logged, hajji):
    with served(chat=True) as client:
        body = {"question": hajji, "history": ["a secret"]}
        for accept in ("application/json", "text/event-stream"):
            assert client.post("/api/ask", json=body, headers={"accept": accept}).text
        client.get("/api/search", params={"question": "a secret"})
        client.get("/articles/demo-isis-finances", params={"back": "a secret"})
        client.get("/en/config")
        client.get("/en/nothing", params={"q": "a secret"})
        client.get("/healthz")
        client.get("/healthz", headers={"host": "evil.example"})
    lines = logged()
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/api/ask", 200),
        ("POST", "/api/ask", 200),
        ("GET", "/api/search", 200),
        ("GET", "/articles/{article_id:anything}", 200),
        ("GET", "/en/config", 200),
        ("GET", "/en/nothing", 404),
        ("GET", "/healthz", 403),
    ]
    assert all(line["client"] == "127.0.0.1" and line["milliseconds"] > 0 for line in lines)
    assert all((line["event"], line["level"]) == ("request", "info") for line in lines)
    assert "secret" not in str(lines)
    assert "Hajji" not in str(lines)


def test_questions_are_told_where_they_are_wanted(served, logged, hajji):
    with served(log_questions=True) as client:
        client.post("/api/ask", json={"question": hajji})
        forged = "من؟" + FORGED
        client.post("/api/ask", json={"question": forged}, headers={"accept": "text/event-stream"})
    asked = [line["question"] for line in logged() if line["event"] == "question"]
    assert asked == [hajji, forged]


def test_no_text_can_look_like_a_line(served, logged):
    with served() as client:
        client.get("/x%0A%7B%22event%22:%22forged%22%7D%0D%E2%80%A8%C2%9B%1B[31m")
        client.get("/" + "x" * 5000)
    first, second = logged()
    assert first["route"] == '/x\n{"event":"forged"}\r\u2028\u009b\x1b[31m'
    assert len(second["route"]) == 200


def record(event, **fields):
    return logging.makeLogRecord({"msg": event, "fields": fields, "levelno": logging.INFO})


def test_every_field_stays_in_its_line():
    line = JsonFormatter().format(record("notice" + FORGED, message=FORGED, other=FORGED))
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["other"] == FORGED


def test_a_request_without_an_answer_is_told(logged):
    """The client hung up, or the server broke, before a status was sent."""

    async def gone(scope, receive, send):
        raise ConnectionError

    start_log()
    scope = {"type": "http", "method": "GET", "path": "/api/ask", "client": None}
    with pytest.raises(ConnectionError):
        RequestLog(gone)(scope, None, None).send(None)
    (line,) = logged()
    assert (line["status"], line["client"]) == (499, None)


def test_the_address_beyond_a_trusted_proxy_is_told(logged):
    async def fine(scope, receive, send):
        scope["dalil.address"] = "10.0.0.9"

    start_log()
    scope = {"type": "http", "method": "GET", "path": "/", "client": ("127.0.0.1", 1)}
    with pytest.raises(StopIteration):
        RequestLog(fine)(scope, None, None).send(None)
    assert logged()[0]["client"] == "10.0.0.9"


def test_a_fault_is_told_without_its_message(kit, logged):
    service = kit.GatedService()
    pool = WorkerPool(lambda: service)
    app = create_app(pool, chat=False)
    with kit.live(app, pool) as address, kit.web(address) as client:
        assert client.post("/api/ask", json={"question": "fail now"}).status_code == 500
    faults = [line for line in logged() if line["level"] == "error"]
    assert {fault["exception"] for fault in faults} == {"RuntimeError"}
    assert all("conftest.py" in fault["trace"][-1] for fault in faults)
    assert "must not be told" not in str(faults)


def test_lines_of_one_kind_are_limited_and_the_rest_is_counted(logged):
    clock = [0.0]
    handler = BoundedHandler(lambda: clock[0])
    handler.setFormatter(JsonFormatter())
    late = {"msg": "Invalid HTTP request received.", "levelno": logging.WARNING}
    for _ in range(5_000):
        handler.handle(record("request", status=400))
        handler.handle(logging.makeLogRecord(late))
    handler.handle(record("request", status=200))
    lines = logged()
    assert sum(line.get("status") == 400 for line in lines) == 1_200
    assert sum(line["event"] == "Invalid HTTP request received." for line in lines) == 60
    # Another kind has room of its own.
    assert lines[-1]["status"] == 200
    clock[0] = 60.0
    handler.handle(record("request", status=200))
    told = {line["of"]: line["lines"] for line in logged() if line["event"] == "left_out"}
    assert told == {"request 400": 3_800, "Invalid HTTP request received.": 4_940}
    handler.handle(record("request", status=400))
    assert [line["event"] for line in logged()] == ["request"]


def test_what_the_event_loop_tells_is_one_kind_and_quotes_nobody(logged):
    start_log()
    loop = logging.getLogger("asyncio")
    for number in range(100):
        loop.error(f"Task exception was never retrieved\nfuture: <Task-{number} 'a secret'>")
    lines = logged()
    assert [line["event"] for line in lines] == ["Task exception was never retrieved"] * 60


def test_what_other_libraries_say_is_a_line_too_and_quotes_nobody(kit, home, logged):
    with kit.client_with(home, chat=False, without_login=True) as client:
        start_log()
        start_log()
        broken = client.post(
            "/login",
            content=b"a secret, and no form",
            headers={"content-type": "multipart/form-data; boundary=x"},
        )
        assert broken.status_code == 400
    lines = logged()
    (line,) = [line for line in lines if line["event"].startswith("python_multipart")]
    assert line["level"] == "warning"
    assert "secret" not in str(lines)


def test_warnings_of_python_are_lines_too_and_quote_nobody():
    code = (
        "import warnings; from ui.server.http.log import start_log; start_log(); "
        "warnings.warn('a secret')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    )
    (line,) = map(json.loads, done.stderr.splitlines())
    assert (line["level"], line["event"].partition(" ")[0]) == ("warning", "py.warnings")
    assert "secret" not in done.stderr


def test_nothing_is_logged_by_the_command_line(dalil, dalil_process, tmp_path):
    (tmp_path / "a.txt").write_text("وصلت القافلة إلى المدينة.", encoding="utf-8")
    (tmp_path / "dalil.toml").write_text("server.log_questions = true\n")
    assert dalil("add", tmp_path / "a.txt").code == 0
    assert dalil_process("ask", "متى وصلت القافلة؟").err == ""


def test_importing_starts_no_log():
    code = (
        "import logging, ui.server.http.log; "
        "assert not logging.getLogger('dalil').handlers + logging.getLogger().handlers"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
