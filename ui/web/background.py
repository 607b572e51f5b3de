"""Pages are fetched in threads that hold no process back that ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from corpus.load import Loaded


def begun(work: Callable[[], Loaded]) -> Future[Loaded]:
    """Start work in a thread of its own, and return what will come of it."""
    future: Future[Loaded] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # whoever waits for it gets it
            future.set_exception(error)

    threading.Thread(target=run, name="page", daemon=True).start()
    return future
