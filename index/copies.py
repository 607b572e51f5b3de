"""Copies of one report among the articles of a library, found when articles are added."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from corpus.article import Article
from corpus.copies import PERMUTATIONS, Fingerprint, Sketch, Sketches
from index.store.database import Store

# So many of the likeliest are compared word by word.
_MOST_COMPARED = 8
_MISSING = (
    "SELECT a.id FROM articles a LEFT JOIN sketches s ON s.article_id = a.id AND "
    "s.version = a.latest WHERE a.present AND s.article_id IS NULL ORDER BY a.id"
)
_PRESENT = (
    "SELECT s.article_id, s.report, s.sketch FROM sketches s JOIN articles a "
    "ON a.id = s.article_id AND a.latest = s.version WHERE a.present ORDER BY a.id"
)


class Copies:
    """Finds to each new article the report that it copies; one serves one import.

    Whoever uses it holds the library's write lock, so that nothing else is added meanwhile.
    """

    def __init__(self, store: Store, say: Callable[[str], None]) -> None:
        self._store, self._say = store, say
        # Row by row: the articles, the reports that they copy, and their sketches.
        self._known: dict[str, int] = {}
        self._ids = list[str]()
        self._reports = list[str]()
        self._sketches: Sketches | None = None

    def enter(self, articles: Sequence[Article]) -> None:
        """Sketch new versions of articles, within the transaction that inserts them.

        What a library of an older Dalil holds is sketched before.
        """
        if self._sketches is None:
            self._load({article.id for article in articles})
        for article in articles:
            self._enter(article)

    def _load(self, apart: set[str]) -> None:
        present = self._store.execute(_PRESENT)
        whole = len(present) == self._store.count_articles()
        rows = [row for row in present if row[0] not in apart]
        self._known = {str(row[0]): place for place, row in enumerate(rows)}
        self._ids = list(self._known)
        self._reports = [str(row[1]) for row in rows]
        joined = np.frombuffer(b"".join(row[2] for row in rows), np.uint8)
        self._sketches = Sketches(joined.reshape(-1, PERMUTATIONS).copy())
        lacking = [] if whole else self._store.execute(_MISSING)
        missing = [str(row[0]) for row in lacking if row[0] not in apart]
        if missing:
            self._say(f"Comparing {len(missing):,} articles with each other, once.")
        for article_id in missing:
            article = self._store.intact(article_id)
            if article is not None:
                self._enter(article)

    def _enter(self, article: Article) -> None:
        found = Fingerprint.of(article.text)
        sketch = found.sketch()
        report = self._report(article.id, found, sketch) or f"{article.id}@{article.version}"
        self._store.execute(
            "INSERT OR REPLACE INTO sketches VALUES (?, ?, ?, ?)",
            article.id, article.version, report, sketch.tobytes(),
        )  # fmt: skip
        self._keep(article.id, report, sketch)

    def _report(self, article_id: str, found: Fingerprint, sketch: Sketch) -> str | None:
        """Return the report that a text copies, `None` if it is a new one."""
        if self._sketches is None:
            return None
        ids = self._ids
        rows = self._sketches.near(sketch)
        for row in map(int, rows[:_MOST_COMPARED]):
            other = self._store.intact(ids[row]) if ids[row] != article_id else None
            if other is not None and found.copies(Fingerprint.of(other.text)):
                return str(self._reports[row])
        return None

    def _keep(self, article_id: str, report: str, sketch: Sketch) -> None:
        if self._sketches is None:
            return
        place = self._known.setdefault(article_id, len(self._known))
        if place == len(self._reports):
            self._ids.append(article_id)
            self._reports.append(report)
        self._reports[place] = report
        self._sketches.put(place, sketch)


def copies_of(store: Store, article: Article) -> list[str]:
    """Return the ids of the other present articles that carry the same report, in order."""
    # There are none yet in an older library that this user may not write.
    kept = "SELECT 1 FROM sqlite_master WHERE name = 'sketches'"
    if not (store.sealed or store.execute(kept)):
        return []
    rows = store.execute(
        "SELECT o.article_id FROM sketches s JOIN sketches o ON o.report = s.report "
        "JOIN articles a ON a.id = o.article_id AND a.latest = o.version AND a.present "
        "WHERE s.article_id = ?1 AND s.version = ?2 AND o.article_id <> ?1 ORDER BY 1",
        article.id,
        article.version,
    )
    return [str(row[0]) for row in rows]
