"""What a search needs to know of every passage, as arrays: where it lies, when and by whom.

A hundred thousand passages are a few megabytes here and are filtered without a loop.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.language import script_of
from index.embedded.postings import load_arrays, save_arrays
from index.filters import Filters
from index.store.database import PassageRow, Store
from index.store.texts import passage_texts

_NUMBERS = ("ids", "articles", "starts", "ends", "outlet", "published", "language")
_LISTS = "lists"


@dataclass(frozen=True)
class PassageTable:
    """The passages of one revision, in order of their ids.

    `ids` int64 (n,); `articles` int32 (n,), the place of each passage's article in the lists
    below; `starts` and `ends` int32 (n,), half-open spans in the article's text.  For each of
    the `a` articles: `versions`, id and version; `outlet` and `language` int32 (a,), places in
    `outlets` and `languages`; `published` int32 (a,), the date's ordinal, 0 without one.
    `live` bool (n,) says which passages are there, `None` if all are.
    """

    ids: NDArray[np.int64]
    articles: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    outlet: NDArray[np.int32]
    published: NDArray[np.int32]
    language: NDArray[np.int32]
    versions: Sequence[tuple[str, int]]
    outlets: Sequence[str | None]
    languages: Sequence[str | None]
    live: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, rows: Sequence[PassageRow]) -> Self:
        """Put what the store says of its passages into arrays."""
        first = {(row.article_id, row.version): row for row in rows}
        places = {version: place for place, version in enumerate(first)}
        outlets = {row.outlet: None for row in first.values()}
        languages = {row.language: None for row in first.values()}
        outlet_places = {outlet: place for place, outlet in enumerate(outlets)}
        language_places = {language: place for place, language in enumerate(languages)}
        listed = list(first.values())
        return cls(
            ids=np.array([row.id for row in rows], np.int64),
            articles=np.array([places[row.article_id, row.version] for row in rows], np.int32),
            starts=np.array([row.start for row in rows], np.int32),
            ends=np.array([row.end for row in rows], np.int32),
            outlet=np.array([outlet_places[row.outlet] for row in listed], np.int32),
            published=np.array(
                [row.published.toordinal() if row.published else 0 for row in listed], np.int32
            ),
            language=np.array([language_places[row.language] for row in listed], np.int32),
            versions=list(places),
            outlets=list(outlets),
            languages=list(languages),
        )

    @classmethod
    def joined(cls, tables: Sequence[Self], live: NDArray[np.bool_]) -> Self:
        """Return `tables`, whose ids ascend from one to the next, as one.

        `live` bool (n,) says which passages are there, some of every table.
        """
        if len(tables) == 1:
            return tables[0] if live.all() else replace(tables[0], **_present(tables, live))
        firsts = np.cumsum([0, *(len(table.versions) for table in tables)]).tolist()
        places = (table.articles + np.int32(first) for table, first in zip(tables, firsts))  # noqa: B905 - one more
        return cls(
            articles=np.concatenate(list(places)),
            ids=_end_to_end(tables, "ids"),
            starts=_end_to_end(tables, "starts"),
            ends=_end_to_end(tables, "ends"),
            published=_end_to_end(tables, "published"),
            versions=[version for table in tables for version in table.versions],
            **_present(tables, live),
        )

    def part(self, keep: NDArray[np.int64]) -> Self:
        """Return the passages in the rows `keep`, ascending."""
        held, articles = np.unique(self.articles[keep], return_inverse=True)
        return replace(
            self,
            **{name: getattr(self, name)[keep] for name in ("ids", "starts", "ends")},
            **{name: getattr(self, name)[held] for name in ("outlet", "published", "language")},
            articles=articles.astype(np.int32),
            versions=[self.versions[place] for place in held.tolist()],
            live=None,
        )

    def __len__(self) -> int:
        return len(self.ids) if self.live is None else int(np.count_nonzero(self.live))

    @cached_property
    def there(self) -> NDArray[np.bool_]:
        """Which passages are there, bool (n,)."""
        return np.ones(len(self.ids), np.bool_) if self.live is None else self.live

    @cached_property
    def _scripts(self) -> tuple[Sequence[str], NDArray[np.intp]]:
        """The scripts of the languages (ISO 15924), and the place of each article's among them."""
        of_languages = [script_of(language) for language in self.languages]
        scripts = sorted(set(of_languages))
        places = np.array([scripts.index(script) for script in of_languages], np.intp)
        return scripts, places[self.language] if len(places) else np.zeros(0, np.intp)

    def scripts_of(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the script (ISO 15924) of each of the passages `rows`, by its language."""
        scripts, places = self._scripts
        return [scripts[place] for place in places[self.articles[rows]].tolist()]

    @cached_property
    def by_script(self) -> Sequence[NDArray[np.bool_]]:
        """For each script of the collection, which passages are written in it, bool (n,)."""
        # Compared as numbers: texts take a hundred times as long.
        of = self._scripts[1][self.articles]
        return [(of == place) & self.there for place in np.unique(of[self.there])]

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Return which passages the filters let through, bool (n,)."""
        if filters == Filters():
            return self.there
        seen = np.ones(len(self.versions), np.bool_)
        seen &= np.array(filters.allow_outlets(self.outlets), np.bool_)[self.outlet]
        if filters.since is not None:
            seen &= self.published >= filters.since.toordinal()
        if filters.until is not None:
            seen &= (self.published > 0) & (self.published <= filters.until.toordinal())
        return seen[self.articles] & self.there

    def save(self, folder: Path) -> None:
        """Write the arrays and lists into `folder`."""
        lists = [self.versions, self.outlets, self.languages]
        text = np.frombuffer(json.dumps(lists).encode(), np.uint8)
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        save_arrays(folder, {_LISTS: text, **numbers})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        arrays = load_arrays(folder, (_LISTS, *_NUMBERS))
        versions, outlets, languages = json.loads(arrays.pop(_LISTS).tobytes())
        pairs = [(str(article), int(version)) for article, version in versions]
        return cls(**arrays, versions=pairs, outlets=outlets, languages=languages)


def _present(tables: Sequence[PassageTable], live: NDArray[np.bool_]) -> dict[str, Any]:
    """Return what tables say of outlets and languages as one, those of what is gone left out."""
    found: dict[str, Any] = {"live": None if live.all() else live}
    first = 0
    kept = []
    for table in tables:
        last = first + len(table.ids)
        here = np.zeros(len(table.versions), np.bool_)
        here[table.articles[live[first:last]]] = True
        kept.append(here)
        first = last
    for name, listed in (("outlet", "outlets"), ("language", "languages")):
        known: dict[str | None, int] = {}
        numbers = []
        for table, here in zip(tables, kept, strict=True):
            of, values = getattr(table, name), getattr(table, listed)
            used, firsts = np.unique(of[here], return_index=True)
            places = np.zeros(len(values), np.int32)
            for value in used[np.argsort(firsts)].tolist():
                places[value] = known.setdefault(values[value], len(known))
            numbers.append(places[of])
        found |= {name: np.concatenate(numbers), listed: list(known)}
    return found


def _end_to_end(tables: Sequence[PassageTable], name: str) -> NDArray[Any]:
    return np.concatenate([getattr(table, name) for table in tables])


def texts_of(store: Store, rows: Iterable[PassageRow]) -> Iterator[str]:
    """Yield the texts of `rows` as they are searched by words, each with its article's title."""
    for passage, title in passage_texts(store, rows):
        yield passage if title in passage else f"{title}\n{passage}"
