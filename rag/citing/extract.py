"""The extractive answer: the sentences themselves, joined by a few connecting words."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.text.language import detect
from rag.answer import Answer, Citation, Hit
from rag.reading.languages import phrases


def compose(question: str, citations: Sequence[Citation]) -> str:
    """Return the answer's text: each quote with its `[n]` behind it.

    The quotes are the citations' own, so the text holds nothing that no article says but the
    connecting words.
    """
    words = phrases(detect(question))
    opening, closing = words.marks[0], words.marks[1]
    lines = [
        f"{words.further if place else words.first} {opening}{c.quote}{closing} [{c.n}]"
        for place, c in enumerate(citations)
    ]
    return "\n".join(lines)


def abstention(
    question: str, related: Sequence[Hit], *, confidence: float = 0.0, notice: str | None = None
) -> Answer:
    """Return the answer that admits that the articles don't say, in the question's language."""
    text = phrases(detect(question)).unknown
    return Answer(question, "abstained", text, confidence, (), related, notice)
