"""The embedded engine and Qdrant over one library: do they find the same, and how fast is each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np

from eval.studies.cluster.asking import Question
from index import Library
from index.encoder import Encoder
from index.engine import Candidate
from rag import Assistant
from rag.reading import read
from rag.search.rank import DEPTH

_SHOWN = 10
# The scores of a candidate, relative to their size where above 1, differ by 32-bit sums.
_SCORES = slice(5, 10)
Spent = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question asked of both engines.

    `same` says that the ten best are the same passages, `ordered` in the same order too.
    `difference` is the largest of two fused scores of one passage, `legs` that of two scores of a
    leg, relative to their size where above 1; `reached` is the share of the embedded engine's
    candidates that Qdrant has too.  `ms` and `cpu_ms` are milliseconds, the embedded engine's
    first.
    """

    question: Question
    same: bool
    ordered: bool
    difference: float
    legs: float
    reached: float
    ms: Spent
    cpu_ms: Spent


@dataclass(frozen=True)
class Compared:
    """All questions over `passages`."""

    passages: int
    pairs: Sequence[Pair]

    def share(self, told: Callable[[Pair], bool | float], filtered: bool | None = None) -> float:
        """Return the mean of what is `told` of pairs; `filtered` keeps those with or without."""
        of = [pair for pair in self.pairs if filtered in (None, pair.question.filtered)]
        return sum(map(told, of)) / len(of) if of else 1.0

    def quantile(self, engine: int, share: float, *, cpu: bool = False) -> float:
        """Return the milliseconds below which `share` of the questions took."""
        spent = [(pair.cpu_ms if cpu else pair.ms)[engine] for pair in self.pairs]
        return float(np.quantile(spent, share))

    @property
    def ratio(self) -> float:
        """How many times as long Qdrant takes: the median over questions asked of both in turn."""
        return median(pair.ms[1] / pair.ms[0] for pair in self.pairs)


@contextmanager
def both(home: Path, encoder: Encoder, index: str) -> Iterator[tuple[Assistant, Assistant]]:
    """Open the library in `home` twice: embedded, and as the setting `index` says."""
    with (
        closing(Library.open(home, encoder)) as here,
        closing(Library.open(home, encoder, index=index)) as there,
    ):
        for library in (here, there):
            library.engine.follow(writing=False)
        yield Assistant(here, saves=False), Assistant(there, saves=False)


def compare(
    assistants: tuple[Assistant, Assistant],
    asked: Sequence[Question],
    on_question: Callable[[int], None] = lambda _: None,
) -> Compared:
    """Ask every question of both, in turns and the other one first each time."""
    pairs = []
    for number, question in enumerate(asked):
        pairs.append(_pair(assistants, question, number % 2))
        on_question(number + 1)
    return Compared(assistants[0].library.count_passages(), pairs)


def _pair(assistants: tuple[Assistant, Assistant], question: Question, first: int) -> Pair:
    found: dict[int, dict[tuple[str, int], float]] = {}
    ms, cpu = [0.0, 0.0], [0.0, 0.0]
    for engine in (first, 1 - first):
        began, processor = perf_counter(), process_time()
        hits, _ = assistants[engine].search(question.text, k=_SHOWN, filters=question.filters)
        ms[engine] = 1000 * (perf_counter() - began)
        cpu[engine] = 1000 * (process_time() - processor)
        found[engine] = {(hit.article.id, hit.passage.start): hit.score for hit in hits}
    here, there = found[0], found[1]
    candidates = [_candidates(assistant.library, question) for assistant in assistants]
    shared = candidates[0].keys() & candidates[1].keys()
    return Pair(
        question,
        same=here.keys() == there.keys(),
        ordered=[*here] == [*there],
        difference=max((abs(here[key] - there[key]) for key in here.keys() & there), default=0.0),
        legs=max((_apart(*(of[key] for of in candidates)) for key in shared), default=0.0),
        reached=len(shared) / max(len(candidates[0]), 1),
        ms=(ms[0], ms[1]),
        cpu_ms=(cpu[0], cpu[1]),
    )


def _candidates(library: Library, question: Question) -> dict[tuple[str, int], Candidate]:
    query = read(question.text, library.words).query
    found = library.search(query, DEPTH, question.filters).found
    return {(each.article_id, each.start): each for each in found}


def _apart(one: Candidate, other: Candidate) -> float:
    """Return the largest difference of two candidates' scores; one that lacks a leg is far."""
    first, second = (np.array(each[_SCORES], np.float64) for each in (one, other))
    known = np.isfinite(first)
    if (known != np.isfinite(second)).any():
        return float("inf")
    sizes = np.maximum(np.abs(first[known]), 1.0)
    return float((np.abs(first[known] - second[known]) / sizes).max(initial=0.0))
