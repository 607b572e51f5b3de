"""News sitemaps: pages that are news, and the newest of an index."""

from datetime import date

import pytest

from corpus.errors import DalilError
from corpus.feeds.feed import read_feed
from corpus.feeds.sitemap import MOST_SITEMAPS

HERE = "https://news.example/sitemap.xml"
OPEN = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
)


def page(path, date="2020-04-18T10:00:00+03:00", title="خبر"):
    return (
        f"<url><loc>https://news.example{path}</loc><news:news><news:publication>"
        "<news:name>وكالة</news:name><news:language>ar</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title>"
        "</news:news></url>"
    )


def test_pages_with_news_are_items():
    plain = "<url><loc>https://news.example/about</loc><lastmod>2020-04-18</lastmod></url>"
    text = OPEN + plain + page("/a") + page("/b", date="2020-04") + "</urlset>"
    first, second = read_feed(text.encode(), HERE).items
    assert (first.link, first.title, first.outlet, first.published) == (
        "https://news.example/a", "خبر", "وكالة", date(2020, 4, 18),
    )  # fmt: skip
    assert (second.link, second.published) == ("https://news.example/b", None)
    assert first.seal != second.seal
    with pytest.raises(DalilError, match="names no news"):
        read_feed((OPEN + plain + "</urlset>").encode(), HERE)


def test_an_index_names_its_newest_sitemaps():
    entries = "".join(
        f"<sitemap><loc>/news-{day}.xml</loc><lastmod>2020-04-{day:02}</lastmod></sitemap>"
        for day in range(1, 20)
    )
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}'
    found = read_feed((index + "</sitemapindex>").encode(), HERE)
    assert found.items == ()
    assert list(found.sitemaps) == [
        f"https://news.example/news-{day}.xml" for day in range(19, 19 - MOST_SITEMAPS, -1)
    ]
