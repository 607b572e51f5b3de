"""The next files of a folder are read apart while what was read before them is still used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from corpus.confined.process import read_confined
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.source import Source

# Enough that neither side waits for the other where one page takes longer than the next.
_AHEAD = 4

Read = Callable[[Source], Iterator[Entry]]
_Found = tuple[list[Entry], DalilError | None]


def read_ahead(
    sources: Iterable[Source], quick_reader: Callable[[Source], Read | None]
) -> Iterator[tuple[Source, Iterator[Entry] | None]]:
    """Yield the sources in order, each with what `read_confined` finds in it.

    Those for which there is no quick reader come with `None`: nothing of them has been read.
    """
    pool = ThreadPoolExecutor(1, "reading")
    waiting: deque[tuple[Source, Future[_Found] | None]] = deque()
    try:
        for source in sources:
            read = quick_reader(source)
            waiting.append((source, pool.submit(_all, read, source) if read else None))
            if len(waiting) > _AHEAD:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        # Whoever stops waits for nothing.
        pool.shutdown(wait=False, cancel_futures=bool(waiting))


def _next(
    waiting: deque[tuple[Source, Future[_Found] | None]],
) -> tuple[Source, Iterator[Entry] | None]:
    source, begun = waiting.popleft()
    return source, None if begun is None else _told(begun)


def _told(begun: Future[_Found]) -> Iterator[Entry]:
    entries, error = begun.result()
    yield from entries
    if error:
        raise error


def _all(read: Read, source: Source) -> _Found:
    entries: list[Entry] = []
    try:
        entries.extend(read_confined(read, source, quick=True))
    except DalilError as error:
        return entries, error
    return entries, None
