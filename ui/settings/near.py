"""What somebody probably meant who named a setting that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches


def near_key(key: str, known: Mapping[str, str]) -> str:
    """Return a sentence with the key that was probably meant, nothing if none is near.

    >>> near_key("server.prot", {"server.port": "port", "home": "home"})
    ' Did you mean server.port?'
    >>> near_key("port", {"server.port": "port", "home": "home"})
    ' Did you mean server.port?'
    """
    name = key.rpartition(".")[2]
    keys = [key for key, last in known.items() if last == name]
    near = (
        keys
        or get_close_matches(key, known, n=1)
        or [
            key
            for key, last in known.items()
            if last in get_close_matches(name, known.values(), n=1)
        ]
    )
    return f" Did you mean {near[0]}?" if near else ""
