"""What the tables of number words hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

# Whole numbers are integers, which are much the faster.
Value = int | Fraction


@dataclass(frozen=True, slots=True)
class NumberWord:
    """What a word counts in one language.

    `sure` says that it is a number wherever it stands, `joined` that it begins with "and",
    `opens` that it can only be the first word of a number, `collective` that it is so many of
    what is counted before it ("two dozen").
    """

    value: Value
    sure: bool
    joined: bool = False
    opens: bool = False
    collective: bool = False


@dataclass(frozen=True, slots=True)
class FractionWord:
    """What a word, or several, counts in one language, as a part of one.

    `kind` is that of `quantities.toml` ("alone" for what needs no company, `sure` if it is a
    fraction wherever it stands); `rest` are the words after the first, `joined` says that it
    begins with "and".
    """

    value: Fraction
    language: str
    kind: str
    sure: bool = False
    joined: bool = False
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """A month from 1 to 12; `sure` says that its name is nothing else."""

    number: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """All keys are folded; names of months are sequences of words.

    `fractions` are listed by their first words; `of` are the words between a fraction and its
    thousands, `articles` those before a fraction that is added, `ranges` those between the ends of
    a range, `betweens` those before one whose ends an "and" joins, and `points` those before
    decimals, with their languages.
    `percents` are the words of "per cent", those that mean it only behind a number with `False`,
    and `percents_before` the last words of what stands before the number.  `ordinals` gives digits
    for words, "0" for those that only tell one half of a year from another.  `month_names` are
    those of months as they are written, `month_words` their first words, and `known` holds those
    and all number words.
    """

    numbers: Mapping[str, Mapping[str, NumberWord]]
    fractions: Mapping[str, Sequence[FractionWord]]
    of: Mapping[str, frozenset[str]]
    percents: Mapping[tuple[str, ...], bool]
    percents_before: frozenset[str]
    ordinals: Mapping[str, str]
    ands: Mapping[str, frozenset[str]]
    articles: Mapping[str, frozenset[str]]
    ranges: Mapping[str, frozenset[str]]
    betweens: Mapping[str, frozenset[str]]
    points: Mapping[str, frozenset[str]]
    months: Mapping[tuple[str, ...], Month]
    month_names: frozenset[str]
    before: frozenset[str]
    month_words: frozenset[str]
    known: frozenset[str]
