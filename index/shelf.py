"""One snapshot for several threads: each has its own connection, the arrays are the same.

Forty thousand passages take about 80 MB of a process's own memory for each copy, and each batch
that another process adds would be indexed once for every thread.
"""

from __future__ import annotations

import threading
from typing import Self

from index.snapshot import Snapshot


class Shelf:
    """Holds the newest snapshot of one library; hold it (`with`) while looking and building.

    Snapshots are safe to share: nothing changes them, what they compute late is the same whoever
    computes it, and FAISS searches of different threads do not meet.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: Snapshot | None = None

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, *raised: object) -> None:
        self._lock.release()

    def best(self, revision: int, own: Snapshot | None) -> Snapshot | None:
        """Return the newest snapshot known that is not newer than `revision`, or `None`.

        `build` can add to an older snapshot; of a newer one it could not tell what is missing.
        """
        known = [s for s in (own, self._newest) if s is not None and s.revision <= revision]
        return max(known, key=lambda snapshot: snapshot.revision, default=None)

    def put(self, snapshot: Snapshot) -> None:
        """Keep `snapshot` unless a newer one is there."""
        if self._newest is None or self._newest.revision <= snapshot.revision:
            self._newest = snapshot
