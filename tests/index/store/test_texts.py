"""The pages of articles are kept with each version, and older libraries open without any."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from corpus.errors import MissingError
from index import Filters, Library
from tests.index.queries import query_of

PAGES = ((0, 1), (10, 2), (14, 1))


def paged(make_article, **fields):
    return replace(make_article(**fields), pages=PAGES)


def test_pages_come_back_with_their_version(library, make_article):
    library.add([paged(make_article)])
    library.add([make_article(text="نص آخر بلا صفحات.")])
    assert library.article("article-1", 1).pages == PAGES
    assert library.article("article-1").pages == ()
    assert next(iter(library.articles())).pages == ()


def test_the_same_pages_are_no_change_and_others_are(library, make_article):
    library.add([paged(make_article)])
    assert library.add([paged(make_article)]).unchanged
    assert library.add([make_article()]).updated


def test_a_passage_knows_its_page(library, make_article):
    library.add([paged(make_article)])
    found = library.search(query_of("خبر", library.words), 5, Filters()).found[0]
    article, passage = library.passage(found)
    assert article.page_at(passage.start) == 1


def test_pages_go_with_their_version(library, make_article):
    library.add([paged(make_article)])
    library.remove(["article-1"], purge=True)
    with pytest.raises(MissingError):
        library.article("article-1")
    with closing(sqlite3.connect(library.home / "library.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM pages").fetchone() == (0,)


def older(home):
    """Make a library what it was at schema 5."""
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        connection.execute("DROP TRIGGER pages_go_with_versions")
        connection.execute("DROP TABLE pages")
        connection.execute("PRAGMA user_version = 5")
        connection.commit()


def test_an_older_library_gains_pages(library, encoder, make_article):
    library.add([make_article()])
    library.close()
    older(library.home)
    upgraded = Library.open(library.home, encoder)
    assert upgraded.article("article-1").pages == ()
    upgraded.add([paged(make_article)])
    assert upgraded.article("article-1").pages == PAGES
    upgraded.close()


def test_an_older_library_that_may_not_be_written_is_read(library, make_article):
    library.add([make_article()])
    older(library.home)
    # What a reader meets whose upgrade was refused.
    assert library.article("article-1").pages == ()
