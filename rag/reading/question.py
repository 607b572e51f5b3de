"""What the text of a question tells: the kind of answer, the names in it, what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import regex

from corpus.text.words import fold
from rag.reading.languages import function_words, pattern


class Expected(Enum):
    """The kind of thing that would answer a question."""

    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    REASON = "reason"
    ANYTHING = "anything"


# Of kinds whose openings begin at the same place the first here decides.
_ORDER = (Expected.NUMBER, Expected.TIME, Expected.REASON, Expected.PLACE, Expected.PERSON)
_CAPITALISED = regex.compile(r"\p{Lu}[\p{L}'’-]+")
# So short a question says too little alone.
_FEW_WORDS = 3


def expected_answer(text: str) -> Expected:
    """Return the kind whose opening comes first: "how many ... who" asks for a number.

    >>> expected_answer("How many prisoners share a room?"), expected_answer("متى وصلت القافلة؟")
    (<Expected.NUMBER: 'number'>, <Expected.TIME: 'time'>)
    """
    found = {kind: pattern(kind.value).search(text) for kind in _ORDER}
    starts = {kind: match.start() for kind, match in found.items() if match}
    return min(starts, key=lambda kind: starts[kind], default=Expected.ANYTHING)


def likely_names(text: str, language: str) -> tuple[str, ...]:
    """Return the words that look like names: those with a capital that are no question words.

    >>> likely_names("What did Mustafa Bali say in Hasakah?", "en")
    ('Mustafa', 'Bali', 'Hasakah')
    """
    # German gives every noun a capital, so capitals tell nothing there.
    if language == "de":
        return ()
    found = _CAPITALISED.findall(text)
    return tuple(word for word in found if fold(word) not in function_words())


def context_of(text: str, history: Sequence[str]) -> str:
    """Return the questions before it that a question leans on, "" for one that stands alone.

    >>> context_of("Where is he hiding?", ["Who is Hajji Abdullah?"])
    'Who is Hajji Abdullah?'
    """
    leans = pattern("leaning").search(text) or len(text.split()) <= _FEW_WORDS
    if not (history and leans):
        return ""
    previous = history[-1]
    # The question before may itself lean on the one before it.
    if len(history) > 1 and pattern("leaning").search(previous):
        return f"{history[-2]} {previous}"
    return previous
