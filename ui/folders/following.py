"""The server follows the folders of its settings, and those that its library names meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from corpus.errors import DalilError
from index.store.database import DATABASE
from index.store.followed import FollowedFolders
from ui.folders.watch import Say, watching
from ui.reopening import Reopening
from ui.service import Shared
from ui.settings.settings import Settings

_LOOK_SECONDS = 1.0


@contextmanager
def following(
    settings: Settings,
    folders: Sequence[Path],
    say: Say,
    fault: Callable[[Exception], None],
    shared: Shared,
) -> Iterator[None]:
    """Follow `folders` during the block, and those of the library from when to when it names them.

    `say` and `fault` get what `watching` tells them.  Raises `InputError` where one of `folders` is
    no folder.
    """
    stop = threading.Event()
    fixed = {os.path.normpath(folder.absolute()) for folder in folders}
    named = _Named(settings, fixed, say, fault, shared)
    thread = threading.Thread(target=named.run, args=(stop,), name="followed")
    with watching(settings, folders, say, fault, shared):
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


class _Named:
    """Follows what the library names, each folder by itself, in the thread that runs it."""

    def __init__(
        self,
        settings: Settings,
        fixed: set[str],
        say: Say,
        fault: Callable[[Exception], None],
        shared: Shared,
    ) -> None:
        self._settings, self._fixed, self._shared = settings, fixed, shared
        self._say, self._fault = say, fault
        self._tables = Reopening(
            settings.home / DATABASE, lambda _: FollowedFolders.open(settings.home)
        )
        self._open: dict[str, ExitStack] = {}
        # What is wrong now, so that it is said once and not at every look.
        self._said: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Do as the library says until told to stop."""
        while not stop.is_set():
            try:
                self._tell(set(self._match()))
            except DalilError as error:
                self._tell({str(error)})
            except Exception as error:  # a defect, told as one, which ends nothing
                self._fault(error)
            stop.wait(_LOOK_SECONDS)
        # At once: each may wait for a file.
        ends = [threading.Thread(target=each.close) for each in self._open.values()]
        for end in ends:
            end.start()
        for end in ends:
            end.join()
        self._open.clear()
        self._tables.close()

    def _match(self) -> Iterator[str]:
        """Begin and end to follow as the library says; yield why a folder cannot be followed."""
        table = self._tables.current()
        wanted = [] if table is None else table.paths()
        for path in self._open.keys() - set(wanted):
            self._open.pop(path).close()
        for path in wanted:
            if path in self._open or path in self._fixed:
                continue
            with ExitStack() as begun:
                try:
                    begun.enter_context(self._watching(path))
                except DalilError as error:
                    # Such as a file in the folder's place: looked at again until it is gone.
                    yield str(error)
                else:
                    self._open[path] = begun.pop_all()

    def _watching(self, path: str) -> AbstractContextManager[None]:
        return watching(self._settings, [Path(path)], self._say, self._fault, self._shared)

    def _tell(self, faults: set[str]) -> None:
        for fault in sorted(faults - self._said):
            self._say(fault)
        self._said = faults
