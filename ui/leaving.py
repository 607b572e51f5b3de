"""A language model that is let go as soon as the reader has gone, even while it is silent.

A generator cannot be closed while its thread waits for a model's next word, which may take as long
as the model's limits allow.  So the words are read in a thread of their own, and the thread of
the service only waits for them, looking up now and then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from rag.llm import ChatModel, Message

# How long a service may still wait for a model after the reader has gone.
_LOOK_SECONDS = 0.1
# What tells the work of this thread that its reader has gone.
_here = threading.local()


class ReaderGoneError(Exception):
    """Nobody waits for the answer any more."""


@contextmanager
def heed(gone: threading.Event) -> Iterator[None]:
    """Let models stop in this thread when `gone` is set."""
    _here.gone = gone
    try:
        yield
    finally:
        del _here.gone


class Leavable:
    """A chat model whose stream raises `ReaderGoneError` when the reader has gone.

    The request itself ends with the model's next word or limit, in its own thread.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model as the setting names it."""
        return self._model.name

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield what the model says; raise what it raises."""
        said: SimpleQueue[str | Exception | None] = SimpleQueue()
        over = threading.Event()
        reading = threading.Thread(
            target=_read, args=(self._model, messages, said, over), daemon=True
        )
        reading.start()
        try:
            while (piece := _next(said)) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            over.set()


def _next(said: SimpleQueue[str | Exception | None]) -> str | Exception | None:
    gone: threading.Event | None = getattr(_here, "gone", None)
    while True:
        try:
            return said.get(timeout=_LOOK_SECONDS)
        except Empty:
            if gone is not None and gone.is_set():
                raise ReaderGoneError from None


def _read(
    model: ChatModel,
    messages: Sequence[Message],
    said: SimpleQueue[str | Exception | None],
    over: threading.Event,
) -> None:
    try:
        for piece in model.stream(messages):
            if over.is_set():
                return
            said.put(piece)
        said.put(None)
    except Exception as error:  # the one who waits for the words is told
        said.put(error)
