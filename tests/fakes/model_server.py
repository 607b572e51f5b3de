"""A model server made of a script: real HTTP, in the protocols of OpenAI, Ollama and Anthropic.

Replies are data in `replies/NAME.json`: {"about": ..., "replies": [...]}, one reply per request and
the last for all that follow.  The fields of a reply are those of `Reply`.
"""

import json
import os
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path

FOLDER = Path(__file__).with_name("replies")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Reply:
    """What the model writes (`text`, cut before each word, or `pieces`) and how it goes wrong.

    A piece that is None waits for `ModelServer.go`.  `end` is "done", "length" (no tokens left),
    "hang" (nothing more comes), "drop" (closed without an end), "reset" (by TCP), "garbage" or
    "endless" (the last piece again and again).  `silent` hangs before the first byte.  `octets`
    cuts the stream into chunks of so many bytes.
    """

    text: str = ""
    pieces: tuple = ()
    end: str = "done"
    status: int = 200
    error: str = "The scripted model fails."
    code: str | None = None
    headers: dict = field(default_factory=dict)
    silent: bool = False
    octets: int = 0

    @property
    def parts(self):
        return self.pieces or re.findall(r"\s*\S+|\s+$", self.text)

    @property
    def whole(self):
        return "".join(filter(None, self.parts))


def replies_of(name):
    fields = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [Reply(**{**one, "pieces": tuple(one.get("pieces", ()))}) for one in fields["replies"]]


class OpenAI:
    path = "/v1/chat/completions"
    kind = "text/event-stream"

    @staticmethod
    def start(_model):
        return ""

    @staticmethod
    def line(model, piece, end=None):
        delta = {} if end else {"role": "assistant", "content": piece}
        choice = {"index": 0, "delta": delta, "finish_reason": "stop" if end == "done" else end}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": model}
        text = json.dumps({**chunk, "choices": [choice]}, ensure_ascii=False)
        return f"data: {text}\n\n" + ("data: [DONE]\n\n" if end else "")

    @staticmethod
    def error(reply):
        return {"error": {"message": reply.error, "type": "scripted", "code": reply.code}}


class Ollama:
    path = "/api/chat"
    kind = "application/x-ndjson"
    start = OpenAI.start

    @staticmethod
    def line(model, piece, end=None):
        message = {"role": "assistant", "content": piece}
        fields = {"model": model, "created_at": "2026-01-01T00:00:00Z", "message": message}
        reason = {"done_reason": "stop" if end == "done" else end} if end else {}
        return json.dumps({**fields, "done": bool(end), **reason}, ensure_ascii=False) + "\n"

    @staticmethod
    def error(reply):
        return {"error": reply.error}


class Anthropic:
    path = "/v1/messages"
    kind = "text/event-stream"

    @staticmethod
    def start(model):
        usage = {"input_tokens": 1, "output_tokens": 1}
        fields = {"id": "1", "type": "message", "role": "assistant", "model": model}
        message = {**fields, "content": [], "stop_reason": None, "usage": usage}
        block = {"index": 0, "content_block": {"type": "text", "text": ""}}
        return event("message_start", message=message) + event("content_block_start", **block)

    @staticmethod
    def line(_model, piece, end=None):
        if not end:
            text = {"type": "text_delta", "text": piece}
            return event("content_block_delta", index=0, delta=text)
        reason = {"stop_reason": "end_turn" if end == "done" else "max_tokens"}
        changed = event("message_delta", delta=reason, usage={"output_tokens": 1})
        return event("content_block_stop", index=0) + changed + event("message_stop")

    @staticmethod
    def error(reply):
        return {"type": "error", "error": {"type": "scripted", "message": reply.error}}


def event(kind, **fields):
    text = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {text}\n\n"


DIALECTS = {dialect.path: dialect for dialect in (OpenAI, Ollama, Anthropic)}


class ModelServer:
    """Answers requests by a script: replies in turn, or a function of the messages.

    It remembers the `bodies` and `headers` of all requests; `wait_asked` returns whether one came,
    `wait_left` whether a client hung up before the end.
    """

    def __init__(self, script):
        self.bodies, self.headers = [], []
        self._script = script if callable(script) else iter_of(script)
        self._left, self._go = threading.Semaphore(0), threading.Semaphore(0)
        self._asked = threading.Event()
        self._connections = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (Handler,), {"fake": self}))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        # Polled often, so that a test does not wait for the end of its server.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def url(self, provider):
        return self.address + ("/v1" if provider == "openai" else "")

    def go(self):
        """Let the model write on after a pause."""
        self._go.release()

    def wait_asked(self):
        return self._asked.wait(timeout=60)

    def wait_left(self):
        return self._left.acquire(timeout=60)

    def close(self):
        """Stop at once, in the middle of replies too."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _ in range(100):
            self._go.release()

    def reply_to(self, body):
        return self._script(body["messages"])


def iter_of(replies):
    *first, last = replies if isinstance(replies, list) else [replies]
    rest = iter([*first, *repeat(last, 10_000)])
    return lambda _messages: next(rest)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.fake._connections.add(self.connection)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.bodies.append(body)
        self.fake.headers.append({name.lower(): text for name, text in self.headers.items()})
        self.fake._asked.set()
        try:
            self._answer(body, DIALECTS.get(self.path))
        except OSError:
            self.close_connection = True
            self.fake._left.release()
        finally:
            self.fake._connections.discard(self.connection)

    def log_message(self, *_):
        pass

    def _answer(self, body, dialect):
        if dialect is None:
            return self._send_json(404, {"error": "There is no such path."}, {})
        reply = self.fake.reply_to(body)
        if reply.silent:
            self._hang()
        if reply.status != 200:
            return self._send_json(reply.status, dialect.error(reply), reply.headers)
        self.send_response(200)
        self.send_header("Content-Type", dialect.kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._send(dialect.start(body["model"]), reply.octets)
        for piece in reply.parts:
            if piece is None:
                self.fake._go.acquire()
            else:
                self._send(dialect.line(body["model"], piece), reply.octets)
        self._end(reply, body["model"], dialect)
        return None

    def _end(self, reply, model, dialect):
        while reply.end == "endless":
            self._send(dialect.line(model, reply.parts[-1]), 0)
            time.sleep(0.001)
        if reply.end == "hang":
            self._hang()
        if reply.end == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            os.close(self.connection.detach())
            self.close_connection = True
            return
        if reply.end == "garbage":
            self._send('event: content_block_delta\ndata: {"choices": [}\n\n', 0)
        elif reply.end in ("done", "length"):
            self._send(dialect.line(model, "", reply.end), reply.octets)
        self.wfile.write(b"0\r\n\r\n")

    def _hang(self):
        self.connection.recv(1)
        raise ConnectionAbortedError

    def _send(self, text, octets):
        # What UTF-8 cannot hold is sent as the escape of JSON.
        data = text.encode("utf-8", "backslashreplace")
        for start in range(0, len(data), octets or len(data) or 1):
            chunk = data[start : start + (octets or len(data))]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    def _send_json(self, status, fields, headers):
        data = json.dumps(fields).encode()
        self.send_response(status)
        for name, text in {**headers, "Content-Type": "application/json"}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def closed_address():
    """The address of a port at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
