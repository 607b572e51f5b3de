"""Batches that a slow model finishes in seconds and a quick one is not held up by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from time import perf_counter
from typing import TypeVar

# Between so many seconds a batch is neither lost in its commit nor long to wait for or do again.
_QUICK, _SLOW = 1.0, 4.0
_Item = TypeVar("_Item")


def paced(
    items: Iterable[_Item],
    size: int,
    *,
    least: int = 1,
    most: int,
    clock: Callable[[], float] = perf_counter,
) -> Iterator[list[_Item]]:
    """Cut `items` into lists, of `size` at first, by how long the last one kept the caller.

    The size doubles up to `most` after less than a second, and halves down to `least` after more
    than four.

    >>> [len(batch) for batch in paced(range(20), 4, most=8, clock=lambda: 0.0)]
    [4, 8, 8]
    >>> [len(batch) for batch in paced(range(9), 4, most=8, clock=iter(range(0, 90, 9)).__next__)]
    [4, 2, 1, 1, 1]
    """
    rest = iter(items)
    while group := list(islice(rest, size)):
        began = clock()
        yield group
        took = clock() - began
        if took < _QUICK:
            size = min(2 * size, most)
        elif took > _SLOW:
            size = max(size // 2, least)
