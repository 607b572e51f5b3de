"""What Dalil knows of each language it answers in, read from `languages.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex

from index.analysis import fold

_FILE = Path(__file__).with_name("languages.toml")
_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Connecting words of one language, its quotation marks, and its way of saying no."""

    first: str
    further: str
    marks: str
    unknown: str


def phrases(language: str) -> Phrases:
    """Return the phrases of `language`, English ones where it has none.

    >>> phrases("ar").marks, phrases("xx").first
    ('«»', 'The articles say:')
    """
    languages = _languages()
    table = languages.get(language, languages[_FALLBACK])
    return Phrases(table["first"], table["further"], table["marks"], table["unknown"])


@lru_cache
def pattern(kind: str) -> regex.Pattern[str]:
    """Return one expression for the entry `kind` of all languages, at word boundaries.

    >>> bool(pattern("number").search("كم سجيناً؟")), bool(pattern("number").search("كمال؟"))
    (True, False)
    """
    options = [option for table in _languages().values() for option in table.get(kind, [])]
    joined = "|".join(f"(?:{option})" for option in options)
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{joined})(?![\p{{L}}\p{{M}}])", regex.I)


@lru_cache
def function_words() -> frozenset[str]:
    """Return words of questions that carry no meaning of their own, folded.

    >>> "كم" in function_words(), "when" in function_words(), "bounty" in function_words()
    (True, True, False)
    """
    listed = (word for table in _languages().values() for word in table["function"].split())
    return frozenset(fold(word) for word in listed)


@lru_cache
def _languages() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
