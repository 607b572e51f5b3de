"""What belongs to stored texts: those of passages, kept as spans, and the pages they stand on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from corpus.article import Article
from corpus.errors import DamagedError, MissingError
from index.store.database import PassageRow, Store
from index.store.faults import damaged

# The setting of a library in which some article has pages; one of schema 5 has no table of them.
PAGED = "paged"


def passage_texts(store: Store, rows: Iterable[PassageRow]) -> Iterator[tuple[str, str]]:
    """Yield the text of each passage, and its article's title ("" without one).

    Passages of one article are together in `rows`, and it is read once.
    """
    for (article_id, version), group in groupby(rows, lambda row: (row.article_id, row.version)):
        article = store.intact(article_id, version)
        text, title = (article.text, article.title or "") if article else ("", "")
        for row in group:
            yield text[row.start : row.end], title


def present_among(store: Store, ids: Iterable[str]) -> set[str]:
    """Return those of the articles `ids` that are present."""
    # As one value: SQLite takes only so many.
    among = "SELECT id FROM articles WHERE present AND id IN (SELECT value FROM json_each(?))"
    return {str(row[0]) for row in store.execute(among, json.dumps(list(ids)))}


def keep_pages(store: Store, article: Article) -> None:
    """Keep where the pages of an article version begin, in the transaction that inserts it."""
    if article.pages:
        begins = json.dumps(article.pages)
        store.execute("INSERT INTO pages VALUES (?, ?, ?)", article.id, article.version, begins)
        store.set(PAGED, "yes")


def whole_article(store: Store, article_id: str, version: int | None = None) -> Article | None:
    """Return what `Store.article` does, with the pages; `DamagedError` if either is damaged."""
    found = store.article(article_id, version)
    return _with_pages(store, found) if found and store.get(PAGED) else found


def sound_article(store: Store, article_id: str, version: int | None = None) -> Article | None:
    """Return what `whole_article` does, `None` for a damaged one, too."""
    try:
        return whole_article(store, article_id, version)
    except DamagedError:
        return None


def known_article(store: Store, article_id: str, version: int | None = None) -> Article:
    """Return what `whole_article` does, or raise `MissingError`."""
    if found := whole_article(store, article_id, version):
        return found
    which = "article" if version is None else f"version {version} of article"
    raise MissingError(
        f"There is no {which} {article_id!r} in the library. List the articles with: dalil list"
    )


def _with_pages(store: Store, article: Article) -> Article:
    rows = store.execute(
        f"SELECT begins, {store.sound('pages', 'p')} FROM pages p "
        "WHERE article_id = ? AND version = ?",
        article.id,
        article.version,
    )
    if rows and not rows[0][1]:
        raise damaged(article.id)
    pages = tuple((int(start), int(page)) for start, page in json.loads(rows[0][0])) if rows else ()
    return replace(article, pages=pages)
