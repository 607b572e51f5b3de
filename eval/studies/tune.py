"""Fit the handful of weights that choose and judge sentences; write them into `rag/choice`.

`python -m eval.studies.tune --data DIR` reads questions whose answering spans are known: the half
of the demo collection's own that weights may see, and those of `DIR/qa`.  A softmax over the
sentences of the retrieved passages fits the ranking, a logistic the confidence; a question whose
answering sentences or articles are withheld is one that cannot be answered.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from eval.running.evaluate import CASES, DEMO, ROOT
from eval.studies.examples import Example, examples, in_small_libraries
from eval.studies.questions import QuestionSet, arabic, english, from_cases
from index import WordTable
from index.encoder import load_bundled
from rag.choice.select import SelectionSettings, pick, rank, surest
from rag.choice.signals import signals
from rag.reader import load_reader
from rag.search.rank import Floats

_OUT = ROOT / "rag" / "choice"
# The ridge keeps weights that are rarely used small.
_RIDGE = 0.01
# Of a reader's questions about one in four has no answer in the articles.
_UNANSWERABLE = 0.25
# So many unanswerable questions may be answered at each caution.  A wrong quote misleads, a refusal
# still points to the likeliest sentence; set by hand, with what each makes of both halves of the
# cases in view.
_FALSE_ANSWERS = {"strict": 0.1, "normal": 0.286, "eager": 0.45}
# A sentence that is right less often than this is not pointed to.
_POSSIBLE = 0.25
# Withheld sentences leave a question that is harder to refuse, and the usual one.
_SHARES = {"asked": 1.0, "without sentences": 1.0, "without articles": 0.3}
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


def attempts(group: Sequence[Example], settings: SelectionSettings) -> list[Attempt]:
    """Return what would be answered, had nothing to be refused, and whether rightly.

    Each question is also asked with the sentences, and with the articles, that answer it
    withheld; weights make unanswerable questions as frequent as they are expected to be.
    """
    # Questions written beside an encyclopedia paragraph fit many ("When did the war end?"); what
    # is found for those whose own is not found may be as right.
    kept = [e for e in group if e.gold.any() or not e.answerable]
    asked = [(e, _SHARES["asked"]) for e in kept]
    for example in (e for e in kept if e.answerable):
        for without, share in (
            (example.without_sentences(), _SHARES["without sentences"]),
            (example.without_articles(), _SHARES["without articles"]),
        ):
            if without:
                asked.append((without, share))
    totals = {kind: sum(w for e, w in asked if e.answerable == kind) for kind in (True, False)}
    table = load_bundled()
    shares = {True: 1 - _UNANSWERABLE, False: _UNANSWERABLE}
    return [
        _attempt(e, table, settings, weight * shares[e.answerable] / totals[e.answerable])
        for e, weight in asked
    ]


def _attempt(
    example: Example, table: WordTable, settings: SelectionSettings, weight: float
) -> Attempt:
    described = example.described
    ranks = rank(described, settings.ranking)
    picked = pick(described, ranks, settings)
    found = signals(example.reading, described, ranks, table)
    return Attempt(found, bool(example.gold[picked].any()), weight)


def fit_confidence(sets: Sequence[Sequence[Attempt]]) -> dict[str, float]:
    """Return the coefficients of the logistic for attempts; sets count alike."""
    tried = [attempt for group in sets for attempt in group]
    names = list(tried[0].found)
    matrix = np.array([[attempt.found[name] for name in names] for attempt in tried])
    sign = np.array([1.0 if attempt.right else -1.0 for attempt in tried])
    weight = np.array([attempt.weight for attempt in tried])

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (matrix @ weights)
        total = float(weight @ np.logaddexp(0.0, -margin)) + _RIDGE * float(weights @ weights)
        pulled = weight * sign / (1.0 + np.exp(margin))
        return total, 2 * _RIDGE * weights - matrix.T @ pulled

    return _named(names, _minimum(loss, [_SIGNS.get(name, (0.0, None)) for name in names]))


def fit_thresholds(group: Sequence[Example], settings: SelectionSettings) -> SelectionSettings:
    """Return the settings with the thresholds at which so much is answered falsely as may be."""
    table = load_bundled()
    sure = [_sureness(each, table, settings) for each in group if not each.answerable]
    return replace(
        settings,
        strict=round(float(np.quantile(sure, 1 - _FALSE_ANSWERS["strict"])), 3),
        threshold=round(float(np.quantile(sure, 1 - _FALSE_ANSWERS["normal"])), 3),
        eager=round(float(np.quantile(sure, 1 - _FALSE_ANSWERS["eager"])), 3),
    )


def _sureness(example: Example, table: WordTable, settings: SelectionSettings) -> float:
    ranks = rank(example.described, settings.ranking)
    weights = settings.confidence
    return surest(example.reading, example.described, ranks, ranks, table, weights)[1]


def fit(
    sets: Sequence[Sequence[Example]], small: Sequence[Example], *, reads: bool = True
) -> SelectionSettings:
    """Return the settings fitted on sets of examples, in the order in which they build on each.

    Examples of `small` libraries teach the confidence what little to choose from makes of scores.
    """
    settings = replace(SelectionSettings.read(reader=reads), ranking=fit_ranking(sets))
    settings = fit_margins(sets, settings, reads=reads)
    tried = [attempts(group, settings) for group in (*sets, small)]
    weights = fit_confidence(tried)
    settings = replace(settings, confidence=weights)
    # Encyclopedias answer more surely than news, which alone sets the thresholds.
    return replace(fit_thresholds(sets[0], settings), possible=_POSSIBLE)


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
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/")
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--reader", default="bundled", help="a reader's name, or none")
    options = parser.parse_args(arguments)
    # Before minutes of work that would be lost.
    options.out.mkdir(parents=True, exist_ok=True)
    reader = load_reader(options.reader)
    sources = [from_cases(DEMO, CASES), *_encyclopedias(options.data, reads=reader is not None)]
    small = in_small_libraries(sources[0], reader)
    fitted = fit([examples(each, reader) for each in sources], small, reads=reader is not None)
    text = json.dumps(fitted.__dict__, indent=1) + "\n"
    name = "weights.json" if reader else "weights-without-reader.json"
    (options.out / name).write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _encyclopedias(data: Path, *, reads: bool) -> list[QuestionSet]:
    """Return questions on encyclopedias; of those that it learnt, a reader is surer than right."""
    learnt, new = arabic(data)
    return [new] if reads else [learnt, new, english(data)]


if __name__ == "__main__":
    main()
