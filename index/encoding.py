"""Which encoder a library's vectors are from, and how to change it."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import DalilError
from index.encoder import Encoder
from index.lock import write_lock
from index.store import DATABASE, Store

_BATCH = 2_000


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


def reencode(home: Path, encoder: Encoder) -> int:
    """Encode every passage of the library in `home` with `encoder`; return their number.

    One transaction: a reader sees the old vectors or the new ones, and a failure changes nothing.
    """
    store = Store(home / DATABASE)
    try:
        with write_lock(home, wait=True), store.transaction():
            passages = store.passages()
            for first in range(0, len(passages), _BATCH):
                group = passages[first : first + _BATCH]
                vectors = encoder.encode_passages([store.text(p) for p in group])
                store.replace_vectors([p.id for p in group], vectors)
            name_encoder(store, encoder)
            store.raise_revision()
    finally:
        store.close()
    return len(passages)
