"""What the statements of a written answer rest on, by the measures of ALCE.

Gao et al. 2023 ("Enabling Large Language Models to Generate Text with Citations") ask a model for
entailment whether what a statement cites bears it out.  In its place stands here what is known for
sure: citations *bear out* a statement if one of them is evidence of the case and all of them
together hold every number, date and name of the statement (`rag.llm.support`).

- recall: the share of the statements that all their citations together bear out.
- precision: the share of the citations, each counted with every statement it was put to, that
  belong to a statement borne out and are not irrelevant.  A citation is irrelevant if it does not
  bear out the statement alone and the others do so without it.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.cases.case import Fact
from index import WordTable
from rag.answer import Answer, Citation, Hit, Statement
from rag.choice.evidence import Sentence
from rag.llm.support import check


def statement_scores(
    answer: Answer, facts: Sequence[Fact], encoder: WordTable | None = None
) -> dict[str, float]:
    """Return the scores of the statements of an answer; one that no model wrote has none.

    Without `facts` it is not known what is evidence, and only the warnings shown are counted.
    """
    if not answer.statements:
        return {}
    count = len(answer.statements)
    scores = {"supported statements": sum(s.supported for s in answer.statements) / count}
    if not facts:
        return scores
    borne_out = relevant = cited = 0
    for statement in answer.statements:
        text = answer.text[statement.start : statement.end]
        citations = _cited(answer, statement)
        cited += len(citations)
        if not _bear_out(text, citations, facts, encoder):
            continue
        borne_out += 1
        relevant += sum(_is_relevant(text, n, citations, facts, encoder) for n in citations)
    scores["statement citation recall"] = borne_out / count
    if cited:
        scores["statement citation precision"] = relevant / cited
    return scores


def _cited(answer: Answer, statement: Statement) -> dict[int, Citation]:
    return {c.n: c for c in answer.citations if c.n in statement.citations}


def _is_relevant(
    text: str,
    n: int,
    citations: dict[int, Citation],
    facts: Sequence[Fact],
    encoder: WordTable | None,
) -> bool:
    """Whether a citation of a statement that is borne out has a part in that."""
    others = {number: citation for number, citation in citations.items() if number != n}
    alone = _bear_out(text, {n: citations[n]}, facts, encoder)
    return alone or not _bear_out(text, others, facts, encoder)


def _bear_out(
    text: str,
    citations: dict[int, Citation],
    facts: Sequence[Fact],
    encoder: WordTable | None,
) -> bool:
    cited = list(citations.values())
    on_evidence = any(fact.covers(c.article.id, c.start, c.end) for c in cited for fact in facts)
    return on_evidence and not check(text, [_sentence(citation) for citation in cited], encoder)


def _sentence(citation: Citation) -> Sentence:
    hit = Hit(citation.span, citation.article, 0.0)
    return Sentence(citation.article, citation.start, citation.end, hit)
