"""The present articles page by page, newest first, with the outlets and versions they come in."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from corpus.article import Article
from corpus.errors import InputError
from index.filters import Filters
from index.store.connection import cells, day
from index.store.database import Store

if TYPE_CHECKING:
    from index.store.lookup import Lookup

# An undated article comes after all dated ones; ISO dates sort as text.
_DATE = "CAST(coalesce(v.published, '') AS TEXT)"
_PRESENT = "articles a JOIN versions v ON v.article_id = a.id AND v.version = a.latest"
_FIELDS = "v.article_id, v.version, v.title, v.outlet, v.source, v.url, v.published, v.language"


@dataclass(frozen=True)
class AddReport:
    """What an import did, each list in the order of the input, the articles without texts."""

    added: Sequence[Article]
    updated: Sequence[Article]
    unchanged: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the `total` articles that fit, without texts; `next` leads on, `None` at the end."""

    articles: Sequence[Article]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class OutletCount:
    """How many present articles an outlet has."""

    outlet: str
    articles: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What some present articles are, in figures.

    `first` and `last` are the dates between which the `dated` ones lie, `None` if none is.
    `outlets` have most articles first, and so do `languages` (ISO codes with their counts);
    articles without an outlet are in none, those of an unknown language under `None`.
    """

    articles: int
    dated: int
    first: date | None
    last: date | None
    outlets: Sequence[OutletCount]
    languages: Sequence[tuple[str | None, int]]


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A stored version of an article; `added_at` is an ISO time in UTC."""

    version: int
    added_at: str
    published: date | None
    title: str | None


class Catalogue:
    """Lists what a store holds; read it as `Library.catalogue`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._outlets: tuple[int, list[OutletCount]] | None = None
        self._lookup: Lookup | None = None

    def page(
        self,
        filters: Filters,
        *,
        limit: int = 50,
        cursor: str | None = None,
        article_ids: Sequence[str] | None = None,
    ) -> Page:
        """Return up to `limit` articles, by date from the newest, then by id.

        Those that fit `filters`, and of them those in `article_ids` if there are such.

        A `cursor` is the `next` of the page before.  It names the last article seen, so articles
        that come or go meanwhile neither repeat nor skip others.  Raises `InputError` for
        what is no cursor.
        """
        fits, values = self._conditions(filters, article_ids)
        with self._store.reading():
            total = int(
                self._store.execute(
                    f"SELECT count(*) FROM {_PRESENT} WHERE {fits}", *values
                )[0][0]
            )  # fmt: skip
            if cursor is not None:
                published, article_id = _read_cursor(cursor)
                fits += f" AND ({_DATE} < ? OR ({_DATE} = ? AND a.id > ?))"
                values = [*values, published, published, article_id]
            rows = self._store.execute(
                f"SELECT {_FIELDS} FROM {_PRESENT} WHERE {fits} "
                f"ORDER BY {_DATE} DESC, a.id LIMIT ?",
                *values,
                limit + 1,
            )
        articles = [_article(row) for row in rows[:limit]]
        more = _write_cursor(rows[limit - 1]) if len(rows) > limit else None
        return Page(articles, total, more)

    def find(
        self, text: str | None, language: str | None = None, source: str | None = None
    ) -> list[str] | None:
        """Return the ids of present articles by their labels, as `Lookup.find` does."""
        from index.store.lookup import Lookup  # Only lists are looked through, not answers.

        if self._lookup is None:
            self._lookup = Lookup(self._store)
        return self._lookup.find(text, language, source)

    def ids(self, after: str, most: int) -> list[str]:
        """Return the ids of up to `most` present articles that sort behind `after`, in order."""
        rows = self._store.execute(
            "SELECT id FROM articles WHERE present AND id > ? ORDER BY id LIMIT ?", after, most
        )
        return [str(article_id) for (article_id,) in rows]

    def newest(self, filters: Filters) -> date | None:
        """Return the day of the newest article that fits, `None` if none is dated."""
        fits, values = self._conditions(filters)
        rows = self._store.execute(
            f"SELECT max(CAST(v.published AS TEXT)) FROM {_PRESENT} WHERE {fits}", *values
        )  # fmt: skip
        return day(rows[0][0])

    def outlets(self) -> list[OutletCount]:
        """Return the outlets of the present articles with their counts, most articles first."""
        revision = self._store.revision
        if self._outlets is None or self._outlets[0] != revision:
            self._outlets = revision, self._count_outlets()
        return list(self._outlets[1])

    def _count_outlets(self) -> list[OutletCount]:
        rows = self._store.execute(
            f"SELECT v.outlet, count(*) FROM {_PRESENT} WHERE a.present AND v.outlet IS NOT NULL "
            "GROUP BY v.outlet ORDER BY count(*) DESC, v.outlet"
        )
        return [OutletCount(str(outlet), int(count)) for outlet, count in map(cells, rows)]

    def overview(self, filters: Filters, article_ids: Sequence[str] | None = None) -> Overview:
        """Return the figures of the articles that fit, or of those of them in `article_ids`."""
        fits, values = self._conditions(filters, article_ids)
        with self._store.reading():
            count, dated, first, last = self._store.execute(
                "SELECT count(*), count(v.published), min(CAST(v.published AS TEXT)), "
                "max(CAST(v.published AS TEXT)) "
                f"FROM {_PRESENT} WHERE {fits}",
                *values,
            )[0]
            outlets, languages = (
                self._store.execute(
                    f"SELECT v.{field}, count(*) FROM {_PRESENT} WHERE {fits} "
                    f"GROUP BY v.{field} ORDER BY count(*) DESC, v.{field}",
                    *values,
                )
                for field in ("outlet", "language")
            )
        return Overview(
            int(count),
            int(dated),
            day(first),
            day(last),
            [OutletCount(str(o), int(n)) for o, n in map(cells, outlets) if o is not None],
            [(language, int(n)) for language, n in map(cells, languages)],
        )

    def holds(self, article_id: str) -> bool:
        """Tell whether an article is present; a removed one may still have versions."""
        return self._store.latest(article_id)[1]

    def versions(self, article_id: str) -> list[VersionEntry]:
        """Return the versions of an article that are as they were stored, newest first."""
        rows = self._store.execute(
            "SELECT version, added_at, published, title FROM versions v WHERE article_id = ? "
            f"AND {self._store.sound('versions', 'v')} ORDER BY version DESC",
            article_id,
        )
        return [
            VersionEntry(int(version), str(added), day(published), title)
            for version, added, published, title in rows
        ]

    def _conditions(
        self, filters: Filters, article_ids: Sequence[str] | None = None
    ) -> tuple[str, list[object]]:
        """Return the condition that `filters` are in SQL, with its values."""
        fits, values = "a.present", list[object]()
        if article_ids is not None:
            # As one value: SQLite takes only so many.
            fits += " AND a.id IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(article_ids)))
        if filters.outlet is not None or filters.outlets:
            # Folding is ours, not SQLite's: "AL-HOL News" and "al-hol news" are one outlet.
            known = [o.outlet for o in self.outlets()]
            same = [o for o, seen in zip(known, filters.allow_outlets(known), strict=True) if seen]
            fits += f" AND v.outlet IN ({', '.join('?' * len(same))})"
            values += same
        if filters.since is not None:
            fits += " AND v.published >= ?"
            values.append(filters.since.isoformat())
        if filters.until is not None:
            fits += " AND v.published <= ?"
            values.append(filters.until.isoformat())
        return fits, values


def _write_cursor(last: Sequence[Any]) -> str:
    article_id, *_, published, _ = cells(last)
    # As it is sorted by, also where it is no day.
    place = [published or "", article_id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        published, article_id = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if not (isinstance(published, str) and isinstance(article_id, str)):
            raise ValueError
        # What SQLite cannot take is no cursor of ours either.
        article_id.encode()
        published.encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(
            "The cursor is not one that this server gave. Start again without one."
        ) from error
    return published, article_id


def _article(row: Sequence[Any]) -> Article:
    article_id, version, title, outlet, source, url, published, language = cells(row)
    return Article(
        article_id, "", title, outlet, source, url, day(published), language, int(version)
    )
