"""Articles cut into passages of whole neighbouring sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from corpus.article import Article, Passage
from corpus.text.line_breaks import Span
from corpus.text.sentences import sentence_spans

_STOPPED = regex.compile(r"[.!…۔。:][\s\"'”’»)\]]*\Z")
_QUESTION = regex.compile(r"[?؟][\s\"'”’»)\]]*\Z")


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """How long passages are, in words.

    A passage is full at `target_words`; it grows to `most_words` rather than break a heading
    from its paragraph; below `least_words` it takes in the next sentences even across a
    heading. One sentence is never divided, so a passage of one sentence may be longer.
    """

    target_words: int = 60
    most_words: int = 80
    least_words: int = 20


DEFAULT_SPLIT = SplitSettings()


@dataclass(frozen=True, slots=True)
class _Unit:
    """Sentences that stay together: a heading or question line with what follows it."""

    start: int
    end: int
    words: int
    opens_section: bool


def split(article: Article, settings: SplitSettings = DEFAULT_SPLIT) -> list[Passage]:
    r"""Return the passages of an article: every sentence in exactly one, none overlapping.

    A heading goes with what follows it and an interview question with the beginning of its
    answer; both open a new passage once the current one has `least_words`. A short rest at the
    end joins the passage before it, which may so exceed `most_words` by `least_words`.

    >>> article = Article(id="a", text="عنوان\n\nجملة أولى. جملة ثانية.\n\n1- سؤال؟\nجواب.")
    >>> settings = SplitSettings(target_words=6, most_words=8, least_words=3)
    >>> [passage.text for passage in split(article, settings)]
    ['عنوان\n\nجملة أولى. جملة ثانية.', '1- سؤال؟\nجواب.']
    >>> all(article.text[p.start:p.end] == p.text for p in split(article))
    True
    """
    groups: list[list[_Unit]] = []
    for unit in _units(article.text):
        if not groups or _is_full(groups[-1], unit, settings):
            groups.append([unit])
        else:
            groups[-1].append(unit)
    if len(groups) > 1 and _words(groups[-1]) < settings.least_words:
        groups[-2].extend(groups.pop())
    return [_passage(article, group[0].start, group[-1].end) for group in groups]


def _passage(article: Article, start: int, end: int) -> Passage:
    return Passage(article.id, article.version, start, end, article.text[start:end])


def _is_full(group: list[_Unit], unit: _Unit, settings: SplitSettings) -> bool:
    words = _words(group)
    if words >= settings.target_words or words + unit.words > settings.most_words:
        return words >= settings.least_words or unit.words > settings.target_words
    return unit.opens_section and words >= settings.least_words


def _words(group: list[_Unit]) -> int:
    return sum(unit.words for unit in group)


def _units(text: str) -> Iterator[_Unit]:
    """Yield single sentences, and headings and questions with the first sentence after them."""
    held: list[Span] = []
    for line in _lines(text, sentence_spans(text)):
        if _is_heading(text, line) or _is_question(text, line):
            held.extend(line)
            continue
        yield _unit(text, [*held, line[0]], opens_section=bool(held))
        held = []
        for sentence in line[1:]:
            yield _unit(text, [sentence], opens_section=False)
    if held:
        yield _unit(text, held, opens_section=True)


def _unit(text: str, spans: list[Span], *, opens_section: bool) -> _Unit:
    start, end = spans[0].start, spans[-1].end
    return _Unit(start, end, len(text[start:end].split()), opens_section)


def _lines(text: str, spans: list[Span]) -> list[list[Span]]:
    """Return the sentences line by line."""
    lines: list[list[Span]] = []
    for span in spans:
        if lines and not _breaks_line(text[lines[-1][-1].end : span.start]):
            lines[-1].append(span)
        else:
            lines.append([span])
    return lines


def _breaks_line(gap: str) -> bool:
    return len(gap.splitlines()) > 1 or gap.endswith(("\n", "\r"))


def _is_heading(text: str, line: list[Span]) -> bool:
    """Tell a heading: one short sentence alone on its line, without a full stop."""
    sentence = text[line[0].start : line[0].end]
    # Measured on news sites: headlines seldom exceed 20 words, paragraphs without stop do.
    return len(line) == 1 and len(sentence[:400].split()) <= 20 and not _STOPPED.search(sentence)


def _is_question(text: str, line: list[Span]) -> bool:
    return bool(_QUESTION.search(text, max(line[-1].start, line[-1].end - 8), line[-1].end))
