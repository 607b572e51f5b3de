"""What following folders did, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.ingest import ImportReport

if TYPE_CHECKING:
    from rag.answer import Json


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What following folders did: an import's report, and the ids of articles taken out.

    `errors` says which folders could not be followed, and why; `waiting` counts files that have
    changed so lately that they are left for the next time.
    """

    imported: ImportReport
    removed: Sequence[str] = ()
    errors: Sequence[str] = ()
    waiting: int = 0

    @property
    def did(self) -> bool:
        """Whether the library was changed."""
        return bool(self.imported.added or self.imported.updated or self.removed)

    def as_json(self) -> Json:
        """Return the contract's shape of an import that follows folders."""
        more = {"removed": list(self.removed), "errors": list(self.errors)}
        return {**self.imported.as_json(), **more}

    def exit_code(self) -> int:
        """Return 0 when all went well, 3 when a part did, 1 when nothing did."""
        if not (self.errors or self.imported.failed):
            return 3 if self.imported.skipped else 0
        return 3 if self.did or self.imported.unchanged else 1

    def __add__(self, other: SyncReport) -> SyncReport:
        """Return the report of both."""
        mine, theirs = self.imported, other.imported
        return SyncReport(
            ImportReport(
                [*mine.added, *theirs.added],
                [*mine.updated, *theirs.updated],
                [*mine.unchanged, *theirs.unchanged],
                [*mine.failed, *theirs.failed],
                [*mine.skipped, *theirs.skipped],
                [*mine.notices, *theirs.notices],
            ),
            [*self.removed, *other.removed],
            [*self.errors, *other.errors],
            self.waiting + other.waiting,
        )
