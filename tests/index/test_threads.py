"""Threads may share a library and take turns with it."""

import threading


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
