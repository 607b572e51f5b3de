"""Cases: questions with what would be right, read from `eval/cases/*.jsonl` or a file like them.

A case names its evidence by article and words; `place` finds the words in the stored texts.
`docs/evaluation.md` describes every field, and `read_cases` is what checks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from msgspec import Struct

from corpus.article import Article
from corpus.errors import DalilError
from eval.files import read_lines

Half = Literal["fit", "report"]


class Evidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Words of an article that answer: `quote`, at `start` where they stand there more than once.

    Evidence with the same `fact` says the same, and citing one is enough; without a `fact` it
    stands for itself.
    """

    article: str
    quote: str
    start: int | None = None
    fact: str | None = None


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question with its evidence and accepted short answers.

    `answerable` is `None` while nobody has judged it; such a case is asked but not scored.
    `history` holds the questions before it, oldest first.
    """

    id: str
    question: str
    language: str
    answerable: bool | None
    history: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str | None = None

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that change with anything a score depends on."""
        parts = (self.question, self.answerable, self.history, self.evidence, self.answers)
        return sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def half(self) -> Half:
        """The half it belongs to: weights are fitted on one, and the other reports.

        It follows from the id alone, so that new cases move no old one.

        >>> Case(id="demo-001", question="Who?", language="en", answerable=None).half
        'fit'
        """
        return "fit" if sha256(self.id.encode("utf-8", "replace")).digest()[1] % 2 else "report"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span of an article's newest text, in code points."""

    article_id: str
    start: int
    end: int

    def covers(self, article_id: str, start: int, end: int) -> bool:
        """Whether another span shares at least half of the shorter of the two.

        >>> Span("a", 10, 20).covers("a", 0, 15), Span("a", 10, 20).covers("a", 0, 14)
        (True, False)
        """
        shared = min(self.end, end) - max(self.start, start)
        shorter = min(self.end - self.start, end - start)
        return article_id == self.article_id and shared > 0 and 2 * shared >= shorter


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a full answer says; any of its spans is evidence for it."""

    spans: tuple[Span, ...]

    def covers(self, article_id: str, start: int, end: int) -> bool:
        """Whether a span of an article is evidence for it."""
        return any(span.covers(article_id, start, end) for span in self.spans)


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case whose evidence has been found; `languages` are those of its articles."""

    case: Case
    facts: tuple[Fact, ...]
    languages: tuple[str, ...]


def read_cases(path: Path) -> list[Case]:
    """Read cases from a JSONL file, or from every one of a folder, in the order of their names.

    Raises `DalilError` that names file and line for what is no case, and for an id used twice.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise DalilError(f"There are no cases (*.jsonl) in {path}; name another file or folder.")
    cases: dict[str, Case] = {}
    for file in files:
        for number, case in read_lines(file, Case):
            if problem := _problem(case, cases):
                raise DalilError(f"{file}, line {number}: {problem}")
            cases[case.id] = case
    return list(cases.values())


def _problem(case: Case, others: Mapping[str, Case]) -> str | None:
    """Return what is wrong with a case as a sentence, `None` if nothing is."""
    if case.id in others:
        return f"the id {case.id!r} is used twice; give each case its own."
    if not case.question.strip():
        return "the question is empty; write one."
    if case.answerable and not (case.evidence or case.answers):
        return "the case is answerable but has neither evidence nor answers; add what is right."
    if case.answerable is False and (case.evidence or case.answers):
        return "the case has evidence or answers although answerable is false; mend one of them."
    return None


def place(cases: Sequence[Case], articles: Iterable[Article]) -> list[PlacedCase]:
    """Find the evidence of every case in the newest texts of `articles`.

    An article is named by its id or by the file name it came from.  Raises `DalilError` for one
    that is not there, and for a quote that does not stand in it exactly once or at its `start`.
    """
    by_name: dict[str, Article] = {}
    for article in articles:
        by_name.setdefault(Path(article.source or "").name, article)
        by_name[article.id] = article
    return [_place(case, by_name) for case in cases]


def _place(case: Case, by_name: Mapping[str, Article]) -> PlacedCase:
    facts: dict[str, list[Span]] = {}
    languages: dict[str, None] = {}
    for number, evidence in enumerate(case.evidence):
        article = by_name.get(evidence.article)
        if article is None:
            raise DalilError(
                f"Case {case.id!r} names the article {evidence.article!r}, which is not in the "
                "collection; mend the case, or name the folder of its articles with --articles."
            )
        # A label of the file can never be a number that was given here.
        facts.setdefault(evidence.fact or f"\0{number}", []).append(_find(case, evidence, article))
        languages[article.language or "und"] = None
    return PlacedCase(case, tuple(Fact(tuple(spans)) for spans in facts.values()), tuple(languages))


def _find(case: Case, evidence: Evidence, article: Article) -> Span:
    quote, text = evidence.quote, article.text
    first = text.find(quote) if quote else -1
    again = -1 if first < 0 else text.find(quote, first + 1)
    if evidence.start is not None:
        first, again = (evidence.start if text.startswith(quote, evidence.start) else -1), -1
    if first < 0 or again >= 0:
        how = "more than once; add its start" if again >= 0 else "nowhere; mend the case"
        raise DalilError(
            f"The evidence {quote!r} of case {case.id!r} stands in {evidence.article!r} {how}."
        )
    return Span(article.id, first, first + len(quote))
