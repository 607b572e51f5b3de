"""What is said where nothing is cited: that the articles don't say, and what may come near."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from corpus.text.language import detect, direction
from rag.answer import Answer, Citation, Hit
from rag.reading.languages import phrases


def abstention(
    question: str,
    related: Sequence[Hit],
    *,
    confidence: float = 0.0,
    notice: str | None = None,
    possible: Sequence[Citation] = (),
    unmet: Sequence[str] = (),
) -> Answer:
    """Return the answer that admits that the articles don't say, in the question's language."""
    return Answer(
        question,
        "abstained",
        refusal(question, possible, unmet),
        confidence,
        (),
        related,
        notice,
        possible=possible,
        unmet=unmet,
    )


def answered_outside(answer: Answer, articles: Set[str]) -> Answer:
    """Return a refusal that says that articles outside the reader's filters answer."""
    text = refusal(answer.question, answer.possible, answer.unmet, len(articles))
    return replace(answer, text=text, outside=len(articles))


def refusal(
    question: str,
    possible: Sequence[Citation] = (),
    unmet: Sequence[str] = (),
    outside: int | None = None,
) -> str:
    """Return the text of an abstention.

    With what is `possible` it says that this may be the place; of what is `unmet`, that the nearest
    article does not mention it; of articles `outside` the reader's filters, that they answer.
    """
    said = phrases(detect(question))
    comma = "، " if direction(said.unknown) == "rtl" else ", "
    lacking = said.lacking.format(words=comma.join(unmet)) if unmet else ""
    beyond = said.outside.format(count=outside) if outside else ""
    lines = [beyond, lacking, said.maybe] if possible else [said.unknown, lacking, beyond]
    return " ".join(filter(None, lines))
