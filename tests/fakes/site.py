"""A site on loopback whose pages the test writes, and which remembers how it was asked."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"


@dataclass
class Page:
    """What a path answers: `drip` sends the body a byte at a time with this pause."""

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=lambda: {"Content-Type": HTML})
    drip: float = 0.0


@dataclass
class Request:
    """One request: its path, its headers, and when it came."""

    path: str
    headers: dict
    at: float


class Handler(BaseHTTPRequestHandler):
    """Answers from the pages of its server's site."""

    def do_GET(self):
        site = self.server.site
        with site.counting:
            site.under_way += 1
            site.most_at_once = max(site.most_at_once, site.under_way)
        try:
            page = self.page(site)
        finally:
            # Before it is answered: whoever has the last byte may ask again at once.
            with site.counting:
                site.under_way -= 1
        with suppress(OSError):  # who asked has hung up
            self.reply(page)

    def page(self, site):
        if self.path != "/robots.txt":
            site.requests.append(Request(self.path, dict(self.headers), time.monotonic()))
        page = site.pages.get(self.path, Page(status=404))
        return page(dict(self.headers)) if callable(page) else page

    def reply(self, page):
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if not page.drip:
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        step = 1 if page.drip else len(page.body) or 1
        for part in (page.body[i : i + step] for i in range(0, len(page.body), step)):
            self.wfile.write(part)
            time.sleep(page.drip)

    def log_message(self, *_):
        pass


class Site:
    """A server; `pages` maps paths to `Page`, or to a function of the headers that gives one.

    `requests` lists what was asked, robots.txt apart.
    """

    def __init__(self, pages=None):
        self.pages, self.requests = dict(pages or {}), []
        self.under_way = self.most_at_once = 0
        self.counting = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.site = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path="/", host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def paths(self):
        return [request.path for request in self.requests]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def article_page(title, text, head="", body=""):
    """A page as outlets have them: an article between furniture."""
    html = (
        f"<!doctype html><html lang='ar'><head><title>{title}</title>{head}</head><body>"
        f"<nav><a href='/'>الرئيسية</a></nav><article><h1>{title}</h1>"
        + "".join(f"<p>{part}</p>" for part in text.split("\n"))
        + f"</article>{body}</body></html>"
    )
    return Page(html.encode())
