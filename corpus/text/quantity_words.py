"""Number words and month names of every language, read from `quantities.toml`."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import regex

from corpus.text.words import Word, fold

_FILE = Path(__file__).with_name("quantities.toml")
# Arabic writes these together with the word after them: "and", "in", "to", the article.
_AND, _PREPOSITIONS, _ARTICLES = "و", ("", "ب", "ل"), ("", "ال")
# With a preposition a two-letter number is another word ("لست", I am not).
_SHORT = 2
_KINDS = ("numbers", "beside")
_COLLECTIVES = ("collectives", "collectives_beside")
# What Arabic adds to a word for "of it", "of them", "of us".
_OF_THEM = ("", "ه", "ها", "هم", "هما", "هن", "نا")
# German writes a number up to these as one word, its units before its tens.
_TENS, _HUNDRED, _THOUSAND = 10, 100, 1000
# Written without a space after digits: "10m", "2.5bn".
SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "md": 10**9, "tn": 10**12}
SPACES = (" ", "\u00a0", "\u202f", "\u2009")
BETWEEN = frozenset((*SPACES, "-", "\u2011", ""))
# Longer runs of digits are identifiers, and a leading zero makes one of any run.
COUNT = regex.compile("0|[1-9][0-9]{0,14}")
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
    a range and `betweens` those before one whose ends an "and" joins, with their languages.
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
    months: Mapping[tuple[str, ...], Month]
    month_names: frozenset[str]
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
    fractions: dict[str, list[FractionWord]] = defaultdict(list)
    percents: dict[tuple[str, ...], bool] = {}
    percents_before: set[str] = set()
    ordinals: dict[str, str] = {}
    months: dict[tuple[str, ...], Month] = {}
    before: set[str] = set()
    named: set[str] = set()
    for language, table in languages.items():
        for spelling, word in _numbers(table, language):
            numbers[spelling].setdefault(language, word)
        for spelling, fraction in _fractions(table, language):
            fractions[spelling].append(fraction)
        for spelled, month in _months(table, language):
            months.setdefault(spelled, month)
        for kind in ("months", "months_beside"):
            named.update(*(names.split() for names in table.get(kind, {}).values()))
        for kind in ("percent", "percent_behind"):
            percents |= dict.fromkeys(
                map(_sequence, table.get(kind, "").split()), kind == "percent"
            )
        percents_before.update(_sequence(w)[-1] for w in table.get("percent_before", "").split())
        for number, listed in table["ordinals"].items():
            ordinals |= {fold(word): number for word in listed.split()}
        before.update(fold(word) for word in table["before"].split())
    first_words = frozenset(spelled[0] for spelled in months)
    return Tables(
        dict(numbers),
        dict(fractions),
        _small_words(languages, "of"),
        percents,
        frozenset(percents_before),
        ordinals,
        _small_words(languages, "and"),
        _small_words(languages, "article"),
        _small_words(languages, "range"),
        _small_words(languages, "between"),
        months,
        frozenset(name.replace("_", " ") for name in named),
        frozenset(before),
        first_words,
        first_words.union(numbers, fractions),
    )


def _small_words(
    languages: Mapping[str, Mapping[str, str]], kind: str
) -> dict[str, frozenset[str]]:
    """Return the words of a kind that is listed without numbers, with their languages."""
    found: dict[str, set[str]] = defaultdict(set)
    for language, table in languages.items():
        for word in table.get(kind, "").split():
            found[fold(word)].add(language)
    return {word: frozenset(spoken) for word, spoken in found.items()}


def gap(found: Sequence[Word], text: str, place: int) -> str:
    """Return what stands before the word at `place`, a line feed where there is no such word."""
    return text[found[place - 1].end : found[place].start] if place < len(found) else "\n"


def percent_words(found: Sequence[Word], place: int, *, alone: bool = False) -> int:
    """Return how many words mean "per cent": at `place`, or `alone` if those that end there do.

    >>> from corpus.text.words import words
    >>> found = list(words("5 في المئة"))
    >>> percent_words(found, 1), percent_words(found, 2, alone=True), percent_words(found, 2)
    (2, 2, 0)
    """
    if place >= len(found) or (alone and found[place].folded not in tables().known):
        return 0
    for length in (1, 2):
        start = place - length + 1 if alone else place
        named = tuple(word.folded for word in found[max(start, 0) : start + length])
        means = tables().percents.get(named)
        if means or (means is not None and not alone):
            return length
    return 0


def _numbers(
    table: Mapping[str, Mapping[str, str]], language: str
) -> Iterator[tuple[str, NumberWord]]:
    for kind in (*_KINDS, *_COLLECTIVES):
        for written, spellings in table.get(kind, {}).items():
            for spelling in spellings.split():
                sure, collective = kind in ("numbers", "collectives"), kind in _COLLECTIVES
                word = NumberWord(int(written), sure, collective=collective)
                yield fold(spelling), word
                if language == "ar":
                    yield from _with_prefixes(fold(spelling), word)
    if language == "de":
        yield from _german(table)
    if language == "fa":
        yield from _persian(table)


def _with_prefixes(spelling: str, word: NumberWord) -> Iterator[tuple[str, NumberWord]]:
    for article in _ARTICLES:
        for preposition in _PREPOSITIONS:
            if preposition and len(spelling) <= _SHORT:
                continue
            prefix = "لل" if preposition == "ل" and article else preposition + article
            opens = bool(preposition)
            yield prefix + spelling, replace(word, opens=opens)
            yield _AND + prefix + spelling, replace(word, joined=not opens, opens=opens)


def _persian(table: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, NumberWord]]:
    """Yield numbers from 21 to 99 as they are joined: "بیست‌وپنج"."""
    listed = {int(n): fold(word.split()[0]) for k in _KINDS for n, word in table[k].items()}
    for tens in range(2 * _TENS, _HUNDRED, _TENS):
        for units in range(1, _TENS):
            yield f"{listed[tens]}{_AND}{listed[units]}", NumberWord(tens + units, sure=True)


def _german(table: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, NumberWord]]:
    """Yield what German writes as one word: up to 999, thousands of them, and hundreds beside.

    Of the thousands those of up to 99 or of tens, of the hundreds those beside up to 20 of them.
    """
    listed = {int(n): fold(word.split()[0]) for k in _KINDS for n, word in table[k].items()}
    small = [(value, word) for value, word in listed.items() if value < _HUNDRED]
    for tens in range(2 * _TENS, _HUNDRED, _TENS):
        small += ((tens + n, f"{listed[n]}und{listed[tens]}") for n in range(1, _TENS))
    hundred, thousand = listed[_HUNDRED], listed[_THOUSAND]
    counts = ("", *(listed[n] for n in range(1, 2 * _TENS) if n != _TENS))
    hundreds = [(max(n, 1) * _HUNDRED, f"{word}{hundred}") for n, word in enumerate(counts)]
    hundreds[_TENS:] = [(value + _HUNDRED, word) for value, word in hundreds[_TENS:]]
    whole = [*small, *hundreds]
    for value, word in hundreds[:_TENS]:
        whole += ((value + n, f"{word}{rest}") for n, rest in (*small, (1, "eins")))
    thousands = [(1, thousand), *((value, f"{word}{thousand}") for value, word in whole)]
    of_tens = [each for each in thousands if each[0] < _HUNDRED or each[0] % _TENS == 0]
    whole += ((value * _THOUSAND, word) for value, word in of_tens)
    for value, word in of_tens:
        if value <= 2 * _TENS:
            whole += ((value * _THOUSAND + n, f"{word}{rest}") for n, rest in hundreds[:_TENS])
    alone = set(listed.values())
    yield from ((word, NumberWord(value, True)) for value, word in whole if word not in alone)


def _fractions(
    table: Mapping[str, Mapping[str, str]], language: str
) -> Iterator[tuple[str, FractionWord]]:
    for kind in ("", "_beside", "_one", "_many", "_over", "_added", "_vowel"):
        # Those that need no company and those that do are both read by themselves.
        called = kind if kind not in ("", "_beside") else "_alone"
        for written, spellings in table.get(f"fractions{kind}", {}).items():
            for spelling in spellings.split():
                first, *rest = _sequence(spelling)
                word = FractionWord(
                    Fraction(written), language, called[1:], kind == "", rest=tuple(rest)
                )
                yield first, word
                if language == "ar":
                    yield from _arabic(first, word)


def _arabic(first: str, word: FractionWord) -> Iterator[tuple[str, FractionWord]]:
    """Yield the forms of an Arabic fraction with what is written together with it."""
    spelled = [f"{first}{ending}" for ending in _OF_THEM]
    for prefix in ("ال", *_PREPOSITIONS[1:], "بال", "لل"):
        forms = spelled if prefix in _PREPOSITIONS else [first]
        yield from ((prefix + form, word) for form in forms)
    yield from ((form, word) for form in spelled[1:])
    yield from ((f"{_AND}{form}", replace(word, joined=True)) for form in (*spelled, f"ال{first}"))


def _sequence(spelling: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in spelling.split("_"))


def _months(
    table: Mapping[str, Mapping[str, str]], language: str
) -> Iterator[tuple[tuple[str, ...], Month]]:
    prefixes = ("", _AND, "ب", "ل") if language == "ar" else ("",)
    for kind in ("months", "months_beside"):
        for number, names in table.get(kind, {}).items():
            for name in names.split():
                first, *rest = _sequence(name)
                for prefix in prefixes:
                    yield (prefix + first, *rest), Month(int(number), kind == "months")
