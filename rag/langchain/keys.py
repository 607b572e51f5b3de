"""Keys of model servers: from the provider's own variable or from a file, from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus.errors import DalilError
from rag.secret_file import read_secret

# Servers of one's own mostly ask for no key, but the client of OpenAI's protocol insists on one.
NO_KEY = "no-key-needed"


class Bearer:
    """Puts a key to each request of httpx, and shows it to nobody else, in `repr` neither."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: Any) -> Any:  # noqa: ANN401 - httpx is not looked into
        """Return `request` with the key in its header (RFC 6750, section 2.1)."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def find_key(file: Path | None, variable: str, environment: Mapping[str, str]) -> str | None:
    """Return the key in `file` if one is given, else in the environment, if there is one.

    Raises `DalilError`, never with a part of the key.

    >>> find_key(None, "OPENAI_API_KEY", {"OPENAI_API_KEY": " made-up "})
    'made-up'
    >>> find_key(None, "OPENAI_API_KEY", {})
    """
    if file is not None:
        lines = read_secret(file, "key file").splitlines()
        return _checked(lines[0].strip() if lines else "", f"The key file {file}")
    text = environment.get(variable, "").strip()
    return _checked(text, f"The variable {variable}") if text else None


def _checked(key: str, source: str) -> str:
    # A header of HTTP carries it, which lets nothing else through (RFC 9110, section 5.5).
    if not key or not all("!" <= character <= "~" for character in key):
        raise DalilError(f"{source} holds no key: one line of letters, digits and signs is wanted.")
    return key
