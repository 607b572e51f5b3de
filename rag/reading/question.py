"""What a question asks for: its language, the kind of answer, the names in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import regex

from corpus.text.language import detect, script
from corpus.text.stems import fold
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is searched for.

    `text` is the question itself, `context` what an earlier question adds ("" for a question
    that stands alone), `names` the words of both that look like names.
    """

    text: str
    context: str
    language: str
    script: str
    expected: Expected
    names: tuple[str, ...]

    @property
    def standalone(self) -> str:
        """The question with its context, for search."""
        return f"{self.context} {self.text}".strip()


def understand(text: str, history: Sequence[str] = ()) -> Asked:
    """Read a question, resolving what it leaves out from the questions before it.

    >>> understand("How many prisoners share a room?").expected
    <Expected.NUMBER: 'number'>
    >>> understand("What did Mustafa Bali say in Hasakah?").names
    ('Mustafa', 'Bali', 'Hasakah')
    >>> understand("Where is he hiding?", ["Who is Hajji Abdullah?"]).context
    'Who is Hajji Abdullah?'
    """
    language = detect(text)
    context = _context(text, history)
    return Asked(
        text=text,
        context=context,
        language=language,
        script=script(text),
        expected=_expected(text),
        names=_names(f"{context} {text}", language),
    )


def _expected(text: str) -> Expected:
    """Return the kind whose opening comes first: "how many ... who" asks for a number."""
    found = {kind: pattern(kind.value).search(text) for kind in _ORDER}
    starts = {kind: match.start() for kind, match in found.items() if match}
    return min(starts, key=lambda kind: starts[kind], default=Expected.ANYTHING)


def _names(text: str, language: str) -> tuple[str, ...]:
    # German gives every noun a capital, so capitals tell nothing there.
    if language == "de":
        return ()
    found = _CAPITALISED.findall(text)
    return tuple(word for word in found if fold(word) not in function_words())


def _context(text: str, history: Sequence[str]) -> str:
    leans = pattern("leaning").search(text) or len(text.split()) <= _FEW_WORDS
    if not (history and leans):
        return ""
    previous = history[-1]
    # The question before may itself lean on the one before it.
    if len(history) > 1 and pattern("leaning").search(previous):
        return f"{history[-2]} {previous}"
    return previous
