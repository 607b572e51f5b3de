"""Facts of an article that a question can be made of: what is counted, and who is introduced."""

from __future__ import annotations

from dataclasses import dataclass

import regex

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


def counted(text: str, language: str) -> str | None:
    """Return what the first number of a text counts, as a question can say it, if it can.

    >>> counted("It destroyed 310 hectares of pine.", "en"), counted("أتت على 180 هكتاراً.", "ar")
    ('hectares', 'هكتاراً')
    >>> counted("It burned for 3 days.", "en"), counted("قُتل 5 أشخاص.", "ar")
    (None, None)
    """
    match = _COUNTED[language].search(text) if language in _COUNTED else None
    return match["noun"] if match else None


def person(text: str, language: str) -> Person | None:
    """Return the first person whom a text names with a title, and whose name surely ends.

    >>> person("The director, Leila Hassan, said so.", "en")
    Person(name='Leila Hassan', woman=False)
    >>> person("وقالت المهندسة نسرين الأحمد إن المياه عادت.", "ar")
    Person(name='المهندسة نسرين الأحمد', woman=True)
    """
    match = _PERSON[language].search(text) if language in _PERSON else None
    if match is None:
        return None
    return Person(match["name"], "woman" in match.groupdict() and match["woman"] is not None)
