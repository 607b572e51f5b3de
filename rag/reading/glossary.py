"""Names of one thing in several languages, read from `glossary.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.text.stems import Word, words

_FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the glossary in a text: which of its words it spans, and its other names."""

    first: int
    last: int
    others: tuple[str, ...]


def known_names(found: Sequence[Word]) -> Iterator[Known]:
    """Yield the names of the glossary among the words of a text, longest first at each place.

    >>> [k.others[1] for k in known_names(list(words("Who leads the SDF?")))]
    ['قسد']
    """
    folded = [word.folded for word in found]
    place = 0
    while place < len(folded):
        for length in range(_longest(), 0, -1):
            group = _groups().get(tuple(folded[place : place + length]))
            if group and len(folded) >= place + length:
                spelled = tuple(folded[place : place + length])
                others = tuple(name for name in group if _spelling(name) != spelled)
                yield Known(place, place + length, others)
                place += length - 1
                break
        place += 1


def _spelling(name: str) -> tuple[str, ...]:
    return tuple(word.folded for word in words(name))


@lru_cache
def _groups() -> dict[tuple[str, ...], tuple[str, ...]]:
    groups = tomllib.loads(_FILE.read_text(encoding="utf-8"))["groups"]
    return {_spelling(name): tuple(group) for group in groups for name in group}


@lru_cache
def _longest() -> int:
    return max(len(spelling) for spelling in _groups())
