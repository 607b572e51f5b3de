"""Secrets that lie in files: a key of a model's server, or what a provider of log-ins shares."""

from __future__ import annotations

import os
from pathlib import Path

from corpus.errors import DalilError


def read_secret(file: Path, kind: str) -> str:
    """Return what a file holds, without white space around it; `kind` is what to call the file.

    Raises `DalilError`, never with a part of the secret, for a file that everybody may use, or that
    is not there or not UTF-8.
    """
    try:
        # Docker and Kubernetes mount secrets for a group, so only the rights of others count.
        if os.name == "posix" and file.stat().st_mode & 0o007:
            raise DalilError(
                f"Every user of this machine may use the {kind} {file}. "
                f"Close it with: chmod 600 {file}"
            )
        return file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise DalilError(
            f"The {kind} {file} cannot be read as UTF-8. Check its name and permissions."
        ) from None
