"""The texts of passages, which the store keeps as spans of their articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from index.store.database import PassageRow, Store


def passage_texts(store: Store, rows: Iterable[PassageRow]) -> Iterator[tuple[str, str]]:
    """Yield the text of each passage, and its article's title ("" without one).

    Passages of one article are together in `rows`, and it is read once.
    """
    for (article_id, version), group in groupby(rows, lambda row: (row.article_id, row.version)):
        article = store.article(article_id, version)
        text, title = (article.text, article.title or "") if article else ("", "")
        for row in group:
            yield text[row.start : row.end], title
