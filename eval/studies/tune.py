"""Fit the handful of weights that choose sentences and judge them, and write `rag/weights.json`.

`python -m eval.studies.tune --data DIR` reads questions whose answering spans are known: the demo
collection's own and those of `DIR/qa`.  A softmax over the sentences of the retrieved passages
fits the ranking; a logistic fits the confidence, where a question whose article is withheld is
one that cannot be answered.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.running import CASES, DEMO, ROOT
from eval.studies.questions import Labelled, QuestionSet, arabic, english, from_cases
from index import Library
from index.encoder import load_bundled
from rag.confidence import signals
from rag.evidence import Described, describe, sentences_of
from rag.fuse import Floats
from rag.late import QuestionWords, question_words
from rag.question import Asked, understand
from rag.retrieve import Retriever
from rag.select import SelectionSettings, rank

_PASSAGES = 12
_OUT = ROOT / "rag" / "weights.json"
# Weights are few, so a sample settles them; the ridge keeps rarely used ones small.
_SAMPLE = 400
_RIDGE = 0.01
Loss = Callable[[Floats], float]
Bounds = tuple[float | None, float | None]
# Meeting more of the question must never make an answer less sure, whatever the sample says.
_SIGNS: Mapping[str, Bounds] = {
    "bias": (None, None),
    "unnamed": (None, 0.0),
    "unfit": (None, 0.0),
}


@dataclass(frozen=True)
class Example:
    """A question with its described sentences; `gold` bool (n,) marks those that answer."""

    asked: Asked
    question: QuestionWords
    described: Described
    gold: NDArray[np.bool_]

    def without_answer(self) -> Example:
        """Return the example as if the articles that answer were not in the library."""
        sentences = self.described.sentences
        answering = {
            s.article.id for s, is_gold in zip(sentences, self.gold, strict=True) if is_gold
        }
        keep = np.array([s.article.id not in answering for s in sentences])
        described = Described(
            [s for s, kept in zip(sentences, keep, strict=True) if kept],
            {name: values[keep] for name, values in self.described.features.items()},
            self.described.own[keep],
            self.described.around[keep],
        )
        return replace(self, described=described, gold=self.gold[keep])


def examples(questions: QuestionSet, seed: int = 0) -> list[Example]:
    """Retrieve for a sample of the questions and describe the sentences found."""
    encoder = load_bundled()
    order = np.random.default_rng(seed).permutation(len(questions.questions))[:_SAMPLE]
    with tempfile.TemporaryDirectory() as home:
        library = Library.open(home, encoder, create=True)
        library.add(questions.articles)
        retriever = Retriever(library)
        found = []
        for labelled in (questions.questions[place] for place in sorted(order)):
            asked = understand(labelled.text, labelled.history)
            sentences = sentences_of(retriever.retrieve(asked, _PASSAGES))
            tokens = question_words(encoder, asked)
            described = describe(asked, tokens, sentences, encoder)
            found.append(Example(asked, tokens, described, _gold(described, labelled)))
    return found


def _gold(described: Described, labelled: Labelled) -> NDArray[np.bool_]:
    return np.array(
        [
            any(
                s.article.id == e.article_id and s.start < e.end and e.start < s.end
                for e in labelled.evidence
            )
            for s in described.sentences
        ],
        np.bool_,
    )


def fit_ranking(sets: Sequence[Sequence[Example]]) -> dict[str, float]:
    """Return feature weights under which answering sentences are likeliest; sets count alike."""
    names = list(sets[0][0].described.features)
    data = [
        [(_matrix(e.described.features, names), e.gold) for e in group if e.gold.any()]
        for group in sets
    ]

    def loss(weights: Floats) -> float:
        total = _RIDGE * float(weights @ weights)
        for group in data:
            for matrix, gold in group:
                scores = matrix @ weights
                total -= float(_log_sum(scores[gold]) - _log_sum(scores)) / len(group)
        return total

    return _named(names, _minimum(loss, [(None, None)] * len(names)))


def fit_confidence(
    sets: Sequence[Sequence[tuple[Mapping[str, float], bool]]],
) -> dict[str, float]:
    """Return the coefficients of the logistic for pairs of signals and their outcome."""
    names = list(sets[0][0][0])
    data = [
        (
            np.array([[found[n] for n in names] for found, _ in group]),
            np.array([y for _, y in group]),
        )
        for group in sets
    ]

    def loss(weights: Floats) -> float:
        total = _RIDGE * float(weights @ weights)
        for matrix, right in data:
            margin = np.where(right, 1.0, -1.0) * (matrix @ weights)
            total += float(np.logaddexp(0.0, -margin).mean())
        return total

    return _named(names, _minimum(loss, [_SIGNS.get(name, (0.0, None)) for name in names]))


def outcomes(
    group: Sequence[Example], ranking: Mapping[str, float], *, cited: int, withhold: bool
) -> list[tuple[Mapping[str, float], bool]]:
    """Return signals with whether one of the `cited` best sentences answers.

    With `withhold`, each question is also asked without the articles that answer it.
    """
    asked = [*group, *(e.without_answer() for e in group if e.gold.any())] if withhold else group
    pairs: list[tuple[Mapping[str, float], bool]] = []
    for example in asked:
        if not len(example.gold):
            continue
        ranks = rank(example.described, ranking)
        right = example.gold[np.argsort(-ranks, kind="stable")[:cited]].any()
        found = signals(example.asked, example.question, example.described, ranks)
        pairs.append((found, bool(right)))
    return pairs


def _matrix(features: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    return np.stack([features[name] for name in names], axis=1)


def _log_sum(scores: Floats) -> float:
    return float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))


def _minimum(loss: Loss, bounds: Sequence[Bounds]) -> Floats:
    found = minimize(loss, np.zeros(len(bounds)), method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x)


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.tune", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/")
    parser.add_argument("--out", type=Path, default=_OUT)
    options = parser.parse_args(arguments)
    demo, *others = (
        examples(questions)
        for questions in (
            from_cases(DEMO, CASES), arabic(options.data), english(options.data)
        )
    )  # fmt: skip
    ranking = fit_ranking([demo, *others])
    # Only the demo cases have unanswerable questions of their own.
    confidence = fit_confidence(
        [
            outcomes(demo, ranking, cited=3, withhold=False),
            *(outcomes(group, ranking, cited=2, withhold=True) for group in others),
        ]
    )
    kept = SelectionSettings.read()
    weights = replace(kept, ranking=ranking, confidence=confidence)
    options.out.write_text(json.dumps(weights.__dict__, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(weights.__dict__, indent=1) + "\n")


if __name__ == "__main__":
    main()
