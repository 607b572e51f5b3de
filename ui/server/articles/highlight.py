"""A text cut where the page needs an element: at lines, sentences, the quote, and the file's pages.

The pieces joined are the text, code point for code point, so a quote on the page is the quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from corpus.article import Pages
from corpus.text.characters import LINE_BREAKS
from corpus.text.line_breaks import Span, blocks
from corpus.text.sentences import sentence_spans

_BREAK = regex.compile(rf"\r\n|[{LINE_BREAKS}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring characters that are all quoted or all not.

    `first` and `last` say that what a reader sees of the quote begins, or ends, with this piece;
    `answers` says that it is of the words in the quote that answer. `page` is the number of a
    page of the file that begins with it.
    """

    text: str
    quoted: bool
    first: bool = False
    last: bool = False
    answers: bool = False
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The pieces of the sentence `number` (from 1), or of the space between two (`None`)."""

    number: int | None
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of a text, or lines that only together make a sentence.

    `gap` are the line breaks before it; `near` says that no blank line is among them although
    the text has blank lines elsewhere.
    """

    gap: Sequence[Piece]
    near: bool
    runs: Sequence[Run]

    @property
    def text(self) -> str:
        """The characters of the paragraph."""
        return "".join(piece.text for run in self.runs for piece in run.pieces)


def paragraphs(
    text: str, quote: Span | None = None, focus: Span | None = None, pages: Pages = ()
) -> tuple[Sequence[Paragraph], Sequence[Piece]]:
    r"""Return the paragraphs of a text, and the pieces that stand after the last.

    The spans count code points; `focus`, the words that answer, lies within `quote`. Of `pages`
    (see `Article`) those after the first are named where they begin.

    >>> found, after = paragraphs("One. Two.\nThree.\n", Span(5, 12))
    >>> [[(run.number, [p.text for p in run.pieces]) for run in p.runs] for p in found]
    [[(1, ['One.']), (None, [' ']), (2, ['Two.'])], [(3, ['Th', 'ree.'])]]
    >>> [piece.quoted for run in found[1].runs for piece in run.pieces], after[0].text
    ([True, False], '\n')
    """
    lines = [line for line in blocks(text) if not text[line.start : line.end].isspace()]
    begins = {start: page for start, page in pages if start}
    cut = _Cutter(text, quote, focus, _seen(quote, lines) if quote else None, begins)
    has_blank_lines = any(_blank_line(text[a.end : b.start]) for a, b in pairwise(lines))
    sentences = [Span(*span) for span in sentence_spans(text)]
    found: list[Paragraph] = []
    reached = first = 0
    for line in lines:
        last = first
        while last < len(sentences) and sentences[last].start < line.end:
            last += 1
        runs = [*cut.runs(line, enumerate(sentences[first:last], first + 1))]
        gap = Span(reached, line.start)
        near = bool(found) and has_blank_lines and not _blank_line(text[gap.start : gap.end])
        found.append(Paragraph(cut.pieces(gap), near, runs))
        reached, first = line.end, last
    return found, cut.pieces(Span(reached, len(text)))


def _seen(quote: Span, lines: Iterable[Span]) -> Span | None:
    """Return the quote without line breaks at its ends, `None` if it holds nothing else."""
    met = [line for line in lines if line.start < quote.end and quote.start < line.end]
    if not met:
        return None
    return Span(max(quote.start, met[0].start), min(quote.end, met[-1].end))


def _blank_line(gap: str) -> bool:
    return len(_BREAK.findall(gap)) > 1


@dataclass(frozen=True, slots=True)
class _Cutter:
    text: str
    quote: Span | None
    focus: Span | None
    seen: Span | None
    begins: Mapping[int, int]

    def runs(self, line: Span, sentences: Iterable[tuple[int, Span]]) -> Iterator[Run]:
        """Yield the sentences of a line and what stands between them."""
        reached = line.start
        for number, sentence in sentences:
            if reached < sentence.start:
                yield Run(None, self.pieces(Span(reached, sentence.start)))
            yield Run(number, self.pieces(sentence))
            reached = sentence.end
        if reached < line.end:
            yield Run(None, self.pieces(Span(reached, line.end)))

    def pieces(self, span: Span) -> Sequence[Piece]:
        """Return the text of `span`, cut at the ends of the quote and of the words that answer."""
        ends = (*(self.quote or ()), *(self.focus or ()), *self.begins)
        inner = {min(max(cut, span.start), span.end) for cut in ends}
        cuts = pairwise(sorted({span.start, *inner, span.end}))
        return [self._piece(Span(a, b)) for a, b in cuts]

    def _piece(self, span: Span) -> Piece:
        quoted = _within(span, self.quote)
        seen = self.seen if quoted else None
        first, last = (span.start == seen.start, span.end == seen.end) if seen else (False, False)
        answers = quoted and _within(span, self.focus)
        page = self.begins.get(span.start)
        return Piece(self.text[span.start : span.end], quoted, first, last, answers, page)


def _within(span: Span, outer: Span | None) -> bool:
    return outer is not None and outer.start <= span.start and span.end <= outer.end
