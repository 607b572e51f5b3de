"""The choice: rank the sentences, judge if the best one answers, pick one to three to cite."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from corpus.text.stems import words
from index import WordTable
from rag.answer import Hit
from rag.choice.confidence import confidence, signals
from rag.choice.evidence import Compare, Described, Sentence, describe, sentences_of
from rag.reading import Reading
from rag.search.fuse import Floats

_WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class SelectionSettings:
    """The handful of weights of the choice.

    `ranking` weighs the features of `rag.choice.evidence.describe`, `confidence` the signals of
    `rag.choice.confidence.signals`; below `threshold` Dalil abstains.  A further sentence is cited,
    up to `most` in all, if its ranking score comes within `margin` of the best one's, or within
    `elsewhere` if it is of another article, which may tell more or otherwise.
    """

    ranking: Mapping[str, float]
    confidence: Mapping[str, float]
    threshold: float
    margin: float
    elsewhere: float
    most: int = 3

    @classmethod
    def read(cls, path: Path = _WEIGHTS) -> Self:
        """Read the weights that `python -m eval.studies.tune` fitted."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


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
    """Chooses evidence among the sentences of retrieved passages.

    `compare` is `Library.compare`; `table` compares single words.
    """

    def __init__(
        self, compare: Compare, table: WordTable, settings: SelectionSettings | None = None
    ) -> None:
        self._compare, self._table = compare, table
        self._settings = settings or SelectionSettings.read()

    def choose(self, reading: Reading, hits: Sequence[Hit]) -> Choice:
        """Return what to cite for a question, or nothing if it is not there."""
        sentences = sentences_of(hits)
        if not sentences or not reading.words:
            return Choice((), 0.0)
        described = describe(reading, sentences, self._compare)
        scores = rank(described, self._settings.ranking)
        found = signals(reading, described, scores, self._table)
        sure = confidence(found, self._settings.confidence)
        if sure < self._settings.threshold:
            return Choice((), sure)
        picked = [sentences[place] for place in pick(sentences, scores, self._settings)]
        return Choice(picked, sure)

    def ranked(self, reading: Reading, hits: Sequence[Hit]) -> list[Sentence]:
        """Return all sentences of the passages, the likeliest answer first, however unsure."""
        sentences = sentences_of(hits)
        if not sentences:
            return []
        described = describe(reading, sentences, self._compare)
        order = np.argsort(-rank(described, self._settings.ranking), kind="stable")
        return [sentences[place] for place in order]


def pick(sentences: Sequence[Sentence], scores: Floats, settings: SelectionSettings) -> list[int]:
    """Return the places of the best sentence and those close to it, leaving out repetitions."""
    order = np.argsort(-scores, kind="stable").tolist()
    picked: list[int] = []
    seen: set[str] = set()
    for place in order:
        behind = scores[order[0]] - scores[place]
        if behind > max(settings.margin, settings.elsewhere):
            break
        same = sentences[place].article.id == sentences[order[0]].article.id
        content = " ".join(word.folded for word in words(sentences[place].text))
        if content not in seen and behind <= (settings.margin if same else settings.elsewhere):
            picked.append(place)
            seen.add(content)
    return picked[: settings.most]


def rank(described: Described, weights: Mapping[str, float]) -> Floats:
    """Return the score of each sentence, float64 (n,)."""
    return np.asarray(sum(weight * described.features[name] for name, weight in weights.items()))
