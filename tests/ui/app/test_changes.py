"""A feed, a site and a folder change while eight people ask: nothing is lost, nothing comes twice.

What was fetched is found by the very next search; `eval.studies.safety.freshness` counts seconds.
"""

import threading
import time
from functools import partial

import pytest

from tests.fakes.feeds import MARKET, item, rss_page
from ui.app.app import create_app
from ui.app.feeds import feeds_behind
from ui.folders.following import following
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.settings import Settings

ROUNDS = ([70], [70, 71], [70, 71, 72, 73])
STAYS = [f"stays-{n}" for n in range(3)]


class Readers:
    """Eight who ask and search, all the while; they keep what must not be."""

    def __init__(self, web, address):
        self.asked, self.faults, self._stop = 0, [], threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(web, address)) for _ in range(8)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, web, address):
        shown = set(STAYS)
        with web(address) as client:
            while not self._stop.is_set():
                try:
                    self._once(client, shown)
                except Exception as error:  # the test names it
                    self.faults.append(repr(error))
                self.asked += 1
                time.sleep(0.1)

    def _once(self, client, before):
        """Ask once; `before` is what was shown once and must not be missing ever after."""
        question = "متى يُفتح السوق؟"
        found = client.get("/api/search", params={"question": question, "k": 50})
        ids = shown(found.raise_for_status().json())
        if len(ids) != len(set(ids)):
            self.faults.append(f"twice: {ids}")
        if lost := before - set(ids):
            self.faults.append(f"lost: {lost}")
        # Files of the folder may go again.
        before |= {one for one in ids if one.startswith("http")}
        answer = client.post("/api/ask", json={"question": question}).raise_for_status().json()
        for cited in answer["citations"]:
            read = client.get(f"/api/articles/{cited['article_id']}").raise_for_status().json()
            if read["version"] == cited["version"] and cited["quote"] not in read["text"]:
                self.faults.append(f"not in its article: {cited['quote']}")


@pytest.fixture
def client(home, kit):
    """A client of a server that fetches and follows, as `dalil serve` does."""
    settings = Settings(home, connect=("*",), connect_private=("127.0.0.1/32",), connect_pause=0.0)
    shared = Shared(settings)
    pool = WorkerPool(partial(Service, settings, lambda _: None, shared))
    faults = []
    with (
        kit.live(create_app(pool, settings=settings, chat=False), pool) as address,
        following(settings, [], lambda _: None, faults.append, shared),
        feeds_behind(settings, shared),
        kit.web(address) as client,
    ):
        yield client
    assert faults == []


def test_nothing_is_lost_or_twice_while_eight_ask(site, client, kit, tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    stays = [{"id": name, "text": MARKET.format(n + 3)} for n, name in enumerate(STAYS)]
    client.post("/api/articles", json={"articles": stays}).raise_for_status()
    with Readers(kit.web, str(client.base_url)) as readers:
        client.post("/api/library/folders", json={"path": str(folder)}).raise_for_status()
        for number, named in enumerate(ROUNDS):
            site.pages["/feed"] = rss_page(*[item(f"/{n}") for n in named])
            # The interval is long; adding it again makes it due.
            feed = client.post("/api/library/feeds", json={"url": site.url("/feed")}).json()
            file = folder / f"{number}.txt"
            file.write_text(MARKET.format(80 + number), encoding="utf-8")
            link = {"link": site.url(f"/{76 + number}")}
            added = client.post("/api/library/links", json=link).raise_for_status().json()
            assert [one["version"] for one in added["added"]] == [1]
            # No look again: whatever the server says that it has, the next search finds.
            assert link["link"] in known(client)
            kit.until(lambda before=feed["fetched_at"]: feed_of(client)["fetched_at"] != before)
            assert {site.url(f"/{n}") for n in named} <= known(client)
            assert not feed_of(client)["error"]
            kit.until(lambda name=file.name: name in files(client, folder))
            assert str(file) in known(client)
        (folder / "0.txt").write_text(MARKET.format(90), encoding="utf-8")
        (folder / "1.txt").unlink()
        (folder / "2.txt").rename(folder / "moved.txt")
        kit.until(lambda: files(client, folder) == {"0.txt": 2, "moved.txt": 1})
        assert str(folder / "1.txt") not in known(client)
    assert (readers.faults, readers.asked >= 8) == ([], True)
    listed = client.get("/api/articles").json()["articles"]
    of_web = [site.url(f"/{n}") for n in (*ROUNDS[-1], 76, 77, 78)]
    of_folder = [str(folder / name) for name in ("0.txt", "moved.txt")]
    assert sorted(one["id"] for one in listed) == sorted([*STAYS, *of_web, *of_folder])
    # Each page was asked for once.
    pages = sorted(path for path in site.paths() if path != "/feed")
    assert pages == sorted(f"/{n}" for n in (*ROUNDS[-1], 76, 77, 78))


def known(client):
    found = client.get("/api/search", params={"question": "متى يُفتح سوق القرية؟", "k": 50})
    return set(shown(found.raise_for_status().json()))


def feed_of(client):
    (feed,) = client.get("/api/library/feeds").json()["feeds"]
    return feed


def shown(found):
    """The articles of a search, those that are copies of others too."""
    return [one["article_id"] for hit in found["hits"] for one in (hit, *hit["also"])]


def files(client, folder):
    listed = client.get("/api/articles", params={"source": str(folder)}).json()["articles"]
    return {one["source"].rpartition("/")[2]: one["version"] for one in listed}
