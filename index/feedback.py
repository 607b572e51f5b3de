"""What readers said of saved answers; kept beside them, never used for ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.errors import MissingError
from index.answers import stored_answer
from index.store import Store


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer helped, and why; `created_at` is an ISO time in UTC."""

    helpful: bool
    note: str
    created_at: str


class FeedbackTable:
    """The feedback in a store, one for each answer; use it as `Library.feedback`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, answer_id: str, *, helpful: bool, note: str = "", owner: str = "") -> Feedback:
        """Store feedback in place of what was said before of the same answer.

        Raises `MissingError` when no such answer of `owner` is saved.
        """
        given = Feedback(helpful, note, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._store.transaction():
            if stored_answer(self._store, answer_id, owner) is None:
                raise MissingError(f"There is no saved answer {answer_id!r} in the library.")
            self._store.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)",
                answer_id, given.created_at, int(helpful), note,
            )  # fmt: skip
        return given

    def rated(self) -> list[tuple[str, str]]:
        """Return id and owner of every saved answer with feedback, the oldest answer first."""
        if not self._exists():
            return []
        # As in `stored_answer`: a library of schema 3 may have no owners.
        rows = self._store.execute(
            "SELECT a.* FROM answers a JOIN feedback f ON f.answer_id = a.id "
            "ORDER BY a.created_at, a.id"
        )
        return [(str(row[0]), str((*row, "")[3])) for row in rows]

    def of(self, answer_id: str) -> Feedback | None:
        """Return what was said last of an answer, or `None`."""
        if not self._exists():
            return None
        rows = self._store.execute(
            "SELECT helpful, note, created_at FROM feedback WHERE answer_id = ?", answer_id
        )
        return Feedback(bool(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def _exists(self) -> bool:
        """Whether there is a table: not in a library of schema 2 that this user may not write."""
        return bool(self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'feedback'"))
