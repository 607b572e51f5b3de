"""Dalil's assistant inside a LangChain program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig

from corpus.errors import InputError
from index import Filters
from rag.answer import Answer
from rag.assistant import Assistant


class DalilRunnable(Runnable[str | dict[str, Any], Answer]):
    """Answers a question, given alone or as `{"question": ..., "history": [...]}`.

    The history holds earlier questions, as texts or as LangChain's messages, of which the human
    ones count.  What comes out is the `Answer`; from `stream` it is the answer so far, longer each
    time (or begun anew), and the last is the whole one.  So a step after it works the same either
    way, for LangChain hands on the last chunk where chunks do not add up.
    """

    def __init__(
        self, assistant: Assistant, *, filters: Filters | None = None, owner: str = ""
    ) -> None:
        self._assistant = assistant
        self._options: dict[str, Any] = {"filters": filters, "owner": owner}

    def invoke(
        self,
        input: str | dict[str, Any],  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Answer:
        """Return the answer; raises `InputError` for an input without a question."""
        answer: Answer = self._call_with_config(self._answer, input, config, **kwargs)
        return answer

    def stream(
        self,
        input: str | dict[str, Any],  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[Answer]:
        """Yield the answer so far with each piece of text or citation, at last the whole."""
        yield from self._transform_stream_with_config(
            iter([input]), self._answers, config, **kwargs
        )

    def _answer(self, given: str | dict[str, Any]) -> Answer:
        question, history = _asked(given)
        return self._assistant.ask(question, history, **self._options)

    def _answers(self, given: Iterator[str | dict[str, Any]]) -> Iterator[Answer]:
        question, history = _asked(next(given))
        nothing = Answer(question, "answered", "", 0.0)
        so_far = nothing
        for event in self._assistant.stream(question, history, **self._options):
            if event.kind == "done" and event.answer is not None:
                so_far = event.answer
            elif event.kind == "restart":
                so_far = nothing
            elif event.kind == "token":
                so_far = replace(so_far, text=so_far.text + event.text)
            elif event.citation is not None:
                so_far = replace(so_far, citations=(*so_far.citations, event.citation))
            else:
                continue
            yield so_far


def _asked(given: str | dict[str, Any]) -> tuple[str, list[str]]:
    """Return question and history.

    >>> _asked({"question": "And in 2016?", "history": [HumanMessage("Who took Mukalla in 2015?")]})
    ('And in 2016?', ['Who took Mukalla in 2015?'])
    """
    if isinstance(given, str):
        return given, []
    question = given.get("question") if isinstance(given, dict) else None
    if not isinstance(question, str):
        raise InputError(
            'Give the question as text, or as {"question": ..., "history": [...]} with texts.'
        )
    return question, list(_questions(given.get("history") or ()))


def _questions(history: Sequence[str | BaseMessage]) -> Iterator[str]:
    for turn in history:
        if isinstance(turn, str):
            yield turn
        elif isinstance(turn, HumanMessage):
            yield str(turn.text)
