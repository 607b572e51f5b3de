"""Deadlines: a reply that comes from elsewhere, waited for only as long as the limits allow."""

from __future__ import annotations

from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol

from rag.llm.protocol import Limits, ModelError

# What a source feeds: a piece of text ("" is a sign of life), an error, or `None` at the end.
Fed = str | ModelError | None
# Begins a reply that feeds pieces, from whatever thread, and returns what ends it early.
Source = Callable[[Callable[[Fed], None]], Callable[[], object]]


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


def watched(source: Source, limits: Limits, clock: Clock) -> Generator[str, None, None]:
    """Yield the pieces of a reply; raises `ModelError` when one is late or the source fails.

    The time that the consumer takes between two pieces is no silence of the model, but counts to
    the whole.  The source is ended whichever way the iteration ends.
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
    left = end - clock.now()
    try:
        if left > 0:
            return clock.wait(box, min(patience, left))
    except Empty:
        if patience < left:
            raise ModelError(
                "silent", f"The language model was silent for {patience:g} seconds."
            ) from None
    raise ModelError("timeout", "The language model did not finish in time.")
