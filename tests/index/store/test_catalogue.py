"""The catalogue against sorting in Python; feedback; what an upgrade adds."""

import random
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from corpus.article import Article
from corpus.errors import InputError, MissingError
from index import Filters, Library
from tests.index.queries import query_of


@pytest.fixture
def many(library):
    """Sixty articles of few dates, some without, and of outlets that are written in two ways."""
    rows = random.Random(7)
    days = [None, date(2020, 1, 31), date(2020, 2, 1), date(1999, 12, 31)]
    outlets = [None, "Al-Hol News", "al hol NEWS", "صدى", "x'; DROP TABLE articles; --"]
    articles = [
        Article(f"{rows.choice('aAب/ ')}{n}", f"text {n}", outlet=rows.choice(outlets),
                published=rows.choice(days), title=f"{n}")
        for n in range(60)
    ]  # fmt: skip
    library.add(articles)
    library.remove([articles[3].id])
    return library, [a for a in articles if a is not articles[3]]


def ordered(articles):
    by_id = sorted(articles, key=lambda article: article.id)
    return sorted(by_id, key=lambda article: article.published or date.min, reverse=True)


def walked(library, filters, limit):
    found, cursor = [], None
    while True:
        page = library.catalogue.page(filters, limit=limit, cursor=cursor)
        found += page.articles
        if (cursor := page.next) is None:
            return found, page.total


@pytest.mark.parametrize("limit", [1, 7, 59, 60])
@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(since=date(2020, 1, 31)),
        Filters(until=date(2020, 1, 31)),
        Filters(since=date(2020, 2, 1), until=date(2020, 1, 1)),
        Filters(outlet="AL HOL news"),
        Filters(outlet="x'; DROP TABLE articles; --", since=date(2000, 1, 1)),
        Filters(outlet="none such"),
    ],
)
def test_pages_are_all_that_fit_in_order(many, filters, limit):
    library, articles = many

    def fits(article):
        names = {"AL HOL news": ("Al-Hol News", "al hol NEWS")}.get(
            filters.outlet, (filters.outlet,)
        )
        day = article.published
        return (
            (filters.outlet is None or article.outlet in names)
            and (filters.since is None or (day is not None and day >= filters.since))
            and (filters.until is None or (day is not None and day <= filters.until))
        )

    wanted = ordered(filter(fits, articles))
    found, total = walked(library, filters, limit)
    assert [a.id for a in found] == [a.id for a in wanted]
    assert total == len(wanted)
    assert all(a.text == "" for a in found)
    assert [(a.title, a.outlet, a.published) for a in found] == [
        (a.title, a.outlet, a.published) for a in wanted
    ]


LABELLED = [
    Article("a", "x", "فتح معبر سيمالكا", "صدى الخابور", "inbox/one.md", language="ar"),
    Article("b", "x", "Bridge of Sêmalka", "The Courier", "inbox/two.md", language="en"),
    Article("c", "x", None, "The Courier", "c", "https://news.example/semalka/3"),
]


@pytest.mark.parametrize(
    ("text", "language", "source", "found"),
    [
        ("semalka", None, None, "b"),
        ("courier BRIDGE", None, None, "b"),
        ("سيمالكا صدي", None, None, "a"),
        ("معبر bridge", None, None, ""),
        ("?!", None, None, ""),
        (" ", None, None, "abc"),
        (None, "en", None, "b"),
        (None, "", None, "c"),
        (None, None, "INBOX/", "ab"),
        (None, None, "news.example", "c"),
        ("courier", "en", "two", "b"),
        ("courier", "ar", None, ""),
    ],
)
def test_articles_are_found_by_what_stands_on_them(library, text, language, source, found):
    library.add(LABELLED)
    ids = library.catalogue.find(text, language, source)
    assert "".join(sorted(ids)) == found
    page = library.catalogue.page(Filters(), article_ids=ids)
    assert (sorted(a.id for a in page.articles), page.total) == (sorted(found), len(found))


def test_what_is_found_follows_the_collection(library):
    library.add(LABELLED[:1])
    assert library.catalogue.find("semalka") == []
    library.add(LABELLED[1:])
    assert library.catalogue.find("semalka") == ["b"]
    library.remove(["b"])
    assert library.catalogue.find("semalka") == []
    assert library.catalogue.find(None) is None


def test_a_cursor_survives_what_comes_and_goes(many):
    library, articles = many
    page = library.catalogue.page(Filters(), limit=10)
    library.remove([page.articles[-1].id, page.articles[0].id])
    library.add([Article("new", "newest of all", published=date(2025, 1, 1))])
    rest = library.catalogue.page(Filters(), limit=200, cursor=page.next).articles
    assert [a.id for a in rest] == [a.id for a in ordered(articles)[10:]]


@pytest.mark.parametrize(
    "cursor", ["", "?", "bm90IGpzb24", "WzEsMl0", "WyJhIl0", "WyJhIiwiXHVkODAwIl0"]
)
def test_what_is_no_cursor_is_refused(library, cursor):
    with pytest.raises(InputError, match="cursor"):
        library.catalogue.page(Filters(), cursor=cursor)


def test_outlets_are_counted(many):
    library, articles = many
    counts = {o.outlet: o.articles for o in library.catalogue.outlets()}
    assert counts == {
        name: sum(a.outlet == name for a in articles)
        for name in {a.outlet for a in articles} - {None}
    }
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_versions_are_listed_newest_first(library, make_article):
    for text in ("أول.", "ثانٍ.", "ثالث."):
        library.add([make_article(text=text, title=text)])
    versions = library.catalogue.versions("article-1")
    assert [(v.version, v.title) for v in versions] == [(3, "ثالث."), (2, "ثانٍ."), (1, "أول.")]
    assert library.catalogue.versions("none") == []


def test_version_numbers_are_never_given_twice(library, make_article):
    library.add([make_article()])
    library.remove(["article-1"], purge=True)
    library.add([make_article(text="غيره.")])
    assert library.article("article-1").version == 2
    with pytest.raises(MissingError):
        library.article("article-1", 1)


def test_a_purge_by_another_process_is_seen(library, encoder, make_article):
    library.add([make_article(), make_article(2, "خبر آخر.")])
    query = query_of("خبر", library.words)
    first = library.search(query, 5, Filters()).found[0]
    assert library.passage(first)[0] == library.article("article-1")
    other = Library.open(library.home, encoder)
    other.remove(["article-1"], purge=True)
    other.add([make_article(text="غيره تماماً.")])
    other.close()
    with pytest.raises(MissingError):
        library.passage(first)
    found = library.search(query, 5, Filters()).found
    texts = {library.passage(candidate)[0].text for candidate in found}
    assert texts == {"خبر آخر.", "غيره تماماً."}


def test_feedback_replaces_feedback(library):
    library.save_answer("a1", "{}", [])
    assert library.feedback.of("a1") is None
    library.feedback.keep("a1", helpful=False, note="خطأ")
    kept = library.feedback.keep("a1", helpful=True)
    assert library.feedback.of("a1") == kept
    assert (kept.helpful, kept.note) == (True, "")
    with pytest.raises(MissingError, match="a2"):
        library.feedback.keep("a2", helpful=True)


def test_rated_answers_are_listed_with_their_owners(library):
    for answer_id, owner in (("b", "nadia"), ("a", ""), ("c", "samir")):
        library.save_answer(answer_id, "{}", [], owner)
    library.feedback.keep("c", helpful=False, owner="samir")
    library.feedback.keep("a", helpful=True)
    assert sorted(library.feedback.rated()) == [("a", ""), ("c", "samir")]


def older(home):
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        connection.execute("DROP TABLE feedback")
        connection.execute("PRAGMA user_version = 2")
        connection.commit()


def test_an_older_library_gains_feedback(library, encoder):
    library.save_answer("a1", "{}", [])
    library.close()
    older(library.home)
    upgraded = Library.open(library.home, encoder)
    upgraded.feedback.keep("a1", helpful=True)
    assert upgraded.feedback.of("a1").helpful
    upgraded.close()


def test_an_older_library_that_may_not_be_written_is_read(library, encoder):
    library.save_answer("a1", "{}", [])
    older(library.home)
    # What a reader meets whose upgrade was refused.
    assert library.feedback.of("a1") is None
    assert library.feedback.rated() == []
    assert library.answer("a1").body == "{}"


@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(until=date(2020, 1, 31)), Filters(outlet="صدى"), Filters(outlet="nobody")],
)
def test_the_newest_day_is_that_of_the_newest_article(many, filters):
    library, articles = many
    days = [a.published for a in articles if a.published and filters.allow(a)]
    assert library.catalogue.newest(filters) == max(days, default=None)


def test_outlets_follow_what_is_added_and_removed(library, make_article):
    library.add([make_article(1, outlet="صدى"), make_article(2, outlet="Tal News")])
    assert {each.outlet for each in library.catalogue.outlets()} == {"صدى", "Tal News"}
    library.remove(["article-1"])
    assert [each.outlet for each in library.catalogue.outlets()] == ["Tal News"]
