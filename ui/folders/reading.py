"""What one look at a folder reads, and how much of it is added at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from corpus.article import Article
from corpus.load import Loaded
from corpus.unread import Notice

_Item = TypeVar("_Item")
# What was read so long is added before more is read, or after twice the time that the last adding
# took, for each costs the search index a part.
_SHORTEST_SECONDS, _LONGEST_SECONDS, _TIMES = 1.0, 10.0, 2.0


@dataclass
class Read:
    """What the files of one look held: ids by file, faults, who came first, what is to tell."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    failed: dict[str, list[Loaded]] = field(default_factory=dict)
    first: dict[str, tuple[Article, str]] = field(default_factory=dict)
    told: list[Notice] = field(default_factory=list)


def timed_groups(
    items: Iterable[_Item], clock: Callable[[], float] = monotonic
) -> Iterator[list[_Item]]:
    """Cut `items` into lists by how long they take to come, a second at first.

    Whoever else wants to write can while they come; what is read is seen soon, however many more
    slow files there are.

    >>> times = iter([0, 0.4, 1.2, 1.2, 4.2, 4.2, 9])
    >>> list(timed_groups("abcd", lambda: next(times)))
    [['a', 'b'], ['c', 'd']]
    """
    pause, group = _SHORTEST_SECONDS, list[_Item]()
    began = clock()
    for item in items:
        group.append(item)
        if clock() - began < pause:
            continue
        before = clock()
        yield group
        began, group = clock(), []
        pause = min(max(_SHORTEST_SECONDS, _TIMES * (began - before)), _LONGEST_SECONDS)
    if group:
        yield group
