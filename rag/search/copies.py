"""Passages of copies of one report: the best is shown, and says where else the report stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from corpus.article import Article
from corpus.copies import Fingerprint
from index import Filters, Library
from rag.answer import Hit


def apart(hits: Iterable[Hit], k: int, library: Library, filters: Filters) -> list[Hit]:
    """Return `k` hits without those that say what one before says, in a copy of its article.

    They name in `also` the other articles with the report that `filters` let through.  `hits` are
    read no further than that: most searches show no copies.
    """
    copies: dict[str, list[str]] = {}
    # Few articles found are copies of each other, and only of theirs the words are looked at.
    told = cache(Fingerprint.of)
    seen = cache(lambda article_id: _seen(copies[article_id], library, filters))
    kept: list[Hit] = []
    for hit in hits:
        article, text = hit.article, hit.passage.text
        if article.id not in copies:
            copies[article.id] = library.copies_of(article)
        others = copies[article.id]
        before = [one.passage.text for one in kept if one.article.id in others]
        if text not in before and not any(told(text).copies(told(other)) for other in before):
            kept.append(replace(hit, also=seen(article.id)))
        if len(kept) == k:
            break
    return kept


def _seen(ids: Sequence[str], library: Library, filters: Filters) -> tuple[Article, ...]:
    # A damaged article is no other place to read the report.
    return tuple(article for article in library.newest(ids) if filters.allow(article))
