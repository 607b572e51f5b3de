"""A library copied whole while it is in use, and put back while it is in use.

SQLite's backup interface copies one state of the file, whatever others write meanwhile.  A copy
holds the digests of its rows, and one over all of them: it is checked when it is made and again
before it takes the place of anything.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count
from pathlib import Path
from uuid import uuid4

from corpus.errors import DalilError
from index.store.connection import APPLICATION_ID, connect
from index.store.database import DATABASE, Store
from index.store.lock import REINDEX_LOCK, make_folder, writing
from index.store.origins import COLLECTION, COLLECTION_FILE, RESTORED
from index.store.safety.checking import of_rows
from index.store.tables.making import sync_folder

# The setting of a backup that says when it was made, and the digest over all digests.
_MADE = "backup"
# Pages copied between two looks at how far the copy is.
_STEP = 1_000
OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, the ISO time in UTC when it was made, and how many articles it holds.

    `aside` is where a library that could not be opened was put when the backup took its place.
    """

    file: Path
    made_at: str | None
    articles: int
    aside: Path | None = None


def back_up(home: Path, file: Path, on_step: OnStep = lambda _done, _all: None) -> Backup:
    """Copy the library in `home` to `file`, which is replaced when the copy is whole and sound.

    Others read and write meanwhile.  Raises `DalilError` for a damaged library, and for a `file`
    that is there and is no backup.
    """
    _check_target(home, file)
    with draft_in(file.parent) as draft:
        with (
            closing(Store(home / DATABASE)) as store,
            closing(connect(draft)) as target,
            store.reading(),
        ):
            store.digests.connection.copy_into(target, _STEP, on_step)
        with closing(Store(draft)) as copy:
            _refuse_faults(copy, home / DATABASE)
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            said = json.dumps({"made_at": made_at, "digest": _digest_of_all(copy)})
            with copy.transaction():
                copy.set(_MADE, said)
            articles = copy.count_articles()
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        _replace(draft, file)
    return Backup(file, made_at, articles)


def restore(home: Path, file: Path, say: Callable[[str], None]) -> Backup:
    """Put the backup in `file` in the place of the library in `home`, once it is found sound.

    Who reads the library sees it change in one step, a server too.  One that cannot be opened is
    put aside.  Raises `DalilError` for a backup that is damaged or none, and changes nothing then.
    """
    if not _is_library(file):
        raise DalilError(f"{file} is no backup of a library. Make one with: dalil backup FILE")
    if _is_same(home, file):
        raise DalilError(f"{file} is the library itself, and nothing was changed. Name a backup.")
    make_folder(home)
    with writing(home, say, REINDEX_LOCK), writing(home, say), draft_in(home) as draft:
        _copy(file, draft)
        with closing(Store(draft)) as copy:
            _refuse_faults(copy, file)
            made_at = _check_whole(copy, file)
            articles = copy.count_articles()
            named = copy.get(COLLECTION)
            # The collection it names is that of the library it was made from, which may live on.
            with copy.transaction():
                copy.execute("DELETE FROM meta WHERE key IN (?, ?)", COLLECTION, COLLECTION_FILE)
                # An index of a damaged library may be of the very revision of the backup.
                copy.set(RESTORED, uuid4().hex)
            done = _into_open(copy, home / DATABASE, named)
            copy.execute("PRAGMA journal_mode = WAL")
        aside = None if done else put_in_place(draft, home / DATABASE)
    return Backup(file, made_at, articles, aside)


def _into_open(copy: Store, path: Path, named: str | None) -> bool:
    """Copy `copy` into the library at `path` as one change; tell if that could be opened.

    `named` is the collection that the backup named, which the library keeps if it is its own.
    """
    try:
        live = Store(path)
    except DalilError:
        return False
    with closing(live):
        try:
            revision = live.revision
            (last,) = live.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence")[0]
            own = {key: live.get(key) for key in (COLLECTION, COLLECTION_FILE)}
        except DalilError:
            return False
        with copy.transaction():
            copy.execute("DELETE FROM meta WHERE key = ?", _MADE)
            # Neither a revision nor the id of a passage may come to mean something else.
            copy.set("revision", str(max(revision, copy.revision) + 1))
            copy.set(RESTORED, str(copy.revision))
            copy.execute("UPDATE sqlite_sequence SET seq = max(seq, ?)", last)
            for key, value in own.items():
                if named is not None and own[COLLECTION] == named and value is not None:
                    copy.set(key, value)
        live.check_beside()
        try:
            copy.digests.connection.copy_into(live.digests.connection)
        except DalilError:
            # A damaged file may not even be written over.
            return False
    return True


def put_in_place(draft: Path, path: Path) -> Path | None:
    """Put `draft` in the place of a file that cannot be opened, and that aside."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{now}")
    for number in count(2):
        if not aside.exists():
            break
        aside = path.with_name(f"{path.name}.damaged-{now}-{number}")
    for end in ("-wal", "-shm"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    kept = path.exists()
    if kept:
        os.link(path, aside)
    _replace(draft, path)
    return aside if kept else None


def _check_target(home: Path, file: Path) -> None:
    if _is_same(home, file):
        raise DalilError(f"{file} is the library itself. Name another file for the backup.")
    if not file.parent.is_dir():
        raise DalilError(f"There is no folder {file.parent} for the backup. Make it first.")
    if file.exists() and not _is_library(file):
        raise DalilError(f"{file} is there and is no backup of a library. Name another file.")


def _copy(file: Path, draft: Path) -> None:
    """Copy a backup, or a library with what it holds in its log alone while it is open."""
    if not file.with_name(f"{file.name}-wal").exists():
        shutil.copyfile(file, draft)
        return
    with closing(connect(file)) as given, closing(connect(draft)) as target:
        given.copy_into(target)


def _is_same(home: Path, file: Path) -> bool:
    ours = home / DATABASE
    return file.exists() and ours.exists() and file.samefile(ours)


def _is_library(file: Path) -> bool:
    """Tell by its header if a file is a library, without opening it."""
    with suppress(OSError), file.open("rb") as opened:
        header = opened.read(72)
        known = int.from_bytes(header[68:72], "big") == APPLICATION_ID
        return known and header.startswith(b"SQLite format 3\0")
    return False


def _refuse_faults(store: Store, of: Path) -> None:
    with store.reading():
        found = of_rows(store, lambda _done, _all: None)
    if found:
        raise DalilError(f"{of} is damaged, and nothing was changed. {found[0]}")


def _check_whole(store: Store, file: Path) -> str | None:
    """Return when a backup was made; raise `DalilError` if rows and digests went together."""
    said = store.get(_MADE)
    if said is None:
        # A plain copy of a library's file, as people make them.
        return None
    made = json.loads(said)
    if made["digest"] != _digest_of_all(store):
        raise DalilError(f"{file} is not whole, and nothing was changed. Use another backup.")
    return str(made["made_at"])


def _digest_of_all(store: Store) -> str:
    """Return the digest over all digests but those of settings, in hexadecimal digits."""
    state = blake2b(digest_size=16)
    for row in store.execute(
        "SELECT of, key, digest FROM digests WHERE of <> 'meta' ORDER BY of, key"
    ):
        state.update(repr(row).encode())
    return state.hexdigest()


@contextmanager
def draft_in(folder: Path) -> Iterator[Path]:
    """Give the block a file that nobody else may read, and drop what is left of it."""
    try:
        handle, name = tempfile.mkstemp(prefix=".dalil-", suffix=".sqlite", dir=folder)
    except OSError as error:
        raise DalilError(
            f"Nothing can be written to {folder} ({error.strerror}). Name another file."
        ) from error
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)


def _replace(draft: Path, file: Path) -> None:
    """Put `draft` in the place of `file` for good, in one step."""
    with draft.open("rb") as opened:
        os.fsync(opened.fileno())
    draft.replace(file)
    sync_folder(file.parent)
