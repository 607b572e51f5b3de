"""Questions a minute: counted as a list of all questions would be, in bounded memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.server.embeds.embeds import Embed, Plan
from ui.server.embeds.limits import Limits


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def embed(name="a", per_client=3, per_minute=5):
    return Embed(name, Plan((), per_client=per_client, per_minute=per_minute), "")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Limits(clock)


def test_a_client_waits_until_its_oldest_question_is_a_minute_old(limits, clock):
    for _ in range(3):
        assert limits.take(embed(), "x") == 0
        clock.now += 10
    assert limits.take(embed(), "x") == 30
    clock.now += 29.5
    assert limits.take(embed(), "x") == 1
    clock.now += 0.5
    assert limits.take(embed(), "x") == 0
    assert limits.take(embed(), "x") == 10


def test_all_clients_together_have_a_limit(limits, clock):
    assert [limits.take(embed(), name) for name in "abcdef"] == [0] * 5 + [60]
    clock.now += 60
    assert limits.take(embed(), "f") == 0


def test_who_is_refused_does_not_wait_longer_for_trying(limits, clock):
    assert [limits.take(embed(), "x") for _ in range(3)] == [0, 0, 0]
    assert {limits.take(embed(), "x") for _ in range(100)} == {60}
    clock.now += 60
    assert limits.take(embed(), "x") == 0


def test_embeds_do_not_share_a_limit(limits):
    assert [limits.take(embed("a"), "x") for _ in range(4)] == [0, 0, 0, 60]
    assert limits.take(embed("b"), "x") == 0


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.floats(0, 40)), max_size=60))
@settings(max_examples=100, deadline=None)
def test_the_window_counts_as_a_list_of_all_questions_would(asked):
    clock = Clock()
    limits, taken = Limits(clock), []
    for client, pause in asked:
        clock.now += pause
        recent = [name for when, name in taken if when > clock.now - 60]
        fits = len(recent) < 5 and recent.count(client) < 3
        assert (limits.take(embed(), client) == 0) == fits
        if fits:
            taken.append((clock.now, client))


def test_many_clients_take_no_more_memory_than_the_limit(limits, clock):
    one = embed(per_client=1, per_minute=100)
    for number in range(10_000):
        limits.take(one, f"client {number}")
        clock.now += 0.01
    window = limits._windows["a"]
    assert len(window.taken) == len(window.by_client) == 100
    clock.now += 60
    limits.take(one, "last")
    assert len(window.taken) == len(window.by_client) == 1
