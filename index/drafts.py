"""Vectors of the encoder that a library is being moved to, until it has them all.

They lie in a table of their own, so that searches go on with the old encoder's vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.store import PassageRow, Store


@dataclass(frozen=True)
class Drafts:
    """The vectors with `fingerprint` that wait in `store`.

    Ids of passages are never given twice and a passage never changes its text, so a draft holds
    for as long as its passage is there.
    """

    store: Store
    fingerprint: str

    def discard_others(self) -> None:
        """Drop what another encoder has left."""
        with self.store.transaction():
            self.store.execute("DELETE FROM drafts WHERE fingerprint <> ?", self.fingerprint)

    def missing(self) -> list[PassageRow]:
        """Return the present passages that have no draft yet, by id."""
        with self.store.reading():
            drafted = set(self.ids())
            return [passage for passage in self.store.passages() if passage.id not in drafted]

    def ids(self) -> list[int]:
        """Return the ids of the present passages that have a draft, ascending."""
        rows = self.store.execute(
            "SELECT d.passage_id FROM drafts d JOIN passages p ON p.id = d.passage_id "
            "WHERE d.fingerprint = ? ORDER BY d.passage_id",
            self.fingerprint,
        )
        return [row[0] for row in rows]

    def keep(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Commit `vectors`, float32 (len(ids), dimension), of the passages `ids`."""
        with self.store.transaction():
            for number, vector in zip(ids, vectors, strict=True):
                self.store.execute(
                    "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)",
                    number, self.fingerprint, vector.astype("<f4").tobytes(),
                )  # fmt: skip

    def adopt(self) -> None:
        """Make the drafts the passages' vectors; call within a transaction.

        A passage without a draft would lose its vector, which the schema forbids.
        """
        self.store.execute(
            "UPDATE passages SET vector = (SELECT d.vector FROM drafts d "
            "WHERE d.passage_id = passages.id AND d.fingerprint = ?)",
            self.fingerprint,
        )
        self.store.execute("DELETE FROM drafts")
