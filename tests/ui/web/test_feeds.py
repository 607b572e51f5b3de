"""A feed's new articles come into the library once, whole, and what fails is told."""

import sqlite3
import threading
import time
from contextlib import closing
from datetime import date
from types import SimpleNamespace

import pytest

from corpus.dates.future import left_out
from corpus.fetch.addresses import Allowed
from corpus.fetch.fetch import Fetcher
from index.store.database import DATABASE
from index.store.feeds import FeedTable
from tests.fakes.feeds import item, rss, rss_page
from tests.fakes.site import Page, Site, article_page
from ui.web.feeds import fetch_feed

TEXT = "فُتح معبر القرية صباح الأحد بعد إغلاق دام أربعة أشهر.\nوعبرت {} شاحنات من القمح إلى المدينة."
HERE = Allowed(hosts=("*",), networks=("127.0.0.1/32",))


@pytest.fixture
def site():
    made = Site({f"/{n}": article_page(f"خبر {n}", TEXT.format(n)) for n in range(1, 6)})
    made.pages["/feed"] = rss_page(*[item(f"/{n}?utm_source=rss") for n in (1, 2)])
    for n in (1, 2):
        made.pages[f"/{n}?utm_source=rss"] = made.pages[f"/{n}"]
    yield made
    made.close()


@pytest.fixture
def feeds(library):
    table = FeedTable.open(library.home)
    yield table
    table.close()


@pytest.fixture
def fetch(site, library, feeds):
    fetcher = Fetcher(HERE, seconds=0.0)

    def run(path="/feed", **options):
        feeds.add(site.url(path), 600)
        return fetch_feed(feeds.find(site.url(path)), fetcher, library, feeds, **options)

    return run


def ids(library):
    return sorted(article.id.rpartition("/")[2] for article in library.articles())


def test_new_articles_are_added_once(site, library, fetch, feeds):
    done = fetch()
    assert (dict(done.report), done.error) == (
        {"added": 2, "updated": 0, "unchanged": 0, "failed": 0}, None,
    )  # fmt: skip
    assert ids(library) == ["1", "2"]
    article = library.article(site.url("/1"))
    assert (str(article.published), article.outlet, article.title) == (
        "2020-04-18", "مثال نيوز", "خبر 1",
    )  # fmt: skip
    assert "وعبرت 1 شاحنات" in article.text
    site.requests.clear()
    assert not any(fetch().report.values())
    assert site.paths() == ["/feed"]
    site.pages["/feed"] = rss_page(item("/1?utm_source=rss"), item("/3"))
    assert fetch().report["added"] == 1
    assert site.paths() == ["/feed", "/feed", "/3"]
    # Another feed that names the same article does not fetch it again.
    site.pages["/other"] = rss_page(item("/3"))
    assert not any(fetch("/other").report.values())
    stored = feeds.find(site.url("/feed"))
    assert (stored.report["added"], stored.error, stored.fetched_at is None) == (1, None, False)


def test_a_date_in_the_future_is_left_out_and_told(site, library, fetch):
    site.pages["/feed"] = rss_page(item("/1", date="Tue, 01 Jan 2999 10:00:00 GMT"), item("/2"))
    done = fetch()
    assert (done.report["added"], done.report["failed"]) == (2, 0)
    assert done.error == f"{site.url('/1')}: {left_out(date(2999, 1, 1))}"
    days = {one.id.rpartition("/")[2]: one.published for one in library.articles()}
    assert days == {"1": None, "2": date(2020, 4, 18)}


def test_requests_are_conditional_once_nothing_is_left(site, library, fetch):
    held = {"ETag": '"7"', "Last-Modified": "Sat, 18 Apr 2020 10:00:00 GMT"}

    def feed(headers):
        if headers.get("If-None-Match") == '"7"':
            return Page(status=304)
        return rss_page(item("/1"), item("/none"), **held)

    site.pages["/feed"] = feed
    done = fetch()
    assert (done.report["added"], done.report["failed"], done.etag) == (1, 1, None)
    assert done.error.startswith(site.url("/none") + ": ")
    assert "404" in done.error
    # What failed is tried again, and given up in the end; then the state is a whole one.
    assert fetch().report["failed"] == 1
    assert fetch().etag == '"7"'
    site.requests.clear()
    assert not any(fetch().report.values())
    (asked,) = site.requests
    assert asked.headers["If-Modified-Since"] == held["Last-Modified"]
    assert ids(library) == ["1"]


def test_a_whole_text_in_the_feed_needs_no_page(site, library, fetch):
    words = "<p>" + " ".join(f"عبرت الشاحنة رقم {n} إلى المدينة صباحاً." for n in range(20)) + "</p>"
    more = f"<content:encoded><![CDATA[{words}<script>x</script>]]></content:encoded>"
    site.pages["/feed"] = rss_page(item("/1?utm_source=rss", "معبر", more=more))
    assert fetch().report["added"] == 1
    assert site.paths() == ["/feed"]
    article = library.article(site.url("/1"))
    assert (article.url, article.title) == (site.url("/1"), "معبر")
    assert "الشاحنة رقم 19" in article.text
    assert "script" not in article.text


def test_a_changed_item_is_a_new_version_and_a_removed_one_stays_out(site, library, fetch):
    fetch()
    site.pages["/1?utm_source=rss"] = article_page("خبر 1", TEXT.format("عشر"))
    site.pages["/feed"] = rss_page(item("/1?utm_source=rss", title="تصحيح"))
    assert dict(fetch().report)["updated"] == 1
    assert library.article(site.url("/1")).version == 2
    library.remove([site.url("/1")])
    site.pages["/feed"] = rss_page(item("/1?utm_source=rss", title="تصحيح ثان"))
    assert not any(fetch().report.values())
    assert ids(library) == ["2"]


def test_what_was_removed_stays_out_under_another_link_too(site, library, fetch):
    fetch()
    library.remove([site.url("/1")])
    known = f"<link rel=canonical href='{site.url('/1')}'>"
    site.pages["/1/amp"] = article_page("خبر 1", TEXT.format(1), head=known)
    site.pages["/feed"] = rss_page(item("/1/amp"), item("/3"))
    assert fetch().report["added"] == 1
    assert ids(library) == ["2", "3"]


def test_a_feed_that_fails_says_why(site, library, fetch, feeds):
    site.pages["/feed"] = Page(status=503, headers={"Retry-After": "5000"})
    done = fetch()
    assert (done.failed, "503" in done.error) == (True, True)
    stored = feeds.find(site.url("/feed"))
    assert (stored.error, stored.failures) == (done.error, 1)
    assert stored.due - time.time() > 4_900
    site.pages["/feed"] = Page(b"<html><p>no feed")
    assert "no feed" in fetch().error
    site.pages["/feed"] = rss_page(item("/3"))
    assert (fetch().failed, feeds.find(site.url("/feed")).failures) == (False, 0)


def test_an_item_without_link_or_text(site, fetch):
    site.pages["/feed"] = rss_page("<title>خبر</title>", item("/1"))
    done = fetch()
    assert (done.report["added"], done.report["failed"]) == (1, 1)
    assert "neither a link nor a text" in done.error


def test_a_sitemap_index_packed(site, library, fetch):
    import gzip

    ns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    named = f"<sitemap><loc>{site.url('/news.xml.gz')}</loc></sitemap>"
    site.pages["/map"] = Page(
        f"<sitemapindex {ns}>{named}</sitemapindex>".encode(),
        headers={"Content-Type": "text/xml", "ETag": '"1"'},
    )
    page = (
        f"<url><loc>{site.url('/4')}</loc><news:news><news:publication_date>2020-04-18"
        "</news:publication_date><news:title>خبر</news:title></news:news></url>"
    )
    packed = gzip.compress(f"<urlset {ns} {news}>{page}</urlset>".encode())
    site.pages["/news.xml.gz"] = Page(packed, headers={"Content-Type": "application/gzip"})
    done = fetch("/map")
    # The index may stay as it is when its sitemaps name more.
    assert (done.report["added"], done.etag) == (1, None)
    assert ids(library) == ["4"]


@pytest.fixture
def no_time_passes(monkeypatch):
    monkeypatch.setattr("ui.web.feeds.time", SimpleNamespace(monotonic=lambda: 0.0))


def test_what_was_read_does_not_wait_for_a_slow_page(site, library, fetch, no_time_passes):
    def slow(headers):
        deadline = time.monotonic() + 10
        while not seen and time.monotonic() < deadline:
            seen.extend(present())
            time.sleep(0.05)
        return article_page("خبر", TEXT.format(9))

    def present():
        # Two threads in one connection may wait for each other without end: one for SQLite, which
        # the other holds while a function of Python's waits for the interpreter.
        with closing(sqlite3.connect(library.home / DATABASE)) as own:
            return [row[0] for row in own.execute("SELECT id FROM articles WHERE present = 1")]

    seen = []
    site.pages["/slow"] = slow
    site.pages["/feed"] = rss_page(item("/1"), item("/slow"))
    assert fetch().report["added"] == 2
    # While the slow page had not come yet, and without a wait.
    assert seen == [site.url("/1")]


def test_pages_that_come_quickly_share_an_addition(site, library, fetch, no_time_passes):
    named = range(10, 33)
    site.pages |= {f"/{n}": article_page(f"خبر {n}", TEXT.format(n)) for n in named}
    site.pages["/feed"] = rss_page(*[item(f"/{n}") for n in named])
    before = library.revision
    assert fetch().report["added"] == len(named)
    # The first by itself, ten by ten, and the rest.
    assert library.revision - before <= 4


def test_a_fetch_that_is_stopped_goes_on_the_next_time(library, fetch, feeds, site):
    second, gate = site.pages["/2?utm_source=rss"], threading.Event()

    def slow(headers):
        gate.wait(30)
        return second

    site.pages["/2?utm_source=rss"] = slow
    done = fetch(stopped=lambda: "/2?utm_source=rss" in site.paths())
    gate.set()
    assert (done.report["added"], done.etag) == (1, None)
    assert fetch().report["added"] == 1
    assert ids(library) == ["1", "2"]


def test_feeds_are_read_as_bytes_of_any_encoding(site, library, fetch):
    text = '<?xml version="1.0" encoding="windows-1256"?>' + rss(item("/5", "معبر"))[21:]
    site.pages["/feed"] = Page(text.encode("cp1256"), headers={"Content-Type": "text/xml"})
    assert fetch().report["added"] == 1
