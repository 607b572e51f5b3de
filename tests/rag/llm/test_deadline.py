"""Deadlines hold to the second, by a clock that nobody waits for."""

import threading
from queue import Empty

import pytest

from rag.llm import Limits, ModelError
from rag.llm.deadline import (
    ReaderGoneError,
    SystemClock,
    bounded,
    heed,
    shortened,
    watched,
)
from tests.fakes.clock import ScriptedClock

LIMITS = Limits(first_token_s=30, silence_s=20, total_s=120)
BROKEN = ModelError("broken", "It broke.")
# What arrives after how many seconds, what is passed on, why it ends, and when.
CASES = {
    "in time": ([(30, "a"), (20, "b"), (20, None)], "ab", None, 70),
    "late first word": ([(31, "a")], "", "silent", 30),
    "late later word": ([(1, "a"), (21, "b")], "a", "silent", 21),
    "never": ([], "", "silent", 30),
    "slow all the time": ([(20, "a")] * 10, "aaaaaa", "timeout", 120),
    "last word at the last moment": (
        [(20, "a")] * 5 + [(19, "b"), (0.5, None)],
        "aaaaab",
        None,
        119.5,
    ),
    "thinks unseen": ([(29, ""), (29, ""), (29, "a"), (0, None)], "a", None, 87),
    "thinks unseen for too long": ([(29, "")] * 9, "", "timeout", 120),
    "thinks between words": ([(1, "a"), (19, ""), (19, "b"), (0, None)], "ab", None, 39),
    "fails at once": ([(2, BROKEN)], "", "broken", 2),
    "fails later": ([(2, "a"), (3, BROKEN), (1, "b")], "a", "broken", 5),
    "nothing at all": ([(2, None)], "", None, 2),
}


@pytest.fixture
def ended():
    return []


@pytest.mark.parametrize("name", CASES)
def test_deadline(name, ended):
    arrivals, passed, reason, when = CASES[name]
    clock = ScriptedClock(*arrivals)
    pieces, why = [], None
    try:
        pieces.extend(watched(lambda _: lambda: ended.append(1), LIMITS, clock))
    except ModelError as error:
        why = error.reason
    assert (why, clock.time, ended) == (reason, when, [1])
    if reason is None:
        assert "".join(pieces) == passed


@pytest.mark.parametrize("name", CASES)
def test_what_came_before_the_deadline_is_passed_on(name):
    arrivals, passed, *_ = CASES[name]
    pieces = []
    try:
        for piece in watched(lambda _: list, LIMITS, ScriptedClock(*arrivals)):
            pieces.append(piece)
    except ModelError:
        pass
    assert "".join(pieces) == passed


def test_a_slow_reader_is_no_silence():
    clock = ScriptedClock((1, "a"), (1, "b"), (1, None))
    pieces = watched(lambda _: list, LIMITS, clock)
    next(pieces)
    clock.time += 60
    assert list(pieces) == ["b"]


def test_leaving_ends_the_source(ended):
    pieces = watched(lambda _: lambda: ended.append(1), LIMITS, ScriptedClock((1, "a"), (1, "b")))
    next(pieces)
    assert ended == []
    pieces.close()
    assert ended == [1]


class ReaderLeaves(ScriptedClock):
    """The reader goes as soon as a piece has been waited for in vain."""

    def __init__(self, gone, *arrivals):
        super().__init__(*arrivals)
        self._gone = gone

    def wait(self, box, seconds):
        try:
            return super().wait(box, seconds)
        except Empty:
            self._gone.set()
            raise


def test_a_silent_model_holds_nobody_whose_reader_has_gone(ended):
    gone = threading.Event()
    clock = ReaderLeaves(gone, (0, "a"))
    with heed(gone):
        pieces = watched(lambda _: lambda: ended.append(1), LIMITS, clock)
        assert next(pieces) == "a"
        with pytest.raises(ReaderGoneError):
            next(pieces)
    assert ended == [1]
    assert clock.time < 1


def test_a_reader_who_stays_moves_no_deadline(ended):
    clock = ScriptedClock((0.05, "a"))
    with heed(threading.Event()):
        pieces = watched(lambda _: lambda: ended.append(1), LIMITS, clock)
        assert next(pieces) == "a"
        with pytest.raises(ModelError, match="silent for 20 seconds"):
            next(pieces)
    assert clock.time == pytest.approx(20.05)


def test_a_reader_of_another_question_is_not_heeded():
    gone = threading.Event()
    gone.set()
    with heed(gone):
        pass
    pieces = watched(lambda _: list, LIMITS, ScriptedClock())
    with pytest.raises(ModelError, match="silent for 30 seconds"):
        next(pieces)


@pytest.mark.parametrize(("over", "reason"), [(120, None), (120.5, "timeout")])
def test_pieces_that_come_by_themselves_have_an_end_too(over, reason):
    clock = ScriptedClock()

    def pieces():
        yield "a"
        clock.time += over
        yield "b"

    why = None
    try:
        assert list(bounded(pieces(), LIMITS, clock)) == ["a", "b"]
    except ModelError as error:
        why = error.reason
    assert why == reason


def test_a_long_reply_is_shortened_and_a_much_longer_one_given_up():
    limits = Limits(answer_tokens=10)
    usual, longest = ["x" * 59, "y"], ["x" * 99, "y"]
    assert list(shortened([*usual, "more"], limits)) == usual
    assert list(shortened(["x" * 59, "yz", "more"], limits)) == usual
    assert list(bounded(iter(longest), limits, ScriptedClock())) == longest
    with pytest.raises(ModelError, match="came to no end"):
        list(bounded(iter(["x" * 99, "yz"]), limits, ScriptedClock()))


def test_the_clock_of_the_machine():
    def source(feed):
        for fed in ("a", "b", None):
            feed(fed)
        return list

    assert list(watched(source, LIMITS, SystemClock())) == ["a", "b"]
    with pytest.raises(ModelError, match=r"silent for 0\.01 seconds"):
        list(watched(lambda _: list, Limits(first_token_s=0.01), SystemClock()))
