"""Articles that are added: which are the same as before, and when they are indexed."""

import pytest

from corpus.article import Article
from index import incoming
from index.embedded.segments.snapshot import kept_at
from index.store.lock import serving


@pytest.mark.parametrize("title", [None, "The bridge was closed on Monday"])
def test_a_title_of_first_words_makes_no_new_version(library, title):
    text = "The bridge was closed on Monday."
    library.add([Article("a", text)])
    assert library.add([Article("a", text, title=title)]).unchanged
    assert library.add([Article("a", text, title="Another")]).updated


class Counting:
    def __init__(self):
        self.followed = 0

    def follow(self, *, writing, more):
        assert writing
        assert more
        self.followed += 1


def test_what_is_committed_is_indexed_on_its_way_where_it_is_much(tmp_path, monkeypatch):
    monkeypatch.setattr(incoming, "_MOST_PASSAGES", 5)
    engine = Counting()
    pace = incoming.Pace(tmp_path, engine)
    followed = []
    for _ in range(6):
        pace.committed(2)
        followed.append(engine.followed)
    assert followed == [0, 0, 1, 1, 1, 2]


def test_who_waits_for_what_comes_sees_it_soon(tmp_path, monkeypatch):
    monkeypatch.setattr(incoming, "_SEEN_SECONDS", 0.0)
    engine = Counting()
    pace = incoming.Pace(tmp_path, engine)
    pace.committed(2)
    assert engine.followed == 0
    with serving(tmp_path):
        pace.committed(0)
        assert engine.followed == 1
        # Nothing has come since.
        pace.committed(0)
        assert engine.followed == 1
    pace.committed(2)
    assert engine.followed == 1


def test_an_import_that_stops_goes_on_where_it_was(library, make_article, monkeypatch):
    monkeypatch.setattr(incoming, "_MOST_PASSAGES", 2)
    articles = [make_article(number, title="عنوان") for number in range(6)]

    def stop(done):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add(articles, batch=2, on_batch=stop)
    # What was indexed on the way need not be again.
    assert kept_at(library.home / "derived") > 0
    report = library.add(articles, batch=2)
    assert [len(each) for each in (report.unchanged, report.added)] == [4, 2]
    # Titles are told, texts are not kept in memory for that.
    assert {(one.title, one.text) for one in (*report.added, *report.unchanged)} == {("عنوان", "")}
    assert library.faults() == []
