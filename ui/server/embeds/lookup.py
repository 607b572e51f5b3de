"""The embeds of a library as the server sees them: at every request, as they are just then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from corpus.errors import MissingError
from index.store.database import DATABASE
from ui.server.embeds.embeds import Embed, Embeds
from ui.service import FileId, file_id

Result = TypeVar("Result")


class Lookup:
    """Reads embeds on a thread of its own, so that a revocation waits for no answer.

    Nothing is kept between two reads but the connection.  Without a `home`, or a library in it,
    there are no embeds.
    """

    def __init__(self, home: Path | None) -> None:
        self._home = home
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embeds")
        self._open: tuple[FileId, Embeds] | None = None

    async def find(self, embed_id: str) -> Embed | None:
        """Return the embed of this id, `None` if there is none or it is revoked."""
        return await self._run(lambda embeds: None if embeds is None else embeds.find(embed_id))

    async def key(self) -> bytes:
        """Return the key that signs links to articles; raise `MissingError` without a library."""
        return await self._run(_key)

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    async def _run(self, work: Callable[[Embeds | None], Result]) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(self._embeds()))

    def _embeds(self) -> Embeds | None:
        """Return the embeds of the library that lies there now; another file is another one."""
        if self._home is None:
            return None
        database = file_id(self._home / DATABASE)
        if self._open is not None and self._open[0] != database:
            self._close()
        if self._open is None and database is not None:
            self._open = (database, Embeds.open(self._home))
        return None if self._open is None else self._open[1]

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
        self._open = None


def _key(embeds: Embeds | None) -> bytes:
    if embeds is None:
        raise MissingError("There is no library any more. Add articles with: dalil add PATH")
    return embeds.key()
