"""The words of the interface, in the languages it speaks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("texts.toml")


def words(language: str) -> Mapping[str, str]:
    """Return the words of an interface language by their names.

    >>> words("en")["ask"], words("ar")["direction"]
    ('Ask', 'rtl')
    """
    return _all_words()[language]


@lru_cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
