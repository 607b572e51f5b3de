"""Threads may share a library and take turns with it."""

import threading

from index import Library
from index.engine import IndexCache


def test_a_thread_waits_while_another_reads(library, make_article):
    library.add([make_article()])
    seen = []

    def read():
        with library.reading():
            seen.append(len(library))

    other = threading.Thread(target=read)
    with library.reading(), library.reading():
        other.start()
        other.join(0.1)
        assert seen == []
    other.join(60)
    assert seen == [1]


def test_a_thread_writes_where_another_opened(library, make_article):
    writer = threading.Thread(target=library.add, args=([make_article(2)],))
    writer.start()
    writer.join(60)
    assert len(library) == 1


def test_what_was_indexed_for_who_asked_first_is_kept_by_who_adds(tmp_path, encoder, make_article):
    home, cache, said, found = tmp_path / "library", IndexCache(), [], []
    writer = Library.open(home, encoder, create=True, cache=cache)
    writer.add([make_article(1)])
    reader = Library.open(home, encoder, say=said.append, cache=cache)
    of_each = reader.count_passages()

    def ask(_):
        # What is committed is not indexed yet by who adds it.
        found.append(reader.count_passages())

    writer.add([make_article(2), make_article(3)], batch=1, on_batch=ask)
    assert found == [2 * of_each, 3 * of_each]
    assert (said, writer.faults()) == ([], [])
    writer.close()
    reader.close()
