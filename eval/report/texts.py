"""Texts of cases and articles, with the `lang` and `dir` that let a browser show them well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from corpus.text.language import UNKNOWN_LANGUAGE, UNKNOWN_SCRIPT, direction, script, script_of

# RFC 5646 in outline; what does not look like it could not be read aloud anyway.
_LANGUAGE_TAG = regex.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its language, empty where unknown, and its direction."""

    content: str
    language: str
    direction: str


def text(content: str, *languages: str | None) -> Text:
    """Return a text in the first of these languages that is written in its script.

    >>> text("غادرت 73 عائلة", "en", "ar")
    Text(content='غادرت 73 عائلة', language='ar', direction='rtl')
    >>> text("73", "ar").direction, text("It rained.", "ar").language
    ('auto', '')
    """
    writing = script(content)
    known = [language for language in languages if language and _is_tag(language)]
    fitting = [x for x in known if writing in (UNKNOWN_SCRIPT, script_of(x.partition("-")[0]))]
    return Text(content, fitting[0] if fitting else "", direction(content))


def pieces(content: str, parts: Sequence[Text]) -> list[str | Text]:
    """Return a text cut where `parts` stand in it, so that each can be told apart by its language.

    >>> quote = text("غادرت عائلة", "ar")
    >>> [piece for piece in pieces("It says: غادرت عائلة [1]", [quote]) if piece != quote]
    ['It says: ', ' [1]']
    """
    wanted = {part.content: part for part in parts if part.content}
    if not wanted:
        return [content]
    # The longest first, since one quote may hold another.
    longest = sorted(wanted, key=len, reverse=True)
    cut = regex.split(f"({'|'.join(map(regex.escape, longest))})", content)
    return [wanted.get(piece, piece) for piece in cut if piece]


def _is_tag(language: str) -> bool:
    return language != UNKNOWN_LANGUAGE and bool(_LANGUAGE_TAG.fullmatch(language))
