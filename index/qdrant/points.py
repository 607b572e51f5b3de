"""Passages of the library as points of Qdrant; SQLite keeps the truth of both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corpus.text.language import script_of
from index.embedded.bm25 import K1
from index.encoder import StaticEncoder
from index.filters import outlet_key
from index.qdrant.analysis import Analysed, Arena, Bag, Bags, analyse, packed, unpacked
from index.qdrant.meanings import soft_damping
from index.qdrant.scoring import damping, sparse
from index.qdrant.statistics import Statistics
from index.qdrant.transport import (
    ARTICLE,
    GRAMS,
    LEXICAL,
    NAMES,
    OUTLET,
    PUBLISHED,
    SCRIPT,
    SOFT,
    TOKENS,
    VERSION,
    WORDS,
    Point,
    Sparse,
    Transport,
)
from index.store.database import PassageRow, Store
from index.store.texts import passage_texts

# Parameters of one statement; SQLite takes 32,766.
_AT_ONCE = 10_000
# Passages kept for the next question, some 2 kB each.
_MOST_KEPT = 20_000


@dataclass(frozen=True)
class Made:
    """Passages read and analysed, with the vectors float32 (n, dimension) of the library."""

    rows: Sequence[PassageRow]
    vectors: NDArray[np.float32]
    bags: Sequence[tuple[Analysed, Bag]]

    @classmethod
    def of(cls, store: Store, ids: Sequence[int], dimension: int, words: StaticEncoder) -> Made:
        """Read and analyse the passages `ids`, ascending; a damaged one is empty."""
        rows, vectors = read(store, ids, dimension)
        texts = [
            passage if title in passage else f"{title}\n{passage}"
            for passage, title in passage_texts(store, rows)
        ]
        return cls(rows, vectors, analyse(texts, [row.language for row in rows], words))

    def points(self, frozen: Statistics) -> list[Point]:
        """Return the points, weighted by the averages that the collection has been frozen with."""
        return [
            _point(row, vector, *bags, frozen)
            for row, vector, bags in zip(self.rows, self.vectors, self.bags, strict=True)
        ]


def _point(
    row: PassageRow,
    vector: NDArray[np.float32],
    words: Analysed,
    grams: Bag,
    frozen: Statistics,
) -> Point:
    counts = words.tokens.counts.astype(np.float32)
    length = np.array([words.tokens.length / frozen.averages["tokens"]], np.float32)
    vectors = {
        SOFT: Sparse(words.tokens.keys.astype(np.uint32), counts / (counts + soft_damping(length))),
        LEXICAL: _weighted(words.terms, frozen.averages["terms"]),
        NAMES: _weighted(words.names, frozen.averages["names"]),
    }
    payload: dict[str, object] = {
        ARTICLE: row.article_id,
        VERSION: row.version,
        PUBLISHED: row.published.toordinal() if row.published else 0,
        SCRIPT: script_of(row.language),
        TOKENS: words.tokens.keys.tolist(),
        WORDS: packed(words.tokens, words.terms, words.names),
        GRAMS: packed(grams),
    }
    if row.outlet is not None:
        payload[OUTLET] = outlet_key(row.outlet)
    held = {name: vector for name, vector in vectors.items() if len(vector.keys)}
    return Point(row.id, vector, held, payload)


def _weighted(bag: Bag, average: float) -> Sparse:
    counts = bag.counts.astype(np.float64)
    weights = counts * (K1 + 1) / (counts + damping(np.array([bag.length]), average))
    return sparse(bag.keys, weights)


def ids_of(store: Store) -> NDArray[np.int64]:
    """Return the ids of the present passages, int64 (n,), ascending."""
    rows = store.execute("SELECT id FROM passages ORDER BY id")
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def next_ids(store: Store, after: int, most: int) -> list[int]:
    """Return the ids of the next `most` present passages above `after`."""
    rows = store.execute("SELECT id FROM passages WHERE id > ? ORDER BY id LIMIT ?", after, most)
    return [row[0] for row in rows]


def read(
    store: Store, ids: Sequence[int], dimension: int
) -> tuple[list[PassageRow], NDArray[np.float32]]:
    """Return those of the passages `ids` that are present, by id, and their vectors.

    Vectors are float32 (n, dimension).  A damaged passage is of no article, and zero.
    """
    sound = f"{store.sound('passages', 'p')} AND {store.sound('versions', 'v')}"
    nothing, rows, vectors = bytes(4 * dimension), [], []
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        for (
            number,
            article_id,
            version,
            start,
            end,
            outlet,
            day,
            language,
            vector,
            whole,
        ) in store.execute(
            "SELECT p.id, p.article_id, p.version, p.first, p.last, v.outlet, v.published, "
            f"v.language, p.vector, {sound} FROM passages p JOIN versions v "
            "ON v.article_id = p.article_id AND v.version = p.version "
            f"WHERE p.id IN ({','.join('?' * len(some))}) ORDER BY p.id",
            *some,
        ):
            vectors.append(vector if whole else nothing)
            published = date.fromisoformat(day) if whole and day else None
            rows.append(
                PassageRow(number, article_id, version, start, end, outlet, published, language)
                if whole
                else PassageRow(number, "", 0, 0, 0, None, None, None)
            )
    return rows, np.frombuffer(b"".join(vectors), "<f4").reshape(-1, dimension)


def spots(store: Store, ids: Sequence[int]) -> dict[int, tuple[str, int, int, int]]:
    """Return where those of the passages `ids` lie that are present: article, version, start, end.

    Rows are not held to their digests: what is shown is read again, and that is.
    """
    rows = store.execute(
        "SELECT id, article_id, version, first, last FROM passages "
        "WHERE id IN (SELECT value FROM json_each(?))",
        json.dumps(ids),
    )
    return {number: (article, version, start, end) for number, article, version, start, end in rows}


def vectors_of(store: Store, ids: Sequence[int], dimension: int) -> NDArray[np.float32]:
    """Return the vectors of the present passages `ids`, float32 (n, dimension), ascending."""
    found: dict[int, bytes] = dict(
        store.execute(
            "SELECT id, vector FROM passages WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps(ids),
        )
    )
    nothing = bytes(4 * dimension)
    whole = (found.get(number, nothing) for number in ids)
    held = b"".join(one if len(one) == len(nothing) else nothing for one in whole)
    return np.frombuffer(held, "<f4").reshape(-1, dimension)


class Kept:
    """What passages are scored by, fetched from their points and kept for the next question.

    A passage never changes and its id is never given to another, so what is kept stays right.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._words = _Field(transport, WORDS, 3)
        self._grams = _Field(transport, GRAMS, 1)

    def words(self, ids: Sequence[int]) -> tuple[list[int], list[Bags]]:
        """Return which of `ids` have a point, and their tokens, terms and names in that order."""
        return self._words.of(ids)

    def grams(self, ids: Sequence[int]) -> Bags:
        """Return the 3-grams of those of `ids` that have a point, in that order."""
        return self._grams.of(ids)[1][0]


class _Field:
    """One field of the payload of passages, of so many bags each."""

    def __init__(self, transport: Transport, name: str, bags: int) -> None:
        self._transport, self._name, self._bags = transport, name, bags
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[int, int] = {}
        self._arenas = [Arena() for _ in range(self._bags)]

    def of(self, ids: Sequence[int]) -> tuple[list[int], list[Bags]]:
        if len(self._rows) > _MOST_KEPT:
            self._clear()
        missing = [number for number in ids if number not in self._rows]
        if missing:
            self._fetch(missing)
        found = [number for number in ids if number in self._rows]
        rows = np.array([self._rows[number] for number in found], np.int64)
        return found, [arena.of(rows) for arena in self._arenas]

    def _fetch(self, missing: Sequence[int]) -> None:
        fetched = self._transport.fetch(missing, self._name)
        read = [unpacked(text, self._bags) for text in fetched.values()]
        first = len(self._rows)
        for number, arena in enumerate(self._arenas):
            arena.add([bags[number] for bags in read])
        self._rows |= {number: first + row for row, number in enumerate(fetched)}
