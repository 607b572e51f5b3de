"""Passages of copies of one report: the best is shown, and says where else the report stands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from corpus.article import Article
from corpus.copies import Fingerprint
from corpus.errors import DamagedError
from index import Filters, Library
from rag.answer import Hit


def apart(hits: Sequence[Hit], library: Library, filters: Filters) -> list[Hit]:
    """Return the hits without those that say what one before them says, in a copy of its article.

    The ones that stay name in `also` the other articles with the report that `filters` let through.
    """
    copies = {
        hit.article.id: library.copies_of(hit.article)
        for hit in {hit.article.id: hit for hit in hits}.values()
    }
    kept: list[tuple[Hit, Fingerprint]] = []
    for hit in hits:
        others = copies[hit.article.id]
        told = Fingerprint.of(hit.passage.text)
        if any(one.article.id in others and told.copies(before) for one, before in kept):
            continue
        kept.append((replace(hit, also=_seen(others, library, filters)), told))
    return [hit for hit, _ in kept]


def _seen(ids: Sequence[str], library: Library, filters: Filters) -> tuple[Article, ...]:
    found = list[Article]()
    for each in ids:
        # A damaged article is no other place to read the report.
        with suppress(DamagedError):
            found.append(library.article(each))
    return tuple(article for article in found if filters.allow(article))
