"""The contract's shapes of articles, in lists, in the catalogue, and whole; and of feeds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.article import Article
    from index.store.feeds import StoredFeed
    from rag.answer import Json


def article_json(article: Article) -> Json:
    """Return the shape of an article in lists.

    >>> from corpus.article import Article
    >>> article_json(Article("a", "نص", title="عنوان"))
    {'id': 'a', 'version': 1, 'title': 'عنوان', 'outlet': None, 'source': None}
    """
    return {
        "id": article.id,
        "version": article.version,
        "title": article.title,
        "outlet": article.outlet,
        "source": article.source,
    }


def described_json(article: Article) -> Json:
    """Return the shape of an article in the catalogue: all that is known but its text."""
    published = article.published.isoformat() if article.published else None
    more = {"url": article.url, "published": published, "language": article.language}
    return {**article_json(article), **more}


def whole_json(article: Article) -> Json:
    """Return the shape of `dalil show`."""
    pages = [{"start": start, "page": page} for start, page in article.pages]
    return {**described_json(article), "text": article.text, "pages": pages}


def feed_json(feed: StoredFeed) -> Json:
    """Return the shape of a feed; times are ISO times in UTC.

    >>> from index.store.feeds import StoredFeed
    >>> feed_json(StoredFeed("https://a.example/", 60, "2020-04-18T07:00:00+00:00", 0))["due_at"]
    '1970-01-01T00:00:00+00:00'
    """
    due = None if feed.paused else datetime.fromtimestamp(feed.due, UTC)
    return {
        "url": feed.url,
        "every_seconds": feed.every,
        "added_at": feed.added_at,
        "fetched_at": feed.fetched_at,
        "due_at": due and due.isoformat(timespec="seconds"),
        "paused": feed.paused,
        "report": None if feed.report is None else dict(feed.report),
        "error": feed.error,
        "failures": feed.failures,
    }
