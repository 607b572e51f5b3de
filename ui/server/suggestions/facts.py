"""Facts of an article that a question can be made of: what is counted, and who is introduced."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import regex

from corpus.text.quantities import quantities
from corpus.text.words import fold, words

_FILE = Path(__file__).with_name("counted.toml")

# A number and what it counts, in a form that a question can take as it stands: an English plural,
# an Arabic accusative or a noun in ta marbuta.  Spans of time, parts and money are asked for in
# other words.
_COUNTED = {
    "en": regex.compile(
        r"(?<![\p{Sc}\d.,/-])(?<!\p{Lu}\p{L}*\s)\b\d[\d,]*\s(?!(?:minutes|hours|days|weeks|months|years|nights|"
        r"others|times|dollars|euros|pounds|degrees|metres|meters|kilometres|kilometers)\b)"
        r"(?P<noun>\p{Ll}{4,}s)\b(?<!ss)"
    ),
    "ar": regex.compile(
        r"(?<![\d.,/-])\b[\d٠-٩]+\s(?:ألف\s|مليون\s)?(?!(?:يوم|شهر|عام|ليرة|سنة|ساعة|دقيقة|مرة|"
        r"ليلة|درجة|دولار|مئة|مائة|عملة|حوالي)\p{M}*ا?\p{M}*\b)"
        r"(?P<noun>(?!ال)\p{L}[\p{L}\p{M}]{2,}(?:ًا|اً|ة))(?![\p{L}\p{M}])"
    ),
}
# A title, and a name of two or three words that ends where a pause or a small word shows it.
_PERSON = {
    "en": regex.compile(
        r"\b(?:spokesman|spokeswoman|spokesperson|director|commander|captain|colonel|engineer|"
        r"judge|lawyer|governor|mayor|manager|doctor|nurse|teacher|farmer|head|researcher)\b,?\s"
        r"(?P<name>\p{Lu}[\p{Ll}'’]+(?:\s(?:al-)?\p{Lu}[\p{Ll}'’-]+){1,2})(?=[\s,.;])(?!\s\p{Lu})"
    ),
    "ar": regex.compile(
        r"(?<![\p{L}\p{M}])(?P<name>(?:المهندس|الطبيب|الدكتور|القاضي|المحامي|الباحث|العميد|العقيد|"
        r"النقيب|الجنرال|اللواء|المعلم|الممرض)(?P<woman>ة)?(?:\s\p{L}[\p{L}\p{M}]+){2})"
        r"(?=\s?[،.؛:)]|\s(?:[إأ]ن|في|من|على|إلى|لـ)\s)"
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a text names with a title; `woman` where Arabic says so."""

    name: str
    woman: bool = False


def counted(text: str, language: str) -> Iterator[str]:
    """Yield what the numbers of a text count, as a question can say it, where it can.

    >>> list(counted("It destroyed 310 hectares of pine and 20 hives.", "en"))
    ['hectares', 'hives']
    >>> list(counted("أتت على 180 هكتاراً.", "ar"))
    ['هكتاراً']
    >>> list(counted("It burned for 3 days.", "en")), list(counted("قُتل 5 أشخاص.", "ar"))
    ([], [])
    """
    found = _COUNTED[language].finditer(text) if language in _COUNTED else ()
    yield from dict.fromkeys(match["noun"] for match in found)


def people(text: str, language: str) -> Iterator[Person]:
    """Yield the people whom a text names with a title, and whose names surely end.

    >>> list(people("The director, Leila Hassan, said so.", "en"))
    [Person(name='Leila Hassan', woman=False)]
    >>> list(people("وقالت المهندسة نسرين الأحمد إن المياه عادت.", "ar"))
    [Person(name='المهندسة نسرين الأحمد', woman=True)]
    """
    found = _PERSON[language].finditer(text) if language in _PERSON else ()
    yield from dict.fromkeys(
        Person(match["name"], match.groupdict().get("woman") is not None) for match in found
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A fact in the words of a question, and the words of the text that it was told by."""

    asked: str
    told: str


def things(text: str, language: str) -> Iterator[Said]:
    """Yield what a text of any language counts, as a question in `language` says it.

    >>> list(things("وصلت ستون عائلة في 12 شاحنة.", "en"))
    [Said(asked='families', told='عائلة'), Said(asked='trucks', told='شاحنة')]
    >>> list(things("They burned 310 hectares in 3 days.", "ar"))
    [Said(asked='هكتاراً', told='hectares')]
    """
    found = list(words(text))
    ends = {quantity.end for quantity in quantities(found, text)}
    seen: set[str] = set()
    for number, word in pairwise(found):
        row = _rows("things").get(word.folded) if number.end in ends else None
        if row and row[language] not in seen:
            seen.add(row[language])
            yield Said(row[language], text[word.start : word.end])


def titled(text: str, spoken: str, language: str) -> Iterator[Said]:
    """Yield the titles of people whom a text in `spoken` names, as a question in `language` does.

    >>> list(titled("وقالت المهندسة نسرين الأحمد إن المياه عادت.", "ar", "en"))
    [Said(asked='the engineer', told='نسرين الأحمد')]
    """
    found = _PERSON[spoken].finditer(text) if spoken in _PERSON else ()
    for match in found:
        title, *name = match[0].replace(",", " ").split()
        row = _rows("titles").get(fold(title))
        if row:
            yield Said(row[language], " ".join(name))


@lru_cache
def _rows(kind: str) -> Mapping[str, Mapping[str, str]]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))[kind]
    return {fold(word): row for row in rows for word in row["said"].split()}
