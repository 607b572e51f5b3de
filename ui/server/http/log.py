"""The server's log: one JSON object a line on standard error, and nothing of what people ask."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]
# Ours, below which "dalil.questions" is, and uvicorn's, which tells of exceptions as well; asyncio
# tells of connections that could not be accepted.
_LOGGER, _SERVER, _LOOP = "dalil", "uvicorn.error", "asyncio"
# Whose words are told; records made by hand have no name.
_KNOWN = (_LOGGER, "uvicorn", _LOOP, "")
# Lines of one kind in a minute.  Twenty requests a second are what a busy office sends, and 300
# bytes each; faults are ten times as long, and the first few tell where they are.
_MOST_LINES, _MOST_FAULTS = 1_200, 60
_WINDOW_SECONDS = 60.0
_ROOT = Path(__file__).parents[3]
# Signs of life and parts of pages tell nothing while they come as they should.
_QUIET = (
    "/healthz", "/readyz", "/assets/", "/static/", "/theme.css", "/favicon.ico", "/manifest.json",
    "/gradio_api/heartbeat/", "/gradio_api/startup-events",
)  # fmt: skip
_LONGEST_PATH = 200
# What other servers write for a client that hung up before it was answered.
_GONE = 499


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON in ASCII, so that no text in it can look like another.

    Of an exception it shows where it came from, not its message, which may hold a question.
    """

    def format(self, record: logging.LogRecord) -> str:
        r"""Return the line of a record; `extra={"fields": {...}}` adds fields to it.

        >>> record = logging.makeLogRecord({"msg": "x\n{\"level\": \"error\"}", "created": 0.0})
        >>> print(JsonFormatter().format(record))
        {"time": "1970-01-01T00:00:00.000Z", "level": "info", "event": "x\n{\"level\": \"error\"}"}
        """
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": at.replace("+00:00", "Z"),
            # Records made by hand have no level; what is told without urgency is "info".
            "level": record.levelname.lower() if record.levelno else "info",
            # Behind the first line, asyncio shows what it was at, which may quote a question.
            "event": _event(record),
            **getattr(record, "fields", {}),
        }
        if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
            line |= _fault(record.exc_info)
        return json.dumps(line)


def _event(record: logging.LogRecord) -> str:
    if not _is_known(record):
        # What other libraries say may quote a request: told is where they say it.
        return f"{record.name} {record.module}:{record.lineno}"
    text = record.getMessage().strip()
    return text.partition("\n")[0] if record.name == _LOOP else text


def _is_known(record: logging.LogRecord) -> bool:
    return (record.name or "").partition(".")[0] in _KNOWN


def _fault(info: ExceptionInfo) -> dict[str, object]:
    """Return the exception's type and the places that were running, the innermost last.

    >>> try:
    ...     raise ValueError("who asked what")
    ... except ValueError as error:
    ...     shown = _fault((type(error), error, None))
    >>> shown
    {'exception': 'ValueError', 'trace': []}
    """
    kind, _, trace = info
    places = traceback.extract_tb(trace)
    return {
        "exception": kind.__name__,
        "trace": [f"{_short(p.filename)}:{p.lineno} {p.name}" for p in places],
    }


def _short(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else name


@dataclass(slots=True)
class _Window:
    begun: float
    taken: int = 0
    left_out: int = 0


class LineLimit:
    """Lets so many lines of each kind through in a minute, and counts those it leaves out.

    Kinds are few: they are made of the program's own words, never of a request's.

    >>> limit = LineLimit()
    >>> [limit.takes("fault", 2, 0.0) for _ in range(4)], limit.left_out(59.0)
    ([True, True, False, False], [])
    >>> limit.left_out(60.0), limit.takes("fault", 2, 60.0)
    ([('fault', 2)], True)
    """

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def takes(self, kind: str, most: int, now: float) -> bool:
        """Count a line at `now`, in seconds; return if it is one of the first `most`."""
        window = self._windows.setdefault(kind, _Window(now))
        if window.taken >= most:
            window.left_out += 1
            return False
        window.taken += 1
        return True

    def left_out(self, now: float) -> list[tuple[str, int]]:
        """Return the kinds of which lines were left out in minutes that have passed, once each."""
        over = [k for k, one in self._windows.items() if now - one.begun >= _WINDOW_SECONDS]
        passed = [(kind, self._windows.pop(kind).left_out) for kind in over]
        return [(kind, count) for kind, count in passed if count]


class BoundedHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error, only so many lines of each kind in a minute.

    How many were left out is told with the first line that comes after that minute.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._limit, self._now = LineLimit(), now

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or leave it out; whoever logs holds the handler's lock."""
        now = self._now()
        for kind, count in self._limit.left_out(now):
            fields = {"of": kind, "lines": count}
            told = {"msg": "left_out", "levelno": logging.WARNING, "levelname": "WARNING"}
            super().emit(logging.makeLogRecord({**told, "fields": fields}))
        most = _MOST_LINES if record.levelno < logging.WARNING else _MOST_FAULTS
        if self._limit.takes(_kind(record), most, now):
            super().emit(record)


def _kind(record: logging.LogRecord) -> str:
    """Return what a line tells of, without the words of who caused it.

    >>> _kind(logging.makeLogRecord({"msg": "request", "fields": {"status": 404}}))
    'request 404'
    """
    kind = _event(record)
    if _is_known(record):
        kind = str(record.msg).strip().partition("\n")[0]
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        kind = f"{kind} {record.exc_info[0].__name__}"
    status = getattr(record, "fields", {}).get("status")
    return f"{kind} {status}" if status else kind


def start_log() -> None:
    """Send our events, and the warnings and faults of all others, to standard error."""
    handler = BoundedHandler()
    handler.setFormatter(JsonFormatter())
    levels = ((_LOGGER, logging.INFO), (_SERVER, logging.WARNING), (_LOOP, logging.WARNING))
    for name, level in levels:
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(level)
    # Python's own warnings would come as plain lines of the source.
    logging.captureWarnings(True)
    others = logging.getLogger()
    kept = [one for one in others.handlers if not isinstance(one, BoundedHandler)]
    others.handlers = [*kept, BoundedHandler()]
    others.handlers[-1].setFormatter(JsonFormatter())
    others.handlers[-1].setLevel(logging.WARNING)


def log_notice(message: str) -> None:
    """Write what the library tells its keeper."""
    logging.getLogger(_LOGGER).info("notice", extra={"fields": {"message": message}})


def log_fault(error: Exception) -> None:
    """Write where a defect lies."""
    fault = (type(error), error, error.__traceback__)
    logging.getLogger(_LOGGER).error("fault", exc_info=fault)


class RequestLog:
    """ASGI middleware that writes a line for each request when its answer has ended.

    The line names the route, not what was asked of it: `/api/answers/{id}`.  A request that
    matches none has its path, without the query.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; note its status, and how long its answer took."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, path = time.perf_counter(), _GONE, scope["path"]

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            _log_request(scope, path, status, time.perf_counter() - begun)


def _log_request(scope: Scope, path: str, status: int, seconds: float) -> None:
    template = getattr(scope.get("route"), "path", None)
    # Routers of their own are mounted under "/en" and the like, which then is the root path.
    route = f"{scope.get('root_path', '')}{template}" if template else path[:_LONGEST_PATH]
    if status < 400 and (template or path).startswith(_QUIET):
        return
    client = scope.get("client")
    fields = {
        "method": scope["method"],
        "route": route,
        "status": status,
        "milliseconds": round(1000 * seconds, 1),
        # Beyond the proxies that are trusted, where that is known.
        "client": scope.get("dalil.address") or (client[0] if client else None),
    }
    logging.getLogger(_LOGGER).info("request", extra={"fields": fields})
