"""Finding present articles by what stands on them: words of title and outlet, language, source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.text.words import words
from index.store.database import Store


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on an article; `words` are those of title and outlet, folded, between spaces."""

    id: str
    words: str
    language: str | None
    places: str


class Lookup:
    """The labels of the present articles of a store; a version's words are folded once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._labels: dict[tuple[str, int], Label] = {}

    def find(
        self, text: str | None = None, language: str | None = None, source: str | None = None
    ) -> list[str] | None:
        """Return the ids of the articles that fit, `None` if nothing is asked for.

        Every word of `text` is a part of a word of title or outlet, in whatever spelling; `source`
        stands in source or address; `language` is a code of ISO 639, and "" means articles whose
        language is unknown.
        """
        if not text and language is None and not source:
            return None
        sought = [word.folded for word in words(text or "")]
        if text and text.strip() and not sought:
            # Signs alone are no word of any title.
            return []
        place = (source or "").casefold()
        return [
            label.id
            for label in self._read()
            if all(word in label.words for word in sought)
            and (language is None or (label.language or "") == language)
            and place in label.places
        ]

    def _read(self) -> Iterable[Label]:
        with self._store.reading():
            revision = self._store.revision
            if self._revision != revision:
                rows = self._store.execute(
                    "SELECT a.id, v.version, v.title, v.outlet, v.language, v.source, v.url "
                    "FROM articles a JOIN versions v ON v.article_id = a.id "
                    "AND v.version = a.latest WHERE a.present"
                )
                known = self._labels
                self._labels = {
                    (row[0], row[1]): known.get((row[0], row[1])) or _label(row[0], *row[2:])
                    for row in rows
                }
                self._revision = revision
            return self._labels.values()


def _label(
    article_id: str,
    title: str | None,
    outlet: str | None,
    language: str | None,
    source: str | None,
    url: str | None,
) -> Label:
    found = words(f"{title or ''} {outlet or ''}")
    said = f" {' '.join(word.folded for word in found)} "
    return Label(article_id, said, language, f"{source or ''}\n{url or ''}".casefold())
