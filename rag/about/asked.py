"""Whether a question is small talk or about the library, told by patterns of whole questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import regex

from corpus.text.language import detect, script, script_of
from corpus.text.words import Word, fold, words
from rag.about.wording import tables
from rag.reading.languages import function_words, pattern

# Nobody greets, and nobody asks about a library, at greater length.
_MOST_WORDS = 16
# What is asked about is named, not told.
_MOST_TOPIC_WORDS = 5
_TOPIC = "(?P<topic>.+?)"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, in which language; `topic` is what articles are to mention, else ""."""

    kind: str
    language: str
    topic: str = ""


def asked(question: str) -> Asked | None:
    """Return what a whole question asks of the library or of Dalil, `None` for any other.

    >>> asked("Hello!"), asked("شكراً جزيلاً")
    (Asked(kind='hello', language='en', topic=''), Asked(kind='thanks', language='ar', topic=''))
    >>> asked("What do you know about Hajji Abdullah?")
    Asked(kind='mentions', language='en', topic='Hajji Abdullah')
    >>> asked("How many articles of the constitution were amended?")
    """
    found = list(words(question))
    if not 0 < len(found) <= _MOST_WORDS:
        return None
    said = " ".join(word.folded for word in found)
    matches = [
        (language, match)
        for language in tables()
        if script_of(language) == script(question) and (match := _whole(language).fullmatch(said))
    ]
    if not matches:
        return None
    # Some greetings are the same in several languages.
    guess = detect(question) if len(matches) > 1 else ""
    language, match = next((one for one in matches if one[0] == guess), matches[0])
    kind = next(name for name in _kinds(tables()[language]) if match.group(name) is not None)
    if kind != "mentions":
        return Asked(kind, language)
    topic = _topic(question, found, match.span("topic"))
    return Asked(kind, language, topic) if topic else None


def _topic(question: str, found: list[Word], span: tuple[int, int]) -> str:
    """Return the words of the question at a span of its folded ones, "" if they name nothing.

    A pronoun names nothing alone: what it means stands in the question before.
    """
    ends = list(accumulate(len(word.folded) + 1 for word in found))
    named = [word for word, end in zip(found, ends, strict=True) if span[0] < end <= span[1] + 1]
    telling = [word for word in named if word.folded not in function_words()]
    topic = question[named[0].start : named[-1].end]
    if not telling or len(named) > _MOST_TOPIC_WORDS or pattern("leaning").fullmatch(topic):
        return ""
    return topic


@lru_cache
def _whole(language: str) -> regex.Pattern[str]:
    """Return what matches whole questions of a language, each kind by a group of its name.

    Words of questions are folded and set apart by spaces.
    """
    table = tables()[language]
    greeting, polite = (_folded("|".join(table[name]), table) for name in ("hello", "please"))
    kinds = [
        f"(?P<{kind}>{'|'.join(_folded(option, table) for option in table[kind])})"
        for kind in _kinds(table)
    ]
    return regex.compile(f"(?:(?:{greeting}) )??(?:{'|'.join(kinds)})(?: (?:{polite}))?")


def _kinds(table: Mapping[str, object]) -> Iterator[str]:
    known = ("hello", "thanks", "dalil", "count", "outlets", "languages", "dates", "mentions")
    return (kind for kind in known if kind in table)


def _folded(option: str, table: Mapping[str, object]) -> str:
    """Return a pattern with its named parts filled in, its letters folded as those of questions."""
    parts = table.get("parts")
    if isinstance(parts, dict):
        # Parts may hold parts, one level deep.
        for _ in range(2):
            for name, part in parts.items():
                option = option.replace(f"{{{name}}}", f"(?:{part})")
    return fold(option).replace("{topic}", _TOPIC)
