"""`dalil feed`: added, listed with its last result and error, fetched and removed."""

import json

import pytest

from tests.fakes.feeds import item, rss_page
from tests.fakes.site import Page, Site, article_page


@pytest.fixture
def site():
    text = "فُتح معبر القرية صباح الأحد.\nوعبرت سبع شاحنات من القمح إلى المدينة."
    made = Site({"/1": article_page("فتح المعبر", text), "/feed": rss_page(item("/1"))})
    yield made
    made.close()


@pytest.fixture
def feed(dalil):
    def run(*arguments):
        done = dalil("feed", *arguments, "--json")
        return done.code, json.loads(done.out)

    return run


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setenv("DALIL_CONNECT", "*")
    monkeypatch.setenv("DALIL_CONNECT_PRIVATE", "127.0.0.0/8")
    monkeypatch.setenv("DALIL_CONNECT_PAUSE", "0")


def test_a_feed_is_followed(site, feed, dalil, allowed):
    code, added = feed("add", site.url("/feed"), "--every", "30m")
    assert (code, added["url"], added["every_seconds"]) == (0, site.url("/feed"), 1800)
    assert added["fetched_at"] is None
    code, done = feed("fetch")
    assert (code, done["feeds"][0]["report"]["added"], done["feeds"][0]["error"]) == (0, 1, None)
    assert feed("fetch", site.url("/feed"))[1]["feeds"][0]["report"]["added"] == 0
    answer = json.loads(dalil("ask", "كم شاحنة عبرت إلى المدينة؟", "--json").out)
    assert [cited["article_id"] for cited in answer["citations"]] == [site.url("/1")]
    shown = dalil("feed", "list").out
    assert "every 30m" in shown
    assert "nothing new" in shown
    assert feed("remove", site.url("/feed")) == (0, {"removed": site.url("/feed")})
    assert feed("list") == (0, {"feeds": []})


def test_a_feed_is_paused_until_it_is_added_again(site, feed, dalil, allowed):
    feed("add", site.url("/feed"), "--every", "30m")
    code, paused = feed("pause", site.url("/feed"))
    assert (code, paused["paused"], paused["due_at"]) == (0, True, None)
    assert "not fetched yet; paused" in dalil("feed", "list").out
    assert feed("add", site.url("/feed"))[1]["paused"] is False
    assert dalil("feed", "pause", site.url("/none")).code == 1


def test_what_fails_is_shown(site, feed, dalil, allowed):
    feed("add", site.url("/feed"))
    feed("add", site.url("/gone"))
    assert feed("fetch")[0] == 3
    first, second = feed("list")[1]["feeds"]
    assert (first["error"], "404" in second["error"], second["failures"]) == (None, True, 1)
    assert "failed once;" in dalil("feed", "list").out
    site.pages["/feed"] = Page(status=500)
    assert feed("fetch", site.url("/feed"))[0] == 1


def test_without_the_setting_nothing_is_fetched(site, feed, dalil):
    told = dalil("feed", "add", site.url("/feed"))
    assert told.code == 0
    assert "DALIL_CONNECT" in told.err
    code, done = feed("fetch")
    assert (code, "DALIL_CONNECT" in done["feeds"][0]["error"]) == (1, True)
    assert site.requests == []


@pytest.mark.parametrize("every", ["30", "10s", "0m", "40d", "half an hour"])
def test_an_interval_that_cannot_be_meant(dalil, every):
    done = dalil("feed", "add", "https://news.example/feed", "--every", every)
    assert (done.code, "30m, 6h or 1d" in done.err) == (2, True)


def test_what_cannot_be_done_is_said(feed):
    assert "http://" in feed("add", "news.example/feed")[1]["error"]
    assert "no library" in feed("list")[1]["error"]
