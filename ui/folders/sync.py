"""A library follows a folder: what is new or changed is added, what is gone leaves the search."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.folder import Listing, Stamp, check_folders, list_folder
from corpus.load import Loaded, load_sources
from corpus.profiles.profile import FOLDER, read_profiles
from corpus.source import file_source
from corpus.text.characters import replace_surrogates
from index.store.origins import FolderState, Origin, Origins
from index.withdrawals import same_content
from ui.folders.leaving import added_before, of_file, remove
from ui.folders.reading import Read, timed_groups
from ui.folders.report import SyncReport
from ui.ingest import ImportReport

if TYPE_CHECKING:
    from index import Library

# A name that is no UTF-8 is kept with this in it, and cannot be looked for again.
_written, _UNWRITABLE = replace_surrogates, "\ufffd"


class Follower:
    """Makes a library follow one folder.

    It remembers how the files were, so that a later look reads only those that changed.  A file is
    read, or counts as gone, when it has been as it is for `settle` seconds.  An article whose file
    cannot be read stays, and so does one that has been changed by other means.  Where the folder
    is missing or holds no article any more, nothing is removed unless `allow_empty`.  When
    `stopped`, it reads no further file, and not to the end of an archive.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clean: bool = True,
        fields: Mapping[str, str] | None = None,
        settle: float = 0.0,
        allow_empty: bool = False,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.folder = os.path.normpath(folder.absolute())
        self._given = os.fspath(folder)
        self._clean, self._fields = clean, fields or {}
        self._settle, self._allow_empty = settle, allow_empty
        self._stopped = stopped
        # Since when each file has been as it is, and how it was when it was read.
        self._since: dict[str, tuple[Stamp | None, float]] = {}
        self._read: dict[str, Stamp | None] = {}
        self._failed: dict[str, list[Loaded]] = {}
        self._noted: FolderState | None = None
        # Which library holds what was read, and which backup last took its place.
        self._held: tuple[Origins, str | None] | None = None

    def retry(self) -> None:
        """Read files that failed again at the next look, changed or not."""
        for file in self._failed:
            self._read.pop(file, None)

    def _forget(self, library: Library) -> None:
        """Read all again where another library holds other than what was read: a backup, too."""
        held = library.origins, library.origins.restored
        if held != self._held:
            self._held, self._noted = held, None
            self._read, self._failed = {}, {}

    def failures(self) -> list[str]:
        """Return a sentence for each file, or line of one, that could not be read last."""
        return [f"{one.place}: {one.error}" for each in self._failed.values() for one in each]

    def look(self, library: Library, now: float = 0.0) -> SyncReport:
        """Follow what has changed since the last look, as of `now` on a clock in seconds.

        Raises `DalilError` where the library cannot be written.
        """
        self._forget(library)
        listing = list_folder(self.folder)
        if self._allow_empty and not os.path.lexists(self.folder):
            listing = Listing(self.folder, {}, {})
        known = [of_file(origin, listing) for origin in library.origins.below(self.folder)]
        if error := self._refusal(listing, known):
            self._note(library, len(known), error)
            return SyncReport(ImportReport(), errors=[error])
        due, gone, waiting = self._due(listing, known, now)
        read = Read()
        done = self._add(library, due, read) if due else ImportReport()
        removed = self._settle_origins(library, known, gone, read, done)
        # Not before: a file counts as read when all that came of it is kept.
        self._remember(listing, read)
        if removed:
            # What stood in another's way may be free now.
            self.retry()
            waiting += len(self._failed)
        failed = [one for each in read.failed.values() for one in each]
        failed += [Loaded(at, error=_closed(why)) for at, why in listing.unread.items()]
        self._note(library, len(library.origins.below(self.folder)) if due or removed else None)
        done = replace(done, failed=failed)
        return SyncReport(done, removed, (), waiting)

    def _refusal(self, listing: Listing, known: Sequence[Origin]) -> str | None:
        """Return why the folder is not followed as it is, `None` if it is."""
        if why := listing.unread.get(self.folder):
            return (
                f"The folder {self._given} cannot be read ({why}); nothing was removed. Mount or "
                "mend it; if it is meant to be gone, run dalil add --sync --allow-empty."
            )
        if known and not listing.files and not self._allow_empty:
            return (
                f"The folder {self._given} holds no articles any more, and {len(known)} came from "
                "it; nothing was removed. Is it mounted? If it is meant to be empty, run dalil add "
                "--sync --allow-empty."
            )
        return None

    def _due(
        self, listing: Listing, known: Sequence[Origin], now: float
    ) -> tuple[list[str], set[str], int]:
        """Return the files to read, those that are gone, and how many are left for later."""
        ours = {origin.file for origin in known}
        missing = {f for f in ours if _UNWRITABLE not in f and listing.gone(f)}
        looks: dict[str, Stamp | None] = {**listing.files, **dict.fromkeys(missing)}
        since = {
            file: before if (before := self._since.get(file)) and before[0] == stamp
            else (stamp, now)
            for file, stamp in looks.items()
        }  # fmt: skip
        self._since = since
        changed = [
            file
            for file, stamp in listing.files.items()
            if file not in self._read or self._read[file] != stamp
        ]
        settled = {file for file, (_, first) in since.items() if now - first >= self._settle}
        waiting = len({*changed, *missing} - settled)
        return [file for file in changed if file in settled], missing & settled, waiting

    def _add(self, library: Library, due: Sequence[str], read: Read) -> ImportReport:
        """Add what the files hold, so that nobody who writes waits while they are read."""
        report = SyncReport(ImportReport())
        for group in timed_groups(self._loaded(library, due, read)):
            done = library.add(self._articles(library, group, due, read))
            report += SyncReport(ImportReport(done.added, done.updated, done.unchanged))
        return replace(report.imported, notices=list(dict.fromkeys(read.told)))

    def _loaded(
        self, library: Library, due: Sequence[str], read: Read
    ) -> Iterator[tuple[str, Loaded]]:
        """Yield what the files hold, each with its file."""
        profiles = read_profiles(library.home / FOLDER)
        for file in due:
            if self._stopped():
                return
            rest = file[len(self.folder) :]
            source = replace(file_source(file), label=self._given.rstrip(os.sep) + rest)
            read.ids[file] = set()
            for loaded in load_sources(
                [source],
                clean=self._clean,
                fields=self._fields,
                profiles=profiles,
                tell=read.told.append,
            ):
                if self._stopped():
                    read.failed.setdefault(file, [])
                    return
                yield file, loaded

    def _articles(
        self,
        library: Library,
        group: Sequence[tuple[str, Loaded]],
        due: Sequence[str],
        read: Read,
    ) -> Iterator[Article]:
        """Yield what may come in, and note in `read` which file held what.

        The library asks for it when nobody else can write any more, so that it is right by then.
        """
        for file, loaded in group:
            article = loaded.article
            if article and library.withdrawals.keeps_out(article):
                # Somebody took it out or removed it although its file is here; what the file says
                # anew comes in.
                continue
            clash = article and self._clash(library, article, file, due, read)
            if clash and loaded.captured:
                # Two archives hold the page as it was at two times.
                continue
            if article is None or clash:
                failure = replace(loaded, article=None, error=clash) if clash else loaded
                read.failed.setdefault(file, []).append(failure)
                continue
            read.ids[file].add(article.id)
            yield article

    def _clash(
        self, library: Library, article: Article, file: str, due: Sequence[str], read: Read
    ) -> str | None:
        """Return why an article cannot be told from another file's, `None` if it can."""
        first, other = read.first.setdefault(article.id, (article, file))
        if other == file:
            others = library.origins.elsewhere(article.id, [*due, _written(file)])
            other = next((o for o in others if os.path.lexists(o)), file)
            if other == file or not library.catalogue.holds(article.id):
                return None
            first = library.article(article.id)
        if same_content(article, first) or same_content(library.edits.applied(article), first):
            return None
        return (
            f'The identity "{article.id}" stands for another article at {_written(other)}; '
            "give each article an id of its own."
        )

    def _remember(self, listing: Listing, read: Read) -> None:
        self._read |= {file: listing.files[file] for file in read.ids}
        self._read = {f: stamp for f, stamp in self._read.items() if f in listing.files}
        kept = {f: why for f, why in self._failed.items() if f in self._read and f not in read.ids}
        self._failed = {**kept, **read.failed}

    def _settle_origins(
        self,
        library: Library,
        known: Sequence[Origin],
        gone: set[str],
        read: Read,
        done: ImportReport,
    ) -> list[str]:
        """Keep what came from where, take out what came from nowhere else; return the ids."""
        versions = {a.id: a.version for a in (*done.added, *done.updated, *done.unchanged)}
        found = [
            Origin(_written(file), article_id, versions[article_id])
            for file, ids in read.ids.items()
            for article_id in sorted(ids)
        ]
        whole = {_written(file): ids for file, ids in read.ids.items() if file not in read.failed}
        lost = [
            origin
            for origin in known
            if origin.file in gone
            or (origin.file in whole and origin.article_id not in whole[origin.file])
        ]
        if not (found or lost):
            return []
        library.origins.keep(found, lost)
        # What another file gives as well stays, and so does what was changed by other means.
        leaving = [
            origin.article_id
            for origin in lost
            if library.origins.unchanged(origin)
            and not library.origins.elsewhere(origin.article_id, ())
            and not added_before(library, origin)
        ]
        return remove(library, list(dict.fromkeys(leaving)))

    def _note(self, library: Library, articles: int | None, error: str | None = None) -> None:
        """Keep how the folder is, unless that was kept before."""
        failed = [(one.place, str(one.error)) for each in self._failed.values() for one in each]
        before = self._noted
        count = articles if articles is not None else before.articles if before else 0
        if articles is None and before is None:
            count = len(library.origins.below(self.folder))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        path = _written(self.folder)
        state = FolderState(path, now, count, len(failed), failed[:20], error)
        if before is None or replace(before, checked_at=now) != state or articles is not None:
            library.origins.note(state)
            self._noted = state


def follow_once(
    library: Library,
    folders: Sequence[Path],
    *,
    clean: bool = True,
    fields: Mapping[str, str] | None = None,
    allow_empty: bool = False,
) -> SyncReport:
    """Make a library follow folders as they are now; raises `InputError` for what is a file."""
    check_folders(folders)
    report = SyncReport(ImportReport())
    for folder in folders:
        follower = Follower(folder, clean=clean, fields=fields, allow_empty=allow_empty)
        report += follower.look(library)
    return report


def _closed(why: str) -> str:
    return f"The folder cannot be read ({why}); what came from it stays. Check its permissions."
