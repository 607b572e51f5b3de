"""What a profile's selectors find on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import regex
from lxml import etree

from corpus.dates.published import parse_date, search_date
from corpus.profiles.profile import Profile
from corpus.profiles.selectors import compiled

# Where elements keep a date that programs read.
_DATES = ("datetime", "content", "title")
_DIGITS = {"d": r"(\d{1,2})", "m": r"(\d{1,2})", "Y": r"(\d{4})", "y": r"(\d{2})"}
# Years of the Islamic and the Persian calendar look like these.
_FIRST_YEAR = 1500


class Dropped(NamedTuple):
    """A part of the article that was taken out, and the selector that found it."""

    selector: str
    text: str


@dataclass(slots=True)
class Selected:
    """What a page holds by its profile.

    `parts` are the elements of the article without furniture, `None` where the profile doesn't say
    what it is; `missing` are the keys whose selectors found nothing that could be used.
    """

    parts: list[etree._Element] | None = None
    title: str | None = None
    author: str | None = None
    published: date | None = None
    dropped: list[Dropped] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def select(root: etree._Element, profile: Profile) -> Selected:
    """Return what `profile` finds on a page, and take the furniture off its tree."""
    found = Selected()
    if profile.title:
        found.title = _words(root, profile.title)
    if profile.date:
        found.published = _published(root, profile)
    if profile.article:
        found.parts = _outermost(_first(root, profile.article))
    if profile.author:
        found.author = _words(root, profile.author)
    stated = {"title": found.title, "date": found.published, "article": found.parts}
    stated["author"] = found.author
    found.missing = [key for key in stated if getattr(profile, key) and not stated[key]]
    within = found.parts or [root]
    for selector in profile.furniture:
        for element in _elements(root, selector):
            if element in within or element.getparent() is None:
                continue
            if any(part in within for part in element.iterancestors()):
                found.dropped.append(Dropped(selector, _text(element)))
            _drop(element)
    return found


def _found(root: etree._Element, selector: str) -> Sequence[object]:
    try:
        found = compiled(selector)(root)
    except etree.XPathError:
        # A function or prefix that does not exist finds nothing.
        return []
    return found if isinstance(found, list) else [found]


def _elements(root: etree._Element, selector: str) -> list[etree._Element]:
    return [one for one in _found(root, selector) if isinstance(one, etree._Element)]


def _first(root: etree._Element, selectors: Iterable[str]) -> list[etree._Element]:
    return next((found for one in selectors if (found := _elements(root, one))), [])


def _outermost(found: list[etree._Element]) -> list[etree._Element]:
    return [one for one in found if not any(other in found for other in one.iterancestors())]


def _words(root: etree._Element, selectors: Iterable[str]) -> str | None:
    """Return the text of the first thing that is found, which may be an attribute."""
    for selector in selectors:
        for one in _found(root, selector):
            text = (_shown(one) if isinstance(one, etree._Element) else str(one)).strip()
            if text:
                return " ".join(text.split())
    return None


def _shown(element: etree._Element) -> str:
    # A `meta` element has no text.
    return _text(element) or str(element.get("content", ""))


def _published(root: etree._Element, profile: Profile) -> date | None:
    for selector in profile.date:
        for one in _found(root, selector):
            if not isinstance(one, etree._Element):
                stated = [str(one)]
            else:
                stated = [one.get(name, "") for name in _DATES] + [_text(one)]
            for text in stated:
                if day := _day(text, profile.date_format):
                    return day
    return None


def _day(text: str, written: str | None) -> date | None:
    """Return the day a text names, which may be written in a format of digits.

    >>> _day("نشر: ٠٥/٠٤/٢٠٢٠ - 10:30", "%d/%m/%Y"), _day("نشر في 5 آب 2020 مساءً", None)
    (datetime.date(2020, 4, 5), datetime.date(2020, 8, 5))
    >>> _day("12/8/1441", "%d/%m/%Y"), _day("2020-04-18T10:30:00Z", "%d/%m/%Y")
    (None, datetime.date(2020, 4, 18))
    """
    if day := parse_date(text):
        return day
    if written is None:
        return search_date(text)
    parts = regex.findall(r"%([dmYyHMS])|([^%]+)", written)
    pattern = "".join(_DIGITS.get(code, r"\d{1,2}") if code else regex.escape(plain)
                      for code, plain in parts)  # fmt: skip
    found = regex.search(rf"(?<!\d){pattern}(?!\d)", text)
    if found is None:
        return None
    named = dict(zip([code for code, _ in parts if code in _DIGITS], found.groups(), strict=True))
    year = int(named["Y"]) if "Y" in named else 2000 + int(named["y"])
    try:
        return date(year, int(named["m"]), int(named["d"])) if year > _FIRST_YEAR else None
    except ValueError:
        return None


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _drop(element: etree._Element) -> None:
    """Take an element out of its tree, and leave what follows it."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
