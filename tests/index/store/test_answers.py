"""Passages found are read once, and what cannot be read is left out."""

import sqlite3
from contextlib import closing

import pytest

from corpus.article import Article
from corpus.errors import DamagedError, MissingError
from index import Library
from index.engine import Candidate
from index.store.database import DATABASE
from tests.conftest import HashEncoder


@pytest.fixture
def reports(tmp_path):
    library = Library.open(tmp_path, HashEncoder(), create=True)
    library.add([Article(f"a{number}", f"Report number {number}.") for number in range(3)])
    yield library
    library.close()


def candidate(article_id):
    return Candidate(article_id, 1, 0, 6, "Latn", 0.0, 0.0, 0.0, 0.0, 0.0, (), ())


def test_what_is_missing_or_damaged_is_left_out_and_told(reports):
    with closing(sqlite3.connect(reports.home / DATABASE)) as connection, connection:
        connection.execute("UPDATE versions SET text = 'Another' WHERE article_id = 'a1'")
    asked = [candidate(name) for name in ("a0", "gone", "a1", "a2")]
    with reports.reading():
        found = list(reports.passages(asked))
        assert [each and each[1].text for each in found] == ["Report", None, None, "Report"]
        assert [article.id for article in reports.newest(["a0", "a1", "a2"])] == ["a0", "a2"]
    assert "a1" in reports.trouble
    for name, error in (("gone", MissingError), ("a1", DamagedError)):
        with pytest.raises(error):
            reports.passage(candidate(name))


def test_articles_are_read_once_and_anew_after_a_change(reports, monkeypatch):
    read = []
    article = reports._store.article
    monkeypatch.setattr(
        reports._store, "article", lambda *key: read.append(key[0]) or article(*key)
    )
    for _ in range(2):
        assert all(reports.passages([candidate("a0"), candidate("a2")]))
    assert read == ["a0", "a2"]
    other = Library.open(reports.home, HashEncoder())
    other.remove(["a2"], purge=True)
    other.close()
    again = reports.passages([candidate("a0"), candidate("a2")])
    assert [bool(each) for each in again] == [True, False]
