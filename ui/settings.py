"""Settings, read from options and environment where the program is put together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the library lies, with what it is encoded and by what its passages are reranked."""

    home: Path
    encoder: str
    reranker: str | None = None

    @classmethod
    def read(cls, home: Path | None, encoder: str | None, reranker: str | None = None) -> Settings:
        """Let options win over `DALIL_HOME` and so on, and those over defaults."""
        chosen = home or os.environ.get("DALIL_HOME")
        return cls(
            Path(chosen).expanduser() if chosen else _default_home(),
            encoder or os.environ.get("DALIL_ENCODER") or "bundled",
            reranker or os.environ.get("DALIL_RERANKER") or None,
        )


def _default_home() -> Path:
    """Return the place that the XDG base directory specification gives to user data."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "dalil"
