"""What is said of a library in each language, with its figures."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.text.language import direction
from index.library import Overview
from rag.reading.languages import phrases

_FILE = Path(__file__).with_name("about.toml")
# A sentence that lists more can no longer be read at a glance.
_MOST_OUTLETS, _MOST_LISTED = 3, 12


@lru_cache
def tables() -> Mapping[str, Mapping[str, Any]]:
    """Return what `about.toml` holds, by language."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def wording(language: str) -> Wording:
    """Return the wording of a language of `about.toml`."""
    table = tables()[language]
    return Wording(language, table["say"], table["names"], tuple(table.get("months", ())))


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences and parts of sentences of one language, its names of languages and months."""

    language: str
    sentences: Mapping[str, str]
    names: Mapping[str, str]
    months: tuple[str, ...]

    def say(self, key: str, **values: str) -> str:
        """Return the words under `key` with `values` in their places."""
        return self.sentences[key].format(**values)

    def quoted(self, text: str) -> str:
        """Return `text` within the language's quotation marks."""
        marks = phrases(self.language).marks
        return f"{marks[0]}{text}{marks[1]}"

    def listed(self, items: Iterable[str]) -> str:
        """Return items with the language's comma between them."""
        return self._comma.join(items)

    def day(self, day: date) -> str:
        """Return a date with the month's name, or year first where the language has no names here.

        >>> [wording(code).day(date(2020, 7, 2)) for code in ("en", "ar", "fr")]
        ['2 July 2020', '2 يوليو 2020', '2020-07-02']
        """
        if self.months:
            return f"{day.day} {self.months[day.month - 1]} {day.year}"
        # Hyphens would turn a date around in a text from right to left; slashes do not.
        return day.isoformat().replace("-", "/" if self._from_right else "-")

    def overview(self, of: Overview) -> str:
        """Return count, dates and outlets in a few words."""
        parts = [self.say("articles", count=str(of.articles)), *self._details(of)]
        return self._semicolon.join(parts)

    def counted(self, of: Overview, *, least: bool = False) -> str:
        """Return the count, behind it dates and outlets; with `least` there may be more."""
        count = self.say("least", count=str(of.articles)) if least else str(of.articles)
        details = self._semicolon.join(self._details(of))
        return f"{count} ({details})" if details else count

    def _details(self, of: Overview) -> list[str]:
        parts = []
        if of.first:
            parts.append(self.say("dated", dates=self._span(of)))
        if of.outlets:
            parts.append(self.say("from", outlets=self._counted(of, _MOST_OUTLETS)))
        return parts

    def dates(self, of: Overview) -> str:
        """Return between which dates the articles lie, and how many have none."""
        undated = of.articles - of.dated
        parts = [self._span(of)] if of.first else []
        if undated or not parts:
            parts.append(self.say("undated", count=str(undated)))
        return self._semicolon.join(parts)

    def outlets(self, of: Overview) -> str:
        """Return the outlets with their counts, and how many articles have none."""
        unnamed = of.articles - sum(each.articles for each in of.outlets)
        parts = [self._counted(of, _MOST_LISTED)] if of.outlets else []
        if unnamed or not parts:
            parts.append(self.say("unnamed", count=str(unnamed)))
        return self._semicolon.join(parts)

    def languages(self, of: Overview) -> str:
        """Return the languages of the articles with their counts."""
        counted = [f"{self._name(code)} ({count})" for code, count in of.languages]
        return self.listed(counted) or self.say("articles", count="0")

    def answered_in(self) -> str:
        """Return the languages in which questions are answered."""
        return self.listed(self._name(code) for code in tables())

    def _span(self, of: Overview) -> str:
        if of.first is None or of.last is None or of.first == of.last:
            return self.day(of.first) if of.first else ""
        return self.say("span", first=self.day(of.first), last=self.day(of.last))

    def _counted(self, of: Overview, most: int) -> str:
        counted = [f"{each.outlet} ({each.articles})" for each in of.outlets[:most]]
        if more := len(of.outlets) - len(counted):
            counted.append(self.say("more", count=str(more)))
        return self.listed(counted)

    def _name(self, code: str | None) -> str:
        return self.names.get(code or "und") or str(code)

    @property
    def _from_right(self) -> bool:
        return direction(self.sentences["thanks"]) == "rtl"

    @property
    def _comma(self) -> str:
        return "، " if self._from_right else ", "

    @property
    def _semicolon(self) -> str:
        return self.sentences.get("semicolon") or ("؛ " if self._from_right else "; ")
