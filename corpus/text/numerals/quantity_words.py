"""Number words and month names of every language, read from `quantities.toml`."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import regex

from corpus.text.numerals.entries import FractionWord, Month, NumberWord, Tables
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
# Written without a space after digits: "10m", "2.5bn".
SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "md": 10**9, "mds": 10**9,
            "tn": 10**12}  # fmt: skip
SPACES = (" ", "\u00a0", "\u202f", "\u2009")
BETWEEN = frozenset((*SPACES, "-", "\u2011", ""))
# Longer runs of digits are identifiers, and a leading zero makes one of any run.
COUNT = regex.compile("0|[1-9][0-9]{0,14}")
_TEN, _HUNDRED, _THOUSAND, _MILLION = 10, 100, 1000, 1000**2
# Who has no umlauts at hand, as they are folded.
_DIGRAPHS = (("funf", "fuenf"), ("zwolf", "zwoelf"))


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
        _small_words(languages, "point"),
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


def is_unit(folded: str) -> bool:
    """Tell if a word is an ordinal from the first to the ninth."""
    return len(known := tables().ordinals.get(folded, "0")) == 1 and known != "0"


def added_to_ordinal(folded: str) -> int:
    """Return what an Arabic word adds to the ordinal before it: "عشر" ten, "والعشرين" twenty."""
    word = tables().numbers.get(folded, {}).get("ar")
    if word is None:
        return 0
    value = int(word.value)
    tens = 2 * _TEN <= value < _HUNDRED and value % _TEN == 0 and word.joined
    return value if tens or (value == _TEN and not word.joined and not word.opens) else 0


def tens_of(folded: str) -> set[str]:
    """Return the languages, Arabic apart, in which a word is twenty, thirty, up to ninety."""
    return {
        language
        for language, word in tables().numbers.get(folded, {}).items()
        if language != "ar" and 2 * _TEN <= word.value < _HUNDRED and word.value % _TEN == 0
    }


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
    listed = {
        int(n): words.split()[0] for kind in reversed(_KINDS) for n, words in table[kind].items()
    }
    own = set(map(fold, listed.values()))
    for spelling, value in joined_numbers(listed, language):
        if spelling not in own:
            yield spelling, NumberWord(value, sure=True)


def _with_prefixes(spelling: str, word: NumberWord) -> Iterator[tuple[str, NumberWord]]:
    for article in _ARTICLES:
        for preposition in _PREPOSITIONS:
            if preposition and len(spelling) <= _SHORT:
                continue
            prefix = "لل" if preposition == "ل" and article else preposition + article
            opens = bool(preposition)
            yield prefix + spelling, replace(word, opens=opens)
            yield _AND + prefix + spelling, replace(word, joined=not opens, opens=opens)


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


def joined_numbers(listed: Mapping[int, str], language: str) -> Iterator[tuple[str, int]]:
    """Yield numbers of one word, folded, and what they count; `listed` are the language's own."""
    folded = {value: fold(word) for value, word in listed.items()}
    ways = {"de": _german, "tr": _turkish, "fa": _persian, "ckb": _with_thousand}
    if language in ways:
        yield from ways[language](folded)


def _german(listed: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    """Yield what German writes as one word: up to 999, thousands of them, and hundreds beside.

    Of the thousands those of up to 99 or of tens, of the hundreds those beside up to 20 of them.
    """
    small = [(value, word) for value, word in listed.items() if value < _HUNDRED]
    for tens in filter(listed.get, range(2 * _TEN, _HUNDRED, _TEN)):
        units = (n for n in range(1, _TEN) if n in listed)
        small += [(tens + n, f"{listed[n]}und{listed[tens]}") for n in units]
    hundred, thousand = listed[_HUNDRED], listed[_THOUSAND]
    counts = [(n, listed[n]) for n in range(1, 2 * _TEN) if n != _TEN and n in listed]
    many = [(n * _HUNDRED, f"{word}{hundred}") for n, word in counts]
    hundreds = [(_HUNDRED, hundred), *(each for each in many if each[0] < _THOUSAND)]
    whole = [*small, (_HUNDRED, hundred), *many]
    for value, word in hundreds:
        whole += ((value + n, f"{word}{rest}") for n, rest in (*small, (1, "eins")))
    thousands = [(1, thousand), *((value, f"{word}{thousand}") for value, word in whole)]
    of_tens = [each for each in thousands if each[0] < _HUNDRED or each[0] % _TEN == 0]
    whole += ((value * _THOUSAND, word) for value, word in of_tens)
    for value, word in of_tens:
        if value <= 2 * _TEN:
            whole += ((value * _THOUSAND + n, f"{word}{rest}") for n, rest in hundreds)
    halves = [(n, f"{listed[n]}einhalb") for n in range(1, _TEN) if n in listed]
    whole += ((n * _THOUSAND + _THOUSAND // 2, f"{word}{thousand}") for n, word in halves)
    whole.append((_THOUSAND + _THOUSAND // 2, f"anderthalb{thousand}"))
    for value, word in whole:
        yield word, value
        for umlaut, letters in _DIGRAPHS:
            if umlaut in word:
                yield word.replace(umlaut, letters), value


def _turkish(listed: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    """Yield numbers up to 999, and thousands of what is below 100, as many write them."""
    small = {value: word for value, word in listed.items() if 0 < value < _HUNDRED}
    for tens in range(_TEN, _HUNDRED, _TEN):
        small |= {tens + n: f"{small[tens]}{small[n]}" for n in range(1, _TEN)}
    hundreds = {n * _HUNDRED: f"{small[n]}{listed[_HUNDRED]}" for n in range(2, _TEN)}
    hundreds[_HUNDRED] = listed[_HUNDRED]
    yield from ((word, value) for value, word in small.items() if value not in listed)
    for value, word in hundreds.items():
        yield word, value
        yield from ((f"{word}{rest}", value + n) for n, rest in small.items())
    for value, word in (small | hundreds).items():
        if value > 1:
            yield f"{word}{listed[_THOUSAND]}", value * _THOUSAND


def _persian(listed: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    """Yield numbers from 21 to 99 as they are joined ("بیست‌وپنج"), and thousands and millions."""
    for tens in range(2 * _TEN, _HUNDRED, _TEN):
        yield from ((f"{listed[tens]}{_AND}{listed[n]}", tens + n) for n in range(1, _TEN))
    yield from _with_thousand(listed)


def _with_thousand(listed: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    """Yield the thousands and millions of each number below a thousand: "پنج‌هزار"."""
    for scale in (_THOUSAND, _MILLION):
        small = ((value, word) for value, word in listed.items() if 1 < value < _THOUSAND)
        yield from ((f"{word}{listed[scale]}", value * scale) for value, word in small)
