"""A server for a study: the command as people start it, its log in a file, and its API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from corpus.errors import DalilError
from eval.bench.clients import BUSY, OK

_PYTHON = (sys.executable, "-m", "ui.cli")
_LONGEST_SECONDS, _BUSY_SECONDS = 60.0, 0.05


def add(home: str | Path, *paths: str | Path) -> None:
    """Add the articles of `paths` to the library in `home`, by the command."""
    run(home, "add", *map(str, paths))


def run(home: str | Path, *arguments: str) -> None:
    """Run the command on the library in `home`."""
    command = [*_PYTHON, "--home", str(home), *arguments]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def serving(
    home: str | Path,
    log: Path,
    program: Sequence[str] = _PYTHON,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Serve the library in `home` during the block; yield the port, on loopback.

    `program` is the command without its arguments, `environment` what is added to this process's.
    Raises `DalilError` when the server does not start.
    """
    command = [*program, "--home", str(home), "serve", "--port", "0"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, stderr=written, env={**os.environ, **(environment or {})}
        )
    try:
        yield _port(process, log)
    finally:
        process.terminate()
        process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    while process.poll() is None:
        text = log.read_text(encoding="utf-8")
        before, told, _ = text.partition("/ in a browser")
        if told:
            return int(before.rpartition(":")[2])
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise DalilError(f"The server did not start: {log.read_text(encoding='utf-8').strip()}")


class Api:
    """The API of a server on loopback, a connection for each request."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port

    def send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON of a reply, asking again where the server is busy.

        Raises `DalilError` for what is refused.
        """
        sent = None if body is None else json.dumps(body)
        while True:
            line = HTTPConnection("127.0.0.1", self._port, timeout=_LONGEST_SECONDS)
            try:
                line.request(method, path, sent, {"Content-Type": "application/json"})
                reply = line.getresponse()
                found = json.loads(reply.read())
            finally:
                line.close()
            if reply.status == OK:
                return found
            if reply.status != BUSY:
                raise DalilError(f"{method} {path}: {found.get('error', reply.status)}")
            time.sleep(_BUSY_SECONDS)

    def article_ids(self) -> Iterator[str]:
        """Yield the ids of all articles, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.send("GET", "/api/articles" + (f"?cursor={cursor}" if cursor else ""))
            yield from (article["id"] for article in page["articles"])
            cursor = page["next"]
