"""How well each leg of the search finds the right paragraph or sentence, with intervals.

Every question counts alike.  Ranks are those of `eval.judging.ranks.worst_ranks`; intervals and
paired differences come from one bootstrap over the questions of a pair of files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.text.language import detect
from eval.comparing.intervals import Floats, Interval, Resamples
from eval.judging.ranks import by_question, require, worst_ranks
from eval.retrieval.ranking import FUSED, JOINED, READ, RERANKED, Pool
from eval.retrieval.squad import RetrievalTask, Unit, read_task
from index.encoder import Encoder
from rag.answer import Json
from rag.reader import Reader

Pair = tuple[Path, Path]
Score = Callable[[str], Mapping[str, Floats]]

# Asked only of sentences: is the best-scored sentence of the right paragraph the right one?
WITHIN = "within"
_MEASURE = "RR"


@dataclass(frozen=True, slots=True)
class Found:
    """What one leg found: for each question the right text's rank from 1, int64 (q,).

    `found` bool (q,) is false where it was not retrieved at all; `within` bool (q,) says whether
    it comes first among the texts of its own paragraph.
    """

    ranks: NDArray[np.int64]
    found: NDArray[np.bool_]
    within: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of `leg` less that of `against`, question by question."""

    measure: str
    leg: str
    against: str
    interval: Interval

    @property
    def worse(self) -> bool:
        """Whether the whole interval lies below zero."""
        return self.interval.high < 0

    def as_json(self) -> Json:
        """Return the difference with its interval."""
        names = {"measure": self.measure, "leg": self.leg, "against": self.against}
        return {**names, **self.interval.as_json(), "worse": self.worse}


@dataclass(frozen=True, slots=True)
class PairReport:
    """The measures of one pair of files: `legs` by leg and measure; `pool` counts the texts."""

    questions: str
    passages: str
    n: int
    pool: int
    legs: Mapping[str, Mapping[str, Interval]]
    differences: Sequence[Difference]

    def as_json(self) -> Json:
        """Return the pair's entry; `within` carries the number of its questions too."""
        legs = {
            leg: {
                name: {**interval.as_json(), **({"n": self.n} if name == WITHIN else {})}
                for name, interval in measures.items()
            }
            for leg, measures in self.legs.items()
        }
        return {
            "questions": self.questions,
            "passages": self.passages,
            "n": self.n,
            "pool": self.pool,
            "legs": legs,
            "differences": [difference.as_json() for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """All pairs, measured with one encoder."""

    unit: Unit
    encoder: str
    fingerprint: str
    pairs: Sequence[PairReport]

    def as_json(self) -> Json:
        """Return the contract's shape of the benchmark."""
        return {
            "unit": self.unit,
            "encoder": self.encoder,
            "fingerprint": self.fingerprint,
            "pairs": [pair.as_json() for pair in self.pairs],
        }


def evaluate(
    pairs: Sequence[Pair],
    unit: Unit,
    encoder: Encoder,
    say: Callable[[str], None],
    reader: Reader | None = None,
) -> RetrievalReport:
    """Measure every pair of (questions, passages) files; `say` is told of progress.

    With a `reader` two legs are added: the best passages in the order of what it says of them, and
    in that of both.  All files are read before the first is measured.  Raises `DalilError` for
    files that are not there, not SQuAD or do not join, and when ir-measures is not installed.
    """
    require()
    tasks = [read_task(questions, passages, unit) for questions, passages in pairs]
    pools: dict[Path, Pool] = {}
    reports = []
    for number, ((questions, passages), task) in enumerate(zip(pairs, tasks, strict=True), start=1):
        say(
            f"{number} of {len(pairs)}: {len(task.questions)} questions of {questions}, "
            f"{len(task.texts)} {unit}s of {passages}"
        )
        # Questions in many languages are often asked of the same passages.
        if passages not in pools:
            languages = [detect(text) for text in task.texts]
            of = task.paragraphs.tolist()
            pools[passages] = Pool(task.texts, languages, encoder, of, reader=reader)
        legs, differences = measure(task, unit, pools[passages].score)
        size = len(task.questions), len(task.texts)
        reports.append(PairReport(str(questions), str(passages), *size, legs, differences))
    return RetrievalReport(unit, encoder.name, encoder.fingerprint, reports)


def measure(
    task: RetrievalTask, unit: Unit, score: Score
) -> tuple[dict[str, dict[str, Interval]], list[Difference]]:
    """Return the measures of every leg that `score` gives, and the differences between legs."""
    found = rank(task, score)
    resamples = Resamples(len(task.questions))
    values = {leg: by_question(of.ranks, of.found) for leg, of in found.items()}
    if unit == "sentence":
        for leg, of in found.items():
            values[leg][WITHIN] = of.within.astype(np.float64)
    legs = {
        leg: {name: resamples.interval(each) for name, each in measures.items()}
        for leg, measures in values.items()
    }
    return legs, compare({leg: of[_MEASURE] for leg, of in values.items()}, resamples)


def rank(task: RetrievalTask, score: Score) -> dict[str, Found]:
    """Ask every question and keep of each leg's scores where the right text stands."""
    rows: dict[str, list[tuple[int, bool, bool]]] = {}
    for question, right in zip(task.questions, task.right.tolist(), strict=True):
        beside = task.paragraphs == task.paragraphs[right]
        place = int(beside[:right].sum())
        for leg, scores in score(question).items():
            found = bool(scores[right] > -np.inf)
            first = found and _rank(scores[beside], place) == 1
            rows.setdefault(leg, []).append((_rank(scores, right), found, first))
    columns = {leg: [np.array(c) for c in zip(*of, strict=True)] for leg, of in rows.items()}
    return {leg: Found(*of) for leg, of in columns.items()}


def _rank(scores: Floats, right: int) -> int:
    return int(worst_ranks(scores[None, :], np.array([right]))[0])


def compare(values: Mapping[str, Floats], resamples: Resamples) -> list[Difference]:
    """Compare the fused leg with the better single one, the reranked with the fused, then reading.

    `values` holds the reciprocal ranks of each leg, float64 (q,); a leg that the ranking lacks is
    not compared.
    """
    single = [leg for leg in values if leg not in (FUSED, RERANKED, READ, JOINED)]
    compared = []
    if FUSED in values and single:
        compared.append((FUSED, max(single, key=lambda leg: float(values[leg].mean()))))
    if FUSED in values and RERANKED in values:
        compared.append((RERANKED, FUSED))
    compared += [(leg, RERANKED) for leg in (READ, JOINED) if leg in values and RERANKED in values]
    return [
        Difference(_MEASURE, leg, other, resamples.interval(values[leg] - values[other]))
        for leg, other in compared
    ]
