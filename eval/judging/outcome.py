"""What became of a case: the answer, what it cited, and its score on each measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.cases.case import Case, Span

# What a group of cases is called that holds all of them.
EVERYTHING = "all"

Shown = Literal["answered", "possibly here", "not found"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as it was shown: its span, its article's title and language, its quote.

    `right` says whether the span is evidence of the case, `None` where the case does not know.
    """

    article_id: str
    version: int
    start: int
    end: int
    quote: str
    title: str | None
    language: str | None
    right: bool | None


@dataclass(frozen=True, slots=True)
class Expected:
    """A span of the evidence with its article's title and language; `fact` counts from 0."""

    fact: int
    span: Span
    quote: str
    title: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What would have been answered had nothing been refused: how surely, and if rightly."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with its answer.

    `scores` holds the value of every measure that can score this case (see
    `eval.judging.measures`), from 0 to 1.  `pairs` are the language pairs it belongs to, such as
    "en-ar": that of the question and that of the evidence.  `milliseconds` is the time of the whole
    answer, `first_token` that until it began, where a language model was asked to write it.
    `possible` is what a refusal points to as what may answer.
    """

    case: Case
    pairs: tuple[str, ...]
    expected: tuple[Expected, ...]
    status: Literal["answered", "abstained"]
    mode: str
    text: str
    confidence: float
    citations: tuple[Cited, ...]
    attempt: Attempt | None
    scores: Mapping[str, float]
    milliseconds: float
    first_token: float | None = None
    possible: tuple[Cited, ...] = ()

    @property
    def shown(self) -> Shown:
        """Which of the three a reader sees: an answer, what may be one, or that there is none."""
        if self.status == "answered":
            return "answered"
        return "possibly here" if self.possible else "not found"

    @property
    def groups(self) -> Sequence[str]:
        """The groups whose tables it counts in: everything, its half, language, pairs and tags."""
        return (
            EVERYTHING,
            f"half {self.case.half}",
            f"language {self.case.language}",
            *(f"pair {pair}" for pair in self.pairs),
            *(f"tag {tag}" for tag in self.case.tags),
        )
