"""A library of the demo collection, clients of its server, and a pool that does as tests say."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from corpus.article import Article
from corpus.load import load_articles
from index import Library, load_encoder
from rag.citing.refusal import abstention
from ui.app.app import create_app
from ui.app.run import listen, server_of
from ui.server.access.accounts import open_accounts
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.settings import ServerSettings, Settings

ROOT = Path(__file__).parents[2]
BASE = "http://127.0.0.1"


def add(home, *articles):
    library = Library.open(home, load_encoder("bundled"), create=True)
    library.add(articles)
    library.close()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("demo")
    add(home, *(loaded.article for loaded in load_articles(ROOT / "corpus" / "demo")))
    return home


def settings_of(home, **server):
    return Settings(Path(home), "bundled", server=ServerSettings(**server))


def pool_of(home, **settings):
    chosen = Settings(Path(home), "bundled")
    return WorkerPool(partial(Service, chosen, lambda _: None, Shared(chosen)), **settings)


@contextlib.contextmanager
def client_of(home, chat=False, **settings):
    """A client of the application in this process, without a socket."""
    with client_with(home, pool=pool_of(home, **settings), chat=chat) as client:
        yield client


@contextlib.contextmanager
def client_with(home, pool=None, peer="127.0.0.1", base=BASE, chat=False, **server):
    """A client, at the address `peer`, of an application with settings of its own.

    Making the pages of the chat takes a second, so they are there only where they are asked for.
    """
    app = create_app(pool or pool_of(home), settings=settings_of(home, **server), chat=chat)
    with TestClient(
        app,
        base_url=base,
        client=(peer, 50_000),
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as client:
        yield client


@pytest.fixture(scope="session")
def demo(demo_home):
    """A client of the demo collection, which everybody may read and nobody change."""
    with client_with(demo_home, chat=True, without_login=True) as client:
        yield client


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def client(home):
    with client_of(home) as client:
        yield client


@pytest.fixture
def article():
    def make(number=1, text="أغلقت البلدية سوق الخضار أسبوعاً. وسيُفتح الأحد المقبل.", **fields):
        return Article(id=f"article-{number}", text=text, language="ar", **fields)

    return make


PASSWORD = "five words nobody would guess"
USERS = {"amal": "admin", "leila": "reader", "omar": "reader"}


@pytest.fixture(scope="session")
def password_hash():
    """A hash of `PASSWORD` that is quickly compared, for a test logs in again and again."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@pytest.fixture
def quick_refusals(monkeypatch, password_hash):
    """Compare what strangers give with such a hash too, where it is not the time that is tested."""
    monkeypatch.setattr("ui.server.access.passwords._nobody", lambda: password_hash)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory, password_hash):
    """The folder of a library with an article, an administrator and two readers, to be copied."""
    return furnish(tmp_path_factory.mktemp("furnished"), password_hash)


@pytest.fixture
def office(home, furnished):
    """A copy of the folder of such a library."""
    return shutil.copytree(furnished, home)


@pytest.fixture(scope="session")
def open_office(tmp_path_factory, furnished):
    """A client of the server of such a library; whoever uses it leaves the users as they are."""
    home = shutil.copytree(furnished, tmp_path_factory.mktemp("office") / "home")
    with client_with(home, chat=True) as client:
        yield client


def furnish(home, password_hash):
    text = "أغلقت البلدية سوق الخضار أسبوعاً. وسيُفتح الأحد المقبل."
    add(home, Article(id="article-1", text=text, language="ar"))
    accounts = open_accounts(home)
    for name, role in USERS.items():
        accounts.add(name, role, password_hash)
    accounts.close()
    return home


def log_in(client, name, password=PASSWORD):
    """Return the headers of requests by a user who has logged in; `client` itself forgets it."""
    given = client.post("/api/login", json={"name": name, "password": password})
    assert given.status_code == 200, given.text
    (cookie,) = (c for c in client.cookies.jar if c.name.endswith("dalil-session"))
    client.cookies.clear()
    return {"cookie": f"{cookie.name}={cookie.value}"}


@contextlib.contextmanager
def live(app, pool):
    """A real server on a free port, in a thread; yields its address."""
    listening = listen(ServerSettings(port=0))
    server = server_of(app, pool)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"{BASE}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listening.close()
    assert not thread.is_alive()


def web(address, **settings):
    """A client that goes to no proxy, whatever the environment names."""
    return httpx.Client(base_url=address, trust_env=False, verify=False, timeout=60, **settings)


@contextlib.contextmanager
def serving(home, *arguments, env=None, before=()):
    """`dalil serve` as a process of its own; yields it and its address."""
    command = [sys.executable, *(before or ("-m", "ui.cli")), "--home", str(home), "serve"]
    process = subprocess.Popen(
        [*command, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        line = process.stderr.readline()
        assert "Open http" in line, line + process.stderr.read()
        yield process, line.split()[2].rstrip("/")
    finally:
        process.kill()
        process.communicate()


class GatedService:
    """A fake service: it answers "wait" when the gate opens, "fail" with a fault, the rest at once.

    `asked` and `answered` hold the questions in the order of their beginning and end.
    """

    def __init__(self, gate=None):
        self.gate = gate or threading.Event()
        self.asked, self.answered = [], []

    def ask(self, question, filters, owner=""):
        self.asked.append(question.text)
        if "wait" in question.text:
            assert self.gate.wait(timeout=60)
        if "fail" in question.text:
            raise RuntimeError("the question must not be told: " + question.text)
        self.answered.append(question.text)
        return abstention(question.text, ())

    def stream(self, question, filters, owner=""):
        from rag.answer import Event, tell

        yield Event("status", "searching")
        yield from tell(self.ask(question, filters, owner))


def until(condition, looks=3_000):
    """Wait until something comes true that soon must: looks are counted, since machines pause."""
    for _ in range(looks):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail(f"It did not come true in {looks} looks.")


@pytest.fixture(scope="session")
def kit():
    """The functions above, for tests, which cannot import this module."""
    return SimpleNamespace(
        add=add, pool_of=pool_of, client_of=client_of, live=live, web=web, serving=serving,
        log_in=log_in, password=PASSWORD, settings_of=settings_of, client_with=client_with,
        until=until, GatedService=GatedService, root=ROOT, base=BASE,
        furnish=furnish,
    )  # fmt: skip


@pytest.fixture(scope="session")
def hajji():
    return "What bounty was announced for Hajji Abdullah?"
