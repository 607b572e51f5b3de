"""The embeds of a library as the server sees them: at every request, as they are just then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from corpus.errors import MissingError
from index.store.database import DATABASE
from ui.reopening import Reopening
from ui.server.embeds.embeds import Embed, Embeds

Result = TypeVar("Result")


class Lookup:
    """Reads embeds on a thread of its own, so that a revocation waits for no answer.

    Nothing is kept between two reads but the connection.  Without a `home`, or a library in it,
    there are no embeds.
    """

    def __init__(self, home: Path | None) -> None:
        self._embeds = (
            None if home is None else Reopening(home / DATABASE, lambda _: Embeds.open(home))
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embeds")

    async def find(self, embed_id: str) -> Embed | None:
        """Return the embed of this id, `None` if there is none or it is revoked."""
        return await self._run(lambda embeds: None if embeds is None else embeds.find(embed_id))

    async def key(self) -> bytes:
        """Return the key that signs links to articles; raise `MissingError` without a library."""
        return await self._run(_key)

    def close(self) -> None:
        """Close the connection and end the thread."""
        if self._embeds is not None:
            self._thread.submit(self._embeds.close)
        self._thread.shutdown(wait=True)

    async def _run(self, work: Callable[[Embeds | None], Result]) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(self._current()))

    def _current(self) -> Embeds | None:
        return None if self._embeds is None else self._embeds.current()


def _key(embeds: Embeds | None) -> bytes:
    if embeds is None:
        raise MissingError("There is no library any more. Add articles with: dalil add PATH")
    return embeds.key()
