"""Number words and month names of every language, read from `quantities.toml`."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from corpus.text.words import fold

_FILE = Path(__file__).with_name("quantities.toml")
# Arabic writes these together with the word after them: "and", "in", "to", the article.
_AND, _PREPOSITIONS, _ARTICLES = "و", ("", "ب", "ل"), ("", "ال")
# With a preposition a two-letter number is another word ("لست", I am not).
_SHORT = 2
HALF = Fraction(1, 2)
# Whole numbers are integers, which are much the faster.
Value = int | Fraction


@dataclass(frozen=True, slots=True)
class NumberWord:
    """What a word counts in one language.

    `sure` says that it is a number wherever it stands, `joined` that it begins with "and",
    `opens` that it can only be the first word of a number.
    """

    value: Value
    sure: bool
    joined: bool = False
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month from 1 to 12; `sure` says that its name is nothing else."""

    number: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """All keys are folded; names of months are sequences of words.

    `month_words` holds the first words of months, `known` those and all number words.
    """

    numbers: Mapping[str, Mapping[str, NumberWord]]
    ands: Mapping[str, frozenset[str]]
    months: Mapping[tuple[str, ...], Month]
    before: frozenset[str]
    month_words: frozenset[str]
    known: frozenset[str]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Return the tables; they are read once.

    >>> tables().numbers["وعشرين"]["ar"].joined, tables().months["تشرين", "اول"].number
    (True, 10)
    """
    languages = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    numbers: dict[str, dict[str, NumberWord]] = defaultdict(dict)
    ands: dict[str, set[str]] = defaultdict(set)
    months: dict[tuple[str, ...], Month] = {}
    before: set[str] = set()
    for language, table in languages.items():
        for spelling, word in _numbers(table, language):
            numbers[spelling].setdefault(language, word)
        for spelled, month in _months(table, language):
            months.setdefault(spelled, month)
        for word in table.get("and", "").split():
            ands[fold(word)].add(language)
        before.update(fold(word) for word in table["before"].split())
    first_words = frozenset(spelled[0] for spelled in months)
    return Tables(
        dict(numbers),
        {word: frozenset(found) for word, found in ands.items()},
        months,
        frozenset(before),
        first_words,
        first_words.union(numbers),
    )


def _numbers(
    table: Mapping[str, Mapping[str, str]], language: str
) -> Iterator[tuple[str, NumberWord]]:
    for kind in ("numbers", "beside"):
        for written, spellings in table[kind].items():
            value = HALF if written == "half" else int(written)
            for spelling in spellings.split():
                word = NumberWord(value, kind == "numbers")
                yield fold(spelling), word
                if language == "ar":
                    yield from _with_prefixes(fold(spelling), word)


def _with_prefixes(spelling: str, word: NumberWord) -> Iterator[tuple[str, NumberWord]]:
    for article in _ARTICLES:
        for preposition in _PREPOSITIONS:
            if preposition and len(spelling) <= _SHORT:
                continue
            prefix = "لل" if preposition == "ل" and article else preposition + article
            opens = bool(preposition)
            yield prefix + spelling, NumberWord(word.value, word.sure, opens=opens)
            yield _AND + prefix + spelling, NumberWord(word.value, word.sure, not opens, opens)


def _months(
    table: Mapping[str, Mapping[str, str]], language: str
) -> Iterator[tuple[tuple[str, ...], Month]]:
    prefixes = ("", _AND, "ب", "ل") if language == "ar" else ("",)
    for kind in ("months", "months_beside"):
        for number, names in table.get(kind, {}).items():
            for name in names.split():
                first, *rest = (fold(word) for word in name.split("_"))
                for prefix in prefixes:
                    yield (prefix + first, *rest), Month(int(number), kind == "months")
