"""Conversations in a store: one's own, found by words in any spelling, deleted with all of it."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from corpus.article import Article, Passage
from corpus.errors import MissingError
from index.store.answers import FeedbackTable, save_answer
from index.store.conversations import Conversations, erase
from index.store.database import DATABASE, SCHEMA_VERSION, Store


class Clock:
    def __init__(self):
        self.time = datetime(2020, 7, 2, 9, tzinfo=UTC)

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / DATABASE, create=True)
    yield made
    made.close()


@pytest.fixture
def kept(store, clock):
    return Conversations(store, clock)


@pytest.fixture
def ask(store, kept, clock):
    """Return a function that saves and keeps an answer; the clock goes on by an hour."""

    def asked(answer_id, question, after=None, owner=""):
        save_answer(store, answer_id, json.dumps({"question": question}), (), owner)
        clock.time += timedelta(hours=1)
        return kept.keep(answer_id, owner, after)

    return asked


def names(kept, text=None, owner=""):
    found, total = kept.page(owner, text)
    assert total == len(found)
    return [one.name for one in found]


def test_answers_go_on_where_they_were_asked_and_the_last_comes_first(kept, ask):
    first = ask("a1", "Who is\n Leila?")
    other = ask("b1", "أين المعبر؟")
    assert ask("a2", "And Omar?", after="a1") == first != other
    assert ask("c1", "Else?", after="no such answer") not in (first, other)
    found, _ = kept.page()
    assert [one.name for one in found] == ["Else?", "Who is Leila?", "أين المعبر؟"]
    turns = kept.find(first).turns
    assert [(turn.answer_id, turn.question) for turn in turns] == [
        ("a1", "Who is\n Leila?"), ("a2", "And Omar?"),
    ]  # fmt: skip
    shown, total = kept.page(limit=1, skip=1)
    assert ([one.id for one in shown], total) == ([first], 3)
    with pytest.raises(MissingError):
        kept.keep("never saved")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("المعبر", True), ("معابر", False), ("الْمَعْبَـر اين", True), ("المعبر لندن", False),
        ("معب", True), ("بالمعبر", True), ("؟", False), ("  ", True), ("%", False), ("", True),
    ],
)  # fmt: skip
def test_words_are_found_in_any_spelling(kept, ask, words, found):
    ask("a", "أين المعبرُ؟")
    assert bool(names(kept, words)) is found


def test_a_name_is_given_found_and_taken_back(kept, ask):
    first = ask("a", "Who is Leila?")
    assert kept.rename(first, "  Desk\nin Amuda ").name == "Desk in Amuda"
    assert names(kept, "amuda leila") == ["Desk in Amuda"]
    assert kept.rename(first, " ").name == "Who is Leila?"
    assert names(kept, "amuda") == []


def test_anothers_is_as_one_that_never_was(kept, ask):
    hers = ask("a", "Who is Leila?", owner="leila")
    assert names(kept) == names(kept, owner="omar") == []
    # Neither does a question of his go into a conversation of hers.
    assert ask("b", "And?", after="a", owner="omar") != hers
    for attempt in (
        lambda: kept.find(hers, "omar"),
        lambda: kept.rename(hers, "mine", "omar"),
        lambda: kept.delete(hers, "omar"),
        lambda: kept.keep("a", "omar"),
    ):
        with pytest.raises(MissingError):
            attempt()
    assert kept.find(hers, "leila").name == "Who is Leila?"


def rows(store, table):
    return store.execute(f"SELECT count(*) FROM {table}")[0][0]


def test_what_is_deleted_is_gone_with_its_answers(kept, ask, store):
    store.insert(Article("x", "Text."), (), ())
    save_answer(store, "cited", '{"question": "?"}', [Passage("x", 1, 0, 5, "Text.")])
    FeedbackTable(store).keep("cited", helpful=True)
    gone, stays = kept.keep("cited"), ask("b", "Stays?")
    ask("c", "More?", after="cited")
    assert kept.delete(gone) == ["cited", "c"]
    assert [rows(store, t) for t in ("answers", "citations", "feedback", "turns")] == [1, 0, 0, 1]
    assert [one.id for one in kept.page()[0]] == [stays]
    with pytest.raises(MissingError):
        kept.delete(gone)


def test_what_is_old_is_forgotten_and_nothing_else(kept, ask, store, clock):
    ask("a", "Old?", owner="leila")
    clock.time += timedelta(days=30)
    ask("b", "New?")
    save_answer(store, "c", '{"question": "of a program"}', ())
    kept.forget(31)
    assert rows(store, "conversations") == 2
    kept.forget(30)
    assert names(kept) == ["New?"]
    assert rows(store, "answers") == 2
    kept.forget(0)
    assert (rows(store, "conversations"), rows(store, "answers")) == (0, 1)


def test_those_of_one_owner_are_erased(kept, ask, store):
    ask("a", "Hers?", owner="leila")
    ask("b", "His?", owner="omar")
    with store.transaction():
        erase(store, "owner = ?", "leila")
    assert names(kept, owner="leila") == []
    assert names(kept, owner="omar") == ["His?"]


def test_a_library_of_schema_6_gains_the_tables(tmp_path, kept, ask, store):
    ask("a", "Kept?")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        for statement in ("DROP TABLE turns", "DROP TABLE conversations"):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 6")
    # One that may not be written has none yet.
    assert kept.page() == ([], 0)
    kept.forget(1)
    with pytest.raises(MissingError):
        kept.find("a")
    with closing(Conversations.open(tmp_path)) as upgraded:
        assert upgraded.find(upgraded.keep("a")).name == "Kept?"
    assert store.execute("PRAGMA user_version") == [(SCHEMA_VERSION,)]
