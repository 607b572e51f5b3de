"""What is measured: something that finds passages and answers questions, and all its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from corpus.article import Article
from corpus.split import split
from eval.cases.case import Case, PlacedCase
from eval.judging.judge import Writer, judge
from eval.judging.outcome import Outcome
from eval.judging.ranks import by_run
from eval.running.parameters import Parameters
from index import Library
from rag.answer import Answer, Hit
from rag.assistant import Assistant
from rag.llm import ChatModel, Limits
from rag.reader import BUNDLED, Reader
from rag.rerankers.cross_encoder import Reranker

# Recall is looked at up to the tenth passage, and a first one further down still has a rank.
_DEPTH = 100


class Answers(Protocol):
    """Answers a question that follows others, oldest first."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Return the answer with its citations."""
        ...


class Finds(Protocol):
    """Finds passages for a question that follows others."""

    def search(
        self, question: str, history: Sequence[str] = (), k: int = 10
    ) -> tuple[list[Hit], str | None]:
        """Return the `k` best passages, best first, and a notice if there is one."""
        ...


@dataclass(frozen=True)
class System:
    """The parts that are measured; `unrefusing` answers as `answers` would if it refused nothing.

    Without it the risk of answers that were refused is unknown; without `finds` the retrieval is.
    `writer` names the language model that writes the answers, if one does.
    """

    answers: Answers
    finds: Finds | None = None
    unrefusing: Answers | None = None
    writer: Writer | None = None


def dalil(
    library: Library,
    parameters: Parameters,
    reranker: Reranker | None = None,
    llm: ChatModel | None = None,
    limits: Limits | None = None,
    reader: Reader | None = BUNDLED,
) -> System:
    """Return Dalil itself over a library, which it leaves as it is.

    What `llm` refuses is attempted with the articles' own sentences: asked again, it would refuse
    again.
    """

    def assistant(parameters: Parameters, llm: ChatModel | None = None) -> Assistant:
        return Assistant(
            library,
            reranker,
            reader=reader,
            fusion=parameters.fusion,
            selection=parameters.selection,
            saves=False,
            llm=llm,
            limits=limits,
        )

    eager = replace(parameters, selection=replace(parameters.selection, threshold=0.0))
    writer = Writer(llm.name, library.words) if llm else None
    asked = assistant(parameters, llm)
    return System(asked, asked, assistant(eager), writer)


def measure(
    system: System,
    cases: Sequence[PlacedCase],
    library: Library,
    on_case: Callable[[int, int], None],
) -> list[Outcome]:
    """Ask every case and judge the answers; `on_case` is told how many of how many are done.

    Quotes are compared with what the library's file holds, read by a connection of its own.
    """
    retrieval = _retrieval(system, cases, library) if system.finds else [{}] * len(cases)
    stored = Library.open(library.home, library.encoder)
    if cases:
        # The first answer of a process also loads what later ones find there.
        system.answers.ask(cases[0].case.question)
    outcomes = []
    for number, (placed, found) in enumerate(zip(cases, retrieval, strict=True), start=1):
        case = placed.case
        began = perf_counter()
        answer = system.answers.ask(case.question, case.history)
        taken = 1000 * (perf_counter() - began)
        # What was answered is what would have been answered without refusing.
        refused = answer.status == "abstained"
        eager = _ask(system.unrefusing, case) if refused else None
        outcomes.append(judge(placed, answer, eager, stored.article, found, taken, system.writer))
        on_case(number, len(cases))
    stored.close()
    return outcomes


def _ask(answers: Answers | None, case: Case) -> Answer | None:
    return answers.ask(case.question, case.history) if answers else None


def _retrieval(
    system: System, cases: Sequence[PlacedCase], library: Library
) -> list[dict[str, float]]:
    """Return the scores of the search for each case, none for a case without evidence."""
    judged, ranked = [], []
    for placed in cases:
        relevant = _relevant(placed, library)
        judged.append(relevant)
        hits = (
            system.finds.search(placed.case.question, placed.case.history, _DEPTH)[0]
            if relevant and system.finds
            else []
        )
        ranked.append([_name(h.article.id, h.passage.start) for h in hits])
    return by_run(judged, ranked)


def _relevant(placed: PlacedCase, library: Library) -> set[str]:
    """Return the names of the passages that hold evidence."""
    articles: dict[str, Article] = {}
    for fact in placed.facts:
        for span in fact.spans:
            articles.setdefault(span.article_id, library.article(span.article_id))
    return {
        _name(article.id, passage.start)
        for article in articles.values()
        for passage in split(article)
        if any(fact.covers(article.id, passage.start, passage.end) for fact in placed.facts)
    }


def _name(article_id: str, start: int) -> str:
    return f"{article_id}:{start}"
