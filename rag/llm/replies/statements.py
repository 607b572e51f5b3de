"""A written answer to its statements: which words each marker stands for.

A statement is a sentence, or the part of one between two markers.  A marker belongs to the words
right before it, back to the marker before or the beginning of the sentence, and no further: a
sentence without a marker is a statement without citation.  What follows the last marker of a
sentence is a statement of its own with the same citations.  Words that say nothing alone, as the
"and" between two markers, make none.  A marker at the beginning of a line belongs to what follows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import regex

from corpus.text.line_breaks import Span
from corpus.text.sentences import sentence_spans
from corpus.text.words import words
from rag.llm.replies.text import Mark
from rag.reading.languages import function_words

_WORD = regex.compile(r"[\p{L}\p{N}]")
# List bullets, emphasis and what joins two statements.
_AROUND = regex.compile(r"[\s\-–—•*#>,،;؛:]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A statement at `text[start:end]`, free of markers, with the citations put to it."""

    start: int
    end: int
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Bare:
    """A text without its markers: where each character and each marker stood."""

    text: str
    places: Sequence[int]
    cuts: Sequence[int]


def written_statements(text: str, marks: Sequence[Mark]) -> list[Written]:
    """Return the statements of an answer whose markers stand at `marks`, in order.

    >>> text = "The school reopened [1] and the market closed [2]. Nobody knows why."
    >>> marks = [Mark(20, 23, (1,)), Mark(46, 49, (2,))]
    >>> for each in written_statements(text, marks):
    ...     print(text[each.start : each.end], each.citations)
    The school reopened (1,)
    and the market closed (2,)
    Nobody knows why. ()
    """
    bare = _without_markers(text, marks)
    sentences = sentence_spans(bare.text)
    owners = [_owner(bare.text, sentences, cut) for cut in bare.cuts]
    found = []
    for number, sentence in enumerate(sentences):
        own = [
            (min(max(cut, sentence.start), sentence.end), mark.citations)
            for cut, mark, owner in zip(bare.cuts, marks, owners, strict=True)
            if owner == number
        ]
        found += [
            Written(bare.places[piece.start], bare.places[piece.end - 1] + 1, citations)
            for piece, citations in _pieces(bare.text, sentence, own)
        ]
    return found


def _without_markers(text: str, marks: Sequence[Mark]) -> _Bare:
    pieces: list[str] = []
    places: list[int] = []
    cuts: list[int] = []
    after = 0
    for mark in marks:
        # The blank before a marker goes with it: what follows may be the sentence's full stop.
        end = mark.start - (mark.start > after and text[mark.start - 1] == " ")
        pieces.append(text[after:end])
        places += range(after, end)
        cuts.append(len(places))
        after = mark.end
    pieces.append(text[after:])
    places += range(after, len(text))
    return _Bare("".join(pieces), places, cuts)


def _owner(text: str, sentences: Sequence[Span], cut: int) -> int:
    """Return the number of the sentence that a marker at `cut` belongs to, -1 if there is none."""
    before = bisect_left([sentence.start for sentence in sentences], cut) - 1
    line_start = text.rfind("\n", 0, cut) + 1
    line_end = text.find("\n", cut)
    rest = text[cut : len(text) if line_end < 0 else line_end]
    opens = not _WORD.search(text, line_start, cut) and _WORD.search(rest)
    # A bullet or a full stop alone says nothing that could be cited.
    saying = [n for n, s in enumerate(sentences) if _WORD.search(text, s.start, s.end)]
    earlier = [n for n in saying if n <= before]
    # Before the first words of all, a line of its own opens what follows, too.
    if not opens and earlier:
        return earlier[-1]
    return next((n for n in saying if sentences[n].end > cut), before)


def _pieces(
    text: str, sentence: Span, cuts: Sequence[tuple[int, tuple[int, ...]]]
) -> Iterator[tuple[Span, tuple[int, ...]]]:
    """Yield the statements of one sentence with their citations."""
    edges = [sentence.start, *(cut for cut, _ in cuts), sentence.end]
    spans = [_strip(text, Span(*edge)) for edge in pairwise(edges)]
    groups = [*(citations for _, citations in cuts), cuts[-1][1] if cuts else ()]
    saying = [place for place, span in enumerate(spans) if _says_something(text, span)]
    # A sentence of nothing but words like "he" and "was" is one statement all the same.
    places = saying or [n for n, span in enumerate(spans) if _WORD.search(text, *span)][:1]
    for number, place in enumerate(places):
        first = 0 if number == 0 else place
        following = places[number + 1] if number + 1 < len(places) else len(spans)
        own = groups[first:following]
        # Behind the last marker nothing new was put to the words before.
        own = own if place == len(spans) - 1 else own[: len(spans) - 1 - first]
        yield spans[place], tuple(dict.fromkeys(chain.from_iterable(own)))


def _says_something(text: str, span: Span) -> bool:
    """Tell if there is more than words like "and"."""
    found = words(text[span.start : span.end])
    return any(word.folded not in function_words() for word in found)


def _strip(text: str, span: Span) -> Span:
    start, end = span
    if found := _AROUND.match(text, start, end):
        start = found.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
