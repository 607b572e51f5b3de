"""Which articles came from which file of a followed folder, and what came of following it last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from index.store.database import Store

# A folder of thousands of broken files is told by a few of them.
_MOST_FAILURES = 20
# The setting of a library that says in which revision a backup took its place.
RESTORED = "restored"
# Those that name the collection which an engine outside has of a library, and tell by the number
# of its file (inode) which of several copies has it.
COLLECTION, COLLECTION_FILE = "qdrant", "qdrant file"


class Origin(NamedTuple):
    """An article's id and version, as the file at the absolute path `file` gave it."""

    file: str
    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class FolderState:
    """How a folder was when the library last followed it.

    `checked_at` is an ISO time in UTC, `articles` counts those that came from the folder, and
    `failed` are files, with the reason, that could not be read; `failures` counts all of them.
    `error` says why the folder could not be followed at all.
    """

    path: str
    checked_at: str
    articles: int = 0
    failures: int = 0
    failed: Sequence[tuple[str, str]] = ()
    error: str | None = None


class Origins:
    """The files and folders that a library follows; use it as `Library.origins`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def restored(self) -> str | None:
        """Another value after each backup that was put in the library's place while it was open."""
        return self._store.get(RESTORED)

    def below(self, folder: str) -> list[Origin]:
        """Return what came from the files below a folder, in order of file and article.

        Present articles count too that are named by a path below it, and were added otherwise.
        """
        if not self._exists():
            return []
        first, end = _range(folder)
        rows = self._store.execute(
            "SELECT o.file, o.article_id, o.version FROM origins o JOIN articles a "
            "ON a.id = o.article_id WHERE o.file >= ?1 AND o.file < ?2 AND a.present UNION ALL "
            "SELECT a.id, a.id, a.latest FROM articles a WHERE a.id >= ?1 AND a.id < ?2 "
            "AND a.present AND a.id NOT IN (SELECT article_id FROM origins) ORDER BY 1, 2",
            first,
            end,
        )
        return [Origin(str(file), str(article), int(version)) for file, article, version in rows]

    def elsewhere(self, article_id: str, files: Iterable[str]) -> list[str]:
        """Return the files that an article came from besides `files`."""
        known = set(files)
        rows = self._store.execute("SELECT file FROM origins WHERE article_id = ?", article_id)
        return sorted(str(row[0]) for row in rows if row[0] not in known)

    def keep(self, found: Iterable[Origin], forgotten: Iterable[Origin] = ()) -> None:
        """Enter what files gave, and strike out what they give no more, in one transaction."""
        with self._store.transaction():
            for origin in forgotten:
                self._store.execute(
                    "DELETE FROM origins WHERE file = ? AND article_id = ?", *origin[:2]
                )
            for origin in found:
                self._store.execute("INSERT OR REPLACE INTO origins VALUES (?, ?, ?)", *origin)

    def unchanged(self, origin: Origin) -> bool:
        """Return if an article is present in just the version that the file gave."""
        return self._store.latest(origin.article_id) == (origin.version, True)

    def note(self, state: FolderState) -> None:
        """Keep how a folder is, in place of how it was."""
        body = json.dumps({**asdict(state), "failed": list(state.failed[:_MOST_FAILURES])})
        with self._store.transaction():
            self._store.execute("INSERT OR REPLACE INTO folders VALUES (?, ?)", state.path, body)

    def folders(self) -> list[FolderState]:
        """Return the folders that were ever followed, by path."""
        if not self._exists():
            return []
        sound = self._store.sound("folders", "f")
        rows = self._store.execute(f"SELECT state FROM folders f WHERE {sound} ORDER BY path")
        read = (json.loads(row[0]) for row in rows)
        return [
            FolderState(**{**each, "failed": tuple(tuple(one) for one in each["failed"])})
            for each in read
        ]

    def _exists(self) -> bool:
        """Whether there are tables: not in an older library that this user may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'folders'"))


def _range(folder: str) -> tuple[str, str]:
    """Return bounds between which the paths below a folder sort, the second excluded.

    >>> _range("/news"), _range("/")
    (('/news/', '/news0'), ('/', '0'))
    """
    inside = folder.rstrip("/") + "/"
    # The character after "/" is "0".
    return inside, inside[:-1] + "0"
