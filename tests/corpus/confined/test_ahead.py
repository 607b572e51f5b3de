"""Files are read ahead in order, and what is wrong with one stays with it."""

import threading
import time

import pytest

from corpus.confined import process
from corpus.confined.ahead import read_ahead
from corpus.confined.process import read_confined
from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.source import bytes_source


# Readers that the process finds by name.
def text(source):
    yield Entry({"text": source.content().decode()})
    if source.label == "bad":
        raise DalilError("The file is torn; mend it.")


def slow(source):
    time.sleep(3)
    yield Entry({"text": "slow"})


def test_order_and_faults_are_those_of_the_sources():
    names = ["a", "b", "bad", "slow", *"cdefgh"]
    sources = [bytes_source(name, name.encode()) for name in names]
    found = list(read_ahead(sources, lambda source: None if source.label == "slow" else text))
    assert [source.label for source, _ in found] == names
    for source, entries in found:
        if source.label == "slow":
            assert entries is None
            continue
        assert next(entries).values == {"text": source.label}
        if source.label == "bad":
            with pytest.raises(DalilError, match="torn"):
                next(entries)
        else:
            assert list(entries) == []


def test_no_more_is_read_ahead_than_is_soon_used():
    taken = []

    def sources():
        for number in range(1000):
            taken.append(number)
            yield bytes_source(str(number), b"x")

    found = read_ahead(sources(), lambda _: text)
    next(found)
    found.close()
    assert len(taken) < 10


def test_a_page_does_not_wait_behind_a_slow_document():
    # Both processes run before anything is measured.
    for quick in (True, False):
        list(read_confined(text, bytes_source("a", b"x"), quick=quick))
    begun = threading.Thread(target=lambda: list(read_confined(slow, bytes_source("b", b"x"))))
    begun.start()
    time.sleep(0.2)
    (entry,) = read_confined(text, bytes_source("page", b"page"), quick=True)
    assert begun.is_alive()
    assert entry.values == {"text": "page"}
    begun.join()


def test_a_large_page_is_read_beside_the_slow_ones(monkeypatch):
    asked = []
    monkeypatch.setattr(process, "_shared", lambda _, quick: asked.append(quick) or _Reads())
    large = b"x" * (process.QUICK_BYTES + 1)
    list(read_confined(text, bytes_source("a", large), quick=True))
    list(read_confined(text, bytes_source("a", large[1:]), quick=True))
    list(read_confined(text, bytes_source("a", b"x")))
    assert asked == [False, True, False]


class _Reads:
    def read(self, read, source):
        return read(source)
