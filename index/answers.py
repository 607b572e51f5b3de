"""Answers kept in a store, each with the spans it cites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.article import Passage
from index.store import Store


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The JSON of a saved answer, and the ISO time in UTC when it was given."""

    body: str
    created_at: str


def save_answer(
    store: Store, answer_id: str, body: str, spans: Sequence[Passage], owner: str = ""
) -> None:
    """Keep `body` with the spans it cites, whose versions then outlive updates and removals.

    `owner` is the reader it belongs to: a user's name, or "" for whoever sits at this machine.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction():
        store.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", answer_id, now, body, owner)
        for n, span in enumerate(spans, start=1):
            store.execute(
                "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?)",
                answer_id, n, span.article_id, span.version, span.start, span.end,
            )  # fmt: skip


def stored_answer(store: Store, answer_id: str, owner: str = "") -> StoredAnswer | None:
    """Return a saved answer of `owner`, or `None`; another's is as one that never was."""
    # A library of schema 3 that this user may not write has no column for owners, and none.
    rows = store.execute("SELECT * FROM answers WHERE id = ?", answer_id)
    if not rows or (*rows[0], "")[3] != owner:
        return None
    _, created_at, body, *_ = rows[0]
    return StoredAnswer(str(body), str(created_at))
