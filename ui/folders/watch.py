"""Folders are followed as their files come, change and go; the only module that uses watchfiles.

The system tells that something has changed; what has, the followers find out by looking, so that
nothing is missed for good where it tells too little (network drives tell nothing at all).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch

from corpus.errors import DalilError
from corpus.folder import check_folders
from index import Library
from index.store.database import DATABASE
from ui.folders.report import SyncReport
from ui.folders.sync import Follower
from ui.reopening import FileId, Reopening, file_id
from ui.service import Shared
from ui.settings.settings import Settings

# A file that is being written changes more often than this; who reads it earlier has half of it.
SETTLE_SECONDS = 0.5
# All is looked at so often although nothing was told, and more often where nothing can be told.
LOOK_SECONDS, UNTOLD_SECONDS = 30.0, 2.0
_TICK_MILLISECONDS = 200
# A look may take a fifth of the time: thousands of files are not looked at all the while.
_REST = 4.0
# A batch is added in less; a file may take minutes to read.
_LINGER_SECONDS = 3.0
_THREAD = "folders"

Say = Callable[[str], None]


@contextmanager
def watching(
    settings: Settings,
    folders: Sequence[Path],
    say: Say,
    fault: Callable[[Exception], None],
    shared: Shared | None = None,
    fields: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Follow `folders` in a thread of its own during the block; do nothing if there are none.

    `say` gets what was done and what failed, `fault` defects, after which it goes on.  `shared`
    are the models and the index of the process, `fields` map names as for `load_articles`.  Raises
    `InputError` for what is no folder.
    """
    check_folders(folders)
    if not folders:
        yield
        return
    stop = threading.Event()
    watcher = FolderWatcher(settings, folders, say, shared or Shared(settings), stop, fields)

    def run() -> None:
        while not stop.is_set():
            try:
                watcher.run()
            except Exception as error:  # else one defect would end it for good, and in silence
                fault(error)
                stop.wait(UNTOLD_SECONDS)
        watcher.close()

    thread = threading.Thread(target=run, name=_THREAD)
    thread.start()
    try:
        yield
    finally:
        # A batch that is being added is finished, the rest is left for the next start.
        stop.set()
        thread.join(_LINGER_SECONDS)


def is_reading() -> bool:
    """Tell whether a file that takes long is still read, for nobody if nothing is followed now.

    A program that ends then has to say `abandon` and `os._exit`: Python would wait for it.
    """
    return any(thread.name == _THREAD for thread in threading.enumerate())


class FolderWatcher:
    """Looks at folders when they change, until `stop` is set, in the thread that runs it."""

    def __init__(
        self,
        settings: Settings,
        folders: Sequence[Path],
        say: Say,
        shared: Shared,
        stop: threading.Event,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self._settings, self._shared, self._stop, self._say = settings, shared, stop, say
        self._folders = tuple(dict.fromkeys(folder.absolute() for folder in folders))
        self._followers = [
            Follower(folder, fields=fields, settle=SETTLE_SECONDS, stopped=stop.is_set)
            for folder in self._folders
        ]
        self._library = Reopening(settings.home / DATABASE, self._open)
        # What was said of each folder last, so that it is not said at every look.
        self._said: dict[str, set[str]] = {}
        self._told = True

    def run(self) -> None:
        """Follow the folders until it is told to stop."""
        while not self._stop.is_set():
            present = [folder for folder in self._folders if folder.is_dir()]
            identities = self._identities()
            next_look = next_retry = time.monotonic()
            for changes in self._changes(present):
                now = time.monotonic()
                if now >= next_retry:
                    next_retry = now + LOOK_SECONDS
                    for follower in self._followers:
                        follower.retry()
                if changes or now >= next_look:
                    next_look = self._look(now)
                # Another folder in the place of one, as where a drive was mounted: watch that.
                if self._identities() != identities:
                    break

    def close(self) -> None:
        """Close the library."""
        self._library.close()

    def _changes(self, folders: Sequence[Path]) -> Iterator[bool]:
        """Yield several times a second whether the system told of a change."""
        if self._told and folders:
            try:
                for changes in watch(
                    *folders,
                    watch_filter=None,
                    debounce=2 * _TICK_MILLISECONDS,
                    stop_event=self._stop,
                    rust_timeout=_TICK_MILLISECONDS,
                    yield_on_timeout=True,
                    raise_interrupt=False,
                    ignore_permission_denied=True,
                ):
                    yield bool(changes)
            except FileNotFoundError:
                # It went just now; the next round sees that.
                return
            except OSError as error:
                self._told = False
                self._say(
                    f"The system cannot tell of changes ({error}); the folders are looked at every "
                    f"{UNTOLD_SECONDS:g} seconds instead. A higher limit of inotify watches helps."
                )
            return
        while not self._stop.wait(_TICK_MILLISECONDS / 1000):
            yield False

    def _look(self, now: float) -> float:
        """Follow every folder; return when to look again although nothing is told."""
        waiting = 0
        for follower in self._followers:
            try:
                report = follower.look(self._open_library(), now)
            except DalilError as error:
                self._tell(follower.folder, [str(error)])
                continue
            waiting += report.waiting
            self._report(follower, report)
        if waiting:
            return now + _REST * (time.monotonic() - now)
        return now + (LOOK_SECONDS if self._told else UNTOLD_SECONDS)

    def _report(self, follower: Follower, report: SyncReport) -> None:
        if report.did:
            done = report.imported
            counts = (
                (len(done.added), "added"),
                (len(done.updated), "updated"),
                (len(report.removed), "removed"),
            )
            told = ", ".join(f"{count} {name}" for count, name in counts if count)
            self._say(f"{follower.folder}: {told}")
        for one in report.imported.notices:
            self._say(f"{one.path}: {one.notice}")
        self._tell(follower.folder, [*report.errors, *follower.failures()])

    def _tell(self, folder: str, faults: Sequence[str]) -> None:
        """Say what is wrong with a folder, each thing once for as long as it is."""
        before = self._said.get(folder, set())
        self._said[folder] = set(faults)
        for fault in faults:
            if fault not in before:
                self._say(fault)

    def _open_library(self) -> Library:
        library = self._library.current()
        if library is None:
            Library.open(self._settings.home, self._shared.encoder(), create=True).close()
            library = self._library.current()
        if library is None:
            raise DalilError(f"The library at {self._settings.home} went while it was opened.")
        return library

    def _open(self, database: FileId) -> Library:
        settings, encoder = self._settings, self._shared.encoder()
        cache = self._shared.cache(database)
        return Library.open(
            settings.home, encoder, say=self._say, cache=cache, index=settings.index
        )

    def _identities(self) -> list[FileId | None]:
        return [_identity(folder) for folder in self._folders]


def _identity(folder: Path) -> FileId | None:
    try:
        return file_id(folder)
    except DalilError:
        return None
