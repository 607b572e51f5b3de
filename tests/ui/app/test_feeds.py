"""`dalil serve` fetches feeds that are due while people ask, and what is new can be asked for."""

import threading
import time
from dataclasses import replace
from functools import partial

import pytest

from corpus.errors import DalilError
from index.store.feeds import FeedTable
from tests.fakes.feeds import item, rss_page
from tests.fakes.site import Site, article_page
from ui.app import feeds as behind
from ui.app import run
from ui.app.app import create_app
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.settings import ServerSettings, Settings

TEXT = "أعلنت بلدية القرية رقم {0} فتح السوق.\nوباعت {0} عائلات القمح في السوق الجديدة يوم الأحد."


@pytest.fixture
def site():
    made = Site({f"/{n}": article_page(f"سوق القرية {n}", TEXT.format(n)) for n in range(70, 79)})
    made.pages["/feed"] = rss_page(item("/70"))
    yield made
    made.close()


@pytest.fixture
def allowed(home):
    return Settings(home, connect=("*",), connect_private=("127.0.0.1/32",), connect_pause=0.0)


def test_new_articles_are_answered_soon_while_others_ask(site, allowed, home, kit, article):
    kit.add(home, article())
    table = FeedTable.open(home)
    url = site.url("/feed")
    statuses, stop = [], threading.Event()

    def ask(address):
        with kit.web(address) as client:
            while not stop.is_set():
                asked = client.get("/api/search", params={"question": "متى يُفتح السوق؟"})
                statuses.append(asked.status_code)
                time.sleep(0.1)

    shared = Shared(allowed)
    pool = WorkerPool(partial(Service, allowed, lambda _: None, shared))
    app = create_app(pool, settings=allowed, chat=False)
    with (
        kit.live(app, pool) as address,
        behind.feeds_behind(allowed, shared),
        kit.web(address) as client,
    ):
        assert client.get("/readyz").status_code == 200
        threads = [threading.Thread(target=ask, args=(address,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        try:
            table.add(url, 3_600)
            for known in ([70], [70, 71], [70, 71, 72, 73, 74, 75]):
                site.pages["/feed"] = rss_page(*[item(f"/{n}") for n in known])
                # The interval is long; adding it again makes it due.
                table.add(url, 3_600)
                kit.until(lambda known=known: f"/{known[-1]}" in site.paths())
                # A search takes a few hundredths of a second, so this is five seconds or so.
                kit.until(lambda known=known: cited(client, site, known[-1]), looks=200)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        listed = client.get("/api/articles").json()["articles"]
    ids = sorted(one["id"] for one in listed)
    assert ids == sorted(["article-1", *(site.url(f"/{n}") for n in range(70, 76))])
    assert {one["version"] for one in listed} == {1}
    # Each page was asked for once, and nobody was turned away.
    pages = [path for path in site.paths() if path != "/feed"]
    assert sorted(pages) == [f"/{n}" for n in range(70, 76)]
    assert set(statuses) == {200}
    table.close()


def cited(client, site, number):
    found = client.get("/api/search", params={"question": f"القرية {number}", "k": 20})
    return site.url(f"/{number}") in [hit["article_id"] for hit in found.json()["hits"]]


def test_the_server_fetches_feeds_as_long_as_it_runs(site, allowed, kit, article, monkeypatch):
    kit.add(allowed.home, article())
    table = FeedTable.open(allowed.home)
    table.add(site.url("/feed"), 3_600)

    class Server:
        def run(self, sockets):
            kit.until(lambda: table.all()[0].fetched_at)

    monkeypatch.setattr(run, "create_app", lambda *_, **__: None)
    monkeypatch.setattr(run, "server_of", lambda *_: Server())
    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    said = []
    run.serve(replace(allowed, server=ServerSettings(port=0)), (), said.append)
    assert table.all()[0].report["added"] == 1
    assert "fetched from any public site" in said[-1]
    assert not [one for one in threading.enumerate() if one.name.startswith("feeds-")]
    table.close()


def test_without_the_setting_nothing_is_begun(home, kit, article):
    kit.add(home, article())
    before = threading.active_count()
    with behind.feeds_behind(Settings(home), Shared(Settings(home))):
        assert threading.active_count() == before


def test_a_fault_ends_neither_the_worker_nor_the_feed(allowed, kit, article, monkeypatch, site):
    kit.add(allowed.home, article())
    table = FeedTable.open(allowed.home)
    table.add(site.url("/feed"), 60)
    table.add(site.url("/none"), 60)
    faults, defects = [], iter(["a defect"])
    real = behind.fetch_feed

    def fails_once(feed, *rest):
        # Taken at once: two threads fetch.
        if defect := next(defects, None):
            raise RuntimeError(defect)
        return real(feed, *rest)

    monkeypatch.setattr(behind, "fetch_feed", fails_once)
    monkeypatch.setattr(behind, "log_fault", faults.append)
    with behind.feeds_behind(allowed, Shared(allowed)):
        kit.until(lambda: all(feed.fetched_at for feed in table.all()))
    assert [str(fault) for fault in faults] == ["a defect"]
    errors = [feed.error for feed in table.all()]
    assert "log of the server" in "".join(filter(None, errors))
    table.close()


def test_what_cannot_be_opened_is_told_and_tried_again(home, kit, article, monkeypatch):
    kit.add(home, article())
    told = []
    monkeypatch.setattr(behind, "log_notice", told.append)
    monkeypatch.setattr(behind, "_LOOK_SECONDS", 0.01)

    def refuses(home):
        raise DalilError("It is closed.")

    monkeypatch.setattr(behind.FeedTable, "open", refuses)
    settings = Settings(home, connect=("*",))
    with behind.feeds_behind(settings, Shared(settings)):
        kit.until(lambda: len(told) > 2)
    assert told[0] == "Feeds are not fetched. It is closed."
