"""Which Qdrant a setting means."""

from __future__ import annotations

from pathlib import Path

from index.qdrant.transport import Transport

SERVER, EDGE = "qdrant:", "qdrant-edge:"


def connect(index: str, name: str) -> Transport:
    """Return the transport that the setting `index` means, to the collection `name`."""
    if index.startswith(EDGE):
        from index.qdrant.edge import EdgeTransport

        return EdgeTransport.open(Path(index.removeprefix(EDGE)).expanduser() / name)
    from index.qdrant.server import ServerTransport

    return ServerTransport.at(index.removeprefix(SERVER), name)
