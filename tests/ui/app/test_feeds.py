"""`dalil serve` fetches feeds that are due; `test_changes.py` asks meanwhile."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from corpus.errors import DalilError
from index.store.feeds import FeedTable, Fetching
from tests.fakes.feeds import MARKET, item, rss_page
from tests.fakes.site import article_page
from ui.app import feeds as behind
from ui.app import run
from ui.app.app import create_app
from ui.service import Shared
from ui.settings.settings import ServerSettings, Settings


@pytest.fixture
def allowed(home):
    return Settings(home, connect=("*",), connect_private=("127.0.0.1/32",), connect_pause=0.0)


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


def test_links_and_feeds_ask_a_site_one_after_another(site, allowed, kit, article, monkeypatch):
    kit.add(allowed.home, article())
    gate = threading.Event()

    def slow(headers):
        assert gate.wait(30)
        return article_page("خبر", MARKET.format(1))

    site.pages |= {"/slow": slow, "/link": article_page("خبر", MARKET.format(2))}
    site.pages["/feed"] = rss_page(item("/slow"))
    table = FeedTable.open(allowed.home)
    table.add(site.url("/feed"), 3_600)
    table.close()

    class Server:
        def __init__(self, app, pool, *_):
            self.app, self.pool = app, pool

        def run(self, sockets):
            kit.until(lambda: "/slow" in site.paths())
            with (
                kit.live(self.app, self.pool) as address,
                kit.web(address) as client,
                ThreadPoolExecutor(1) as threads,
            ):
                link = {"link": site.url("/link")}
                added = threads.submit(client.post, "/api/library/links", json=link)
                kit.until(lambda: self.app.state.pages._held == 1)
                # It would be asked for within this, if it did not wait for its turn.
                time.sleep(0.1)
                gate.set()
                assert added.result().status_code == 200

    monkeypatch.setattr(run, "create_app", partial(create_app, chat=False))
    monkeypatch.setattr(run, "server_of", Server)
    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    run.serve(replace(allowed, server=ServerSettings(port=0)), (), lambda _: None)
    assert site.paths()[-1] == "/link"
    assert site.most_at_once == 1


def test_slow_feeds_and_those_of_one_site_hold_no_other_up(home, kit, article, monkeypatch):
    kit.add(home, article())
    table = FeedTable.open(home)
    many = [f"https://many.example/{n}" for n in range(6)]
    slow = [f"https://slow-{n}.example/feed" for n in range(3)]
    for url in (*many, *slow, "https://quick.example/feed"):
        table.add(url, 3_600)
    gate, at, most = threading.Event(), [], []

    def fetch(feed, fetcher, library, table, stopped):
        at.append(feed.url)
        most.append(len(set(at) & set(many)))
        if "quick" not in feed.url:
            gate.wait(30)
        at.remove(feed.url)
        done = Fetching({"added": 0})
        table.fetched(feed, done)
        return done

    monkeypatch.setattr(behind, "fetch_feed", fetch)
    monkeypatch.setattr(behind, "_LOOK_SECONDS", 0.01)
    settings = Settings(home, connect=("*",))
    with behind.feeds_behind(settings, Shared(settings)):
        kit.until(lambda: table.find("https://quick.example/feed").fetched_at)
        kit.until(lambda: set(slow) < set(at))
        assert len(at) == len(slow) + 2
        gate.set()
        kit.until(lambda: all(feed.fetched_at for feed in table.all()))
    assert max(most) == 2
    table.close()


def test_without_the_setting_nothing_is_begun(home, kit, article):
    kit.add(home, article())
    # Those of other tests may end meanwhile.
    before = set(threading.enumerate())
    with behind.feeds_behind(Settings(home), Shared(Settings(home))):
        assert set(threading.enumerate()) <= before


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


def test_what_cannot_be_opened_is_told_once_and_tried_again(home, kit, article, monkeypatch):
    kit.add(home, article())
    told, tried = [], []
    monkeypatch.setattr(behind, "log_notice", told.append)
    monkeypatch.setattr(behind, "_LOOK_SECONDS", 0.01)

    def refuses(home):
        tried.append(home)
        raise DalilError("It is closed.")

    monkeypatch.setattr(behind.FeedTable, "open", refuses)
    settings = Settings(home, connect=("*",))
    with behind.feeds_behind(settings, Shared(settings)):
        kit.until(lambda: len(tried) > 20)
    # Each of the workers tells it.
    assert set(told) == {"Feeds are not fetched. It is closed."}
    assert len(told) <= behind._FEEDS_AT_ONCE


def test_a_refusal_that_comes_back_is_told_anew(home, monkeypatch):
    told, stop = [], threading.Event()
    monkeypatch.setattr(behind, "log_notice", told.append)
    monkeypatch.setattr(behind, "_LOOK_SECONDS", 0)
    seen = iter([DalilError("It is closed."), DalilError("It is closed."), None] * 2)

    def fetch_one(worker, service):
        if (error := next(seen, stop)) is stop:
            stop.set()
        elif error:
            raise error
        return False

    monkeypatch.setattr(behind.FeedWorker, "_fetch_one", fetch_one)
    settings = Settings(home, connect=("*",))
    behind.FeedWorker(settings, Shared(settings), None, stop).run()
    assert told == ["Feeds are not fetched. It is closed."] * 2
