"""Lists show titles and days as the file has them: what a disk changed in one breaks no list."""

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from corpus.article import Article
from corpus.errors import DamagedError
from index import Filters, Library, load_encoder
from index.store.answers import FeedbackTable, save_answer
from index.store.conversations import Conversations
from index.store.database import DATABASE, Store
from index.store.feeds import FeedTable, Fetching

DAYS = [date(2020, 4, day) for day in (18, 17, 16)]
# A bit of the row's head makes bytes of a text; the tables would take none.
BYTES = "UPDATE versions SET {0} = CAST({0} AS BLOB) WHERE article_id = 'a1'"


@pytest.fixture
def home(tmp_path):
    library = Library.open(tmp_path, load_encoder("bundled"), create=True)
    library.add(
        [
            Article(f"a{n}", f"Report {n} came.", f"Title {n}", "Tal News", published=day,
                    url=f"https://a.example/{n}", language="en", source="tal")
            for n, day in enumerate(DAYS)
        ]
    )  # fmt: skip
    library.close()
    return tmp_path


def execute(home, *statements):
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        return [connection.execute(*statement).fetchall() for statement in statements]


def change(home, statement):
    """Change rows behind Dalil's back, also to what their tables would not take."""
    named = "UPDATE sqlite_master SET sql = ? WHERE name = 'versions'"
    ((defined,),) = execute(home, ("SELECT sql FROM sqlite_master WHERE name = 'versions'",))[0]
    schema = ("PRAGMA writable_schema = ON",)
    execute(home, schema, (named, (defined.replace(" STRICT", ""),)))
    execute(home, (statement,))
    execute(home, schema, (named, (defined,)))


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE versions SET published = '2020-94-17' WHERE article_id = 'a1'",
        "UPDATE versions SET published = '' WHERE article_id = 'a1'",
        *(BYTES.format(field) for field in ("title", "outlet", "published", "language", "url")),
        "UPDATE versions SET added_at = 'noon' WHERE article_id = 'a1'",
    ],
)
def test_a_damaged_article_breaks_no_list(home, changed):
    change(home, changed)
    library = Library.open(home, load_encoder("bundled"))
    found, cursor = [], None
    while True:
        page = library.catalogue.page(Filters(), limit=1, cursor=cursor)
        found += page.articles
        cursor = page.next
        if cursor is None:
            break
    # None is left out, none comes twice.
    assert sorted(article.id for article in found) == ["a0", "a1", "a2"]
    told = [(a.title, a.outlet, a.url, a.language) for a in (*found, *library.articles())]
    assert "Title 1" in json.dumps(told)
    assert library.catalogue.newest(Filters()) in (DAYS[0], None)
    assert library.catalogue.overview(Filters()).articles == 3
    assert json.dumps([(o.outlet, o.articles) for o in library.catalogue.outlets()])
    # What cannot be read is no version to choose.
    assert library.catalogue.versions("a1") == []
    assert len(library.catalogue.versions("a0")) == 1
    with pytest.raises(DamagedError):
        library.article("a1")
    assert any("'a1'" in fault for fault in library.faults())


def test_a_table_that_is_gone_is_damage_and_no_defect(home):
    execute(home, ("DROP TABLE embeds",))
    with closing(Store(home / DATABASE)) as store, pytest.raises(DamagedError, match="is gone"):
        store.sound("embeds", "e")


@pytest.fixture
def store(home):
    with closing(Store(home / DATABASE)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("changed", "name", "questions"),
    [
        ("UPDATE conversations SET name = 'Tea'", "…", ["Which tax?", "And then?"]),
        ("UPDATE conversations SET name = NULL", "Which tax?", ["Which tax?", "And then?"]),
        ("UPDATE answers SET body = replace(body, 'tax', 'tea')", "Tax", ["…", "And then?"]),
        ("UPDATE answers SET body = 'x' WHERE id = 'b'", "Tax", ["Which tax?", "…"]),
        ("UPDATE answers SET owner = 'omar' WHERE id = 'b'", "Tax", ["Which tax?", "…"]),
    ],
)
def test_no_word_of_a_damaged_conversation_is_shown(home, store, changed, name, questions):
    kept, after = Conversations(store), None
    for answer_id, question in (("a", "Which tax?"), ("b", "And then?")):
        save_answer(store, answer_id, json.dumps({"question": question}), (), "leila")
        held = kept.keep(answer_id, "leila", after)
        after = answer_id
    kept.rename(held, "Tax", "leila")
    change(home, changed)
    (found,), total = kept.page("leila")
    assert (found.name, [turn.question for turn in found.turns], total) == (name, questions, 1)
    assert kept.find(held, "leila") == found
    assert kept.delete(held, "leila") == ["a", "b"]


def test_damaged_feedback_is_none(home, store):
    save_answer(store, "a", json.dumps({"question": "?"}), ())
    table = FeedbackTable(store)
    assert table.keep("a", helpful=True, note="Good.") == table.of("a")
    change(home, "UPDATE feedback SET helpful = 0")
    assert table.of("a") is None
    table.keep("a", helpful=False)
    assert not table.of("a").helpful


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE feeds SET url = 'https://c.example/feed'",
        "UPDATE feeds SET report = '{' || report",
        "UPDATE feeds SET every = 1",
    ],
)
def test_a_damaged_feed_is_told_and_not_fetched(home, store, changed):
    feeds = FeedTable(store, lambda: 1_600_000_000.0)
    feeds.fetched(feeds.add("https://a.example/feed", 600), Fetching({"added": 1}))
    feeds.add("https://a.example/feed", 600)
    change(home, changed)
    assert feeds.claim() is None
    (feed,) = feeds.all()
    assert "damaged" in feed.error
    assert feed.paused
    feeds.remove(feed.url)
    feeds.add("https://a.example/feed", 600)
    assert feeds.claim().url == "https://a.example/feed"
