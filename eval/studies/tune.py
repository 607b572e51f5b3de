"""Fit the handful of weights that choose and judge sentences; write them into `rag/choice`.

`python -m eval.studies.tune --data DIR` reads questions whose answering spans are known: the half
of the demo collection's own that weights may see, those of `DIR/qa`, and that half of the
newspapers' (`eval.studies.newspapers`, on articles of `DIR/news`).  A softmax over the sentences
of the retrieved passages fits the ranking, on the first two; a logistic the confidence, on the
first and last, whose unanswerable questions are of the kind that people ask, and on those of
`eval.studies.renamed`.  With `--confidence` the ranking stays as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from eval.running.evaluate import CASES, DEMO, ROOT
from eval.studies import renamed
from eval.studies.examples import Example, examples, in_small_libraries
from eval.studies.newspapers import asked as newspapers
from eval.studies.questions import Labelled, QuestionSet, arabic, english, from_cases
from index import WordTable
from index.encoder import load_bundled
from rag.choice.select import SelectionSettings, pick, rank, surest
from rag.choice.signals import POINTED, signals
from rag.reader import load_reader
from rag.search.rank import Floats

_OUT = ROOT / "rag" / "choice"
# The ridge keeps weights that are rarely used small, and those of the confidence near what they
# were: a sample shows less than what was learnt from the ones before it.
_RIDGE, _NEAR = 0.01, 0.03
# So many unanswerable questions may be answered at each caution.  A wrong quote misleads, a refusal
# still points to the likeliest sentence; set by hand, with what each makes of both halves of the
# cases in view.  What is at no caution an answer is below all of them.
_FALSE_ANSWERS = {"strict": 0.1, "normal": 0.207, "eager": 0.35}
# Of what the demo collection is asked so much is about something else.
_ELSEWHERE = 0.35
# Newspapers are what most are asked of.
_PAPERS = 2.0
# Above what is pointed to at every caution.
_LEAST_EAGER = POINTED + 0.001
# A sentence that is right less often than this is not pointed to.
_POSSIBLE = 0.25
_MARGINS = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 2.0, 2.4)
_ASSENTS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
LossAndSlope = Callable[[Floats], tuple[float, Floats]]
Bounds = tuple[float | None, float | None]
# Meeting more of the question must never make an answer less sure, whatever the sample says.
_SIGNS: Mapping[str, Bounds] = {
    "bias": (None, None),
    "outread": (None, 0.0),
    "unfit": (None, 0.0),
    "unnamed": (None, 0.0),
    "absent": (None, 0.0),
    "foreign": (None, None),
}


@dataclass(frozen=True)
class Attempt:
    """The signals of an answer, whether it is right, and how much it counts among its set."""

    found: Mapping[str, float]
    right: bool
    weight: float


class News(NamedTuple):
    """Examples of questions on the demo collection, about what it tells nothing of, and on papers.

    Those of `small` libraries teach the confidence what little to choose from makes of scores.
    """

    demo: Sequence[Example]
    elsewhere: Sequence[Example]
    papers: Sequence[Example]
    small: Sequence[Example]


def fit_ranking(sets: Sequence[Sequence[Example]]) -> dict[str, float]:
    """Return feature weights under which answering sentences are likeliest; sets count alike."""
    names = list(sets[0][0].described.features)
    data = [
        [(_matrix(e.described.features, names), e.gold) for e in group if e.gold.any()]
        for group in sets
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = _RIDGE * float(weights @ weights), 2 * _RIDGE * weights
        for group in data:
            for matrix, gold in group:
                scores = matrix @ weights
                right, every = _log_sum(scores[gold]), _log_sum(scores)
                total += (every - right) / len(group)
                pulled = np.exp(scores - every) - gold * np.exp(scores - right)
                slope = slope + matrix.T @ pulled / len(group)
        return total, slope

    return _named(names, _minimum(loss, [(None, None)] * len(names)))


def fit_margins(
    sets: Sequence[Sequence[Example]], settings: SelectionSettings, *, reads: bool = True
) -> SelectionSettings:
    """Return the settings with the margins whose citations have the best F2; sets count alike."""
    ranked = [
        [(e, rank(e.described, settings.ranking)) for e in group if e.gold.any()] for group in sets
    ]
    tried = [
        replace(settings, margin=margin, elsewhere=elsewhere, assent=assent)
        for margin, elsewhere, assent in product(_MARGINS, _MARGINS, _ASSENTS if reads else (None,))
        if margin <= elsewhere
    ]
    scores = [
        float(np.mean([np.mean([_citation_f2(e, r, each) for e, r in group]) for group in ranked]))
        for each in tried
    ]
    return tried[int(np.argmax(scores))]


def _citation_f2(example: Example, ranks: Floats, settings: SelectionSettings) -> float:
    picked = pick(example.described, ranks, settings)
    precision = float(example.gold[picked].mean())
    recall = float(example.facts[:, picked].any(axis=1).mean())
    # Recall counts twice: of three quotes a reader finds the right one, of none nobody does.
    return 5 * precision * recall / (4 * precision + recall) if precision else 0.0


def attempts(
    group: Sequence[Example],
    settings: SelectionSettings,
    weight: float = 1.0,
    *,
    withheld: bool = False,
) -> list[Attempt]:
    """Return what would be answered, had nothing to be refused, and whether rightly.

    Together they have a `weight`.  With `withheld`, each question is also asked with the articles
    that answer it withheld.
    """
    # Questions written beside an encyclopedia paragraph fit many ("When did the war end?"); what
    # is found for those whose own is not found may be as right.
    asked = [e for e in group if e.gold.any() or not e.answerable]
    if withheld:
        asked += [less for e in asked if e.answerable and (less := e.without_articles())]
    table = load_bundled()
    return [_attempt(example, table, settings, weight / len(asked)) for example in asked]


def _attempt(
    example: Example, table: WordTable, settings: SelectionSettings, weight: float
) -> Attempt:
    described = example.described
    ranks = rank(described, settings.ranking)
    picked = pick(described, ranks, settings)
    found = signals(example.reading, described, ranks, table)
    return Attempt(found, bool(example.gold[picked].any()), weight)


def fit_confidence(
    sets: Sequence[Sequence[Attempt]], before: Mapping[str, float]
) -> dict[str, float]:
    """Return coefficients of the logistic for attempts, near those `before`; sets count alike."""
    tried = [attempt for group in sets for attempt in group]
    names = list(tried[0].found)
    matrix = np.array([[attempt.found[name] for name in names] for attempt in tried])
    sign = np.array([1.0 if attempt.right else -1.0 for attempt in tried])
    weight = np.array([attempt.weight for attempt in tried])
    start = np.array([before.get(name, 0.0) for name in names])
    ridge = np.array([_NEAR if name in before else _RIDGE for name in names])

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin, away = sign * (matrix @ weights), weights - start
        total = float(weight @ np.logaddexp(0.0, -margin)) + float(ridge @ away**2)
        pulled = weight * sign / (1.0 + np.exp(margin))
        return total, 2 * ridge * away - matrix.T @ pulled

    return _named(names, _minimum(loss, [_SIGNS.get(name, (0.0, None)) for name in names]))


def fit_thresholds(group: Sequence[Example], settings: SelectionSettings) -> SelectionSettings:
    """Return the settings with the thresholds at which so much is answered falsely as may be."""
    table = load_bundled()
    sure = [_sureness(each, table, settings) for each in group if not each.answerable]
    strict, normal, eager = (
        round(float(np.quantile(sure, 1 - _FALSE_ANSWERS[caution])), 3)
        for caution in ("strict", "normal", "eager")
    )
    return replace(settings, strict=strict, threshold=normal, eager=max(eager, _LEAST_EAGER))


def _sureness(example: Example, table: WordTable, settings: SelectionSettings) -> float:
    ranks = rank(example.described, settings.ranking)
    weights = settings.confidence
    return surest(example.reading, example.described, ranks, ranks, table, weights)[1]


def fit_choice(sets: Sequence[Sequence[Example]], *, reads: bool = True) -> SelectionSettings:
    """Return the settings with ranking and margins fitted on sets of examples."""
    settings = replace(SelectionSettings.read(reader=reads), ranking=fit_ranking(sets))
    return fit_margins(sets, settings, reads=reads)


def fit_judgement(news: News, settings: SelectionSettings) -> SelectionSettings:
    """Return the settings with confidence and thresholds fitted on questions about news."""
    tried = [
        attempts(news.demo, settings, 1 - _ELSEWHERE),
        attempts(news.elsewhere, settings, _ELSEWHERE),
        attempts(news.papers, settings, _PAPERS),
        attempts(news.small, settings, withheld=True),
    ]
    settings = replace(
        settings, confidence=fit_confidence(tried, settings.confidence), possible=_POSSIBLE
    )
    return fit_thresholds([*news.demo, *news.papers], settings)


def _matrix(features: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    return np.stack([features[name] for name in names], axis=1)


def _log_sum(scores: Floats) -> float:
    return float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))


def _minimum(loss: LossAndSlope, bounds: Sequence[Bounds]) -> Floats:
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x)


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.tune", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and news/")
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--reader", default="bundled", help="a reader's name, or none")
    parser.add_argument("--confidence", action="store_true", help="leave the ranking as it is")
    options = parser.parse_args(arguments)
    # Before minutes of work that would be lost.
    options.out.mkdir(parents=True, exist_ok=True)
    reader = load_reader(options.reader)
    reads = reader is not None
    demo = from_cases(DEMO, CASES)
    asked = examples(demo, reader)
    settings = SelectionSettings.read(reader=reads)
    if not options.confidence:
        others = _encyclopedias(options.data, reads=reads)
        settings = fit_choice([asked, *(examples(each, reader) for each in others)], reads=reads)
    papers, small = _newspapers(options.data), in_small_libraries(demo, reader)
    of_papers = examples(papers, reader, most=len(papers.questions))
    elsewhere = examples(replace(demo, questions=_elsewhere()), reader)
    fitted = fit_judgement(News(asked, elsewhere, of_papers, small), settings)
    text = json.dumps(fitted.__dict__, indent=1) + "\n"
    name = "weights.json" if reads else "weights-without-reader.json"
    (options.out / name).write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _encyclopedias(data: Path, *, reads: bool) -> list[QuestionSet]:
    """Return questions on encyclopedias; of those that it learnt, a reader is surer than right."""
    learnt, new = arabic(data)
    return [new] if reads else [learnt, new, english(data)]


def _elsewhere() -> list[Labelled]:
    """Return about half of the questions of which the demo collection tells nothing."""
    strangers = [each.renamed for each in renamed.questions() if each.half == "fit"]
    others = [each.question for each in renamed.elsewhere() if each.half == "fit"]
    swapped = [each.question for each in renamed.swapped()[::2]]
    return [Labelled(question, (), ()) for question in (*strangers, *others, *swapped)]


def _newspapers(data: Path) -> QuestionSet:
    with tempfile.TemporaryDirectory() as folder:
        newspapers.write(data / "news", Path(folder))
        return from_cases(Path(folder) / "articles", Path(folder) / "fit.jsonl", every=True)


if __name__ == "__main__":
    main()
