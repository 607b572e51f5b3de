"""Feeds are parsed in a process of their own, and come out of it as they were."""

from dataclasses import replace

import pytest

from corpus.confined import process
from corpus.confined.limits import QUICK
from corpus.errors import DalilError
from corpus.feeds import feed
from corpus.feeds.confined import read_confined_feed
from corpus.feeds.feed import decoded_feed, read_feed
from tests.fakes.feeds import item, rss

HERE = "https://news.example/ar/feed"
WHOLE = "<content:encoded><![CDATA[<p>" + "كلمة " * 100 + "</p>]]></content:encoded>"
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(50_000))
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
    "<loc>/news.xml</loc></sitemap></sitemapindex>"
)


@pytest.mark.parametrize(
    "text",
    [rss(item("/a", more=WHOLE), item("/b", date="yesterday"), "<title>nothing</title>"), INDEX],
)
def test_nothing_is_lost_on_the_way(text, monkeypatch):
    known = read_feed(text.encode(), HERE)
    monkeypatch.setattr(feed, "_root", lambda content: pytest.fail("parsed in this process"))
    known = replace(known, items=list(known.items), sitemaps=list(known.sitemaps))
    assert read_confined_feed(text.encode(), HERE) == known


def test_the_header_says_the_encoding_once():
    # What an item quotes is no word of the feed on itself, once the header has said it.
    text = rss(item("/a", "معبر", more="<description>&lt;meta charset=cp1256></description>"))
    for name in ("utf-8", "cp1256"):
        sent = text.replace("&lt;meta", "<![CDATA[<meta").replace("></desc", ">]]></desc")
        kind = f"text/xml; charset={name}"
        assert read_confined_feed(sent.encode(name), HERE, kind).items[0].title == "معبر"
        assert decoded_feed(sent.encode(name), kind) == sent.encode()


def test_what_is_no_feed_is_said():
    with pytest.raises(DalilError, match="<html>, which is no feed"):
        read_confined_feed(b"<html/>", HERE)


@pytest.mark.parametrize(
    "text",
    [
        rss(item("/a") + "<a>" * 100_000),
        rss(item("/a") + "<a>" * 100_000 + "</a>" * 100_000),
        rss(item("/a"), *["<link/>" * 5_000] * 4),
        rss(item("/a") + f"<description>{'&lt;b>' * 400_000}</description>"),
        rss(item("/a") + f"<x {ATTRIBUTES}/>"),
        rss(item("/a") + "<x xml:base='/b/'>" * 200 + "</x>" * 200),
    ],
    ids=["open", "deep", "many", "large", "attributes", "bases"],
)
def test_shapes_that_no_feed_has(text):
    # What is too deep is left out, as far as the feed can be read around it.
    assert read_confined_feed(text.encode(), HERE).items[0].link == "https://news.example/a"
    assert read_confined_feed(rss(item("/b")).encode(), HERE).items[0].link.endswith("/b")


def test_a_feed_that_meets_a_limit_is_named(monkeypatch):
    late = process.ReadingProcess(replace(QUICK, seconds=0.001))
    monkeypatch.setattr(process, "_shared", lambda owner, quick: late)
    with pytest.raises(DalilError, match=r"longer than 0\.001 seconds"):
        read_confined_feed(rss(item("/a")).encode(), HERE)
