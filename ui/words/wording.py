"""The words of the pages and of the chat in the reader's language, dates and numbers among them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("pages.toml")
_CHAT = Path(__file__).with_name("chat.toml")
_LIBRARY = Path(__file__).with_name("library.toml")
# The first is what a reader of neither gets.
LANGUAGES = ("en", "ar")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the page says in one language; articles keep their own."""

    language: str
    name: str
    direction: str
    digits: str
    months: tuple[str, ...]
    languages: Mapping[str, str]
    sentences: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """Return the words under `key` with `values` in their places.

        >>> load_wordings()["ar"].say("version", number="٢")
        'النسخة ٢'
        """
        return self.sentences[key].format(**values)

    def number(self, value: int) -> str:
        """Return a whole number in the language's digits.

        >>> load_wordings()["ar"].number(2020)
        '٢٠٢٠'
        """
        return str(value).translate({ord("0") + n: digit for n, digit in enumerate(self.digits)})

    def day(self, day: date) -> str:
        """Return a date as the language writes it.

        >>> wordings = load_wordings()
        >>> wordings["en"].day(date(2020, 7, 2)), wordings["ar"].day(date(2020, 7, 2))
        ('2 July 2020', '٢ يوليو ٢٠٢٠')
        """
        return f"{self.number(day.day)} {self.months[day.month - 1]} {self.number(day.year)}"


def load_wordings() -> Mapping[str, Wording]:
    """Return the wording of each of `LANGUAGES`."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {language: _wording(language, tables[language]) for language in LANGUAGES}


def _wording(language: str, table: dict[str, object]) -> Wording:
    months, languages = table["months"], table["languages"]
    if not (isinstance(months, list) and isinstance(languages, dict)):
        raise TypeError(f"{_FILE.name}: {language} has months or languages of another kind.")
    return Wording(
        language,
        str(table["name"]),
        "rtl" if language == "ar" else "ltr",
        str(table["digits"]),
        tuple(map(str, months)),
        {str(code): str(name) for code, name in languages.items()},
        {key: value for key, value in table.items() if isinstance(value, str)},
    )


def preferred(accept_language: str) -> str:
    """Return which of `LANGUAGES` an `Accept-Language` header (RFC 9110) asks for first.

    >>> preferred("ar-SY,ar;q=0.9,en;q=0.8"), preferred("fr, ar;q=0.5, en;q=0.4"), preferred("")
    ('ar', 'ar', 'en')
    """
    asked: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        name, _, weight = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            asked.append((_quality(weight), language))
    best = max(asked, key=lambda one: one[0], default=(0.0, LANGUAGES[0]))
    return best[1] if best[0] > 0 else LANGUAGES[0]


def _quality(weight: str) -> float:
    """Return the `q` of a language range: 1 without one, 0 for one that is no number."""
    name, _, value = weight.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def words(language: str) -> Mapping[str, str]:
    """Return the words of the chat in an interface language by their names.

    >>> words("en")["ask"], words("ar")["direction"]
    ('Ask', 'rtl')
    """
    return _all_words()[language]


@lru_cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_CHAT.read_text(encoding="utf-8"))


def library_words(language: str) -> Mapping[str, str]:
    """Return the words of the library's page in an interface language by their names.

    >>> library_words("en")["articles"], library_words("ar")["direction"]
    ('Articles', 'rtl')
    """
    return _all_library_words()[language]


@lru_cache
def _all_library_words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_LIBRARY.read_text(encoding="utf-8"))
