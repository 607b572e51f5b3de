"""What is set by hand: seen at once, kept by saved answers, and not undone by adding again."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from corpus.article import Article, Passage
from corpus.errors import InputError
from index import Filters, Library
from index.edits import read_values
from index.engine import NOT_FOUND
from tests.index.queries import query_of

TEXT = "The crossing at Semalka was reopened on Monday. Two officials said so in the afternoon."


def read(number=1, **fields):
    return Article(f"a{number}", TEXT, source="a.txt", **fields)


@pytest.fixture
def filled(library):
    library.add([read(title="Crossing", outlet="Old"), read(2, title="Other")])
    return library


def found(library, question="crossing", **filters):
    candidates = library.search(query_of(question, library.words), 10, Filters(**filters))
    return sorted({candidate.article_id for candidate in candidates.found})


def edit(library, *ids, **values):
    return library.edits.edit(ids or ("a1", "a2"), read_values(values))


def test_an_edit_is_seen_at_once_everywhere(filled, encoder):
    other = Library.open(filled.home, encoder)
    assert found(other, outlet="SANA") == []
    encoded = encoder.encoded
    done = edit(filled, outlet=" SANA ", published="18 April 2020")
    assert done[0].changes == {"outlet": ("Old", "SANA"), "published": (None, "2020-04-18")}
    # The text is the same, and is not encoded again.
    assert encoder.encoded == encoded
    for library in (filled, other):
        assert found(library, outlet="sana") == ["a1", "a2"]
        assert found(library, since=date(2020, 4, 19)) == []
        assert [(o.outlet, o.articles) for o in library.catalogue.outlets()] == [("SANA", 2)]
        assert library.catalogue.find("sana") == ["a1", "a2"]
        assert library.catalogue.newest(Filters()) == date(2020, 4, 18)
        assert library.faults() == []
    other.close()


def test_a_title_counts_in_the_search_by_words(filled):
    assert not lexical(filled, "tortoise")
    edit(filled, "a2", title="A tortoise")
    assert lexical(filled, "tortoise") == {"a2"}


def lexical(library, word):
    candidates = library.search(query_of(word, library.words), 10, Filters())
    return {one.article_id for one in candidates.found if one.lexical != NOT_FOUND}


def test_what_saved_answers_cite_stays_as_it_was(filled):
    filled.save_answer("x", "{}", [Passage("a1", 1, 0, 12, TEXT[:12])])
    edit(filled, outlet="SANA")
    assert (filled.article("a1", 1).outlet, filled.article("a1").outlet) == ("Old", "SANA")
    assert filled.article("a1").version == 2


def test_adding_again_undoes_no_edit(filled):
    edit(filled, "a1", outlet="SANA")
    again = filled.add([read(title="Crossing", outlet="Old")])
    assert ([a.version for a in again.unchanged], filled.article("a1").outlet) == ([2], "SANA")
    # What else the file says comes in, and the edit stays.
    changed = filled.add([read(title="Crossing open", outlet="Old")])
    assert [(a.title, a.outlet) for a in changed.updated] == [("Crossing open", "SANA")]
    # What the file says of the edited field now is what undoing goes back to.
    filled.add([read(title="Crossing open", outlet="Newer")])
    assert filled.article("a1").outlet == "SANA"
    filled.edits.undo(["a1"])
    assert filled.article("a1").outlet == "Newer"
    assert filled.edits.edited() == []


def test_undone_is_as_before_and_adding_again_changes_nothing(filled):
    edit(filled, outlet="SANA", published="2020-04-18", language="en", url="https://a.example/1")
    assert filled.edits.edited() == ["a1", "a2"]
    undone = filled.edits.undo(["a1", "a2"])
    assert undone[0].changes == {
        "outlet": ("SANA", "Old"),
        "published": ("2020-04-18", None),
        "language": ("en", None),
        "url": ("https://a.example/1", None),
    }
    assert filled.article("a1").outlet == "Old"
    assert not filled.add([read(title="Crossing", outlet="Old")]).updated


def test_setting_what_the_source_says_is_no_edit(filled):
    edit(filled, "a1", outlet="SANA")
    edit(filled, "a1", outlet="Old")
    assert (filled.edits.edited(), filled.article("a1").outlet) == ([], "Old")
    assert not edit(filled, "a1", outlet="Old")[0].changes
    assert filled.article("a1").version == 3


def test_a_dry_run_changes_nothing_and_what_is_missing_is_told(filled):
    before = filled.revision
    planned = filled.edits.edit(["a1", "none"], {"outlet": "SANA"}, dry_run=True)
    assert [bool(one.changes) for one in planned] == [True, False]
    assert (filled.revision, filled.article("a1").outlet) == (before, "Old")
    done = edit(filled, "a1", "none", outlet="SANA")
    assert [one.before is None for one in done] == [False, True]
    assert filled.article("a1").outlet == "SANA"


def test_a_value_can_be_made_unknown(filled):
    edit(filled, "a1", outlet="")
    assert filled.article("a1").outlet is None
    assert not filled.add([read(title="Crossing", outlet="Old")]).updated


def test_pages_and_copies_stay(library):
    library.add([Article("a", TEXT, pages=((0, 1), (48, 2))), Article("b", TEXT)])
    copies = library.copies_of(library.article("a"))
    library.edits.edit(["a"], {"outlet": "SANA"})
    article = library.article("a")
    assert (article.pages, library.copies_of(article)) == (((0, 1), (48, 2)), copies)


def test_removing_by_hand_forgets_edits_and_a_lost_file_does_not(filled):
    edit(filled, outlet="SANA")
    filled.remove(["a1"], by_hand=False)
    filled.remove(["a2"])
    filled.add([read(outlet="Old"), read(2, outlet="Old")])
    assert [filled.article(i).outlet for i in ("a1", "a2")] == ["SANA", "Old"]


def change(home, *statements):
    """Change a library behind Dalil's back."""
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        connection.executescript("; ".join(statements))


def test_a_damaged_edit_is_not_said_of_an_article(filled):
    edit(filled, "a1", outlet="SANA")
    change(filled.home, "UPDATE edits SET value = 'Tabloid'")
    assert "'a1'" in filled.faults()[0]
    filled.add([read(title="A new crossing", outlet="Old")])
    assert filled.article("a1").outlet == "Old"
    # Set by hand once more, it holds again.
    edit(filled, "a1", outlet="SANA")
    filled.add([read(title="Crossing", outlet="Old")])
    assert (filled.article("a1").outlet, filled.faults()) == ("SANA", [])


@pytest.mark.parametrize("vector", ["zeroblob(length(vector))", "x'00'"])
def test_an_edit_takes_no_damaged_vector_along(filled, vector):
    vectors = "SELECT vector FROM passages WHERE article_id = 'a1'"
    before = filled._store.execute(vectors)
    change(filled.home, f"UPDATE passages SET vector = {vector} WHERE article_id = 'a1'")
    edit(filled, "a1", outlet="SANA")
    assert (filled._store.execute(vectors), filled.faults()) == (before, [])


def test_who_may_not_upgrade_an_older_library_can_try_edits(filled):
    change(filled.home, "DROP TABLE edits")
    (tried,) = filled.edits.undo(["a1"], dry_run=True)
    assert (tried.changes, tried.before) == ({}, filled.article("a1"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("published", "03/04/2020"),
        ("published", "soon"),
        ("language", "Arabic!"),
        ("url", "news.example"),
        ("outlet", "x" * 1_001),
        ("text", "another"),
    ],
)
def test_what_is_no_value_is_refused(name, value):
    with pytest.raises(InputError):
        read_values({name: value})
