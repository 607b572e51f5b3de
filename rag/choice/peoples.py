"""Peoples that a question names, which news on their own country seldom does."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from corpus.text.words import fold

_FILE = Path(__file__).with_name("peoples.toml")
# What is written behind the beginning of what a people is called: "سعوديتين".
_LONGEST_ENDING = 4


def is_people(word: str) -> bool:
    """Tell if an English word is what a people, or what is of its country, is called.

    >>> is_people("Egyptian"), is_people("Egypt")
    (True, False)
    """
    return fold(word) in _peoples()


def stands_among(people: str, told: Collection[str]) -> bool:
    """Tell if a people or its country is among words, folded and without an article.

    >>> stands_among("Egyptian", {"محافظات", "مصر"}), stands_among("Omani", {"مصريين"})
    (True, False)
    """
    begins = _peoples()[fold(people)]
    found = (word for word in told if word.startswith(begins))
    return any(len(word) - _longest(word, begins) <= _LONGEST_ENDING for word in found)


def _longest(word: str, begins: tuple[str, ...]) -> int:
    return max(len(each) for each in begins if word.startswith(each))


@lru_cache(maxsize=1)
def _peoples() -> Mapping[str, tuple[str, ...]]:
    """Return how what articles call a people begins, by its English names, folded."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        fold(name): tuple(begins.split()) for names, begins in raw.items() for name in names.split()
    }
