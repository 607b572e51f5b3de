"""The measures of an answer: what each is called everywhere, and what it says.

Every one is the mean over the cases it can score; the last few are of all cases together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Subject = Literal["retrieval", "citations", "answers", "abstention", "time"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its name; `explanation` is a sentence for those who read a table."""

    name: str
    subject: Subject
    explanation: str
    higher_is_better: bool = True
    # Times depend on the machine, and refusing more is neither better nor worse by itself.
    judged: bool = True


MEASURES = (
    Measure("nDCG@10", "retrieval", "How high passages with evidence stand among the first ten."),
    Measure("RR", "retrieval", "One over the rank of the first passage with evidence (MRR)."),
    Measure("R@1", "retrieval", "Share of the passages with evidence that come first."),
    Measure("R@5", "retrieval", "Share of the passages with evidence among the first five."),
    Measure("R@10", "retrieval", "Share of the passages with evidence among the first ten."),
    Measure("evidence cited", "citations", "Answerable cases with a citation on the evidence."),
    Measure("evidence cited first", "citations", "The same, of the first citation alone."),
    Measure(
        "evidence shown", "citations", "Answerable cases with evidence cited, or pointed to."
    ),
    Measure(
        "all facts cited", "citations",
        "Cases of several facts, such as both sides of a disagreement, with all of them cited.",
    ),
    Measure(
        "all facts shown", "citations",
        "The same with those that a refusal points to as what may answer.",
    ),
    Measure("citation precision", "citations", "Share of an answer's citations on the evidence."),
    Measure("citation recall", "citations", "Share of the facts expected that are cited."),
    Measure("quote exactness", "citations", "Quotes that equal the stored text at their span."),
    Measure(
        "supported statements", "citations",
        "Statements of written answers without a warning: cited, and all they name is in there.",
    ),
    Measure(
        "statement citation precision", "citations",
        "Citations of written statements that help to bear them out (ALCE).",
    ),
    Measure(
        "statement citation recall", "citations",
        "Written statements that their citations bear out, on the evidence (ALCE).",
    ),
    Measure("answer containment", "answers", "Answers that hold an accepted answer."),
    Measure("exact match", "answers", "Answers that are an accepted answer and nothing else."),
    Measure("F1", "answers", "Words shared with the nearest accepted answer."),
    Measure(
        "fallback", "answers",
        "Cases where sentences of the articles stood in for what a language model should write.",
        higher_is_better=False,
    ),
    Measure(
        "false answers", "abstention", "Unanswerable cases that were answered.",
        higher_is_better=False,
    ),
    Measure(
        "false refusals", "abstention", "Answerable cases that were refused.",
        higher_is_better=False,
    ),
    Measure(
        "possible precision", "abstention",
        "Refusals that point to a sentence that may answer, which is on the evidence.",
    ),
    Measure(
        "refusal precision", "abstention",
        "Refusals that point to nothing, of cases that are unanswerable.",
    ),
    Measure(
        "coverage", "abstention", "Cases that were answered, rightly or not.", judged=False
    ),
    Measure(
        "risk", "abstention", "Answers without a citation on evidence, or to what has none.",
        higher_is_better=False,
    ),
    Measure(
        "AURC", "abstention", "Area under the risk-coverage curve: the risk at every threshold.",
        higher_is_better=False,
    ),
    Measure(
        "first token p50", "time",
        "Median of the time until a written answer begins, in milliseconds.",
        higher_is_better=False, judged=False,
    ),
    Measure(
        "first token p95", "time",
        "95th percentile of the time until a written answer begins, in milliseconds.",
        higher_is_better=False, judged=False,
    ),
    Measure(
        "latency p50", "time", "Median of an answer's time, in milliseconds.",
        higher_is_better=False, judged=False,
    ),
    Measure(
        "latency p95", "time", "95th percentile of an answer's time, in milliseconds.",
        higher_is_better=False, judged=False,
    ),
)  # fmt: skip
