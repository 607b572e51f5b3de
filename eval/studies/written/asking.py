"""A question asked of a real model, with all that was seen meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from eval.cases.case import Case
from rag.answer import Answer, Event
from rag.assistant import Assistant
from rag.llm import ChatModel, Message, ModelError


class Watched:
    """A model as it is, that remembers of its last reply what came and when.

    `first_s` is the time to the first piece, `None` while none came; `reason` what it failed with.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.name = model.name
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.seconds = 0.0
        self.first_s: float | None = None
        self.reason: str | None = None
        self.reply = ""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the pieces of the model's reply."""
        self.forget()
        began = perf_counter()
        try:
            for piece in self._model.stream(messages):
                if self.first_s is None:
                    self.first_s = perf_counter() - began
                self.reply += piece
                yield piece
        except ModelError as error:
            self.reason = error.reason
            raise
        except GeneratorExit:
            # It came to no end, or to the same words again and again.
            self.reason = "given up"
            raise
        finally:
            self.seconds = perf_counter() - began


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, the events that led to it, and how the model did.

    `model_s` is how long the model was waited for, `first_s` until its first piece, both in
    seconds; `reason` is what it failed with, as in `ModelError`, `None` if it ended its reply.
    """

    case: Case
    answer: Answer
    events: Sequence[Event]
    reply: str
    model_s: float
    first_s: float | None
    reason: str | None

    @property
    def fate(self) -> str:
        """What became of the reply: "written", "no answer" in its words, or why it was not used."""
        if self.answer.mode == "llm":
            return "written" if self.answer.status == "answered" else "no answer"
        if not self.model_s:
            return "not asked"
        return self.reason or ("unsupported" if self.reply.strip() else "silent")


def ask(assistant: Assistant, model: Watched, case: Case) -> Asked:
    """Ask the question of a case; `model` is the one that writes for `assistant`."""
    model.forget()
    events = list(assistant.stream(case.question, case.history))
    answer = events[-1].answer
    if answer is None:
        raise TypeError("An answer ended before it was done.")
    return Asked(case, answer, events, model.reply, model.seconds, model.first_s, model.reason)
