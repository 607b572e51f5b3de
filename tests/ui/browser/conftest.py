"""A real browser in front of a real server, with nothing to be asked but this machine.

The browser is Debian's Chromium without windows, which takes half the processor time of the whole
one, and else that; nothing is downloaded.  Where both or an Arabic font are missing these tests are
skipped, unless `CI` is set: there they fail.
"""

import os
import re
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from corpus import load_articles
from index import Library, load_encoder
from ui.app.app import create_app
from ui.server.access.accounts import open_accounts
from ui.server.access.passwords import hash_password
from ui.server.embeds.embeds import Embeds, Plan
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.settings import Settings

HERE = Path(__file__).parent
DEMO = HERE.parents[2] / "corpus" / "demo"
PASSWORD = "five words nobody would guess"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LOCAL_SCHEMES = {"data", "blob", "about"}
# What Gradio's client says of the streams it cuts as its page is left: nobody sees that page any
# more, and whether it still gets to say so depends on how busy the machine is.
CUT = re.compile(r"AbortError: signal is aborted without reason(?s:.)*\.close\b")
LOST = "Unexpected error Connection errored out"
# No request leaves this machine, be it to a name or to a number.  Routes would see to that too, but
# a browser keeps no file once there are any, and the chat has seventy of them.
ARGUMENTS = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep these tests in one process (`--dist loadgroup`): a browser is large."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


def browser_path():
    """Return the path of the browser to test with, `None` if there is none."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def missing():
    """Return what these tests need and do not find, `None` if it is all there."""
    if browser_path() is None:
        return "There is no Chromium to test with. Install the package chromium-headless-shell."
    lister = shutil.which("fc-list")
    if lister is None or not subprocess.check_output([lister, ":lang=ar"]).strip():
        return "There is no font for Arabic. Install fontconfig and fonts-noto-core."
    return None


@dataclass
class Site:
    """A running server and the library it answers from."""

    url: str
    home: Path

    def embed(self, *origins, **plan):
        """Create an embed for pages of `origins` and return its id."""
        embeds = Embeds.open(self.home)
        try:
            return embeds.create(Plan(origins, **plan)).id
        finally:
            embeds.close()

    def revoke(self, embed_id):
        embeds = Embeds.open(self.home)
        try:
            embeds.revoke(embed_id)
        finally:
            embeds.close()


@contextmanager
def serving(home, service=Service, **more):
    settings = Settings(home, "bundled", **more)
    pool = WorkerPool(
        partial(service, settings, lambda _: None, Shared(settings)),
        model_seconds=60.0 if "llm" in more else 0.0,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(pool, settings=settings),
            proxy_headers=False,
            host="127.0.0.1",
            port=0,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "The server did not start."
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


# No longer than a module: a server that nobody asks any more still looks twenty times a second.
@pytest.fixture(scope="module")
def make_site(tmp_path_factory):
    """Return a function that serves articles, or a copy of a library, until the module ends.

    It takes more settings, such as a language model, and the class of its pool.
    """
    with ExitStack() as stack:

        def make(articles=(), filled=None, **more):
            home = tmp_path_factory.mktemp("site") / "library"
            if filled:
                shutil.copytree(filled, home)
            else:
                fill(home, articles)
            return Site(stack.enter_context(serving(home, **more)), home)

        yield make


def fill(home, articles):
    library = Library.open(home, load_encoder("bundled"), create=True)
    library.add(articles)
    library.close()


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory):
    """A library of the demo collection, to be copied."""
    home = tmp_path_factory.mktemp("demo") / "library"
    fill(home, (loaded.article for loaded in load_articles(DEMO)))
    return home


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory, demo_library):
    home = tmp_path_factory.mktemp("site") / "library"
    shutil.copytree(demo_library, home)
    with serving(home) as url:
        yield Site(url, home)


@pytest.fixture(scope="module")
def closed_site(make_site, demo_library):
    """The demo collection on a server where "leila" may log in."""
    site = make_site(filled=demo_library)
    accounts = open_accounts(site.home)
    accounts.add("leila", "reader", hash_password(PASSWORD))
    accounts.close()
    return site


class Host:
    """Pages of another site, which may be asked for under two origins.

    `localhost` and `127.0.0.1` are different sites to a browser, with each other and with ours.
    """

    def __init__(self):
        self.pages = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body, kind, policy = pages.get(self.path, ("", "text/html", ""))
                self.send_response(200 if body else 204)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_address[1]
        self.url, self.other_url = f"http://localhost:{port}", f"http://127.0.0.1:{port}"

    def put(self, path, body, kind="text/html", policy=""):
        """Serve a page at `path` and return its address."""
        self.pages[path] = (body, kind, policy)
        return self.url + path

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def host():
    serving_pages = Host()
    yield serving_pages
    serving_pages.close()


# No longer than a module, since an event loop runs in the main thread as long as it is open.
@pytest.fixture(scope="module")
def chromium():
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield browser
        browser.close()


class Visits:
    """Opens pages and watches what they do that a page of ours must not do.

    `allowed` are patterns of faults that a test means to cause.
    """

    def __init__(self, browser):
        self._browser, self._contexts = browser, []
        self.faults, self.allowed, self.requests = [], [], []

    def page(self, **options):
        """Return a page of a context of its own (`locale`, `color_scheme`, `viewport`...)."""
        context = self._browser.new_context(**{"locale": "en"} | options)
        self._contexts.append(context)
        context.on("request", lambda request: self._requested(request.url))
        context.on("page", self._watch)
        return context.new_page()

    def unexpected(self):
        allowed = [*self.allowed, CUT]
        if any(CUT.search(fault) for fault in self.faults):
            allowed.append(LOST)
        return [f for f in self.faults if not any(re.search(known, f) for known in allowed)]

    def close(self):
        for context in self._contexts:
            context.close()

    def _watch(self, page):
        page.on("websocket", lambda socket: self._requested(socket.url))
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("dialog", self._interrupted)

    def _requested(self, url):
        self.requests.append(url)
        if outside(url):
            self.faults.append(f"request to another host: {url}")

    def _said(self, kind, text):
        if kind == "error":
            self.faults.append(f"console: {text}")

    def _interrupted(self, dialog):
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def outside(url):
    parts = urlsplit(url)
    return parts.scheme not in LOCAL_SCHEMES and parts.hostname not in LOOPBACK


@pytest.fixture(scope="module")
def lasting_visits(chromium):
    """Visits whose pages several tests share; each of them looks for faults."""
    visiting = Visits(chromium)
    yield visiting
    visiting.close()


@pytest.fixture
def visits(chromium):
    visiting = Visits(chromium)
    yield visiting
    unexpected = visiting.unexpected()
    visiting.close()
    assert unexpected == []


@pytest.fixture
def page(visits):
    return visits.page(viewport={"width": 1280, "height": 900})


# Until a change has been drawn and no colour is on its way any more.
SETTLED = """() => new Promise((done) => requestAnimationFrame(async () => {
  const changes = document.getAnimations().filter((a) => a instanceof CSSTransition);
  await Promise.allSettled(changes.map((change) => change.finished));
  done();
}))"""


@pytest.fixture
def schemes():
    """Return a function that shows a page in its colour scheme, then in the other, and stays there.

    Loading a page a second time takes longer than all that is looked at there.
    """

    def show(page):
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        for scheme in ("dark", "light") if dark else ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            yield scheme

    return show


@pytest.fixture
def assert_accessible():
    """Return a check that axe finds no serious or critical violation on a page."""

    def check(page):
        found = Axe().run(page).response["violations"]
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        assert [f"{v['id']}: {v['help']}: {v['nodes'][0]['html']}" for v in grave] == []

    return check


@pytest.fixture
def contrast():
    """Return the contrast ratio of two CSS colours, 1 to 21 (WCAG 2.2); axe skips Arabic text."""

    def ratio(one, other):
        darker, lighter = sorted(map(luminance, (one, other)))
        return (lighter + 0.05) / (darker + 0.05)

    return ratio


def luminance(color):
    shares = [int(part) / 255 for part in re.findall(r"\d+", color)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
