"""What a library's passages are indexed into: parts, of which those of an earlier state are kept.

What comes later is a part of its own.  Small parts are put together with their neighbours, so that
there are a few, each some times as large as the next: a passage is written again a few times
while a library grows, and an addition costs in proportion to itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.embedded.neighbours import Neighbours
from index.embedded.passages import PassageTable, texts_of
from index.embedded.segments.snapshot import Near, Part, Segment, Snapshot
from index.embedded.texts import TextIndex
from index.embedded.vectors import VectorIndex
from index.encoder import StaticEncoder
from index.encoder.protocol import Vectors
from index.store.database import PassageRow, Store
from index.store.origins import RESTORED

# A part is at least so many times as large as the next, when that is made.
_TIMES = 4
# A part that has lost more than this share of its passages is written again without them.
_LOST = 0.25
# Neighbours are worked out anew once such a share of the tokens has come or gone.
_MOVED = 1 / 16
# Who only reads leaves putting parts together to who writes, up to so many.
_MOST_PARTS = 24


def of_texts(
    texts: Sequence[str],
    languages: Sequence[str | None],
    articles: Sequence[int],
    vectors: Vectors,
    encoder: StaticEncoder,
) -> Snapshot:
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
    near = _following(_nothing_near(encoder), indexed.tokens.vocabulary, encoder)
    return Snapshot(1, [part], near, encoder)


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
        made = _indexed(store, rows, dimension, encoder)
        parts.append(Part(made, np.ones(len(made), np.bool_)))
    parts = [part for part in parts if part.count]
    if settle or len(parts) > _MOST_PARTS:
        parts = _settled(parts)
    if not parts:
        parts = [Part(_indexed(store, [], dimension, encoder), np.zeros(0, np.bool_))]
    found = Snapshot(store.revision, parts, near, encoder, restored)
    if not settle and len(near.vocabulary):
        return found
    following = _following(near, found.texts.tokens.vocabulary, encoder)
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


def _indexed(
    store: Store, rows: Sequence[PassageRow], dimension: int, encoder: StaticEncoder
) -> Segment:
    """Index `rows`, the last ones of a store, whose vectors have so many components."""
    after = rows[0].id - 1 if rows else 0
    vectors = store.vectors(dimension, after) if rows else np.zeros((0, dimension), np.float32)
    texts = TextIndex.build([], [], encoder).extended(
        np.zeros(0, np.int64), texts_of(store, rows), [row.language for row in rows], encoder
    )
    return Segment(PassageTable.of(rows), VectorIndex.build(vectors), texts)


def _settled(parts: Sequence[Part]) -> list[Part]:
    """Return parts of the same passages, put together where small ones stand beside each other."""
    held = [part for part in parts if part.count]
    first, following = len(held), 0
    while first and (first == len(held) or held[first - 1].count < _TIMES * following):
        first -= 1
        following += held[first].count
    last = held[first:]
    before = [
        _merged([part]) if part.count < (1 - _LOST) * len(part.live) else part
        for part in (held[:first] if len(last) > 1 else held)
    ]
    return [*before, _merged(last)] if len(last) > 1 else before


def _merged(parts: Sequence[Part]) -> Part:
    keeps = [np.flatnonzero(part.live) for part in parts]
    segments = [part.segment for part in parts]
    live = np.concatenate([part.live for part in parts])
    tables = PassageTable.joined([each.passages for each in segments], live)
    made = Segment(
        tables.part(np.flatnonzero(live)),
        VectorIndex.merged([(s.vectors, keep) for s, keep in zip(segments, keeps, strict=True)]),
        TextIndex.merged([(s.texts, keep) for s, keep in zip(segments, keeps, strict=True)]),
    )
    return Part(made, np.ones(len(made), np.bool_))


def _following(near: Near, vocabulary: NDArray[np.int32], encoder: StaticEncoder) -> Near:
    """Return the neighbours of another vocabulary, or these if it is nearly the same."""
    moved = len(np.setxor1d(near.vocabulary, vocabulary, assume_unique=True))
    if moved <= _MOVED * len(vocabulary):
        return near
    vectors = encoder.token_vectors(vocabulary)
    return Near(vocabulary, near.neighbours.extended(near.vocabulary, vocabulary, vectors))


def _nothing_near(encoder: StaticEncoder) -> Near:
    nothing = Neighbours.build(np.zeros((0, encoder.dimension), np.float32))
    return Near(np.zeros(0, np.int32), nothing)
