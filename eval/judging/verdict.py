"""How a case came out, in two words: what a reader of many cases looks for first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from eval.judging.outcome import Outcome

Verdict = Literal[
    "right", "partly right", "wrongly cited", "wrongly refused", "wrongly answered", "not judged"
]
# How far from right each is; one fault is not held to be better than another.
FAR: Mapping[Verdict, int] = {
    "right": 0,
    "partly right": 1,
    "wrongly cited": 2,
    "wrongly refused": 2,
    "wrongly answered": 2,
}


def verdict(outcome: Outcome) -> Verdict:
    """Return the verdict of an outcome."""
    return verdict_of(outcome.case.answerable, outcome.status == "answered", outcome.scores)


def verdict_of(answerable: bool | None, answered: bool, scores: Mapping[str, float]) -> Verdict:
    """Return the verdict of a case: "right" if all facts are cited, or it is rightly refused.

    A case with accepted answers but no evidence is right when one of them is contained, else
    wrongly answered; so is what cannot be answered and was.

    >>> verdict_of(False, False, {}), verdict_of(True, True, {"citation recall": 0.5})
    ('right', 'partly right')
    >>> verdict_of(True, False, {"citation recall": 0.0}), verdict_of(None, True, {})
    ('wrongly refused', 'not judged')
    """
    if answerable is None:
        return "not judged"
    if not answerable:
        return "wrongly answered" if answered else "right"
    if not answered:
        return "wrongly refused"
    cited = scores.get("citation recall", scores.get("evidence cited"))
    if cited is not None:
        return "right" if cited == 1 else "partly right" if cited > 0 else "wrongly cited"
    contained = scores.get("answer containment")
    if contained is None:
        return "not judged"
    return "right" if contained == 1 else "wrongly answered"
