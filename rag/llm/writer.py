"""Answers in a language model's words, each statement cited, or the articles' own in their place.

The model sees numbered sentences and points to them; what is shown as a quote is read from the
article.  Whatever keeps the model from an answer that its citations bear out, the reader gets the
extractive answer, and a notice that says why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

from corpus.text.language import UNKNOWN_LANGUAGE, detect
from index import WordTable
from rag.answer import Answer, Event, Hit, tell
from rag.citing.cite import matches
from rag.citing.refusal import abstention, refusal
from rag.llm.condense import Condensed, condense
from rag.llm.deadline import Clock, SystemClock, bounded
from rag.llm.numbered import Evidence
from rag.llm.prompts import answer_messages, room
from rag.llm.protocol import ChatModel, Limits, Message, ModelError, PromptTooLongError
from rag.llm.replies.page import Page
from rag.llm.replies.pointers import PointerParser
from rag.llm.support import check
from rag.reading import Reading
from rag.reading.languages import model_phrases

_LOG = logging.getLogger("dalil.llm")
# With fewer of its statements borne out, an answer is worth less than the sentences themselves.
LEAST_SUPPORTED = 0.5
_RELATED = 3
# With less room than twice this there is hardly an article in the prompt to leave out.
_LEAST_BUDGET = 400


class LlmWriter:
    """Writes answers with `model`, held to `limits` by `clock`.

    `encoder` tells which words of a question meet which of a quote.
    """

    def __init__(
        self,
        model: ChatModel,
        encoder: WordTable,
        limits: Limits | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._model, self._encoder = model, encoder
        self._limits = limits or Limits()
        self._budget = self._limits.window - self._limits.answer_tokens
        self._clock = clock or SystemClock()

    def condense(self, question: str, history: Sequence[str]) -> Condensed:
        """Return the question as it is to be searched for, whatever it leaves out filled in."""
        return condense(self._model, question, history, self._limits, self._clock)

    def write(
        self,
        reading: Reading,
        hits: Sequence[Hit],
        extractive: Answer,
        fault: ModelError | None = None,
    ) -> Iterator[Event]:
        """Yield an answer as it is written, and the whole of it at last.

        `reading` is the question as it was searched for, `extractive` the answer that stands in
        where the model's will not do, `fault` what the model failed with already.  A "restart"
        comes only after something was shown.  Closing the iterator ends the model's reply.
        """
        yield Event("status", "writing")
        language = _language(extractive.question, reading)
        budget = self._budget
        while True:
            page, evidence = self._begin(reading, language, hits, budget)
            try:
                if fault is not None:
                    raise fault
                messages = answer_messages(reading.standalone, language, evidence, budget)
                yield from self._read(page, messages, len(evidence.sentences))
                answer = self._answer(page, language, hits, extractive)
            except ModelError as error:
                if isinstance(error, PromptTooLongError) and budget >= 2 * _LEAST_BUDGET:
                    budget //= 2
                    continue
                self._note("model failed", reason=error.reason, said=error.sentence)
                answer = _instead(extractive, language, error.reason)
            break
        if answer.mode == "llm" and answer.status == "answered":
            yield Event("done", answer=answer)
            return
        if page.text:
            yield Event("restart")
        yield from tell(answer)

    def _begin(
        self, reading: Reading, language: str, hits: Sequence[Hit], budget: int
    ) -> tuple[Page, Evidence]:
        """Return an empty page, and what finds room in a prompt of `budget` tokens."""
        evidence = Evidence.of(hits, room(reading.standalone, language, budget))
        meets = partial(matches, reading, table=self._encoder)
        return Page(evidence, meets, partial(check, encoder=self._encoder)), evidence

    def _read(self, page: Page, messages: Sequence[Message], numbers: int) -> Iterator[Event]:
        """Yield the events of the model's reply, which may point to so many sentences."""
        parser = PointerParser(known=range(1, numbers + 1))
        reply = bounded(self._model.stream(messages), self._limits, self._clock)
        with closing(reply) as pieces:
            for piece in pieces:
                for part in parser.feed(piece):
                    yield from page.take(part)
        for part in parser.finish():
            yield from page.take(part)
        yield from page.finish()

    def _answer(self, page: Page, language: str, hits: Sequence[Hit], extractive: Answer) -> Answer:
        """Return what has become of the reply; raise `ModelError` if there was none."""
        if page.refuses:
            return _refused(extractive, hits)
        statements = page.statements()
        if not statements:
            raise ModelError("silent", "The language model wrote no statement.")
        supported = sum(statement.supported for statement in statements)
        self._note("model answered", statements=len(statements), supported=supported,
                   unknown=page.unknown)  # fmt: skip
        if supported < LEAST_SUPPORTED * len(statements):
            return _instead(extractive, language, "unsupported")
        return Answer(
            extractive.question,
            "answered",
            page.text,
            extractive.confidence,
            page.citations(statements),
            notice=_notice(language, len(statements) - supported, len(statements), page.unknown),
            mode="llm",
            statements=statements,
        )

    def _note(self, event: str, **fields: str | int) -> None:
        """Tell the log what became of a reply, without any of its words."""
        _LOG.info(event, extra={"fields": {"model": self._model.name, **fields}})


def _refused(extractive: Answer, hits: Sequence[Hit]) -> Answer:
    """Return the refusal of a model that finds no answer, with what may be one all the same.

    Where the sentences would answer by themselves the two differ: then the best one is pointed to.
    """
    question, unmet, outside = extractive.question, extractive.unmet, extractive.outside
    doubted = () if extractive.kind == "overview" else extractive.citations[:1]
    possible = extractive.possible or doubted
    refused = abstention(question, hits[:_RELATED], confidence=extractive.confidence,
                         possible=possible, unmet=unmet)  # fmt: skip
    text = refusal(question, possible, unmet, outside)
    return replace(refused, text=text, outside=outside, mode="llm")


def _instead(extractive: Answer, language: str, why: str) -> Answer:
    """Return the extractive answer with a notice that says why it is there."""
    said = model_phrases(language)
    stands_in = said["instead"] if extractive.status == "answered" else ""
    notice = " ".join(filter(None, (said[why], stands_in, extractive.notice)))
    return replace(extractive, notice=notice)


def _notice(language: str, unsupported: int, count: int, unknown: int) -> str | None:
    """Return what a reader has to know of a written answer, `None` if all is well."""
    said = model_phrases(language)
    sentences = [
        said["marked"].format(count=unsupported, all=count) if unsupported else "",
        said["removed"].format(count=unknown) if unknown else "",
    ]
    return " ".join(filter(None, sentences)) or None


def _language(question: str, reading: Reading) -> str:
    """Return the language to answer in: the question's own, where so few words show one."""
    language = detect(question)
    return reading.language if language == UNKNOWN_LANGUAGE else language
