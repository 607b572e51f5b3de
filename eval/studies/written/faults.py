"""What must hold of every answer, whatever a model wrote: quotes, marks, the stream, deadlines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import regex

from corpus.article import Article
from eval.studies.written.asking import Asked
from index import WordTable
from rag.answer import Answer, Citation, Event, Hit
from rag.choice.evidence import Sentence
from rag.llm import Limits
from rag.llm.support import check
from rag.llm.writer import LEAST_SUPPORTED
from rag.reading.languages import function_words

# What a model may still be waited for where the machine has other work.
_SLACK_S = 5.0
_MARKER = regex.compile(r"\[(\d+)\]")
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}'’]+")
# Pieces of prompts and chat formats.
_PROMPT = regex.compile(r"<\|?/?\w+\|?>|\bNO ANSWER\b")

# Returns a stored article by id and version.
Stored = Callable[[str, int], Article]


def faults(asked: Asked, stored: Stored, limits: Limits, words: WordTable) -> list[str]:
    """Return what is wrong with an answer, each as a sentence; nothing where all holds."""
    answer = asked.answer
    found = [*_quotes(answer, stored), *_stream(answer, asked.events), *_late(asked, limits)]
    if answer.mode == "llm" and answer.status == "answered":
        found += [*_marks(answer, words), *_unaccounted(answer)]
    return found


def _quotes(answer: Answer, stored: Stored) -> Iterator[str]:
    for cited in answer.citations:
        text = stored(cited.article.id, cited.article.version).text
        if not cited.quote or cited.quote != text[cited.start : cited.end]:
            yield f"Quote {cited.n} is not in the stored article: {cited.quote!r}."
        if f"[{cited.n}]" not in answer.text:
            yield f"Citation {cited.n} has no marker in the text."
    numbers = {str(cited.n) for cited in answer.citations}
    if strange := set(_MARKER.findall(answer.text)) - numbers:
        yield f"Markers without a citation: {', '.join(sorted(strange))}."


def _stream(answer: Answer, events: Sequence[Event]) -> Iterator[str]:
    """Compare what a reader was shown, piece by piece, with the answer at the end."""
    last = max((at for at, event in enumerate(events) if event.kind == "restart"), default=-1)
    shown = events[last + 1 :]
    if "".join(event.text for event in shown if event.kind == "token") != answer.text:
        yield "The text that was streamed is not the text of the answer."
    cited = [event.citation.n for event in shown if event.citation is not None]
    if cited != [citation.n for citation in answer.citations]:
        yield "The citations that were streamed are not those of the answer."


def _late(asked: Asked, limits: Limits) -> Iterator[str]:
    if asked.model_s > limits.total_s + _SLACK_S:
        yield f"The model was waited for {asked.model_s:.1f} s."
    silent = asked.model_s if asked.first_s is None else asked.first_s
    # A first word of thoughts is a sign of life, and then the wait begins anew.
    if silent > limits.first_token_s + _SLACK_S and "<think" not in asked.reply:
        yield f"The first word was waited for {silent:.1f} s."


def _marks(answer: Answer, words: WordTable) -> Iterator[str]:
    """Hold each statement against the sentences that it cites, once more."""
    cited = {citation.n: citation for citation in answer.citations}
    for statement in answer.statements:
        text = answer.text[statement.start : statement.end]
        sentences = [_sentence(cited[n]) for n in statement.citations]
        missing = check(text, sentences, words) if sentences else ()
        if statement.supported and (missing or not sentences):
            yield f"Unmarked, though not in what it cites: {text!r} {missing}."
    marked = sum(not statement.supported for statement in answer.statements)
    if marked and not answer.notice:
        yield "Statements are marked, and no notice says so."
    if len(answer.statements) - marked < LEAST_SUPPORTED * len(answer.statements):
        yield "Most of it is not in the articles, and it was shown all the same."


def _unaccounted(answer: Answer) -> Iterator[str]:
    """Find words that are in no statement, and what was never meant for a reader."""
    spans = [(statement.start, statement.end) for statement in answer.statements]
    spans += [marker.span() for marker in _MARKER.finditer(answer.text)]
    for word in _WORD.finditer(answer.text):
        inside = any(start <= word.start() and word.end() <= end for start, end in spans)
        if not inside and word.group().casefold() not in function_words():
            yield f"In no statement: {word.group()!r}."
    if found := _PROMPT.search(answer.text):
        yield f"Left of the prompt: {found.group()!r}."


def _sentence(cited: Citation) -> Sentence:
    hit = Hit(cited.span, cited.article, 0.0)
    return Sentence(cited.article, cited.start, cited.end, hit)
