"""Which Qdrant a setting means, and which collection there is a library's own."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from corpus.errors import DalilError
from index.qdrant.transport import Transport
from index.store.database import Store
from index.store.origins import COLLECTION, COLLECTION_FILE

SERVER, EDGE = "qdrant:", "qdrant-edge:"


def connect(index: str, name: str) -> Transport:
    """Return the transport that the setting `index` means, to the collection `name`."""
    if index.startswith(EDGE):
        from index.qdrant.edge import EdgeTransport

        return EdgeTransport.open(Path(index.removeprefix(EDGE)).expanduser() / name)
    from index.qdrant.server import ServerTransport

    return ServerTransport.at(index.removeprefix(SERVER), name)


def place_of(index: str) -> str:
    """Return what of the setting `index` says where; how a collection is made stands behind.

    >>> place_of("qdrant:http://127.0.0.1:6333/?shards=12&replicas=2")
    'qdrant:http://127.0.0.1:6333'
    """
    return index.partition("?")[0].rstrip("/") if index.startswith(SERVER) else index


def collection_of(store: Store) -> str:
    """Return the name of a library's collection; one without gets a name that no other has."""
    return store.get(COLLECTION) or _named(store, None)


def claim(store: Store, index: str) -> None:
    """See that the collection may be changed for this library.

    A copy of a library has the name too, and would take the original's passages away: raises
    `DalilError` where the file is not the one that the collection was filled from.
    """
    # The number of the file, since one folder may be reached by several paths.
    ours, known = str(store.path.stat().st_ino), store.get(COLLECTION_FILE)
    if known is None:
        with store.transaction():
            store.set(COLLECTION_FILE, ours)
    elif known != ours:
        raise DalilError(
            f"{store.path} was copied or moved since its Qdrant collection was filled, which may "
            "be another library's now, so nothing is written there. The articles are safe. Give "
            f"this library a collection of its own with: dalil index move --to '{index}'"
        )


def disown(store: Store) -> None:
    """Give a library that was copied or moved a collection of its own."""
    known = store.get(COLLECTION_FILE)
    if known is not None and known != str(store.path.stat().st_ino):
        _named(store, store.get(COLLECTION))


def _named(store: Store, instead_of: str | None) -> str:
    name = f"dalil-{uuid4().hex[:12]}"
    with store.transaction():
        known = store.get(COLLECTION)
        if known is not None and known != instead_of:
            return known
        store.set(COLLECTION, name)
        store.set(COLLECTION_FILE, str(store.path.stat().st_ino))
    return name
