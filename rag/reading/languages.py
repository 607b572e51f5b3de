"""What Dalil knows of each language it answers in, read from `languages.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import regex

from corpus.text.stems import fold

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


def model_phrases(language: str) -> Mapping[str, str]:
    """Return what is said in `language` of a language model, in English where it has nothing.

    >>> model_phrases("ar")["silent"], model_phrases("ckb")["timeout"]
    ('لم يُجب النموذج اللغوي.', 'The language model took too long.')
    """
    languages = _languages()
    known = languages.get(language, {}).get("model") or languages[_FALLBACK]["model"]
    return cast("Mapping[str, str]", known)


@lru_cache
def pattern(kind: str, language: str | None = None) -> regex.Pattern[str]:
    """Return one expression for the entry `kind`, at word boundaries.

    It is that of `language` if it has the entry, else of all languages together: what language
    a short question is in is a guess, and what one calls "car" is a reason to another.

    >>> bool(pattern("number").search("كم سجيناً؟")), bool(pattern("number").search("كمال؟"))
    (True, False)
    >>> [bool(pattern("because", code).search("by car")) for code in ("en", "fr")]
    [False, True]
    """
    tables = _languages()
    own = tables.get(language or "", {}).get(kind)
    options = own or [option for table in tables.values() for option in table.get(kind, [])]
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
def _languages() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
