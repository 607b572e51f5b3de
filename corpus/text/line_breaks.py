"""Which line breaks end a sentence: lines joined to blocks that are split at stops alone."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import regex

from corpus.text.abbreviations import DANGLING, PARAGRAPH_OPENERS, PREPOSITIONS
from corpus.text.characters import LINE_BREAKS


class Span(NamedTuple):
    """A half-open range of code points: `text[start:end]`."""

    start: int
    end: int


# A line of fewer words may be a heading, and a heading breaks off without being unfinished.
_LONG_LINE_WORDS = 12
_UNFINISHED_WORDS = 4

# An editor that wraps lines breaks them below a width, by at most the length of a long word.
_WIDEST_WRAPPED, _RAGGED = 120, 25
_LEAST_WRAPPED_LINES = 4

_LINE = regex.compile(f"[^{LINE_BREAKS}]+")
_BREAKS = frozenset({"\n", "\r\n", "\r"})
_FINISHED = regex.compile(r"[.!?؟…۔。！？।:\"'”’»›)\]][\s\"'”’»›)\]]*\Z")
_COMMA = regex.compile(r"[،,]\s*\Z")
_LIST_ITEM = regex.compile(r"\s*(?:[-–—•*▪●#>]|[(\[]?\p{N}{1,3}\s*[-–.)\]:/])")
_LOWER_CASE = regex.compile(r"\s*(?=\p{Latin})\p{Ll}")
_FIRST_WORDS = regex.compile(r"\s*([\p{L}\p{M}]+)(?:\s+([\p{L}\p{M}]+))?")
_LAST_WORD = regex.compile(r"([\p{L}\p{M}]+)\s*\Z")


def blocks(text: str) -> list[Span]:
    r"""Return the lines of a text, with those joined that only together make a sentence.

    A line goes on below when it lacks closing punctuation and ends with a comma or with a word
    no sentence ends with, or when the next line starts with a lower-case Latin letter, or with
    an Arabic preposition in a text whose long lines otherwise close with a stop. A blank line
    always separates. Words such as `من جهته` that open paragraphs separate as well.
    In a text that an editor has wrapped to a width, all lines of a paragraph belong together.

    >>> text = "The armed group was\ndefeated. Next\nDay"
    >>> [text[start:end] for start, end in blocks(text)]
    ['The armed group was\ndefeated. Next', 'Day']
    >>> text = "وصل الوفد صباح اليوم إلى\nدمشق."
    >>> len(blocks(text)), len(blocks("عنوان قصير\nفي دمشق قال الوزير ذلك."))
    (1, 2)
    """
    lines = [Span(*match.span()) for match in _LINE.finditer(text)]
    closes = _lines_close_with_stops(text, lines)
    full = _full_line_length(text, lines)
    joined: list[Span] = []
    previous: Span | None = None
    for line in lines:
        if previous and (
            _is_wrapped(text, previous, line, full) or _continues(text, previous, line, closes)
        ):
            joined[-1] = Span(joined[-1].start, line.end)
        else:
            joined.append(line)
        previous = line
    return joined


def _lines_close_with_stops(text: str, lines: list[Span]) -> bool:
    """Tell whether most long lines are finished, so that an unfinished one stands out."""
    long_lines = [line for line in lines if _has_words(text, line, _LONG_LINE_WORDS)]
    finished = sum(1 for line in long_lines if _FINISHED.search(_tail(text, line)))
    return finished * 2 > len(long_lines)


def _full_line_length(text: str, lines: list[Span]) -> int | None:
    """Return from which length on a line is full, in a wrapped text; else `None`."""
    upper = [line for line, below in pairwise(lines) if text[line.end : below.start] in _BREAKS]
    widest = max((line.end - line.start for line in upper), default=0)
    if len(upper) < _LEAST_WRAPPED_LINES or not 2 * _RAGGED < widest <= _WIDEST_WRAPPED:
        return None
    full = sum(1 for line in upper if line.end - line.start >= widest - _RAGGED)
    finished = sum(1 for line in upper if _FINISHED.search(_tail(text, line)))
    return widest - _RAGGED if full * 5 >= len(upper) * 4 and finished * 2 < len(upper) else None


def _is_wrapped(text: str, line: Span, following: Span, full: int | None) -> bool:
    if full is None or line.end - line.start < full:
        return False
    adjacent = text[line.end : following.start] in _BREAKS
    return adjacent and not _LIST_ITEM.match(text, following.start, following.end)


def _continues(text: str, line: Span, following: Span, closes: bool) -> bool:
    tail, head = _tail(text, line), text[following.start : following.start + 80]
    if text[line.end : following.start] not in _BREAKS or _FINISHED.search(tail):
        return False
    if _LIST_ITEM.match(head) or not _has_words(text, line, _UNFINISHED_WORDS):
        return False
    last = _LAST_WORD.search(tail)
    if _LOWER_CASE.match(head) or _COMMA.search(tail) or (last and last[1] in DANGLING):
        return True
    first = _FIRST_WORDS.match(head)
    if not first or first[1] not in PREPOSITIONS or first[2] in PARAGRAPH_OPENERS:
        return False
    return closes and _has_words(text, line, _LONG_LINE_WORDS)


def _has_words(text: str, line: Span, count: int) -> bool:
    # Enough of the line to hold that many words, so that long lines cost no more.
    return len(text[line.start : min(line.end, line.start + count * 20)].split()) >= count


def _tail(text: str, line: Span) -> str:
    return text[max(line.start, line.end - 40) : line.end]
