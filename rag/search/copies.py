"""Passages of copies of one report: the best is shown, and says where else the report stands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache

from corpus.article import Article
from corpus.copies import Fingerprint
from corpus.errors import DamagedError
from index import Filters, Library
from rag.answer import Hit


def apart(hits: Sequence[Hit], library: Library, filters: Filters) -> list[Hit]:
    """Return the hits without those that say what one before them says, in a copy of its article.

    The ones that stay name in `also` the other articles with the report that `filters` let through.
    """
    articles = {hit.article.id: hit.article for hit in hits}
    copies = {article_id: library.copies_of(article) for article_id, article in articles.items()}
    # Few articles found are copies of each other, and only of theirs the words are looked at.
    told = cache(Fingerprint.of)
    seen = cache(lambda article_id: _seen(copies[article_id], library, filters))
    kept: list[Hit] = []
    for hit in hits:
        others, text = copies[hit.article.id], hit.passage.text
        before = (one.passage.text for one in kept if one.article.id in others)
        if not any(told(text).copies(told(other)) for other in before):
            kept.append(replace(hit, also=seen(hit.article.id)))
    return kept


def _seen(ids: Sequence[str], library: Library, filters: Filters) -> tuple[Article, ...]:
    found = list[Article]()
    for each in ids:
        # A damaged article is no other place to read the report.
        with suppress(DamagedError):
            found.append(library.article(each))
    return tuple(article for article in found if filters.allow(article))
