"""Peoples that a question names, which news on their own country seldom does."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from corpus.text.words import fold

_FILE = Path(__file__).with_name("peoples.toml")
# What Arabic writes behind a country's name for its own, its people and their things, folded; any
# other ending makes another word: of "مصر" that is a bank ("مصرف").
_ENDINGS = ("", "ا", "ه", "ي", "يا", "يه", "يين", "يون", "يات", "يان", "يتين", "ين", "ات", "ستان")


def is_people(word: str) -> bool:
    """Tell if an English word is what a people, or what is of its country, is called.

    >>> is_people("Egyptian"), is_people("Egypt")
    (True, False)
    """
    return fold(word) in _peoples()


def stands_among(people: str, told: Collection[str]) -> bool:
    """Tell if a people or its country is among words, folded and without an article.

    >>> stands_among("Egyptian", {"محافظات", "مصر"}), stands_among("Egyptian", {"مصرف", "police"})
    (True, False)
    """
    return not _peoples()[fold(people)].isdisjoint(told)


@lru_cache(maxsize=1)
def _peoples() -> Mapping[str, frozenset[str]]:
    """Return the words for a people and its country, by its English names, all folded."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found: dict[str, frozenset[str]] = {}
    for names, others in raw.items():
        said = {fold(name) for name in names.split()}
        for other in others.split():
            said |= {other} if other.isascii() else {other + ending for ending in _ENDINGS}
        found |= {fold(name): frozenset(said) for name in names.split()}
    return found
