"""A few threads that each keep a library open, and short queues before them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import Context, copy_context
from functools import partial
from typing import TypeVar

from corpus.errors import DalilError
from rag.answer import Answer, Event
from rag.llm.deadline import ReaderGoneError, check_reader, heed
from ui.service import Service

Result = TypeVar("Result")
# What a client is told to wait when the queue is full; a question takes a fraction of it.
RETRY_AFTER_SECONDS = 2
# How often a stopping server looks if its last answers are given.
_LOOK_SECONDS = 0.05


class BusyError(DalilError):
    """The queue is full; nothing was started."""


class TooSlowError(DalilError):
    """The work was not done in time."""


class WorkerPool:
    """Runs work in threads, first come, first served, in three queues that wait for no other.

    Questions have one (`stream`, `run_long`), what is quick another (`run`), such as a search or
    an article, and what changes the library a third (`change`): it may read files for long, and
    wait for who else writes there.  Of each, `workers` are done at a time, `waiting` may wait, and
    the rest is refused at once.

    A service stays with its thread, as SQLite's connections must.  Work that overruns `seconds`, or
    whose client has gone, is dropped if it has not begun; a stream that has begun is closed before
    its next event, and what `run` has begun is left to end unheard, unless it asks by `go_on`.

    Where a language model writes the answers, questions may take up to `model_seconds` more.
    `heard` is told each answer of a stream, in its thread and in the context of who asked.
    """

    def __init__(
        self,
        open_service: Callable[[], Service],
        *,
        workers: int = 2,
        waiting: int = 64,
        seconds: float = 30.0,
        model_seconds: float = 0.0,
        heard: Callable[[Answer], None] = lambda _: None,
    ) -> None:
        self._open_service, self._heard = open_service, heard
        self._local = threading.local()
        self._quick = _Line("service", workers, waiting)
        self._questions = _Line("asked-service", workers, waiting)
        self._changes = _Line("changing-service", workers, waiting)
        self._leaving: set[threading.Event] = set()
        self._stopping = threading.Event()
        self.seconds = seconds
        self._question_seconds = seconds + model_seconds

    @property
    def held(self) -> int:
        """How many places are taken, by workers and in the queues."""
        return sum(line.held for line in self._lines())

    def check_room(self) -> None:
        """Raise `BusyError` if a question that came now would be refused."""
        self._questions.check_room()

    async def run(self, work: Callable[[Service], Result]) -> Result:
        """Return what quick `work` returns; raise `BusyError`, `TooSlowError` or what it raises."""
        return await self._done(self._quick, work)

    async def change(self, work: Callable[[Service], Result]) -> Result:
        """Return what `work` returns, as `run` does, where it changes the library.

        It reads files and waits for other writers in threads of its own, so that nobody who asks
        waits for that.
        """
        try:
            return await self._done(self._changes, work)
        except TooSlowError as error:
            raise TooSlowError(
                f"The change takes longer than {self.seconds:g} seconds and may still be made. "
                "Look whether it was before you make it again."
            ) from error

    async def run_long(self, work: Callable[[Service], Result]) -> Result:
        """Return what `work` returns, as `run` does, where it takes as long as a question.

        It stands in their queue; who leaves ends it, even while a language model is silent.
        """
        gone = threading.Event()
        self._leaving.add(gone)
        try:
            future = self._questions.submit(partial(self._heeding, work, gone))
            return await asyncio.wait_for(asyncio.wrap_future(future), self._question_seconds)
        except TimeoutError as error:
            raise _too_slow(self._question_seconds) from error
        finally:
            gone.set()
            self._leaving.discard(gone)

    async def stream(
        self, work: Callable[[Service], Generator[Event]], gone: threading.Event | None = None
    ) -> AsyncGenerator[Event]:
        """Yield the events of `work` as they come; raise as `run` does.

        Closing this closes `work`'s generator, in its own thread; so does setting `gone`.
        """
        gone = gone or threading.Event()
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()

        def put(event: Event | BaseException | None) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        future = self._questions.submit(partial(self._feed, work, put, gone, copy_context()))
        self._leaving.add(gone)
        end = loop.time() + self._question_seconds
        try:
            while True:
                # `wait_for` would overlook a cancellation that comes together with an event.
                async with asyncio.timeout_at(end):
                    event = await events.get()
                if event is None:
                    return
                if isinstance(event, BaseException):
                    raise event
                yield event
        except TimeoutError as error:
            raise _too_slow(self._question_seconds) from error
        finally:
            gone.set()
            self._leaving.discard(gone)
            future.cancel()

    async def idle(self) -> None:
        """Wait until no work is running or waiting."""
        while self.held:
            await asyncio.sleep(_LOOK_SECONDS)

    def break_off(self) -> None:
        """End the streams that are under way, whatever a language model may still have to say.

        Work that asks by `go_on` ends, too.
        """
        self._stopping.set()
        for gone in list(self._leaving):
            gone.set()

    def close(self, seconds: float | None = None) -> None:
        """Break streams off, let other work end and start no more.

        After `seconds` work that has not ended is left to its thread: `held` counts it.
        """
        self.break_off()
        for line in self._lines():
            line.close(wait=seconds is None)
        end = time.monotonic() + (seconds or 0.0)
        while self.held and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)

    def _lines(self) -> tuple[_Line, ...]:
        return self._quick, self._questions, self._changes

    async def _done(self, line: _Line, work: Callable[[Service], Result]) -> Result:
        future = line.submit(partial(self._heeding, work, self._stopping))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError as error:
            raise _too_slow(self.seconds) from error

    def _feed(
        self,
        work: Callable[[Service], Generator[Event]],
        put: Callable[[Event | BaseException | None], None],
        gone: threading.Event,
        asking: Context,
    ) -> None:
        try:
            with heed(gone), closing(work(self._service())) as events:
                for event in events:
                    if gone.is_set():
                        raise _stopping()
                    if event.answer is not None:
                        asking.run(self._heard, event.answer)
                    put(event)
            put(None)
        except Exception as error:  # the one who waits for the events is told
            put(error if not gone.is_set() else _stopping())

    def _heeding(self, work: Callable[[Service], Result], gone: threading.Event) -> Result:
        try:
            with heed(gone):
                return work(self._service())
        except ReaderGoneError as error:
            raise _stopping() from error

    def _service(self) -> Service:
        if not hasattr(self._local, "service"):
            self._local.service = self._open_service()
        service: Service = self._local.service
        return service


class _Line:
    """Some threads and the places before them."""

    def __init__(self, name: str, workers: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._lock = threading.Lock()
        self.held, self._most = 0, workers + waiting

    def check_room(self) -> None:
        if self.held >= self._most:
            raise BusyError("Too many questions are waiting. Ask again in a moment.")

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        with self._lock:
            self.check_room()
            self.held += 1
        try:
            future = self._threads.submit(work)
        except RuntimeError as error:
            self._release()
            raise _stopping() from error
        # Work that nobody waits for any more still holds its place until its thread is free.
        future.add_done_callback(lambda _: self._release())
        return future

    def close(self, *, wait: bool) -> None:
        self._threads.shutdown(wait=wait, cancel_futures=True)

    def _release(self) -> None:
        with self._lock:
            self.held -= 1


def go_on() -> None:
    """End the work of this thread if the server stops; for long work, where it may be left."""
    check_reader()


def _stopping() -> BusyError:
    return BusyError("The server is stopping. Ask again in a moment.")


def _too_slow(seconds: float) -> TooSlowError:
    return TooSlowError(f"No answer came within {seconds:g} seconds. Ask again later.")
