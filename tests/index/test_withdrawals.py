"""What is taken out leaves every search, keeps its versions, and comes back as it was."""

import sqlite3
from contextlib import closing

import pytest

from corpus.article import Passage
from corpus.errors import MissingError
from index import Filters, Library
from tests.index.queries import query_of


def found(library, question="خبر"):
    candidates = library.search(query_of(question, library.words), 10, Filters())
    return sorted({candidate.article_id for candidate in candidates.found})


def test_what_is_taken_out_is_in_no_search_and_comes_back(library, make_article):
    library.add([make_article(), make_article(2, "خبر آخر.")])
    library.add([make_article(text="خبر معدّل.")])
    before = found(library), library.article("article-1"), len(library)
    taken = library.withdrawals.take_out("article-1")
    assert (taken.version, taken.reason) == (2, None)
    assert (found(library), len(library), library.catalogue.holds("article-1")) == (
        ["article-2"], 1, False,
    )  # fmt: skip
    assert [v.version for v in library.catalogue.versions("article-1")] == [2, 1]
    assert [article.text for _, article in library.withdrawals.listed()] == ["خبر معدّل."]
    assert library.withdrawals.put_back("article-1") == before[1]
    assert (found(library), library.article("article-1"), len(library)) == before
    assert (library.withdrawals.listed(), library.withdrawals.of("article-1")) == ([], None)
    assert library.faults() == []


def test_another_process_sees_it_go(library, encoder, make_article):
    library.add([make_article(), make_article(2, "خبر آخر.")])
    assert "article-1" in found(library)
    other = Library.open(library.home, encoder)
    other.withdrawals.take_out("article-1")
    assert "article-1" not in found(library)
    other.withdrawals.put_back("article-1")
    assert "article-1" in found(library)
    other.close()


@pytest.mark.parametrize("unknown", ["none", "article-2"])
def test_only_what_is_there_goes_and_only_what_is_out_comes_back(library, make_article, unknown):
    library.add([make_article(2, "خبر آخر.")])
    with pytest.raises(MissingError, match="none"):
        library.withdrawals.take_out("none")
    with pytest.raises(MissingError, match=unknown):
        library.withdrawals.put_back(unknown)
    assert len(library) == 1


def test_deleting_for_good_what_was_taken_out(library, make_article):
    article = make_article()
    library.add([article])
    library.save_answer("a", "{}", [Passage("article-1", 1, 0, 3, article.text[:3])])
    library.add([make_article(text="خبر معدّل.")])
    library.withdrawals.take_out("article-1")
    assert library.remove(["article-1"]) == ["article-1"]
    assert library.article("article-1", 1).text == article.text
    assert library.withdrawals.listed() == []
    with pytest.raises(MissingError):
        library.article("article-1", 2)
    with pytest.raises(MissingError):
        library.withdrawals.put_back("article-1")


def test_what_was_only_removed_comes_back_by_being_added(library, make_article):
    library.add([make_article()])
    library.withdrawals.take_out("article-1")
    assert [a.version for a in library.add([make_article()]).added] == [2]
    assert library.withdrawals.listed() == []
    with pytest.raises(MissingError):
        library.withdrawals.put_back("article-1")


def test_what_was_retracted_stays_out_until_its_text_is_another(library, make_article):
    library.add([make_article()])
    library.withdrawals.take_out("article-1", "The figures were wrong.")
    again = library.add([make_article()])
    assert ([a.id for a in again.unchanged], len(library)) == (["article-1"], 0)
    corrected = library.add([make_article(text="خبر مصحّح.")])
    assert ([a.version for a in corrected.updated], found(library)) == ([2], ["article-1"])
    assert library.withdrawals.retracted("article-1", 1)
    assert not library.withdrawals.retracted("article-1", 2)
    # Nor does the old text come back over the corrected one, as from a folder that has both.
    late = library.add([make_article()])
    assert [a.version for a in late.unchanged] == [1]
    assert library.article("article-1").text == "خبر مصحّح."


def test_what_has_no_place_any_more_is_not_put_back(library, make_article):
    library.add([make_article()])
    library.save_answer("1", "{}", [Passage("article-1", 1, 0, 3, "خبر")])
    library.withdrawals.take_out("article-1", "سُحب.")
    library.add([make_article(text="خبر مصحّح.")])
    library.remove(["article-1"])
    assert library.withdrawals.retracted("article-1", 1)
    assert library.withdrawals.listed() == []
    with pytest.raises(MissingError):
        library.withdrawals.put_back("article-1")


def test_a_reason_may_come_later(library, make_article):
    library.add([make_article()])
    library.withdrawals.take_out("article-1")
    library.withdrawals.take_out("article-1", "سُحب.")
    assert [taken.reason for taken, _ in library.withdrawals.listed()] == ["سُحب."]
    assert library.withdrawals.put_back("article-1").version == 1


def test_removing_what_was_retracted_leaves_the_reason(library, make_article):
    library.add([make_article()])
    library.withdrawals.take_out("article-1", "سُحب.")
    assert library.withdrawals.take_out("article-1").reason == "سُحب."
    library.withdrawals.put_back("article-1")
    assert library.withdrawals.take_out("article-1").reason is None


def older(home):
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        connection.execute("DROP TABLE withdrawals")
        connection.execute("PRAGMA user_version = 5")
        connection.commit()


def test_an_older_library_gains_the_table(library, encoder, make_article):
    library.add([make_article()])
    older(library.home)
    # What a reader meets whose upgrade was refused.
    assert (library.withdrawals.of("article-1"), library.withdrawals.listed()) == (None, [])
    library.close()
    upgraded = Library.open(library.home, encoder)
    upgraded.withdrawals.take_out("article-1")
    assert len(upgraded.withdrawals.listed()) == 1
    upgraded.close()


def test_putting_a_version_back_forgets_no_other_retraction(library, make_article):
    library.add([make_article()])
    library.withdrawals.take_out("article-1", "The figures were wrong.")
    library.add([make_article(text="خبر مصحّح.")])
    library.withdrawals.take_out("article-1")
    assert library.withdrawals.put_back("article-1").version == 2
    assert library.withdrawals.retracted("article-1", 1)
    # So the wrong text does not come back over the corrected one.
    assert [a.version for a in library.add([make_article()]).unchanged] == [1]
    assert library.article("article-1").text == "خبر مصحّح."


def test_two_versions_may_be_retracted_each_for_its_reason(library, make_article):
    library.add([make_article()])
    library.withdrawals.take_out("article-1", "One.")
    library.add([make_article(text="خبر مصحّح.")])
    library.withdrawals.take_out("article-1", "Two.")
    assert [one.reason for one in library.withdrawals.every("article-1")] == ["Two.", "One."]
    library.withdrawals.put_back("article-1")
    assert [one.reason for one in library.withdrawals.every("article-1")] == ["One."]
