"""What the server says of errors and of what was read, in the language of the page that shows it.

The sentences are written in English where they arise, deep below any page, and some are kept in the
library. A page names its language in the header `Dalil-Language`; what answers it holds then is
worded by the rows of `sentences.toml`. Without the header the API speaks English.
"""

from __future__ import annotations

import tomllib
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import regex
from pydantic import PlainSerializer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.words.wording import LANGUAGES, preferred

HEADER = "Dalil-Language"
_FILE = Path(__file__).with_name("sentences.toml")
_PLACE = regex.compile(r"\{(\d?)\}")
# In front of a sentence: a file's name with its line, or an address.
_BEFORE = regex.compile(r"(?P<before>.{1,2200}?: )(?P<rest>.+)")
_NUMBER = regex.compile(r"[\d.,:]*")
_spoken: ContextVar[str] = ContextVar("spoken", default=LANGUAGES[0])


def worded(sentence: str, language: str) -> str:
    r"""Return a sentence of the server in a language of the pages, as it is where there is no row.

    Lines are sentences of their own. A sentence within a sentence is worded too; other values stay
    as they are, each isolated from the words around it (U+2068, U+2069).

    >>> worded("The host news.example is not found. Check the address, or try again later.", "ar")
    'لم يُعثر على المضيف \u2068news.example\u2069. تحقق من العنوان أو حاول لاحقاً.'
    >>> worded("Nothing was added. a.txt: The record is damaged.", "ar")
    'لم يُضف شيء. \u2068a.txt\u2069: السجل تالف.'
    >>> worded("The record is damaged.", "en"), worded("Something else.", "ar")
    ('The record is damaged.', 'Something else.')
    """
    return "\n".join(_worded(line, language) or line for line in sentence.split("\n"))


def _worded(sentence: str, language: str) -> str | None:
    for pattern, said in _rows(language):
        if found := pattern.fullmatch(sentence):
            return _filled(said, found.groups(), language)
    for found in _BEFORE.finditer(sentence):
        rest = _worded(found["rest"], language)
        if rest:
            return f"{_isolated(found['before'][:-2])}: {rest}"
    return None


def _filled(said: str, values: tuple[str, ...], language: str) -> str:
    waiting = iter(range(len(values)))

    def value(place: regex.Match[str]) -> str:
        given = values[int(place[1]) if place[1] else next(waiting)]
        return _counted(given, language) or _worded(given, language) or _isolated(given)

    return _PLACE.sub(value, said)


def _counted(value: str, language: str) -> str | None:
    """Return a list of counts, as "2 images, 1 recording", worded; `None` for any other value."""
    names = _read()["counted"].get(language, {})
    counts = [part.partition(" ") for part in value.split(", ")]
    known = all(count.isdecimal() and what in names for count, _, what in counts)
    return "، ".join(f"{names[what]}: {count}" for count, _, what in counts) if known else None


def _isolated(value: str) -> str:
    return value if _NUMBER.fullmatch(value) else f"\u2068{value}\u2069"


@lru_cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@lru_cache
def _rows(language: str) -> list[tuple[regex.Pattern[str], str]]:
    """Return the patterns of the English sentences, those with most words of their own first."""
    rows = _read().get(language, {})
    ordered = sorted(rows, key=lambda english: -len(english.replace("{}", "")))
    return [(_pattern(english), rows[english]) for english in ordered]


def _pattern(english: str) -> regex.Pattern[str]:
    parts = map(regex.escape, english.split("{}"))
    return regex.compile("(.*?)".join(parts))


def now_worded(sentence: str) -> str:
    """Return a sentence in the language of the page whose request is being answered."""
    return worded(sentence, _spoken.get())


# A field of an answer that holds a sentence of the server.
Said = Annotated[str, PlainSerializer(now_worded)]


def language_of(headers: Headers) -> str:
    """Return the language of the page that asks, or that its browser prefers.

    For what stands in no page, as refusals before a request is looked at do.

    >>> language_of(Headers({HEADER: "ar", "Accept-Language": "en"}))
    'ar'
    >>> language_of(Headers({"Accept-Language": "ar-SY,en;q=0.5"})), language_of(Headers({}))
    ('ar', 'en')
    """
    wanted = headers.get(HEADER, "")
    return wanted if wanted in LANGUAGES else preferred(headers.get("accept-language", ""))


class Spoken:
    """Knows, while a request is answered, in which language its page speaks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get(HEADER, "")
        token = _spoken.set(wanted if wanted in LANGUAGES else LANGUAGES[0])
        try:
            await self._app(scope, receive, send)
        finally:
            _spoken.reset(token)
