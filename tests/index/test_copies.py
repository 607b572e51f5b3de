"""Copies of one report are found when articles are added, in any order and library."""

import sqlite3
from contextlib import closing

import pytest

from index import Library
from index.store.database import DATABASE

REPORT = (
    "Engineers reopened the old bridge over the river at Dara on Monday after five months of work, "
    "the governor said, and forty lorries with wheat crossed it before noon."
)
EDITED = "Agencies: " + REPORT.replace("old bridge", "stone bridge").replace("lorries", "trucks")
OTHER = "Rain fell on the plain of Nar for two days and two nights, and the market stayed closed."


@pytest.fixture
def report(make_article):
    def make(number, text=REPORT):
        return make_article(number, text)

    return make


def copies(library, number):
    return library.copies_of(library.article(f"article-{number}"))


def test_copies_within_an_import_and_later(library, report):
    library.add([report(1), report(2, EDITED), report(3, OTHER)], batch=1)
    assert copies(library, 1) == ["article-2"]
    library.add([report(4, "Copied. " + REPORT)])
    assert copies(library, 1) == ["article-2", "article-4"]
    assert copies(library, 4) == ["article-1", "article-2"]
    assert copies(library, 3) == []


def test_what_is_changed_or_removed_is_no_copy_any_more(library, report):
    library.add([report(1), report(2, EDITED), report(3)])
    library.add([report(1, OTHER)])
    assert copies(library, 1) == []
    assert copies(library, 2) == ["article-3"]
    # An old version is none either, though it still can be read.
    assert library.copies_of(library.article("article-1", 1)) == []
    library.remove(["article-3"])
    assert copies(library, 2) == []
    library.add([report(3, "Once more. " + REPORT), report(3, OTHER)], batch=1)
    assert copies(library, 1) == ["article-3"]


def test_many_at_once(library, report):
    library.add([report(number, f"{REPORT} Number {number}.") for number in range(150)])
    assert len(copies(library, 7)) == 149


def test_an_older_library_is_compared_when_it_is_added_to(tmp_path, encoder, library, report):
    library.add([report(1), report(2, EDITED), report(3, OTHER)])
    library.close()
    with closing(sqlite3.connect(tmp_path / "library" / DATABASE)) as connection, connection:
        connection.executescript("DROP TABLE sketches; PRAGMA user_version = 5;")
    said = []
    opened = Library.open(tmp_path / "library", encoder, say=said.append)
    assert copies(opened, 1) == []
    opened.add([report(4, "Copied. " + REPORT)])
    assert copies(opened, 1) == ["article-2", "article-4"]
    assert said == ["Comparing 3 articles with each other, once."]
    opened.close()
