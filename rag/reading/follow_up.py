"""Follow-ups: what a question leaves unsaid, taken from the questions before it by rules.

`read` loads this only where there are earlier questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from corpus.text.words import Word, words
from rag.reading.languages import function_words, known_names, pattern

# What was asked longer ago is rarely meant.
_TURNS = 6
_NAME = regex.compile(
    r"(?:\b(?:al|el|as|ash|ar|ez)[-‐])?\p{Lu}[\p{L}\p{M}'’-]+"
    r"(?:\s+(?:(?:al|el|as|ash|ar|ez)[-‐])?\p{Lu}[\p{L}\p{M}'’-]+)*"
)
_YEAR = regex.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CASED = regex.compile(r"[\p{Lu}\p{Ll}]")
_EDGES = regex.compile(r"\A[^\p{L}\d]+|[^\p{L}\p{M}\d]+\Z")
# Longer remainders of "and ...?" are questions of their own.
_LONGEST_SWAP = 4
# So short a question says too little alone, and so few telling words need what came before.
_FEW_WORDS, _FEW_TELLING, _SHORT = 3, 3, 5


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question with what it takes from earlier ones.

    `text` is the question, or the earlier one with a name or a year replaced; `topics` are the
    questions it leans on, oldest first, none for one that stands alone; `name` is what was put in
    place of another, "" for nothing: an article must speak of it.
    """

    text: str
    topics: tuple[str, ...] = ()
    name: str = ""

    @property
    def context(self) -> str:
        """The questions it leans on, "" for one that stands alone."""
        return " ".join(self.topics)


def resolve(question: str, history: Sequence[str]) -> Resolved:
    """Resolve a question by those before it, oldest first; each may lean on the one before.

    >>> resolve("And in Kobani?", ["How many schools opened in Raqqa?"]).text
    'How many schools opened in Kobani?'
    >>> resolve("Where is he hiding?", ["Who is Hajji Abdullah?"]).context
    'Who is Hajji Abdullah?'
    >>> resolve("Who leads the SDF?", ["Who is Hajji Abdullah?"]).context
    ''
    """
    found: Resolved | None = None
    for turn in (*history[-_TURNS:], question):
        found = _after(turn, found) if found else Resolved(turn)
    return found or Resolved(question)


def _after(question: str, before: Resolved) -> Resolved:
    swapped = _swapped(question, before.text)
    if swapped:
        return Resolved(swapped[0], before.topics, swapped[1])
    if _leans(question):
        # What began the matter and what was asked last; turns between them add noise.
        return Resolved(question, (*before.topics[:1], before.text))
    return Resolved(question)


def _swapped(question: str, earlier: str) -> tuple[str, str] | None:
    """Return `earlier` with the name or year of "and in X?" in place of its own, and that name."""
    asked = _EDGES.sub("", question)
    opening = pattern("swapping").match(asked)
    if not opening:
        return None
    rest = asked[opening.end() :].strip()
    if not rest or len(rest.split()) > _LONGEST_SWAP:
        return None
    year = _YEAR.search(rest)
    if year:
        return _put(earlier, _last(_YEAR, earlier), year[0])
    if not _CASED.search(rest):
        return _swapped_uncased(rest, earlier)
    named = _NAME.search(rest)
    before = rest[: named.start()].split() if named else []
    little = all(
        word.folded in function_words() or len(word.folded) < _FEW_WORDS
        for word in words(" ".join(before))
    )
    if not named or named.end() != len(rest) or not little:
        return None
    return _put(earlier, _place_of(earlier, before[-1] if before else ""), named[0])


def _place_of(earlier: str, preposition: str) -> tuple[int, int] | None:
    """Return where the name stands that is meant: behind the same preposition, else the last."""
    spans = [
        match.span()
        for match in _NAME.finditer(earlier)
        if next(words(match[0])).folded not in function_words()
    ]
    behind = [
        span for span in spans if preposition and earlier[: span[0]].split()[-1:] == [preposition]
    ]
    if not spans:
        found = list(words(earlier))
        return _uncased_place(found, "", earlier)
    return (behind or spans)[-1]


def _swapped_uncased(rest: str, earlier: str) -> tuple[str, str] | None:
    new = list(words(rest))
    if any(word.folded in function_words() for word in new) or pattern("times").search(rest):
        return None
    cased = _last(_NAME, earlier) if _CASED.search(earlier) else None
    return _put(earlier, cased or _uncased_place(list(words(earlier)), rest, earlier), rest)


def _uncased_place(found: list[Word], rest: str, earlier: str) -> tuple[int, int] | None:
    """Return the span of the last name of a question in a script without capitals.

    That is its last words, as many as are to replace them; words of time behind them stay.
    """
    while found and pattern("times").search(earlier[found[-1].start : found[-1].end]):
        found = found[:-1]
    if not found or found[-1].folded in function_words():
        return None
    length = 1 if pattern("heading").match(rest) else max(1, len(rest.split()))
    first = len(found) - 1
    while first > 0 and (
        (len(found) - first < length and found[first - 1].folded not in function_words())
        or pattern("heading").fullmatch(earlier[found[first - 1].start : found[first - 1].end])
    ):
        first -= 1
    return found[first].start, found[-1].end


def _last(expression: regex.Pattern[str], text: str) -> tuple[int, int] | None:
    return max((match.span() for match in expression.finditer(text)), default=None)


def _put(text: str, span: tuple[int, int] | None, new: str) -> tuple[str, str] | None:
    return (f"{text[: span[0]]}{new}{text[span[1] :]}", new) if span else None


def _leans(question: str) -> bool:
    """Tell if a question leaves unsaid whom or what it is about."""
    found = list(words(question))
    telling = [word for word in found if word.folded not in function_words()]
    if not telling:
        return True
    named = _first_name(question, found)
    asked = _EDGES.sub("", question)
    offset = question.find(asked)
    # A pronoun behind a name of the question itself means that one.
    if any(
        named is None or offset + match.start() < named
        for match in pattern("leaning").finditer(asked)
        if match.start() > 0 or named is None or len(telling) < _FEW_TELLING
    ):
        return True
    if named is not None:
        return False
    if len(found) <= _FEW_WORDS or (len(telling) == 1 and len(found) <= _SHORT):
        return True
    return len(telling) <= _FEW_TELLING and bool(pattern("continuing").search(asked))


def _first_name(question: str, found: Sequence[Word]) -> int | None:
    """Return where the first name of a question begins; a capital at its beginning is none."""
    starts = [found[known.first].start for known in known_names(found)]
    starts += [
        match.start()
        for match in _NAME.finditer(question)
        if next(words(match[0])).folded not in function_words() and match.start() > found[0].start
    ]
    return min(starts, default=None)
