"""The folders that whoever keeps a library has told its server to follow."""

from __future__ import annotations

import json
from pathlib import Path

from index.store.database import DATABASE, Store

_KEY = "followed"


class FollowedFolders:
    """The folders in a store, by their absolute paths; it belongs to the thread that opened it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def open(cls, home: Path) -> FollowedFolders:
        """Open those of the library in `home`, which must be there."""
        return cls(Store(home / DATABASE))

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def paths(self) -> list[str]:
        """Return the folders in the order in which they were added."""
        return [str(path) for path in json.loads(self._store.get(_KEY) or "[]")]

    def add(self, path: str) -> None:
        """Follow a folder from now on."""
        with self._store.transaction():
            self._keep([*self.paths(), path])

    def remove(self, path: str) -> bool:
        """Follow a folder no longer; return whether it was."""
        with self._store.transaction():
            before = self.paths()
            self._keep([one for one in before if one != path])
        return path in before

    def _keep(self, paths: list[str]) -> None:
        self._store.set(_KEY, json.dumps(list(dict.fromkeys(paths))))
