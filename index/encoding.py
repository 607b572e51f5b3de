"""Which encoder a library's vectors are from, and how to change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DalilError
from index.drafts import Drafts
from index.encoder import Encoder
from index.lock import REINDEX_LOCK, writing
from index.pace import paced
from index.passages import texts_of
from index.store import DATABASE, PassageRow, Store

# Passages encoded between two commits; a kill costs no more than a batch.
_FIRST_BATCH, _LEAST_BATCH, _MOST_BATCH = 64, 16, 2_048


@dataclass(frozen=True, slots=True)
class Reencoded:
    """How many passages the library has, and how many an earlier run had already encoded."""

    passages: int
    resumed: int


def name_encoder(store: Store, encoder: Encoder) -> None:
    """Record that the vectors of `store` are `encoder`'s; call within a transaction."""
    store.set("encoder", encoder.name)
    store.set("fingerprint", encoder.fingerprint)


def check_encoder(store: Store, encoder: Encoder) -> None:
    """Raise `DalilError` if the vectors of `store` are another encoder's."""
    fingerprint, name = store.get("fingerprint"), store.get("encoder")
    if fingerprint in (None, encoder.fingerprint):
        return
    same_name = " (another edition of it)" if name == encoder.name else ""
    raise DalilError(
        f"The library {store.path.parent} was encoded with {name!r}{same_name}, not with "
        f"{encoder.name!r}. Open it with --encoder {name}, or re-encode it with: "
        f"dalil reindex --encoder {encoder.name}"
    )


def reencode(
    home: Path,
    encoder: Encoder,
    *,
    say: Callable[[str], None] = lambda _: None,
    on_batch: Callable[[int, int], None] = lambda _done, _all: None,
) -> Reencoded:
    """Encode every passage of the library in `home` with `encoder` and switch to its vectors.

    Vectors are committed in batches beside the old ones, so that a run which was stopped, however
    hard, goes on where it was, unless another encoder has been started since.  Readers and
    writers keep the old encoder meanwhile; what they add is caught up with, and one transaction
    switches over.  `on_batch` gets the passages done and all of them, `say` messages for people.
    """
    store = Store(home / DATABASE)
    try:
        with writing(home, say, REINDEX_LOCK):
            return _Move(store, encoder, say, on_batch).run()
    finally:
        store.close()


class _Move:
    """One run of `reencode`."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        say: Callable[[str], None],
        on_batch: Callable[[int, int], None],
    ) -> None:
        self._store, self._encoder = store, encoder
        self._say, self._on_batch = say, on_batch
        self._drafts = Drafts(store, encoder.fingerprint)

    def run(self) -> Reencoded:
        """Encode what is missing, until so little is that the switch need not wait for it."""
        self._drafts.discard_others()
        resumed, missing = len(self._drafts.ids()), self._drafts.missing()
        if resumed:
            self._say(
                f"{resumed:,} of {resumed + len(missing):,} passages were already encoded; "
                "going on with the rest."
            )
        self._encode(missing)
        while (passages := self._switch()) is None:
            self._encode(self._drafts.missing())
        return Reencoded(passages, resumed)

    def _encode(self, missing: Sequence[PassageRow]) -> None:
        done = len(self._drafts.ids())
        total = done + len(missing)
        for group in paced(missing, _FIRST_BATCH, least=_LEAST_BATCH, most=_MOST_BATCH):
            vectors = self._encoder.encode_passages(list(texts_of(self._store, group)))
            self._drafts.keep([p.id for p in group], vectors)
            done += len(group)
            self._on_batch(done, total)

    def _switch(self) -> int | None:
        """Adopt the drafts and return their number; `None` if other writers have added much."""
        with writing(self._store.path.parent, self._say):
            missing = self._drafts.missing()
            if len(missing) > _LEAST_BATCH:
                return None
            self._encode(missing)
            passages = len(self._drafts.ids())
            with self._store.transaction():
                self._drafts.adopt()
                name_encoder(self._store, self._encoder)
                self._store.raise_revision()
            return passages
