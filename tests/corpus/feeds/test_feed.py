"""RSS, RDF, Atom: each element by its namespace, in whatever order they stand."""

from datetime import date

import pytest

from corpus.errors import DalilError
from corpus.feeds.feed import MOST_ITEMS, decoded_feed, read_feed
from tests.fakes.feeds import item, rss

HERE = "https://news.example/ar/feed"
WORDS = " ".join(["كلمة"] * 100)


def one(text, **options):
    (found,) = read_feed(text.encode(), HERE, **options).items
    return found


def test_an_item_of_rss():
    feed = read_feed(rss(item("/a?utm_source=x", more="<guid>7</guid>")).encode(), HERE)
    assert feed.title == "مثال نيوز"
    (found,) = feed.items
    assert (found.link, found.id, found.title, found.published, found.content) == (
        "https://news.example/a?utm_source=x", "7", "خبر", date(2020, 4, 18), None,
    )  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
def test_what_media_and_atom_say_is_not_taken_for_the_items_own(turned):
    parts = [
        "<media:description>صورة</media:description><media:title>صورة</media:title>"
        "<atom:updated>2021-01-01T00:00:00Z</atom:updated>",
        f"<title>خبر</title><link>/a</link><dc:date>2020-04-18</dc:date>"
        f"<content:encoded><![CDATA[<p>{WORDS}</p>]]></content:encoded>",
    ]
    found = one(rss("".join(reversed(parts) if turned else parts)))
    assert (found.title, found.published) == ("خبر", date(2020, 4, 18))
    assert found.content == f"<p>{WORDS}</p>"


def test_only_a_whole_text_is_content():
    short = one(rss(item("/a", more="<content:encoded>بداية الخبر...</content:encoded>")))
    assert short.content is None
    summary = one(rss(item("/a", more=f"<description>{WORDS}</description>")))
    assert summary.content is None
    # Without a link there is nothing else.
    alone = one(rss(f"<title>خبر</title><description>{WORDS}</description>"))
    assert (alone.link, alone.content) == (None, WORDS)


def test_links_of_rss():
    guid = one(rss("<guid>https://news.example/g</guid>"))
    assert guid.link == "https://news.example/g"
    assert one(rss('<guid isPermaLink="false">https://news.example/g</guid>')).link is None
    links = "".join(
        f'<atom:link rel="alternate" hreflang="{lang}" href="/{lang}"/>' for lang in ("en", "ar")
    )
    assert one(rss(links)).link == "https://news.example/ar"
    assert one(rss(links, language="ku")).link == "https://news.example/en"


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}" xml:base="https://a.example/">
<title type="html">&lt;b&gt;وكالة&lt;/b&gt;</title><entry><id>tag:1</id><title>خبر</title>
<link rel="enclosure" href="/sound.mp3"/><link rel="alternate" type="application/json" href="/j"/>
<link hreflang="en" href="en/1"/><link rel="alternate" hreflang="ar-SY" href="ar/1"/>
{dates}{content}</entry></feed>"""


def test_an_entry_of_atom():
    dates = "<updated>2020-04-20T00:00:00Z</updated><published>2020-04-18T10:00:00Z</published>"
    text = ATOM.format(lang="ar", dates=dates, content="<summary>قصير</summary>")
    found = one(text)
    assert read_feed(text.encode(), HERE).title == "وكالة"
    assert (found.link, found.id, found.published) == (
        "https://a.example/ar/1", "tag:1", date(2020, 4, 18),
    )  # fmt: skip
    assert one(text.replace('xml:lang="ar"', 'xml:lang="fr"')).link == "https://a.example/en/1"
    changed = one(text.replace("2020-04-20", "2020-04-21"))
    assert changed.seal != found.seal
    assert one(text).seal == found.seal


@pytest.mark.parametrize(
    "content",
    [
        f'<content type="html">&lt;p&gt;{WORDS} &amp;amp;&lt;/p&gt;</content>',
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p>{WORDS} &amp;</p></div></content>",
        f"<content>{WORDS} &amp;</content>",
    ],
)
def test_content_of_atom_is_html(content):
    found = one(ATOM.format(lang="ar", dates="", content=content))
    assert WORDS in found.content
    assert found.content.count("&amp;") == 1
    assert "<content" not in found.content
    away = one(ATOM.format(lang="ar", dates="", content='<content src="https://a.example/x"/>'))
    assert away.content is None


def test_rss_1_0():
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>وكالة</title></channel><item><title>خبر</title><link>/a</link>"
        "<dc:date>2020-04-18T10:00+03:00</dc:date></item></rdf:RDF>"
    )
    found = one(text)
    assert (found.link, found.published) == ("https://news.example/a", date(2020, 4, 18))
    assert read_feed(text.encode(), HERE).title == "وكالة"


def read(content, content_type=""):
    return read_feed(decoded_feed(content, content_type), HERE)


def test_encodings():
    text = '<?xml version="1.0" encoding="windows-1256"?>' + rss(item("/a", "معبر"))[21:]
    found = read(text.encode("cp1256"), "text/xml; charset=utf-8")
    assert found.items[0].title == "معبر"
    unsaid = rss(item("/a", "معبر")).encode("cp1256")
    found = read(unsaid, "text/xml; charset=windows-1256")
    assert found.items[0].title == "معبر"
    assert read(b"\n \xef\xbb\xbf"[2:] + rss(item("/a")).encode()).items


def test_broken_and_hostile_feeds():
    cut = rss(item("/a"), item("/b"))[:-60]
    assert read_feed(cut.encode(), HERE).items[0].link == "https://news.example/a"
    assert one(rss(item("/a", "a &nbsp; b & c"))).title.startswith("a")
    entities = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY x "boom">]>'
    found = one(entities + rss(item("/a", "&f;&x;b"))[21:])
    # Nothing is put in for them: neither a file nor a text of the feed's own.
    assert found.title == "&f;&x;b"
    many = rss(*[item(f"/{n}") for n in range(MOST_ITEMS + 5)])
    assert len(read_feed(many.encode(), HERE).items) == MOST_ITEMS


def test_a_link_that_is_none_leaves_the_others():
    found = read_feed(rss(item("http://[a"), item("/b")).encode(), HERE).items
    assert [each.link for each in found] == [None, "https://news.example/b"]
    entry = '<entry><link href="/c"/></entry>'
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="//[">{entry}</feed>'
    assert one(atom).link == "https://news.example/c"


@pytest.mark.parametrize("text", ["", "text", "<html><body>خبر</body></html>", "<feed/>", "{}"])
def test_what_is_no_feed(text):
    with pytest.raises(DalilError, match="no feed"):
        read_feed(text.encode(), HERE)
