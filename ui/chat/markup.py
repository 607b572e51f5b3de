"""The parts of the chat page that are plain HTML.  Every text in them is escaped here."""

from __future__ import annotations

from html import escape

from ui.server.access.identity import Reader
from ui.words.wording import LANGUAGES, words


def header(language: str) -> str:
    """Return the name of the page, the link to the library, and to this in the other language."""
    other = next(one for one in LANGUAGES if one != language)
    here, there = words(language), words(other)
    return (
        f"<h1>{escape(here['title'])}</h1><p>{escape(here['tagline'])}</p>"
        f'<a href="/library?ui={language}">{escape(here["library"])}</a>'
        f'<a class="switch" href="/{other}/" lang="{other}" hreflang="{other}">'
        f"{escape(there['name'])}</a>"
    )


def who(language: str, reader: Reader) -> str:
    """Return the reader's name, with a way out for who came in by log-in."""
    name = f"<bdi>{escape(reader.owner)}</bdi>"
    if reader.vouched:
        return name
    return (
        f'<form method="post" action="/logout">{name}'
        f'<button type="submit">{escape(words(language)["log_out"])}</button></form>'
    )


def made_by(language: str, llm: str | None) -> str:
    """Return who makes the answers: Dalil alone, or the language model `llm`.

    >>> made_by("en", "ollama:<b>")[:72]
    '<p>Answers are written by the language model <bdi>ollama:&lt;b&gt;</bdi>'
    """
    texts = words(language)
    if llm is None:
        return f"<p>{escape(texts['made_by'])}</p>"
    before, after = escape(texts["made_by_llm"]).split("{name}")
    return f"<p>{before}<bdi>{escape(llm)}</bdi>{after}</p>"


def paragraph(text: str) -> str:
    """Return a paragraph of text."""
    return f"<p>{escape(text)}</p>"


def date_field(label: str) -> str:
    """Return a date field: Gradio's own has a button without a name, and one calendar's writing."""
    return f'<label><span>{escape(label)}</span><input type="date"></label>'
