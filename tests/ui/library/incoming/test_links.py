"""A link by HTTP: its page becomes an article, or a sentence says why not; nobody else waits."""

import threading

import pytest

from tests.fakes.site import Page, Site, article_page
from ui.app.app import create_app
from ui.library.incoming import links
from ui.settings.settings import Settings

TEXT = "فُتح معبر القرية صباح الأحد بعد إغلاق دام أشهراً.\nوعبرت سبع شاحنات من القمح إلى المدينة."


@pytest.fixture
def site():
    made = Site({"/1": article_page("فتح المعبر", TEXT), "/empty": Page(b"<html></html>")})
    yield made
    made.close()


@pytest.fixture
def app(home, kit):
    """A server that may reach this machine."""
    settings = Settings(home, connect=("*",), connect_private=("127.0.0.1/32",), connect_pause=0.0)
    return create_app(kit.pool_of(home), settings=settings, chat=False)


@pytest.fixture
def client(app, kit):
    """A client of that server, which really runs."""
    with kit.live(app, app.state.pool) as address, kit.web(address) as client:
        yield client


def test_a_page_becomes_an_article_and_is_answered_from(client, site):
    added = client.post("/api/library/links", json={"link": f" {site.url('/1')}#top "}).json()
    assert [one["id"] for one in added["added"]] == [site.url("/1")]
    answer = client.post("/api/ask", json={"question": "كم شاحنة عبرت إلى المدينة؟"}).json()
    assert [one["article_id"] for one in answer["citations"]] == [site.url("/1")]
    again = client.post("/api/library/links", json={"link": site.url("/1")}).json()
    assert [one["version"] for one in again["unchanged"]] == [1]
    site.pages["/1"] = article_page("فتح المعبر", TEXT.replace("سبع", "عشر"))
    changed = client.post("/api/library/links", json={"link": site.url("/1")}).json()
    assert [one["version"] for one in changed["updated"]] == [2]


@pytest.mark.parametrize(("link", "why"), [
    ("news.example", "http"), ("file:///etc/passwd", "http"), ("http://169.254.169.254/", "public"),
    ("http://[::1]/", "public"), ("", "link"),
])  # fmt: skip
def test_what_cannot_be_fetched_is_told(client, link, why):
    refused = client.post("/api/library/links", json={"link": link})
    assert (refused.status_code, why in refused.json()["error"]) == (422, True)


def test_a_page_is_read_with_the_profile_of_its_site(client, site, home):
    (home / "profiles").mkdir(parents=True)
    profile = home / "profiles" / "here.toml"
    profile.write_text('hosts = ["127.0.0.1"]\noutlet = "صوت القرية"\ndate = ".when"\n', "utf-8")
    done = client.post("/api/library/links", json={"link": site.url("/1")}).json()
    assert [one["outlet"] for one in done["added"]] == ["صوت القرية"]
    (told,) = done["notices"]
    assert 'here.toml finds nothing for "date"' in told["notice"]


def test_what_a_site_does_not_have_is_told(client, site):
    for path, why in (("/none", "404"), ("/empty", "")):
        refused = client.post("/api/library/links", json={"link": site.url(path)})
        assert (refused.status_code, why in refused.json()["error"]) == (422, True)
    assert client.get("/api/articles").json()["total"] == 0


def test_nothing_is_asked_without_the_setting(home, kit, site):
    with kit.client_of(home) as client:
        refused = client.post("/api/library/links", json={"link": site.url("/1")})
    assert (refused.status_code, "setting connect" in refused.json()["error"]) == (422, True)
    assert (site.paths(), home.exists()) == ([], False)


def test_a_slow_site_holds_no_reader_up(app, client, site, kit, monkeypatch):
    monkeypatch.setattr(links, "_MOST", 3)
    gate = threading.Event()

    def slow(headers):
        gate.wait(30)
        return article_page("خبر", TEXT)

    site.pages |= {f"/slow/{n}": slow for n in range(3)}
    done = []

    def add(n):
        with kit.web(str(client.base_url)) as mine:
            sent = mine.post("/api/library/links", json={"link": site.url(f"/slow/{n}")})
            done.append((sent.status_code, sent.json().get("error")))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    # One is asked for, and the others wait for their turn; each has its place.
    kit.until(lambda: app.state.pages._held == 3)
    # More than the pool has threads are on their way, and it answers.
    assert client.get("/api/articles").status_code == 200
    refused = client.post("/api/library/links", json={"link": site.url("/1")})
    assert refused.status_code == 503
    gate.set()
    for thread in threads:
        thread.join()
    assert done == [(200, None)] * 3
