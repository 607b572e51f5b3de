"""Limits of a reply: its first word, its silences, its end, its length, and its reader's leaving.

`watched` waits for a reply that another thread brings, so it alone can break off a silence.
`bounded` and `shortened` take pieces that come by themselves: the one gives up on a reply that is
too long or too late, the other keeps the beginning.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol

import regex

from rag.llm.protocol import Limits, ModelError

# What a source feeds: a piece of text ("" is a sign of life), an error, or `None` at the end.
Fed = str | ModelError | None
# Begins a reply that feeds pieces, from whatever thread, and returns what ends it early.
Source = Callable[[Callable[[Fed], None]], Callable[[], object]]

# Tokens of the widespread vocabularies are 3 to 5 characters long in Arabic and English: a model
# that heeds its limit writes less than the one, and only one that heeds none the other.
_USUAL_CHARACTERS, _MOST_CHARACTERS = 6, 10
# What a small model may say again and again: so many letters, so many of them different.
_ROUNDS, _CIRCLE, _DIFFERENT = 4, range(20, 301), 5
_NO_LETTERS = regex.compile(r"\P{L}+")
# How long a model may still be waited for after the reader has gone.
_LOOK_SECONDS = 0.1
# What tells the work of this thread that its reader has gone.
_here = threading.local()


class ReaderGoneError(Exception):
    """Nobody waits for the answer any more."""


class Clock(Protocol):
    """The time, and waiting; tests have one of their own and wait for nothing."""

    def now(self) -> float:
        """Return seconds since any fixed moment."""
        ...

    def wait(self, box: SimpleQueue[Fed], seconds: float) -> Fed:
        """Return what comes next; raises `queue.Empty` after `seconds`."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return seconds that no change of the wall clock moves."""
        return monotonic()

    def wait(self, box: SimpleQueue[Fed], seconds: float) -> Fed:
        """Return what comes next; raises `queue.Empty` after `seconds`."""
        return box.get(timeout=seconds)


@contextmanager
def heed(gone: threading.Event) -> Iterator[None]:
    """Let replies that this thread waits for end when `gone` is set."""
    _here.gone = gone
    try:
        yield
    finally:
        del _here.gone


def check_reader() -> None:
    """Raise `ReaderGoneError` where this thread heeds a reader who has gone."""
    gone: threading.Event | None = getattr(_here, "gone", None)
    if gone is not None and gone.is_set():
        raise ReaderGoneError


def watched(source: Source, limits: Limits, clock: Clock) -> Generator[str, None, None]:
    """Yield the pieces of a reply; raises `ModelError` when one is late or the source fails.

    The time that the consumer takes between two pieces is no silence of the model, but counts to
    the whole.  Where the thread heeds its reader, `ReaderGoneError` is raised soon after that one
    has gone, even while the model is silent.  The source is ended whichever way the iteration ends.
    """
    box: SimpleQueue[Fed] = SimpleQueue()
    end = clock.now() + limits.total_s
    patience = limits.first_token_s
    cancel = source(box.put)
    try:
        while (piece := _next(box, patience, end, clock)) is not None:
            if isinstance(piece, ModelError):
                raise piece
            if piece:
                patience = limits.silence_s
                yield piece
    finally:
        cancel()


def _next(box: SimpleQueue[Fed], patience: float, end: float, clock: Clock) -> Fed:
    silent = clock.now() + patience
    gone: threading.Event | None = getattr(_here, "gone", None)
    while (left := min(silent, end) - clock.now()) > 0:
        try:
            return clock.wait(box, left if gone is None else min(left, _LOOK_SECONDS))
        except Empty:
            if gone is not None and gone.is_set():
                raise ReaderGoneError from None
    if silent < end:
        raise ModelError("silent", f"The language model was silent for {patience:g} seconds.")
    raise too_late()


def bounded(pieces: Iterator[str], limits: Limits, clock: Clock) -> Generator[str, None, None]:
    """Yield `pieces`, and close them whichever way the reading ends.

    The clock is looked at when a piece comes; to break off a silence is the part of `watched`.
    Raises `ModelError` for a reply that takes longer than `total_s` ("timeout"), is much longer
    than it was told to be or goes round in circles ("broken").

    >>> [*bounded(iter(["في ", "المكلا"]), Limits(), SystemClock())]
    ['في ', 'المكلا']
    """
    end = clock.now() + limits.total_s
    left = limits.answer_tokens * _MOST_CHARACTERS
    letters = ""
    try:
        for piece in pieces:
            if clock.now() > end:
                raise too_late()
            left -= len(piece)
            if left < 0:
                raise ModelError("broken", "The language model came to no end.")
            letters = (letters + _NO_LETTERS.sub("", piece))[-_ROUNDS * _CIRCLE.stop :]
            if circles(letters):
                raise ModelError("broken", "The language model repeats itself.")
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def circles(letters: str) -> bool:
    """Tell if a text, of which only letters are given, ends in the same ones again and again.

    >>> circles("thebountywasannounced" * 4), circles("thebountywasannounced" * 3)
    (True, False)
    >>> circles("تجاوز" * 16)
    True
    """
    rounds = (letters[-_ROUNDS * size :] for size in _CIRCLE if _ROUNDS * size <= len(letters))
    return any(
        end == end[: len(end) // _ROUNDS] * _ROUNDS and len(set(end)) >= _DIFFERENT
        for end in rounds
    )


def shortened(pieces: Iterable[str], limits: Limits) -> Iterator[str]:
    """Yield `pieces` up to the length that a reply within the limits has at most.

    >>> [*shortened(["The harbour ", "reopened"], Limits(answer_tokens=3))]
    ['The harbour ', 'reopen']
    """
    left = limits.answer_tokens * _USUAL_CHARACTERS
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def too_late() -> ModelError:
    """Return the error of a reply that took longer than the whole of its time."""
    return ModelError("timeout", "The language model did not finish in time.")
