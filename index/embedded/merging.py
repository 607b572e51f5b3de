"""Indexes of terms, made from the documents of others without a look at their texts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from index.embedded.bm25 import LexicalIndex
from index.embedded.tokens import Part, PostingCounter, TermCounter


def merged(parts: Iterable[tuple[LexicalIndex, NDArray[np.int64]]]) -> LexicalIndex:
    """Index the documents of several indexes, of each those in the rows beside it, ascending."""
    return LexicalIndex.of(counter_of(parts))


def counter_of(parts: Iterable[tuple[LexicalIndex, NDArray[np.int64]]]) -> TermCounter:
    """Return a counter that has those documents already; more can be counted after them."""
    counter = TermCounter((), PostingCounter((), np.zeros(0, np.int32)))
    for index, keep in parts:
        renumbered = np.full(len(index.lengths), -1, np.int32)
        renumbered[keep] = np.arange(len(keep))
        rows = renumbered[index.documents]
        stays = rows >= 0
        sizes = np.add.reduceat(stays, index.starts[:-1], dtype=np.int64)
        terms, order = index.terms(), np.argsort(index.appearance)
        numbers = np.zeros(len(terms), np.int32)
        numbers[order] = [counter.number(terms[place]) for place in order.tolist()]
        part = Part(numbers, sizes, rows[stays], index.counts[stays])
        counter.include(part, order, index.lengths[keep])
    return counter
