"""The choice: rank the sentences, judge if the best one answers, pick one to three to cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from index import Library, StaticEncoder
from index.analysis import words
from rag.answer import Hit
from rag.evidence import Described, Floats, Sentence, describe, sentences_of
from rag.late import question_tokens
from rag.question import Asked


@dataclass(frozen=True)
class SelectionSettings:
    """The handful of weights of the choice.

    `ranking` weighs the features of `rag.evidence.describe`; `confidence` holds the coefficients
    of a logistic over those of the best sentence.  Below `threshold` Dalil abstains.
    """

    ranking: Mapping[str, float] = field(
        default_factory=lambda: {
            "own": 1.0, "context": 1.5, "passage": 0.4, "lexical": 0.5,
            "expected": 0.15, "names": 0.2, "aside": -0.3, "length": -0.05,
        }
    )  # fmt: skip
    confidence: Mapping[str, float] = field(default_factory=lambda: {"bias": 1.0})
    threshold: float = 0.5
    # A further sentence is cited if its score comes this near to the best one's.
    margin: float = 0.12
    most: int = 3


@dataclass(frozen=True)
class Choice:
    """The sentences to cite, best first; none when they would not answer the question."""

    sentences: Sequence[Sentence]
    confidence: float

    @property
    def answers(self) -> bool:
        """Whether there is anything to cite."""
        return bool(self.sentences)


class Selector:
    """Chooses evidence among the sentences of retrieved passages."""

    def __init__(
        self, library: Library, encoder: StaticEncoder, settings: SelectionSettings | None = None
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._settings = settings or SelectionSettings()

    def choose(self, asked: Asked, hits: Sequence[Hit]) -> Choice:
        """Return what to cite for `asked`, or nothing if it is not there."""
        sentences = sentences_of(hits)
        question = question_tokens(self._encoder, asked.text)
        if not sentences or not len(question.weights):
            return Choice((), 0.0)
        described = describe(asked, question, sentences, self._library, self._encoder)
        scores = rank(described, self._settings)
        best = int(np.argmax(scores))
        confidence = confidence_of(described, best, self._settings)
        if confidence < self._settings.threshold:
            return Choice((), confidence)
        return Choice(self._pick(sentences, scores), confidence)

    def _pick(self, sentences: Sequence[Sentence], scores: Floats) -> list[Sentence]:
        """Return the best sentence and those close to it, leaving out repetitions."""
        picked: list[Sentence] = []
        seen: set[str] = set()
        for place in np.argsort(-scores, kind="stable"):
            if scores[place] < scores.max() - self._settings.margin:
                break
            content = " ".join(word.folded for word in words(sentences[place].text))
            if content not in seen:
                picked.append(sentences[place])
                seen.add(content)
        return picked[: self._settings.most]


def rank(described: Described, settings: SelectionSettings) -> Floats:
    """Return the score of each sentence, float64 (n,)."""
    return np.asarray(
        sum(weight * described.features[name] for name, weight in settings.ranking.items())
    )


def confidence_of(described: Described, best: int, settings: SelectionSettings) -> float:
    """Return the probability that sentence `best` answers, by a logistic of its features."""
    weights = settings.confidence
    total = weights["bias"] + sum(
        weight * float(described.features[name][best])
        for name, weight in weights.items()
        if name != "bias"
    )
    return float(1.0 / (1.0 + np.exp(-total)))
