"""A few threads that each keep a library open, and a short queue before them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from corpus.errors import DalilError
from rag.events import Event
from ui.asking import Desk

Result = TypeVar("Result")
# What a client is told to wait when the queue is full; a question takes a fraction of it.
RETRY_AFTER_SECONDS = 2
# How often a stopping server looks if its last answers are given.
_LOOK_SECONDS = 0.05


class BusyError(DalilError):
    """The queue is full; nothing was started."""


class TooSlowError(DalilError):
    """The work was not done in time."""


class Desks:
    """Runs work on desks: `workers` at a time, `waiting` in the queue, the rest refused at once.

    A desk stays with its thread, as SQLite's connections must.  Work that overruns `seconds`, or
    whose client has gone, is dropped if it has not begun, else left to end unheard.
    """

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        *,
        workers: int = 2,
        waiting: int = 64,
        seconds: float = 30.0,
    ) -> None:
        self._open_desk = open_desk
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="desk")
        self._lock = threading.Lock()
        self._held, self._most = 0, workers + waiting
        self.seconds = seconds

    @property
    def held(self) -> int:
        """How many places are taken, at desks and in the queue."""
        return self._held

    async def run(self, work: Callable[[Desk], Result]) -> Result:
        """Return what `work` returns; raise `BusyError`, `TooSlowError` or what it raises."""
        future = self._submit(lambda: work(self._desk()))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError as error:
            raise self._too_slow() from error

    async def stream(self, work: Callable[[Desk], Iterator[Event]]) -> AsyncGenerator[Event]:
        """Yield the events of `work` as they come; raise as `run` does."""
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        gone = threading.Event()

        def put(event: Event | BaseException | None) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        future = self._submit(partial(self._feed, work, put, gone))
        end = loop.time() + self.seconds
        try:
            while (event := await asyncio.wait_for(events.get(), end - loop.time())) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        except TimeoutError as error:
            raise self._too_slow() from error
        finally:
            gone.set()
            future.cancel()

    async def idle(self) -> None:
        """Wait until no work is running or waiting."""
        while self.held:
            await asyncio.sleep(_LOOK_SECONDS)

    def close(self) -> None:
        """Let running work end and start no more."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _feed(
        self,
        work: Callable[[Desk], Iterator[Event]],
        put: Callable[[Event | BaseException | None], None],
        gone: threading.Event,
    ) -> None:
        try:
            for event in work(self._desk()):
                if gone.is_set():
                    return
                put(event)
            put(None)
        except Exception as error:  # the one who waits for the events is told
            put(error)

    def _submit(self, work: Callable[[], Result]) -> Future[Result]:
        with self._lock:
            if self._held >= self._most:
                raise BusyError("Too many questions are waiting. Ask again in a moment.")
            self._held += 1
        try:
            future = self._threads.submit(work)
        except RuntimeError as error:
            self._release()
            raise BusyError("The server is stopping. Ask again in a moment.") from error
        # Work that nobody waits for any more still holds its place until its thread is free.
        future.add_done_callback(lambda _: self._release())
        return future

    def _release(self) -> None:
        with self._lock:
            self._held -= 1

    def _desk(self) -> Desk:
        if not hasattr(self._local, "desk"):
            self._local.desk = self._open_desk()
        desk: Desk = self._local.desk
        return desk

    def _too_slow(self) -> TooSlowError:
        return TooSlowError(f"No answer came within {self.seconds:g} seconds. Ask again later.")
