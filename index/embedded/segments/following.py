"""A thread behind a server that follows the library, so that nobody who asks waits for that.

It looks for changes several times a second, opens what whoever wrote has indexed, or indexes what
nobody has, asks it what was asked last, so that arrays are made, and only then puts it where
searches find it.  Parts are put together in another process, since Python would let searches wait.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from corpus.errors import DalilError
from index.embedded.segments.building import is_settled
from index.embedded.segments.kept import DERIVED
from index.embedded.segments.snapshot import Snapshot, kept_at, parts_of
from index.engine import IndexCache, Revised
from index.store.database import DATABASE, Store
from index.store.lock import serving, write_lock

_LOOK_SECONDS = 0.2
# Whoever holds the write lock is left to index what it commits, until it has not for so long.
_LEFT_SECONDS = 10.0
# So long a search waits for what has just come, which is mostly a matter of opening files.
_PATIENCE_SECONDS = 0.08
_SETTLE = (sys.executable, "-m", "index.embedded.segments.settling")


class Following(Protocol):
    """An engine as it is followed with."""

    def catch_up(self) -> None:
        """Open or make the newest snapshot."""


class Follower:
    """Follows the library in `home` for all engines that share `cache`.

    `follow` makes the thread's own engine on a store of its own.  With `settles`, parts are put
    together in another process.
    """

    def __init__(
        self,
        home: Path,
        cache: IndexCache,
        follow: Callable[[Store], Following],
        *,
        settles: bool,
    ) -> None:
        self._home, self._cache, self._follow, self._settles = home, cache, follow, settles
        self._asked, self._came = threading.Event(), threading.Condition()
        self._waited_for = 0
        self._stale: tuple[int, float] | None = None
        self._settling: subprocess.Popen[bytes] | None = None
        self._tried: Sequence[str] = ()
        self._seen: Revised | None = None
        self.relied_on, self._stopped = True, False
        threading.Thread(target=self._run, name="following", daemon=True).start()

    def look(self) -> None:
        """Look for changes now."""
        self._asked.set()

    def stop(self) -> None:
        """End the thread, without waiting for it."""
        self._stopped = True
        self._asked.set()

    def newest(self, revision: int, own: Revised | None) -> Revised | None:
        """Return the newest snapshot that is not newer than `revision`, waiting a little for that.

        `own` is what the caller has.  `None` if there is none yet, or following fails, so that the
        caller must see for itself.
        """
        found = self._cache.best(revision, own)
        if found is None or found.revision == revision or not self.relied_on:
            return found if self.relied_on else None
        self.look()
        with self._came:
            if revision > self._waited_for:
                self._came.wait_for(lambda: self._is_there(revision, own), _PATIENCE_SECONDS)
                # Who asks next does not wait for the same again.
                self._waited_for = max(revision, self._waited_for)
        return self._cache.best(revision, own) if self.relied_on else None

    def _is_there(self, revision: int, own: Revised | None) -> bool:
        found = self._cache.best(revision, own)
        return not self.relied_on or (found is not None and found.revision == revision)

    def _run(self) -> None:
        try:
            with serving(self._home), closing(Store(self._home / DATABASE)) as store:
                engine = self._follow(store)
                while not self._stopped:
                    # Another file in the place of the library's has a follower of its own.
                    store.check_beside()
                    self._look(store, engine)
                    self._asked.wait(_LOOK_SECONDS)
                    self._asked.clear()
        except DalilError:
            # Whoever asks finds the same, and tells of it.
            pass
        finally:
            self._end()

    def _look(self, store: Store, engine: Following) -> None:
        newest, revision = self._cache.newest, store.revision
        if newest is None:
            # Nobody has asked yet.
            return
        if newest.revision != revision:
            if self._is_left_to_writer(revision):
                return
            engine.catch_up()
        self._stale = None
        with self._came:
            # A writer of this process may have put something there.
            self._came.notify_all()
        self._settle(engine)

    def _is_left_to_writer(self, revision: int) -> bool:
        """Tell whether somebody is writing who can be trusted to index what came."""
        kept, now = kept_at(self._home / DERIVED), time.monotonic()
        if kept == revision:
            return False
        if self._stale is None or self._stale[0] != kept:
            self._stale = kept, now
        return now - self._stale[1] < _LEFT_SECONDS and self._is_written()

    def _is_written(self) -> bool:
        with write_lock(self._home) as free:
            return not free

    def _settle(self, engine: Following) -> None:
        """Have parts put together, and take them over once they are."""
        if self._settling is not None:
            if self._settling.poll() is not None:
                self._settling.communicate()
                self._settling = None
                # Whatever came of it, and was changed meanwhile.
                engine.catch_up()
            return
        unsettled = self._unsettled()
        # What could not be done is not tried again until something has come.
        if unsettled and unsettled != self._tried and not self._is_written():
            self._tried = unsettled
            # It ends with this process, whose end closes its input.
            self._settling = subprocess.Popen(
                [*_SETTLE, str(self._home)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
            )

    def _unsettled(self) -> Sequence[str]:
        """Return the folders of what is to be put together, none if there is not."""
        newest = self._cache.newest
        if not (self._settles and isinstance(newest, Snapshot)) or newest is self._seen:
            return ()
        files = [one.files for one in parts_of(newest)]
        if None in files:
            # Whoever made it is about to keep it.
            return ()
        if is_settled(newest):
            self._seen = newest
            return ()
        return [each.folder for each in files if each]

    def _end(self) -> None:
        self.relied_on = False
        self._cache.follower = None
        with self._came:
            self._came.notify_all()
        if self._settling is not None:
            self._settling.communicate()


def start(
    home: Path, cache: IndexCache, follow: Callable[[Store], Following], *, settles: bool
) -> None:
    """Give `cache` a follower, unless another thread just did."""
    with cache:
        cache.follower = cache.follower or Follower(home, cache, follow, settles=settles)
