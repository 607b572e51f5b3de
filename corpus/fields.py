"""What a reader finds in a source, before it is checked and becomes an article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import regex

from corpus.article import Article, Pages
from corpus.dates.published import of_another_calendar, parse_date
from corpus.errors import DalilError
from corpus.furniture.clean import clean
from corpus.furniture.describe import Description, describe, opening, sane_title
from corpus.pages import kept_pages, stated_pages
from corpus.text.characters import replace_surrogates, without_unseen
from corpus.text.language import UNKNOWN_LANGUAGE, detect

FIELDS = ("text", "id", "title", "outlet", "source", "published", "language", "url")

# What spreadsheets and data frames write for a value that is not there.
_NOTHING = frozenset((
    "nan", "-nan", "nat", "na", "null", "(null)", "<null>", "nil", "none", "undefined", "n/a",
    "#n/a", "#n/a n/a", "#na", "<na>", "\\n", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "#value!",
    "#ref!", "#null!", "#num!", "#name?", "#div/0!", "-", "–", "—",
))  # fmt: skip
# White space, controls, formats, unassigned and private code points show nothing to quote.
_VISIBLE = regex.compile(r"[^\s\p{C}]")


class Entry(NamedTuple):
    """What a reader found for one article: its fields, or the sentence that says why not.

    `line` counts from 1 where the source has an article on each line, and is `None` elsewhere.
    `pages` are those of `Article` in the text as it was read; `notices` say what of the source
    is not in it, or how it was read. `skipped` says what it is, in one of the words of `Tally`,
    where what stands there is no article at all.
    """

    values: Mapping[str, object] | None
    line: int | None = None
    error: str | None = None
    pages: Pages = ()
    notices: tuple[str, ...] = ()
    skipped: str | None = None


class NoTextError(DalilError):
    """An entry has no field that is called "text"."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with the fields its source states; `where` identifies it when nothing else does.

    One that was `exported` from a library is an article already: nothing is cleaned or found out.
    """

    text: str
    where: str
    source: str | None
    id: str | None = None
    title: str | None = None
    outlet: str | None = None
    published: date | None = None
    language: str | None = None
    url: str | None = None
    exported: bool = False
    pages: Pages = ()


def draft(values: Mapping[str, object], *, where: str, source: str) -> Draft:
    """Return the draft that a mapping of field names to values describes.

    Fields that are absent, null or blank are unknown. Raises `DalilError`, naming the field,
    for a text that is missing or no string, a label that is no string, a date that cannot be
    read.

    >>> draft({"text": "نص", "published": "2020-04-18"}, where="a:1", source="a").published
    datetime.date(2020, 4, 18)
    >>> draft({"body": "نص"}, where="a:1", source="a")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    corpus.fields.NoTextError: There is no field "text"; name the field that holds the text...
    """
    text = values.get("text")
    if text is None:
        raise NoTextError(
            'There is no field "text"; name the field that holds the text with --field text=NAME.'
        )
    if not isinstance(text, str):
        raise DalilError(f'The field "text" holds {_kind(text)}; it must be a string.')
    exported = values.get("exported") is True
    return Draft(
        text=text,
        where=where,
        source=_label(values, "source") or (None if exported else source),
        id=_label(values, "id"),
        title=_label(values, "title"),
        outlet=_label(values, "outlet"),
        published=_published(values.get("published")),
        language=_label(values, "language"),
        url=_label(values, "url"),
        exported=exported,
        pages=stated_pages(values.get("pages"), len(text)) if exported else (),
    )


def finish(found: Draft, *, cleaned: bool) -> Article:
    """Return the article of a draft: cleaned where wished, described from its own text.

    Raises `DalilError` when no text is left.
    """
    raw = replace_surrogates(found.text)
    if not _VISIBLE.search(raw):
        raise DalilError("The text is empty; remove the entry, or give it a text.")
    text = clean(raw) if cleaned and not found.exported else raw
    if not _VISIBLE.search(text):
        raise DalilError(
            "The text holds nothing but page furniture; "
            "remove the entry, or keep the text as it is with --no-clean."
        )
    stated = Description() if found.exported else describe(raw)
    language = found.language or (UNKNOWN_LANGUAGE if found.exported else detect(text))
    return Article(
        id=_plain(found.id or found.url or found.where) or found.where,
        text=text,
        title=label_line(
            (found.title if found.exported else sane_title(found.title))
            or stated.title
            or (None if found.exported else opening(text))
        ),
        outlet=label_line(found.outlet or stated.outlet),
        source=_plain(found.source),
        url=_plain(found.url),
        published=found.published or stated.published,
        language=None if language == UNKNOWN_LANGUAGE else _plain(language),
        pages=kept_pages(raw, text, found.pages) if found.pages else (),
    )


def known(values: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of an entry whose values are known: tables write NaN and the like instead.

    >>> known({"title": "NaN", "outlet": float("nan"), "text": "Nan is bread."})
    {'text': 'Nan is bread.'}
    """
    return {name: value for name, value in values.items() if not _missing(value)}


def _missing(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    return isinstance(value, float) and value != value


def _label(values: Mapping[str, object], name: str) -> str | None:
    value = values.get(name)
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        # Programs give the outlet with what they know of it: {"id": null, "name": "SANA"}.
        value = value["name"]
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise DalilError(f'The field "{name}" holds {_kind(value)}; it must be a string.')
    return value if value.strip() else None


def _published(value: object) -> date | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, datetime):
        value = value.date()
    written = value.isoformat() if isinstance(value, date) else value
    day = parse_date(written) if isinstance(written, str) else None
    if day is None and isinstance(written, str) and of_another_calendar(written):
        raise DalilError(
            f'The field "published" holds "{written[:60]}", a day of the Hijri or the Persian '
            "calendar; name its month, or write the day of the common era as in "
            '"2020-04-18".'
        )
    if day is None:
        shown = f'"{value[:60]}"' if isinstance(value, str) else _kind(value)
        raise DalilError(f'The field "published" holds {shown}; write the date as in "2020-04-18".')
    return day


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, dict) else "no string")


def _plain(value: str | None) -> str | None:
    return None if value is None else replace_surrogates(value)


def label_line(value: str | None) -> str | None:
    """Return a label as one line that shows what it holds, since titles are shown as they are."""
    if value is None:
        return None
    line = " ".join(without_unseen(" ".join(replace_surrogates(value).split())).split())
    return line or None
