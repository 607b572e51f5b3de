"""A case and its answer to an outcome: which citations are right, and every score it earns.

A measure that cannot score a case gives it no score: an abstention has no precision, a case
without accepted answers no F1, an unanswerable one no recall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.article import Article
from eval.cases.case import Case, Fact, PlacedCase
from eval.judging.outcome import Attempt, Cited, Expected, Outcome
from eval.judging.overlap import contains, exact_match, f1, plain
from eval.judging.statements import statement_scores
from index import WordTable
from rag.answer import Answer, Citation


@dataclass(frozen=True, slots=True)
class Writer:
    """A language model that was to write the answers; `encoder` helps to check its statements."""

    name: str
    encoder: WordTable | None = None


# Returns a stored version of an article, by its id; the newest without a version.
Stored = Callable[[str, int | None], Article]


def judge(
    placed: PlacedCase,
    answer: Answer,
    attempt: Answer | None,
    stored: Stored,
    retrieval: Mapping[str, float],
    milliseconds: float,
    writer: Writer | None = None,
) -> Outcome:
    """Compare an answer with its case.

    `attempt` is what would have been answered had nothing been refused, `stored` reads an article
    as it is kept, and `retrieval` holds the scores of the search, which are kept as they are.
    `writer` says that a language model was to write the answer.
    """
    case, facts = placed.case, placed.facts
    known = bool(facts) or case.answerable is False
    cited, possible = (
        tuple(_cited(c, _covered(c, facts) if known else None) for c in citations)
        for citations in (answer.citations, answer.possible)
    )
    tried = attempt or (answer if answer.status == "answered" else None)
    judged = None
    if tried is not None and case.answerable is not None:
        judged = Attempt(tried.confidence, _is_right(case, facts, tried))
    return Outcome(
        case=case,
        pairs=tuple(f"{case.language}-{language}" for language in placed.languages),
        expected=tuple(_expected(facts, stored)),
        status=answer.status,
        mode=answer.mode,
        text=answer.text,
        confidence=answer.confidence,
        citations=cited,
        attempt=judged,
        scores={**retrieval, **_scores(case, facts, answer), **_exactness(answer, stored)}
        | (_written(answer, facts, writer) if writer else {}),
        milliseconds=milliseconds,
        first_token=answer.timings_ms.get("first_token") if writer else None,
        possible=possible,
    )


def _scores(case: Case, facts: Sequence[Fact], answer: Answer) -> dict[str, float]:
    if case.answerable is None:
        return {}
    answered = answer.status == "answered"
    scores = {"coverage": float(answered)}
    if answered:
        scores["risk"] = float(not _is_right(case, facts, answer))
    elif answer.possible:
        scores["possible precision"] = float(any(_covered(c, facts) for c in answer.possible))
    else:
        scores["refusal precision"] = float(not case.answerable)
    if not case.answerable:
        return {**scores, "false answers": float(answered)}
    scores["false refusals"] = float(not answered)
    if facts:
        scores |= _citation_scores(facts, answer.citations)
        shown = (*answer.citations, *answer.possible)
        scores["evidence shown"] = float(any(_covered(c, facts) for c in shown))
        if len(facts) > 1:
            scores["all facts shown"] = float(_found(facts, shown) == len(facts))
    if case.answers:
        scores |= _answer_scores(case, answer)
    return scores


def _citation_scores(facts: Sequence[Fact], citations: Sequence[Citation]) -> dict[str, float]:
    """Score citations against the facts; an answer that cites nothing has found none of them.

    Source: the citation precision and recall of Gao et al. 2023 ("Enabling Large Language Models
    to Generate Text with Citations"), with evidence spans in place of a model's entailment.
    """
    right = [_covered(citation, facts) for citation in citations]
    found = _found(facts, citations)
    scores = {
        "evidence cited": float(any(right)),
        "evidence cited first": float(right[:1] == [True]),
        "citation recall": found / len(facts),
    }
    if len(facts) > 1:
        scores["all facts cited"] = float(found == len(facts))
    if right:
        scores["citation precision"] = sum(right) / len(right)
    return scores


def _answer_scores(case: Case, answer: Answer) -> dict[str, float]:
    """Score the answer's words against the accepted answers; a refusal holds none of them."""
    # What Dalil says of the library itself holds figures that may be those asked for by chance.
    if answer.status != "answered" or answer.kind == "about":
        return {"answer containment": 0.0, "exact match": 0.0, "F1": 0.0}
    text, language = plain(answer.text), case.language
    return {
        "answer containment": float(contains(text, case.answers, language)),
        "exact match": exact_match(text, case.answers, language),
        "F1": f1(text, case.answers, language),
    }


def _exactness(answer: Answer, stored: Stored) -> dict[str, float]:
    """Read every quote again where it is kept; an answer without citations has nothing to read."""
    exact = [
        stored(c.article.id, c.article.version).text[c.start : c.end] == c.quote
        for c in answer.citations
    ]
    return {"quote exactness": sum(exact) / len(exact)} if exact else {}


def _written(answer: Answer, facts: Sequence[Fact], writer: Writer) -> dict[str, float]:
    """Score what a language model made of the answer, or that it did not."""
    fell_back = float(answer.mode == "extractive")
    return {"fallback": fell_back, **statement_scores(answer, facts, writer.encoder)}


def _is_right(case: Case, facts: Sequence[Fact], answer: Answer) -> bool:
    """Whether an answer, not a refusal, is right: it cites evidence, or holds what is accepted."""
    if not case.answerable or answer.kind == "about":
        return False
    if facts:
        return any(_covered(citation, facts) for citation in answer.citations)
    return contains(plain(answer.text), case.answers, case.language)


def _found(facts: Sequence[Fact], citations: Sequence[Citation]) -> int:
    """Return how many of the facts are cited."""
    return sum(any(_covers(fact, citation) for citation in citations) for fact in facts)


def _covers(fact: Fact, citation: Citation) -> bool:
    return fact.covers(citation.article.id, citation.start, citation.end)


def _covered(citation: Citation, facts: Sequence[Fact]) -> bool:
    return any(_covers(fact, citation) for fact in facts)


def _cited(citation: Citation, right: bool | None) -> Cited:
    article = citation.article
    return Cited(
        article.id,
        article.version,
        citation.start,
        citation.end,
        citation.quote,
        article.title,
        article.language,
        right,
    )


def _expected(facts: Sequence[Fact], stored: Stored) -> list[Expected]:
    return [
        Expected(number, span, article.text[span.start : span.end], article.title, article.language)
        for number, fact in enumerate(facts)
        for span in fact.spans
        for article in [stored(span.article_id, None)]
    ]
