"""How well passages are read, with intervals, and readers beside each other on the same questions.

- sentence: the sentence is one in which an accepted answer begins, of answerable questions
- EM, F1: the marked words against the accepted answers, by the rules of SQuAD's and MLQA's official
  scorers, of answerable questions; only of a reader that marks words
- AUROC: how often the confidence of an answerable question is above that of an unanswerable one
- false answers: the share of unanswerable questions above the confidence that 15 % of the
  answerable ones do not reach
- AURC: the area under the curve of risk at every coverage; right is an answerable question with the
  right sentence
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.comparing.intervals import Floats, Interval, Resamples, percentiles
from eval.comparing.selective import area
from eval.judging.overlap import exact_match, f1
from eval.reading.readers import PassageReader, Read
from eval.reading.tasks import ReadingTask, read_tasks
from rag.answer import Json

# So many of the answerable questions may be refused where false answers are counted.
FALSE_REFUSALS = 0.15
# Statistics of a resample, from how often each question was drawn, int64 (r, n), to float64 (r,).
_Statistic = Callable[[NDArray[np.int64]], Floats]


@dataclass(frozen=True, slots=True)
class Difference:
    """What `reader` has more of a measure than `against`, by resamples of the same questions."""

    measure: str
    reader: str
    against: str
    interval: Interval

    def as_json(self) -> Json:
        """Return the difference with its interval."""
        names = {"measure": self.measure, "reader": self.reader, "against": self.against}
        return {**names, **self.interval.as_json()}


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """The measures of every reader by name, and how each differs from the first."""

    questions: str
    passages: str
    n: int
    answerable: int
    readers: Mapping[str, Mapping[str, Interval]]
    differences: Sequence[Difference]

    def as_json(self) -> Json:
        """Return the contract's shape of the benchmark."""
        return {
            "questions": self.questions,
            "passages": self.passages,
            "n": self.n,
            "answerable": self.answerable,
            "readers": {
                name: {measure: interval.as_json() for measure, interval in measures.items()}
                for name, measures in self.readers.items()
            },
            "differences": [difference.as_json() for difference in self.differences],
        }


def evaluate(
    questions: Path,
    passages: Path,
    readers: Sequence[PassageReader],
    on_task: Callable[[int, int], None] = lambda done, total: None,
) -> ReadingReport:
    """Let every reader read every task; `on_task` is told how many of how many are done.

    Raises `DalilError` for files that are not there, not SQuAD or do not join.
    """
    tasks = read_tasks(questions, passages)
    found: dict[str, list[Read]] = {reader.name: [] for reader in readers}
    for number, task in enumerate(tasks, start=1):
        for reader in readers:
            found[reader.name].append(reader.read(task))
        on_task(number, len(tasks))
    resamples = Resamples(len(tasks))
    everything = np.ones((1, len(tasks)), np.int64)
    statistics = {name: _statistics(tasks, reads) for name, reads in found.items()}
    drawn = {
        name: {m: (float(of(everything)[0]), of(resamples.counts)) for m, of in measures.items()}
        for name, measures in statistics.items()
    }
    measured = {
        name: {m: percentiles(value, each) for m, (value, each) in of.items()}
        for name, of in drawn.items()
    }
    return ReadingReport(
        str(questions),
        str(passages),
        len(tasks),
        sum(task.answerable for task in tasks),
        measured,
        _differences(drawn),
    )


def _differences(
    drawn: Mapping[str, Mapping[str, tuple[float, Floats]]],
) -> list[Difference]:
    first, *others = drawn
    return [
        Difference(
            measure,
            other,
            first,
            percentiles(
                drawn[other][measure][0] - drawn[first][measure][0],
                drawn[other][measure][1] - drawn[first][measure][1],
            ),
        )
        for other in others
        for measure in drawn[other]
        if measure in drawn[first]
    ]


def _statistics(tasks: Sequence[ReadingTask], reads: Sequence[Read]) -> dict[str, _Statistic]:
    """Return the measures that these tasks and this reader have."""
    pairs = list(zip(tasks, reads, strict=True))
    answerable = np.array([task.answerable for task in tasks], np.bool_)
    right = np.array([read.sentence in task.right for task, read in pairs], np.bool_)
    sure = np.array([read.confidence for read in reads])
    found: dict[str, _Statistic] = {}
    if answerable.any():
        found["sentence"] = _mean(right.astype(np.float64), answerable)
    if answerable.any() and all(read.words is not None for read in reads):
        for name, rule in (("EM", exact_match), ("F1", f1)):
            scores = [
                rule(read.words or "", task.answers, task.language, fold=False) if task.answers
                else 0.0
                for task, read in pairs
            ]  # fmt: skip
            found[name] = _mean(np.array(scores), answerable)
    if answerable.any() and not answerable.all():
        found["AUROC"] = lambda counts: auroc(sure, answerable, counts)
        found["false answers"] = lambda counts: false_answers(sure, answerable, counts)
    found["AURC"] = lambda counts: area(sure, right & answerable, counts)
    return found


def _mean(values: Floats, of: NDArray[np.bool_]) -> _Statistic:
    def mean(counts: NDArray[np.int64]) -> Floats:
        return np.asarray(counts[:, of] @ values[of] / np.maximum(counts[:, of].sum(axis=1), 1))

    return mean


def auroc(sure: Floats, answerable: NDArray[np.bool_], counts: NDArray[np.int64]) -> Floats:
    """Return the area under the ROC curve of every resample, float64 (r,); ties count half.

    `sure` float64 (n,) and `answerable` bool (n,) are of the same questions, `counts` int64 (r, n)
    says how often each was drawn.

    >>> told = np.array([True, True, False, False])
    >>> auroc(np.array([0.9, 0.4, 0.4, 0.1]), told, np.ones((1, 4), np.int64)).tolist()
    [0.875]
    """
    order = np.argsort(sure, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(sure[order]) != 0, True))
    drawn, told = counts[:, order].astype(np.float64), answerable[order]
    positive, negative = (np.where(of, drawn, 0.0).cumsum(axis=1)[:, ends] for of in (told, ~told))
    own = np.diff(positive, axis=1, prepend=0.0)
    below = negative - np.diff(negative, axis=1, prepend=0.0) / 2
    pairs = positive[:, -1] * negative[:, -1]
    return np.asarray((own * below).sum(axis=1) / np.maximum(pairs, 1.0))


def false_answers(sure: Floats, answerable: NDArray[np.bool_], counts: NDArray[np.int64]) -> Floats:
    """Return for every resample how many unanswerable questions are answered, float64 (r,).

    The threshold is the highest at which at most `FALSE_REFUSALS` of the answerable ones are
    refused; arguments are those of `auroc`.

    >>> sure = np.array([0.1, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.2, 0.3, 0.65])
    >>> told = np.array([True] * 7 + [False] * 3)
    >>> false_answers(sure, told, np.ones((1, 10), np.int64)).round(3).tolist()
    [0.333]
    """
    order = np.argsort(sure[answerable], kind="stable")
    ranked, drawn = sure[answerable][order], counts[:, answerable][:, order].cumsum(axis=1)
    allowed = FALSE_REFUSALS * drawn[:, -1:]
    # The first question that has to be answered: so many may lie strictly below it.
    least = ranked[(drawn > allowed).argmax(axis=1)]
    unanswerable = counts[:, ~answerable]
    answered = sure[~answerable][None, :] >= least[:, None]
    total = np.maximum(unanswerable.sum(axis=1), 1)
    return np.asarray((unanswerable * answered).sum(axis=1) / total)
