"""The server as people start it: one process, its sockets, signals and log."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

# A server whose pool waits for a file, so that a test decides when an answer is ready.
GATED = """
import sys, time
from pathlib import Path
from fastapi.responses import StreamingResponse
from rag.answer import tell
from rag.citing.refusal import abstention
from ui.app.app import create_app
from ui.server.http.workers import WorkerPool
from ui.app.run import listen, server_of
from ui.settings.settings import ServerSettings
import asyncio

gate = Path(sys.argv[1])

class Waiting:
    def stream(self, question, filters, owner=""):
        while not gate.exists():
            time.sleep(0.01)
        yield from tell(abstention(question.text, ()))

pool = WorkerPool(Waiting, workers=1)
app = create_app(pool)

async def endless():
    async def beats():
        while True:
            yield b"beat"
            await asyncio.sleep(0.05)
    return StreamingResponse(beats())

app.get("/endless")(endless)
app.get("/held")(lambda: pool.held)
listening = listen(ServerSettings(port=0))
print("listening", f"http://127.0.0.1:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
server_of(app, pool).run(sockets=[listening])
"""

# A server whose work never ends, and does not ask if it may be left.
STUCK = """
import signal, sys, time
from contextlib import suppress
from ui.app.app import create_app
from ui.app.run import leave, listen, server_of
from ui.server.http.workers import WorkerPool
from ui.settings.settings import ServerSettings

class Stuck:
    def stream(self, question, filters, owner=""):
        sys.stderr.write("begun\\n")
        time.sleep(3_600)
        yield

pool = WorkerPool(Stuck, workers=2, seconds=1.0)
listening = listen(ServerSettings(port=0))
print("listening", f"http://127.0.0.1:{listening.getsockname()[1]}", file=sys.stderr, flush=True)
signal.signal(signal.SIGTERM, signal.default_int_handler)
with suppress(KeyboardInterrupt):
    server_of(create_app(pool), pool).run(sockets=[listening])
leave(pool)
"""


# A page that takes minutes: more letters than anybody reads.
_LETTERS = 3_000_000


def slow_pdf():
    content = zlib.compress(b"BT /F1 9 Tf " + b"1 0 0 1 9 9 Tm (a) Tj " * _LETTERS + b"ET")
    fonts = b"/Resources<</Font<</F1 5 0 R>>>>"
    data = b"%PDF-1.4\n"
    for number, held in enumerate(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R%b>>" % fonts,
            b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ),
        start=1,
    ):
        data += b"%d 0 obj%b endobj\n" % (number, held)
    # Without a table of where they are, objects are looked for.
    return data + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF"


def started_by(pid):
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def gated(kit, tmp_path):
    gate = tmp_path / "gate"
    process = subprocess.Popen(
        [sys.executable, "-c", GATED, str(gate)], stderr=subprocess.PIPE, text=True, cwd=kit.root
    )
    address = process.stderr.readline().split()[1]
    # A log that nobody reads would stop the server once the pipe is full.
    reading = threading.Thread(target=process.stderr.read)
    reading.start()
    yield process, address, gate
    process.kill()
    reading.join()
    process.stderr.close()
    process.wait()


def refused(address):
    try:
        httpx.get(f"{address}/healthz", trust_env=False)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        # Taken right before it stopped listening, and closed with the rest.
        return False
    return False


def test_a_stop_waits_for_answers_and_not_for_streams(gated, kit):
    process, address, gate = gated
    beating = threading.Event()

    def listen_on():
        with kit.web(address) as client, client.stream("GET", "/endless") as stream:
            for _ in stream.iter_raw():
                beating.set()

    with ThreadPoolExecutor(3) as pool, kit.web(address) as client:
        body = {"question": "Is anybody there?"}
        answers = [pool.submit(client.post, "/api/ask", json=body) for _ in range(2)]
        stream = pool.submit(listen_on)
        assert beating.wait(timeout=30)
        # Two are asked: one is being answered, one waits.
        kit.until(lambda: client.get("/held").json() == 2)
        process.send_signal(signal.SIGTERM)
        kit.until(lambda: refused(address))
        assert process.poll() is None
        assert not any(answer.done() for answer in answers)
        gate.touch()
        assert [answer.result().status_code for answer in answers] == [200, 200]
        process.wait(timeout=60)
        assert stream.exception(timeout=60) is None or stream.done()


def test_work_that_does_not_end_keeps_no_server_from_stopping(kit):
    process = subprocess.Popen(
        [sys.executable, "-c", STUCK], stderr=subprocess.PIPE, text=True, cwd=kit.root
    )
    try:
        address = process.stderr.readline().split()[1]
        body = {"question": "Is anybody there?"}
        with ThreadPoolExecutor(2) as pool, kit.web(address) as client:
            asked = [pool.submit(client.post, "/api/ask", json=body) for _ in range(2)]
            assert "".join(process.stderr.readline() for _ in asked) == "begun\n" * 2
            process.send_signal(signal.SIGTERM)
            assert {one.result().status_code for one in asked} <= {503, 504}
            # The grace of a second, twice the time to close connections, and a slow machine.
            assert process.wait(timeout=20) == 0
        assert "work that took too long is given up" in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_uploads_that_take_long_leave_nothing_when_the_server_stops(home, kit, tmp_path):
    temporary, pdf = tmp_path / "temporary", slow_pdf()
    temporary.mkdir()
    env = {"TMPDIR": str(temporary), "DALIL_SERVER_SECONDS": "2"}
    with kit.serving(home, env=env) as (process, address):
        with ThreadPoolExecutor(2) as pool, kit.web(address) as client:
            sent = [
                pool.submit(client.post, "/api/articles", files={"files": (f"{n}.pdf", pdf)})
                for n in range(2)
            ]
            kit.until(lambda: started_by(process.pid))
            reading = started_by(process.pid)
            process.send_signal(signal.SIGTERM)
            # The grace of two seconds, twice the time to close connections, and a slow machine.
            assert process.wait(timeout=30) == 0
            assert all(one.exception() or one.result().status_code in (503, 504) for one in sent)
        assert "work that took too long is given up" in process.stderr.read()
    kit.until(lambda: not any(map(runs, reading)), looks=500)
    assert not [left for left in temporary.rglob("*") if left.is_file()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("command", ["serve", "watch"])
def test_a_followed_file_that_takes_long_keeps_nobody_from_stopping(home, kit, tmp_path, command):
    folder = tmp_path / "followed"
    folder.mkdir()
    (folder / "slow.pdf").write_bytes(slow_pdf())
    env = {**os.environ, "DALIL_SERVER_SECONDS": "2"}
    named = ["--port", "0", "--watch"] if command == "serve" else []
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "--home", str(home), command, *named, str(folder)],
        stderr=subprocess.PIPE, text=True, cwd=kit.root, env=env,
    )  # fmt: skip
    try:
        assert "Ctrl-C" in process.stderr.readline()
        kit.until(lambda: started_by(process.pid))
        reading = started_by(process.pid)
        process.send_signal(signal.SIGTERM)
        # Some seconds for a batch, those in which connections are closed, and a slow machine.
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.communicate()
    kit.until(lambda: not any(map(runs, reading)), looks=500)


def test_a_port_that_is_taken_is_told_in_a_sentence(demo_home, dalil_process):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = dalil_process("serve", "--port", port, home=demo_home)
    assert done.code == 1
    assert str(port) in done.err
    assert "--port" in done.err
    assert "Traceback" not in done.err


def test_other_machines_are_not_served_without_users(demo_home, dalil):
    for host in ("0.0.0.0", "192.168.1.7", "example.org"):
        done = dalil("serve", "--host", host, home=demo_home)
        assert (done.code, "dalil user add" in done.err) == (1, True)


def test_questions_are_not_logged_and_a_stop_is_no_fault(demo_home, kit):
    secret = "zanzibar-7731"
    with kit.serving(demo_home) as (process, address):
        with kit.web(address) as client:
            assert client.get("/healthz").status_code == 200
            for question in (secret, f"{secret} \ud83d", "x" * 3000 + secret):
                client.post("/api/ask", content=json.dumps({"question": question}),
                            headers={"content-type": "application/json"})  # fmt: skip
            client.get("/api/search", params={"question": secret})
            client.get(f"/api/articles/{secret}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        told, out = process.stderr.read(), process.stdout.read()
        assert secret not in told + out
        # Nothing but the lines of these requests.
        asked = ["/api/ask"] * 3 + ["/api/search", "/api/articles/{id:anything}"]
        lines = [json.loads(line) for line in told.splitlines()]
        assert [(line["event"], line["route"]) for line in lines] == [
            ("request", route) for route in asked
        ]
