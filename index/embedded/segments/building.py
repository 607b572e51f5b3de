"""What a library's passages are indexed into: parts, of which those of an earlier state are kept.

What comes later is a part of its own.  Small parts are put together with their neighbours, so that
there are a few, each some times as large as the next: a passage is written again a few times
while a library grows, and an addition costs in proportion to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedded.neighbours import Neighbours
from index.embedded.passages import PassageTable, texts_of
from index.embedded.segments.merging import Merging, merged
from index.embedded.segments.snapshot import Near, Part, Segment, Snapshot
from index.embedded.texts import TextIndex
from index.embedded.tokens import TokenIndex
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
# So many passages are put together while somebody waits, in some hundredths of a second.
_SOON = 500
# A part of more is not put together with others, so that the memory this takes has an end.
_LARGEST = 250_000


class Beside(Protocol):
    """Another process that indexes what comes, all but its tokens."""

    def finish(self, store: Store, after: int, words: StaticEncoder) -> TokenIndex | None:
        """Return the tokens of the passages of `store` with ids above `after`, if it runs."""

    def take(self) -> Part | None:
        """Return these passages, indexed with those tokens, if that is what it has."""


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
    beside: Beside | None = None,
) -> Snapshot:
    """Index the present passages; those that `previous` holds are not analysed again.

    With `settle`, the smallest parts are put together; what takes longer is left to `settled`.
    What `beside` has indexed meanwhile is taken over.
    Call within `store.reading()`, so that passages and vectors are of one state.
    """
    restored = store.get(RESTORED)
    parts = _still_there(store, previous, restored) if previous else None
    near, newest = _nothing_near(encoder), 0
    if previous is not None and parts is not None:
        near, newest = previous.near_tokens, previous.newest
    parts = parts or []
    if beside and (tokens := beside.finish(store, newest, encoder)):
        # Worked out here while the other process ends.
        held = [part.segment.texts.tokens.vocabulary for part in parts]
        near = _following(near, reduce(np.union1d, held, tokens.vocabulary), encoder)
        if handed := beside.take():
            parts.append(handed)
            newest = int(handed.segment.passages.ids[-1])
    if rows := store.passages(newest):
        made = _indexed(store, rows, dimension, encoder)
        parts.append(Part(made, np.ones(len(made), np.bool_)))
    parts = [part for part in parts if part.count]
    if settle or len(parts) > _MOST_PARTS:
        parts = _settled(parts, _SOON if settle else _LARGEST, merged)
    if not parts:
        parts = [Part(_indexed(store, [], dimension, encoder), np.zeros(0, np.bool_))]
    found = Snapshot(store.revision, parts, near, encoder, restored)
    if len(near.vocabulary):
        return found
    # Without any, each question would be compared with all tokens.
    return replace(found, near_tokens=_following(near, found.texts.tokens.vocabulary, encoder))


def settled(snapshot: Snapshot) -> Snapshot | None:
    """Return the same passages in fewer parts, with the neighbours of their tokens worked out.

    `None` if nothing of that is to be done.  What is given back may be in no file, and is put
    together when it is written.
    """
    parts, near = _settled(snapshot.parts, _LARGEST, _merging), snapshot.near_tokens
    found = replace(snapshot, parts=parts)
    # The same passages have the same tokens, in whatever parts.
    following = _following(near, snapshot.texts.tokens.vocabulary, snapshot.encoder)
    same = len(parts) == len(snapshot.parts) and all(
        part.segment is before.segment for part, before in zip(parts, snapshot.parts, strict=True)
    )
    if same and following is near:
        return None
    return replace(found, near_tokens=following)


def is_settled(snapshot: Snapshot) -> bool:
    """Tell whether `settled` has nothing to do, without doing it."""
    vocabulary = snapshot.texts.tokens.vocabulary
    return not _apart(snapshot.parts, _LARGEST) and not _moved(snapshot.near_tokens, vocabulary)


def can_wait(snapshot: Snapshot) -> bool:
    """Tell whether to put parts together may be left for when more has come, as much as last.

    Each passage is put together once if that waits until no more would go with it.
    """
    parts = snapshot.parts
    sizes = [
        sum(part.count for part in parts[first:last]) for first, last in _apart(parts, _LARGEST)
    ]
    return len(parts) < _MOST_PARTS and max(sizes, default=0) + parts[-1].count <= _LARGEST


def _still_there(store: Store, previous: Snapshot, restored: str | None) -> list[Part] | None:
    """Return the parts of `previous` with what is there of them, `None` if it is no beginning."""
    newest, known = previous.newest, len(previous.passages)
    after = store.execute("SELECT count(*) FROM passages WHERE id > ?", newest)[0][0]
    as_many = store.count_passages() - after == known
    if as_many and restored == previous.restored and previous.revision <= store.revision:
        # Older passages only go, and are never changed, so that as many are the same.
        return list(previous.parts)
    ids = np.sort(np.array([row[0] for row in store.execute("SELECT id FROM passages")], np.int64))
    if not _continues(store, previous, ids, restored):
        return None
    return [
        Part(part.segment, part.live & np.isin(part.segment.passages.ids, ids))
        for part in previous.parts
    ]


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


def _settled(
    parts: Sequence[Part], most: int, join: Callable[[Sequence[Part]], Part]
) -> list[Part]:
    """Return parts of the same passages, put together where small ones stand beside each other.

    What `join` puts together has at most `most` passages.
    """
    found = list(parts)
    for first, last in reversed(_apart(parts, most)):
        found[first:last] = [join(parts[first:last])]
    return found


def _merging(parts: Sequence[Part]) -> Part:
    made = Merging(parts)
    return Part(made, np.ones(len(made), np.bool_))


def _apart(parts: Sequence[Part], most: int) -> list[tuple[int, int]]:
    """Return the spans of `parts` that are to be put together, or written again, in order."""
    spans, last = [], len(parts)
    while last:
        first, count = last - 1, parts[last - 1].count
        while first and parts[first - 1].count < min(_TIMES * count, most - count + 1):
            first -= 1
            count += parts[first].count
        lost = count <= most and count < (1 - _LOST) * len(parts[first].live)
        if last - first > 1 or lost:
            spans.append((first, last))
        last = first
    return spans[::-1]


def _following(near: Near, vocabulary: NDArray[np.int32], encoder: StaticEncoder) -> Near:
    """Return the neighbours of another vocabulary, or these if it is nearly the same."""
    if not _moved(near, vocabulary):
        return near
    vectors = encoder.token_vectors(vocabulary)
    return Near(vocabulary, near.neighbours.extended(near.vocabulary, vocabulary, vectors))


def _moved(near: Near, vocabulary: NDArray[np.int32]) -> bool:
    moved = len(np.setxor1d(near.vocabulary, vocabulary, assume_unique=True))
    return moved > _MOVED * len(vocabulary)


def _nothing_near(encoder: StaticEncoder) -> Near:
    nothing = Neighbours.build(np.zeros((0, encoder.dimension), np.float32))
    return Near(np.zeros(0, np.int32), nothing)
