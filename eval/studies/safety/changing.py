"""A site and a folder that change: what is new there, and when it could first be read."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from socket import socket
from typing import Any, Self

from eval.bench.generated import articles

# Enough for texts that are no copies of each other.
_VOCABULARY = 2_000
# Numbers that no text of the demo collection holds.
_FIRST = 700_001
_FEED = "/feed"
_RSS = '<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
_ITEM = "<item><title>Report {number}</title><link>{url}</link></item>"
_PAGE = (
    "<!doctype html><html lang='en'><head><title>Report {number}</title></head>"
    "<body><article><h1>Report {number}</h1>{paragraphs}</article></body></html>"
)


class Texts:
    """Articles that nobody wrote, each known by a number of its own."""

    def __init__(self) -> None:
        self._texts = (article["text"] for article in articles(vocabulary=_VOCABULARY))
        self._numbers = count(_FIRST)

    def new(self) -> tuple[int, str]:
        """Return a number that no other text has, and a text of some paragraphs that begins so."""
        number = next(self._numbers)
        return number, f"Report {number} came on Sunday.\n\n{next(self._texts)}"


class ChangingSite:
    """A site on loopback with a feed; use as a context manager.

    `sent` holds for each path the times (`time.monotonic`) at which its page had been sent.
    """

    def __init__(self) -> None:
        self.sent: dict[str, list[float]] = defaultdict(list)
        self._pages: dict[str, tuple[str, bytes]] = {}
        self._named: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.feed = self.url + _FEED
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def publish(self, number: int, text: str, *, named: bool) -> str:
        """Make a page of a text, `named` in the feed or not; return its path."""
        path = f"/report-{number}"
        paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
        page = _PAGE.format(number=number, paragraphs=paragraphs)
        self._pages[path] = ("text/html; charset=utf-8", page.encode())
        if named:
            self._named.append(_ITEM.format(number=number, url=self.url + path))
            feed = _RSS.format(items="".join(self._named)).encode()
            self._pages[_FEED] = ("application/rss+xml", feed)
        return path

    def page(self, path: str) -> tuple[str, bytes] | None:
        """Return the media type and the bytes of a page, `None` where there is none."""
        return self._pages.get(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, site: ChangingSite, request: socket, *given: Any) -> None:  # noqa: ANN401
        # The request is answered while the handler is made.
        self._site = site
        super().__init__(request, *given)

    def do_GET(self) -> None:
        page = self._site.page(self.path)
        kind, body = page or ("text/plain", b"")
        with suppress(OSError):  # who asked has hung up
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self._site.sent[self.path].append(time.monotonic())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class ChangingFolder:
    """A folder of reports, a file each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def write(self, name: str, text: str) -> str:
        """Write or replace a file; return its path."""
        file = self.path / name
        file.write_text(text, encoding="utf-8")
        return str(file)

    def remove(self, name: str) -> str:
        """Remove a file; return its path."""
        file = self.path / name
        file.unlink()
        return str(file)
