"""The searchable state of one revision of a library, made of parts that earlier ones share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.neighbours import Neighbours, Places, moved_on, nearest
from index.embedded.passages import PassageTable
from index.embedded.postings import smallest
from index.embedded.segments.joined import join_texts, join_vectors
from index.embedded.segments.segment import Near, Part, Segment, settled
from index.embedded.texts import TextIndex, Texts
from index.embedded.tokens import places_in
from index.embedded.vectors import VectorIndex
from index.embedded.vectors import Vectors as Searched
from index.encoder import StaticEncoder
from index.encoder.protocol import Vectors
from index.store.database import PassageRow, Store
from index.store.origins import RESTORED

# Who only reads leaves putting parts together to who writes, up to so many.
_MOST_PARTS = 24


@dataclass(frozen=True)
class Snapshot:
    """Passages of one revision with the indexes over them; row `i` of each is the same passage.

    `parts` are what `passages`, `vectors` and `texts` show as one, `near_tokens` the neighbours of
    tokens, which the newest may not be among, `encoder` is the bundled one, by whose tokens the
    texts are indexed.  `restored` tells which backup took the library's place last.
    """

    revision: int
    parts: Sequence[Part]
    near_tokens: Near
    encoder: StaticEncoder
    restored: str | None = None

    @classmethod
    def of_texts(
        cls,
        texts: Sequence[str],
        languages: Sequence[str | None],
        articles: Sequence[int],
        vectors: Vectors,
        encoder: StaticEncoder,
    ) -> Self:
        """Index texts that no library holds, for measurements.

        `articles` numbers the article that each is a part of; where a text begins in it is its own
        number among `texts`.  `vectors` are float32 (n, dimension), `encoder` is the bundled one.
        """
        rows = [
            PassageRow(number, str(article), 1, number, number + len(text), None, None, language)
            for number, (article, text, language) in enumerate(
                zip(articles, texts, languages, strict=True)
            )
        ]
        indexed = TextIndex.build(texts, languages, encoder)
        segment = Segment(PassageTable.of(rows), VectorIndex.build(vectors), indexed)
        part = Part(segment, np.ones(len(rows), np.bool_))
        near = _nothing_near(encoder).following(indexed.tokens.vocabulary, encoder)
        return cls(1, [part], near, encoder)

    @cached_property
    def passages(self) -> PassageTable:
        """What is known of the passages."""
        return PassageTable.joined([part.segment.passages for part in self.parts], self._live)

    @cached_property
    def vectors(self) -> Searched:
        """The vectors of the passages."""
        return join_vectors([part.segment.vectors for part in self.parts], self._live)

    @cached_property
    def texts(self) -> Texts:
        """The texts of the passages."""
        return join_texts([part.segment.texts for part in self.parts], self._live)

    @cached_property
    def _live(self) -> NDArray[np.bool_]:
        return np.concatenate([part.live for part in self.parts])

    @cached_property
    def token_vectors(self) -> Vectors:
        """Unit vectors of the tokens that occur in the collection, float32 (v, dimension)."""
        return self.encoder.token_vectors(self.texts.tokens.vocabulary)

    @cached_property
    def _since(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Vectors]:
        """Where the tokens with neighbours are now, -1 for none; the new ones, and their vectors.

        int64 (v,), int64 (m,) and float32 (m, dimension).
        """
        known, vocabulary = self.near_tokens.vocabulary, self.texts.tokens.vocabulary
        new = np.flatnonzero(places_in(known, vocabulary) < 0)
        return places_in(vocabulary, known), new, self.encoder.token_vectors(vocabulary[new])

    @property
    def newest(self) -> int:
        """The highest id of a passage, 0 without any."""
        ids = self.parts[-1].segment.passages.ids
        return int(ids[-1]) if len(ids) else 0

    def near(self, ids: NDArray[np.int32]) -> tuple[Places, NDArray[np.float32]]:
        """Return the neighbours of tokens `ids` int32 (t,) in the collection, as `nearest` does."""
        rows = places_in(self.near_tokens.vocabulary, ids)
        kept, known = self.near_tokens.neighbours, rows >= 0
        found, similar = kept.places[rows[known]], kept.cosines[rows[known]]
        places, new, vectors = self._since
        if len(new) or (places < 0).any():
            asked = self.encoder.token_vectors(ids[known])
            found, similar, lost = moved_on(found, similar, places, new, asked @ vectors.T)
            known[np.flatnonzero(known)[lost]] = False
            found, similar = found[~lost], similar[~lost]
        if known.all():
            return found, similar
        others, of_others = nearest(self.encoder.token_vectors(ids[~known]), self.token_vectors)
        width = max(found.shape[1], others.shape[1])
        near, cosines = np.zeros((len(ids), width), np.int64), np.zeros((len(ids), width), "f4")
        for of, by_place, by_cosine in ((known, found, similar), (~known, others, of_others)):
            near[of, : by_place.shape[1]], cosines[of, : by_cosine.shape[1]] = by_place, by_cosine
        return smallest(near), cosines


def build(
    store: Store,
    dimension: int,
    encoder: StaticEncoder,
    previous: Snapshot | None = None,
    *,
    settle: bool = True,
) -> Snapshot:
    """Index the present passages; those that `previous` holds are not analysed again.

    With `settle`, small parts are put together.  Call within `store.reading()`, so that passages
    and vectors are of one state.
    """
    ids = np.sort(np.array([row[0] for row in store.execute("SELECT id FROM passages")], np.int64))
    restored = store.get(RESTORED)
    parts: list[Part] = []
    near, newest = _nothing_near(encoder), 0
    if previous is not None and _continues(store, previous, ids, restored):
        near, newest = previous.near_tokens, previous.newest
        parts = [
            Part(part.segment, part.live & np.isin(part.segment.passages.ids, ids))
            for part in previous.parts
        ]
    if rows := store.passages(newest):
        made = Segment.of(store, rows, dimension, encoder)
        parts.append(Part(made, np.ones(len(made), np.bool_)))
    parts = [part for part in parts if part.count]
    if settle or len(parts) > _MOST_PARTS:
        parts = settled(parts)
    if not parts:
        parts = [Part(Segment.of(store, [], dimension, encoder), np.zeros(0, np.bool_))]
    found = Snapshot(store.revision, parts, near, encoder, restored)
    if not settle and len(near.vocabulary):
        return found
    following = near.following(found.texts.tokens.vocabulary, encoder)
    return found if following is near else replace(found, near_tokens=following)


def _continues(
    store: Store, previous: Snapshot, ids: NDArray[np.int64], restored: str | None
) -> bool:
    """Tell whether passages of these ids are those of `previous`, as far as it goes."""
    table, newest = previous.passages, previous.newest
    older, known = ids[ids <= newest], table.ids[table.there]
    if not np.isin(older, known).all():
        # Older passages only come back with a backup; then nothing before it is a beginning.
        return False
    if restored == previous.restored:
        return True
    # The backup may be another library's, whose ids mean other passages.
    rows = np.flatnonzero(table.there & np.isin(table.ids, older))
    places = table.part(rows)
    stored = [row for row in store.passages() if row.id <= newest]
    versions = [places.versions[place] for place in places.articles.tolist()]
    spans = zip(versions, places.starts.tolist(), places.ends.tolist(), strict=True)
    if [((row.article_id, row.version), row.start, row.end) for row in stored] != list(spans):
        return False
    vectors = store.vectors(previous.vectors.dimension)[: len(rows)]
    return np.array_equal(previous.vectors.vectors(rows), vectors)


def _nothing_near(encoder: StaticEncoder) -> Near:
    nothing = Neighbours.build(np.zeros((0, encoder.dimension), np.float32))
    return Near(np.zeros(0, np.int32), nothing)
