"""Runs put together by hand, an outcome from no more than what a test is about."""

from eval.cases.case import Case, Evidence, Span
from eval.judging.outcome import Attempt, Cited, Expected, Outcome
from eval.running.runs import Collection, Manifest, Run

QUOTE = "تغادر العبّارة أرواد في السادسة"
MANIFEST = {
    "name": "first", "started": "2026-03-01T10:00:00Z", "seconds": 12.0, "version": "0.1.0",
    "commit": "abc1234", "machine": "two cores", "encoder": "bundled", "fingerprint": "f1",
    "settings": {"passages": 12, "threshold": 0.5}, "cases": "eval/cases",
    "collection": Collection("demo", 3, 30, "c1"),
}  # fmt: skip


def case(name, answerable=True, question="When does the ferry leave Arwad?", tags=()):
    evidence = (Evidence(article="ferry", quote=QUOTE),) if answerable else ()
    return Case(
        id=name, question=question, language="en", answerable=answerable, evidence=evidence,
        tags=tags,
    )  # fmt: skip


def cited(quote=QUOTE, right=True):
    return Cited("ferry", 1, 0, len(quote), quote, "العبّارة", "ar", right)


def outcome(of, scores=None, answered=True, attempt=None, citations=(), milliseconds=20.0):
    """An outcome of a case or of a name; an attempt is its confidence and whether it is right."""
    of = case(of) if isinstance(of, str) else of
    expected = tuple(
        Expected(i, Span(e.article, 0, len(e.quote)), e.quote, "العبّارة", "ar")
        for i, e in enumerate(of.evidence)
    )
    return Outcome(
        case=of, pairs=("en-ar",), expected=expected,
        status="answered" if answered else "abstained", mode="extractive",
        text="At six. [1]" if answered else "The articles do not say.", confidence=0.7,
        citations=tuple(citations), attempt=attempt and Attempt(*attempt), scores=scores or {},
        milliseconds=milliseconds,
    )  # fmt: skip


def run(outcomes, **manifest):
    return Run(Manifest(**{**MANIFEST, **manifest}), list(outcomes))


def scored_run(measures, **manifest):
    """A run of cases "case-00" and so on, given each measure's scores; `None` is no score."""
    columns = zip(*measures.values(), strict=True)
    return run(
        (
            outcome(
                f"case-{number:02}",
                {n: float(s) for n, s in zip(measures, scores, strict=True) if s is not None},
            )
            for number, scores in enumerate(columns)
        ),
        **manifest,
    )
