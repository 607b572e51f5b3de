"""The contract's shapes of articles: in lists, in the catalogue, and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.article import Article
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
