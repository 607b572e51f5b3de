"""Ask a file of questions of a folder of articles, and count what came right.

`python -m eval.answers --articles DIR --questions FILE` makes a library of the folder in a
temporary place, asks every question at the default setting and prints each outcome and the
counts.  Source of the cases' format: `eval/cases/demo.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import DalilError
from corpus.load import load_articles
from index import Library, load_encoder
from rag.answer import Answer
from rag.assistant import PASSAGES, Assistant
from rag.evidence import Sentence
from rag.question import understand
from rag.retrieve import Retriever
from rag.select import Selector

_NEAR = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what would be right: evidence as (file name, text), none if unanswerable."""

    id: str
    language: str
    question: str
    history: Sequence[str]
    evidence: Sequence[tuple[str, str]]

    @property
    def answerable(self) -> bool:
        """Whether the articles say it."""
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer did: `right` is a citation on the evidence, or an abstention without any.

    `near` says whether the evidence is among the first three sentences, answered or not.
    """

    id: str
    language: str
    answerable: bool
    answered: bool
    right: bool
    first_right: bool
    near: bool
    citations: int
    quotes_exact: int
    confidence: float


def read_cases(path: Path) -> list[Case]:
    """Read cases from a JSONL file."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        first = [(record["article"], record["evidence"])] if record["answerable"] else []
        more = [(m["article"], m["evidence"]) for m in record.get("more_evidence", [])]
        cases.append(
            Case(
                record["id"],
                record["lang"],
                record["question"],
                record.get("history", []),
                first + more,
            )
        )
    return cases


def score(case: Case, answer: Answer, best: Sequence[Sentence], library: Library) -> Outcome:
    """Compare an answer, and the `best` sentences for it, with its case."""
    hits = [
        any(_overlaps(library, citation.span.article_id, citation.start, citation.end, *evidence)
            for evidence in case.evidence)
        for citation in answer.citations
    ]  # fmt: skip
    answered = answer.status == "answered"
    # What was saved is compared with what SQLite holds now, by another connection.
    kept = library.answer(answer.answer_id or "")
    saved = json.loads(kept.body)["citations"] if kept else []
    stored = Library.open(library.home, library.encoder)
    texts = [stored.article(c["article_id"], c["version"]).text for c in saved]
    stored.close()
    quotes = [citation.quote for citation in answer.citations]
    exact = [
        text[c["start"] : c["end"]] == quote
        for text, c, quote in zip(texts, saved, quotes, strict=bool(kept))
    ]
    return Outcome(
        case.id,
        case.language,
        case.answerable,
        answered,
        any(hits) if case.answerable else not answered,
        bool(hits and hits[0]),
        any(
            _overlaps(library, s.article.id, s.start, s.end, *evidence)
            for s in best
            for evidence in case.evidence
        ),
        len(answer.citations),
        sum(exact),
        answer.confidence,
    )


def _overlaps(
    library: Library, article_id: str, start: int, end: int, file: str, evidence: str
) -> bool:
    article = library.article(article_id)
    if Path(article.source or "").name != file:
        return False
    first = article.text.find(evidence)
    if first < 0:
        raise DalilError(f"The evidence {evidence!r} does not stand in {file}; mend the case.")
    return start < first + len(evidence) and first < end


def run(articles: Path, cases: Sequence[Case]) -> list[Outcome]:
    """Ask every case of a fresh library of `articles`."""
    loaded = [item.article for item in load_articles(articles) if item.article]
    with tempfile.TemporaryDirectory() as home:
        library = Library.open(home, load_encoder("bundled"), create=True)
        library.add(loaded)
        assistant, retriever = Assistant(library), Retriever(library)
        selector = Selector(library.words)
        outcomes = []
        for case in cases:
            asked = understand(case.question, case.history)
            best = selector.ranked(asked, retriever.retrieve(asked, PASSAGES))[:_NEAR]
            answer = assistant.ask(case.question, case.history)
            outcomes.append(score(case, answer, best, library))
        return outcomes


def summarise(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Return the counts, each as right/all; quotes are counted by citation."""
    answerable = [o for o in outcomes if o.answerable]
    unanswerable = [o for o in outcomes if not o.answerable]
    cited = sum(o.citations for o in outcomes)
    languages = sorted({o.language for o in answerable})
    near = {
        language: [o.near for o in answerable if o.language == language] for language in languages
    }
    return {
        **{
            f"evidence among the first {_NEAR} sentences, {language}": f"{sum(n)}/{len(n)}"
            for language, n in near.items()
        },
        "evidence cited": f"{sum(o.right for o in answerable)}/{len(answerable)}",
        "evidence cited first": f"{sum(o.first_right for o in answerable)}/{len(answerable)}",
        "answerable but abstained": f"{sum(not o.answered for o in answerable)}/{len(answerable)}",
        "unanswerable and abstained": f"{sum(o.right for o in unanswerable)}/{len(unanswerable)}",
        "quotes exact": f"{sum(o.quotes_exact for o in outcomes)}/{cited}",
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.answers", description=__doc__)
    parser.add_argument("--articles", type=Path, default=Path("corpus/demo"))
    parser.add_argument("--questions", type=Path, default=Path("eval/cases/demo.jsonl"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    outcomes = run(options.articles, read_cases(options.questions))
    summary = summarise(outcomes)
    if options.json:
        report = {"summary": summary, "outcomes": [asdict(outcome) for outcome in outcomes]}
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
        return
    for outcome in outcomes:
        mark = "right" if outcome.right else "WRONG"
        did = "answered" if outcome.answered else "abstained"
        sys.stdout.write(f"{mark}  {outcome.id}  {did}  {outcome.confidence:.2f}\n")
    for name, value in summary.items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
