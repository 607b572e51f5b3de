"""Conversations of the chat: saved answers in the order in which they were asked for, with a name.

Each belongs to one owner, and to everybody else it is as one that never was.  Only words of names
and questions are kept to be looked for; what the answers quote stays in the articles alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from corpus.errors import MissingError
from corpus.text.language import detect
from corpus.text.stems import terms
from corpus.text.words import words
from index.store.connection import cells
from index.store.database import DATABASE, Store

# In place of a question or a name that is not what was stored.
_LOST = "…"
# A library of schema 6 that this process may not write has no such tables yet.
_EXISTS = "SELECT 1 FROM sqlite_master WHERE name = 'conversations'"
_OWN = "SELECT id, name, asked_at, {} FROM conversations c WHERE owner = ?"
_FITS = (
    " AND (instr(c.words, ?) OR instr(c.words, ?) OR EXISTS (SELECT 1 FROM turns t "
    "WHERE t.conversation_id = c.id AND (instr(t.words, ?) OR instr(t.words, ?))))"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a conversation and its saved answer; `at` is an ISO time in UTC."""

    answer_id: str
    question: str
    at: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation; without a `given` name it is called by its first question.

    `asked_at` is the ISO time in UTC of its last question.
    """

    id: str
    given: str | None
    asked_at: str
    turns: Sequence[Asked]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.given or (" ".join(self.turns[0].question.split()) if self.turns else "")


class Conversations:
    """The conversations in a store, which belongs to the thread that opened it."""

    def __init__(
        self, store: Store, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._now = now

    @classmethod
    def open(cls, home: Path) -> Self:
        """Open the conversations of the library in `home`."""
        return cls(Store(home / DATABASE))

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def keep(self, answer_id: str, owner: str = "", after: str | None = None) -> str:
        """Put a saved answer behind the answer `after` of its conversation; return that's id.

        Where `after` is in none of `owner`'s conversations, a new one begins.  Raises
        `MissingError` without such an answer of `owner`.
        """
        at = self._now().isoformat(timespec="seconds")
        with self._store.transaction():
            question = self._question(answer_id, owner)
            rows = self._store.execute(
                "SELECT c.id FROM turns t JOIN conversations c ON c.id = t.conversation_id "
                "WHERE t.answer_id = ? AND c.owner = ?",
                after, owner,
            )  # fmt: skip
            conversation_id = str(rows[0][0]) if rows else uuid4().hex
            self._store.execute(
                "INSERT INTO conversations (id, owner, asked_at) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (id) DO UPDATE SET asked_at = ?3",
                conversation_id, owner, at,
            )  # fmt: skip
            self._store.execute(
                "INSERT INTO turns (conversation_id, answer_id, words) VALUES (?, ?, ?)",
                conversation_id, answer_id, searchable(question),
            )  # fmt: skip
        return conversation_id

    def page(
        self, owner: str = "", text: str | None = None, limit: int = 50, skip: int = 0
    ) -> tuple[list[Conversation], int]:
        """Return some conversations of `owner`, that asked last first, and how many fit.

        Every word of `text` is a part of a word of the name or of a question, or has its stem.
        """
        query, values = _OWN, [owner]
        for word, stem in _sought(text or ""):
            query += _FITS
            values += [word, f" {stem} "] * 2
        if text and text.strip() and values == [owner]:
            return [], 0  # Signs alone are no word of any question.
        with self._store.reading():
            if not self._store.execute(_EXISTS):
                return [], 0
            query = query.format(self._store.sound("conversations", "c"))
            total = self._store.execute(f"SELECT count(*) FROM ({query})", *values)[0][0]
            order = " ORDER BY asked_at DESC, rowid DESC LIMIT ? OFFSET ?"
            rows = self._store.execute(query + order, *values, limit, skip)
            return [self._read(row, owner) for row in rows], int(total)

    def find(self, conversation_id: str, owner: str = "") -> Conversation:
        """Return a conversation of `owner`; raise `MissingError` without one."""
        with self._store.reading():
            rows = []
            if self._store.execute(_EXISTS):
                query = _OWN.format(self._store.sound("conversations", "c"))
                rows = self._store.execute(f"{query} AND id = ?", owner, conversation_id)
            if not rows:
                raise MissingError("There is no such conversation. It may have been deleted.")
            return self._read(rows[0], owner)

    def rename(self, conversation_id: str, name: str, owner: str = "") -> Conversation:
        """Give a conversation of `owner` a name; a blank one brings its first question back."""
        given = " ".join(name.split()) or None
        with self._store.transaction():
            self.find(conversation_id, owner)
            self._store.execute(
                "UPDATE conversations SET name = ?, words = ? WHERE id = ?",
                given, searchable(given or ""), conversation_id,
            )  # fmt: skip
        return self.find(conversation_id, owner)

    def delete(self, conversation_id: str, owner: str = "") -> list[str]:
        """Delete a conversation of `owner` for good, its answers and what was said of them too.

        Return the ids of the answers.  Raises `MissingError` without the conversation.
        """
        with self._store.transaction():
            found = self.find(conversation_id, owner)
            erase(self._store, "id = ?", conversation_id)
        return [turn.answer_id for turn in found.turns]

    def forget(self, days: int) -> None:
        """Delete conversations, whoever they belong to, whose last question is `days` days old."""
        if not self._store.execute(_EXISTS):
            return
        until = (self._now() - timedelta(days=days)).isoformat(timespec="seconds")
        old = "asked_at < ?" if days else "asked_at <= ?"
        # Most of the time there are none, and nobody has to wait for a writer.
        if self._store.execute(f"SELECT 1 FROM conversations WHERE {old} LIMIT 1", until):
            with self._store.transaction():
                erase(self._store, old, until)

    def _question(self, answer_id: str, owner: str) -> str:
        rows = self._store.execute(
            "SELECT body FROM answers WHERE id = ? AND owner = ?", answer_id, owner
        )
        if not rows:
            raise MissingError(f"There is no saved answer {answer_id!r} in the library.")
        return str(json.loads(rows[0][0])["question"])

    def _read(self, row: Sequence[Any], owner: str) -> Conversation:
        """Return a conversation; of what was damaged, and may be another's, no word is shown."""
        conversation_id, name, asked_at, sound = cells(row)
        rows = self._store.execute(
            "SELECT a.id, a.body, a.created_at, "
            f"a.owner = ? AND {self._store.sound('answers', 'a')} FROM turns t "
            "JOIN answers a ON a.id = t.answer_id WHERE t.conversation_id = ? ORDER BY t.n",
            owner,
            conversation_id,
        )
        turns = [
            Asked(answer_id, str(json.loads(body)["question"]) if whole else _LOST, at)
            for answer_id, body, at, whole in map(cells, rows)
        ]
        return Conversation(
            conversation_id, name if sound else name and _LOST, asked_at, tuple(turns)
        )


def erase(store: Store, which: str, *values: object) -> None:
    """Delete the conversations that fit an SQL condition with all that hangs on them.

    Call it within a transaction.
    """
    theirs = (
        "SELECT t.answer_id FROM turns t JOIN conversations c ON c.id = t.conversation_id "
        f"WHERE c.{which}"
    )
    for table, column in (("feedback", "answer_id"), ("citations", "answer_id"), ("answers", "id")):
        store.execute(f"DELETE FROM {table} WHERE {column} IN ({theirs})", *values)
    named = f"SELECT id FROM conversations WHERE {which}"
    store.execute(f"DELETE FROM turns WHERE conversation_id IN ({named})", *values)
    store.execute(f"DELETE FROM conversations WHERE {which}", *values)


def searchable(text: str) -> str:
    """Return the words of a text as they are looked for, each between spaces, folded and as stems.

    >>> searchable("أين المعبر؟")
    ' اين المعبر معبر '
    >>> searchable("")
    ''
    """
    folded = [word.folded for word in words(text)]
    every = dict.fromkeys([*folded, *terms(text, detect(text))])
    return f" {' '.join(every)} " if every else ""


def _sought(text: str) -> list[tuple[str, str]]:
    """Return each word that is looked for, folded, with its stem."""
    folded = [word.folded for word in words(text)]
    return list(zip(folded, terms(text, detect(text)), strict=True))
