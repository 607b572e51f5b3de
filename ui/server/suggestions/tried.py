"""A question tried before it is offered: asked without a trace, and answered from its article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Answer
from rag.choice.select import Caution
from ui.service import Service


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the article that it was made of, and words of it that the answer must quote.

    One that is about several articles has none of its own.
    """

    question: str
    article_id: str | None
    told: str = ""


def asked(
    service: Service,
    example: Example,
    history: Sequence[str] = (),
    caution: Caution | None = None,
) -> Answer | None:
    """Ask a question without a trace; return its answer if that quotes the article first.

    `history` holds the questions before it; `caution` is the library's own by default.
    """
    assistant = service.trial(caution)
    if assistant is None:
        return None
    answer = assistant.ask(example.question, history)
    if answer.status != "answered" or not answer.citations:
        return None
    first = answer.citations[0]
    own = example.article_id in (None, first.article.id)
    return answer if own and example.told in first.quote else None


def answers(service: Service, example: Example) -> bool:
    """Tell if a question is answered from the article that it was made of."""
    return asked(service, example) is not None


def revision_of(service: Service) -> int:
    """Return the revision of the library, -1 while there is none."""
    assistant = service.assistant()
    return -1 if assistant is None else assistant.library.revision
