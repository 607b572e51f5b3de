"""Feeds in a store: due in their turn, claimed once, and what failed waits longer."""

import pytest

from corpus.errors import MissingError
from index.store.database import DATABASE, Store
from index.store.feeds import MOST_ATTEMPTS, FeedTable, Fetching

A, B = "https://a.example/feed", "https://b.example/feed"


class Clock:
    def __init__(self):
        self.time = 1_600_000_000.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def feeds(tmp_path, clock):
    made = FeedTable(Store(tmp_path / DATABASE, create=True), clock)
    yield made
    made.close()


def test_a_feed_is_added_changed_and_removed(feeds, clock):
    made = feeds.add(A, 1_800)
    assert (made.url, made.every, made.due, made.fetched_at) == (A, 1_800, int(clock.time), None)
    feeds.fetched(made, Fetching({"added": 2}, etag='"1"'))
    again = feeds.add(A, 60)
    assert (again.every, again.etag, again.report) == (60, '"1"', {"added": 2})
    feeds.added(A, "https://a.example/1", "s", "x")
    feeds.remove(A)
    assert feeds.all() == []
    assert feeds.is_wanted("https://a.example/1", "s")
    with pytest.raises(MissingError, match="feed list"):
        feeds.remove(A)


def test_a_feed_that_is_due_is_claimed_once(feeds, clock):
    feeds.add(A, 600)
    clock.time += 1
    feeds.add(B, 600)
    assert [feeds.claim().url, feeds.claim().url, feeds.claim()] == [A, B, None]
    clock.time += 599
    assert feeds.claim() is None
    clock.time += 2
    assert feeds.claim().url == A


def test_a_feed_that_fails_waits_longer_and_a_day_at_most(feeds, clock):
    feeds.add(A, 600)
    waits = []
    for _ in range(12):
        feeds.fetched(feeds.find(A), Fetching({}, "gone", failed=True))
        waits.append(feeds.find(A).due - int(clock.time))
    assert waits[:3] == [600, 1_200, 2_400]
    assert waits[-1] == 86_400
    assert (feeds.find(A).failures, feeds.find(A).error) == (12, "gone")
    feeds.fetched(feeds.find(A), Fetching({"added": 0}, wait=3_000))
    assert (feeds.find(A).due - int(clock.time), feeds.find(A).failures) == (3_000, 0)


def test_what_is_asked_for_during_a_fetch_is_not_lost(feeds, clock):
    feeds.add(A, 600)
    claimed = feeds.claim()
    clock.time += 5
    feeds.add(A, 600)
    # It is due again, but whoever is at it already is left to end.
    assert feeds.claim(lambda url: url != A) is None
    clock.time += 5
    feeds.fetched(claimed, Fetching({"added": 1}))
    assert (feeds.find(A).report, feeds.find(A).due) == ({"added": 1}, int(clock.time) - 5)
    claimed = feeds.claim()
    feeds.change(A, paused=True)
    feeds.fetched(claimed, Fetching({"added": 0}))
    assert feeds.find(A).paused
    # A fetch by hand leaves it paused, too.
    feeds.fetched(feeds.find(A), Fetching({"added": 0}))
    clock.time += 10**6
    assert (feeds.claim(), feeds.find(A).paused) == (None, True)


def test_two_fetches_within_a_second_end_at_different_times(feeds, clock):
    before = feeds.add(A, 600)
    ends = [before.fetched_at]
    for _ in range(3):
        feeds.fetched(feeds.claim(), Fetching({"added": 0}))
        # It is told as it was when somebody wanted it, whoever claims it next.
        ends.append(feeds.change(A, paused=False).fetched_at)
        assert feeds.find(A).due == int(clock.time)
    assert len(set(ends)) == 4
    clock.time += 60
    feeds.fetched(feeds.claim(), Fetching({"added": 0}))
    assert ends[-1] < feeds.find(A).fetched_at == "2020-09-13T12:27:40+00:00"


def test_a_feed_is_paused_and_gets_another_interval(feeds, clock):
    feeds.add(A, 600)
    feeds.fetched(feeds.claim(), Fetching({"added": 2}))
    feeds.change(A, every=60)
    assert (feeds.find(A).every, feeds.find(A).due - int(clock.time)) == (60, 60)
    feeds.change(A, every=6_000)
    assert (feeds.find(A).every, feeds.find(A).due - int(clock.time)) == (6_000, 60)
    feeds.change(A, paused=True)
    feeds.change(A, every=30)
    assert (feeds.find(A).every, feeds.find(A).paused, feeds.claim()) == (30, True, None)
    feeds.change(A, paused=False)
    assert (feeds.find(A).due, feeds.claim().url) == (int(clock.time), A)
    feeds.change(A, paused=True)
    assert not feeds.add(A, 60).paused
    with pytest.raises(MissingError, match="feed list"):
        feeds.change(B, paused=True)


def test_an_item_is_wanted_while_it_is_new_changed_or_failing(feeds):
    name = "https://a.example/1"
    assert feeds.is_wanted(name, "s")
    again = [feeds.failed(A, name, "s") for _ in range(MOST_ATTEMPTS)]
    assert again == [True, True, False]
    assert not feeds.is_wanted(name, "s")
    assert feeds.is_wanted(name, "t")
    assert feeds.failed(A, name, "t")
    feeds.added(A, name, "t", "x")
    assert not feeds.is_wanted(name, "t")
    assert feeds.is_wanted(name, "u")


def test_a_library_of_an_older_schema_gains_the_tables(tmp_path):
    store = Store(tmp_path / DATABASE, create=True)
    for statement in ("DROP TABLE feeds", "DROP TABLE feed_items", "PRAGMA user_version = 5"):
        store.execute(statement)
    store.close()
    feeds = FeedTable.open(tmp_path)
    assert feeds.add(A, 600).url == A
    feeds.close()
