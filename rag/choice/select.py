"""The choice: rank the sentences, judge how surely the best answers, pick one to three to cite.

The confidence is a logistic over what of the question the best meets, and what the reader says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, Self

import numpy as np

from corpus.article import Article
from corpus.text.words import words
from index import WordTable
from rag.answer import Considered, Hit
from rag.choice.answer_types import beside_number, focus, lacks_kind
from rag.choice.evidence import (
    Compare,
    Described,
    Sentence,
    absent,
    asks,
    beside,
    considered_of,
    describe,
    differing,
    of_article,
    sentences_of,
)
from rag.choice.unmet import unmet
from rag.reader import Reader
from rag.reading import Reading
from rag.reading.languages import pattern
from rag.reading.reading import Expected
from rag.search.rank import Floats

# How far ahead of others the sentences of an article start, in ranking scores.
Liked = Callable[[Article], float]
Caution = Literal["strict", "normal", "eager"]
# Without a reader the other features have to say what it would.
_WEIGHTS = Path(__file__).with_name("weights.json")
_WITHOUT_READER = Path(__file__).with_name("weights-without-reader.json")
# What stands beside the sentence supports it, but less than what stands in it, and what stands
# elsewhere in the article still less.
_AROUND_SHARE, _ARTICLE_SHARE = 0.7, 0.4
# A signal of what is not asked for is worth as much as one that is half met.
_HALF = 0.5
# What is said of another person, place or year is no answer, however well the rest is met; no
# sample of real questions shows how often that would be the one thing that is wrong.
_UNNAMED_SHARE = 0.6
# Sentences of as many passages as are retrieved, about.
_MANY = 40


@dataclass(frozen=True)
class SelectionSettings:
    """The handful of weights of the choice.

    `ranking` weighs the features of `rag.choice.evidence.describe`, `confidence` the signals of
    `rag.choice.select.signals`; below `threshold` Dalil abstains, and down to `possible` it points
    to the sentence that may answer.  `strict` and `eager` are thresholds for who would rather be
    refused, or rather see for themselves.  A further sentence is cited, up to `most` in all, if its
    ranking score comes within `margin` of the best one's, or within `elsewhere` if it is of another
    article; and where there is a reader, only if its log odds are at most `assent` below the best.
    """

    ranking: Mapping[str, float]
    confidence: Mapping[str, float]
    threshold: float
    margin: float
    elsewhere: float
    assent: float | None = None
    possible: float = 1.0
    strict: float = 1.0
    eager: float = 0.0
    most: int = 3

    @classmethod
    def read(cls, *, reader: bool = True) -> Self:
        """Read the weights that `python -m eval.studies.tune` fitted, with or without a reader."""
        path = _WEIGHTS if reader else _WITHOUT_READER
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def at(self, caution: Caution) -> Self:
        """Return the settings with the threshold of a caution, and what is possible below it."""
        threshold = {"strict": self.strict, "eager": self.eager}.get(caution, self.threshold)
        return replace(self, threshold=threshold, possible=min(self.possible, threshold))


@dataclass(frozen=True)
class Choice:
    """The sentences to cite, best first; none when they would not answer the question.

    `possible` are those that may answer, and too little speaks for them to say so;
    `unmet` is what the question names and the article of the best does not.  `considered` are all
    that competed, best first; `unanswered` are parts of a question of which others are answered.
    Where it `differs`, articles on one event give other figures or days.
    """

    sentences: Sequence[Sentence]
    confidence: float
    considered: Sequence[Considered] = ()
    possible: Sequence[Sentence] = ()
    unmet: Sequence[str] = ()
    unanswered: Sequence[str] = ()
    differs: bool = False

    @property
    def answers(self) -> bool:
        """Whether there is anything to cite."""
        return bool(self.sentences)


class Selector:
    """Chooses evidence among the sentences of retrieved passages.

    `compare` is `Library.compare`; `table` compares single words.
    """

    def __init__(
        self,
        compare: Compare,
        table: WordTable,
        settings: SelectionSettings | None = None,
        reader: Reader | None = None,
    ) -> None:
        self._compare, self._table, self._reader = compare, table, reader
        self._settings = settings or SelectionSettings.read(reader=reader is not None)

    def choose(self, reading: Reading, hits: Sequence[Hit], liked: Liked | None = None) -> Choice:
        """Return what to cite for a question, or nothing if it is not there.

        `liked` says how far ahead an article's sentences start; it never hides an answer.
        """
        if pattern("joining", reading.language).search(reading.text):
            from rag.choice.parts import by_parts

            choose = partial(self.choose, liked=liked)
            alone = (self._settings.threshold + self._settings.strict) / 2
            if joined := by_parts(choose, reading, hits, self._table, alone):
                return Choice(**joined._asdict())
        sentences = sentences_of(hits)
        if not sentences or not reading.words:
            return Choice((), 0.0)
        described = describe(reading, sentences, self._compare, self._reader)
        scores = rank(described, self._settings.ranking)
        if liked is not None:
            ahead = np.array([liked(sentence.article) for sentence in sentences], np.float64)
            choice = self._choose(reading, described, scores, scores + ahead)
            if choice.answers:
                return choice
        choice = self._choose(reading, described, scores, scores)
        if not (reading.context and choice.answers):
            return choice
        from rag.choice.matter import off_the_matter

        return replace(choice, **off_the_matter(choice, self.choose, reading, hits, self._table))

    def _choose(
        self, reading: Reading, described: Described, plain: Floats, scores: Floats
    ) -> Choice:
        """Return what to cite of sentences that rank by `scores`; `plain` ones make it surer."""
        found = signals(reading, described, plain, self._table, int(np.argmax(scores)))
        sure = confidence(found, self._settings.confidence)
        considered = considered_of(described, scores)
        if sure < self._settings.threshold:
            best = int(np.argmax(scores))
            missing = unmet(reading, described.sentences[best].article, self._table)
            if sure < self._settings.possible:
                return Choice((), sure, considered, unmet=missing)
            possible, _ = self._completed(reading, described, scores, [best])
            return Choice((), sure, considered, possible[: self._settings.most], missing)
        picked = pick(described, scores, self._settings)
        picked = list(dict.fromkeys(_answer_to(described, place) for place in picked))
        cited, differs = self._completed(reading, described, scores, picked)
        return Choice(cited, sure, considered, differs=differs)

    def _completed(
        self, reading: Reading, described: Described, scores: Floats, picked: list[int]
    ) -> tuple[list[Sentence], bool]:
        """Return what is picked with what belongs to it, and whether that says otherwise."""
        # Few questions ask for a list, or for a reason.
        if pattern("listing", reading.language).search(reading.text):
            from rag.choice.listed import listed, whole

            picked = listed(reading, described, scores, picked, self._table)
            return [whole(described.sentences[place]) for place in picked], False
        how = pattern("manner", reading.language).search(reading.text)
        if how or reading.expected is Expected.REASON:
            from rag.choice.reasons import reasoned

            picked = reasoned(reading, described, scores, picked, self._table)
            return [described.sentences[place] for place in picked], False
        others = differing(reading, described, scores, picked[0], self._table)
        if not others and reading.asks_whether:
            # Few questions want a yes or no.
            from rag.choice.denying import denying

            others = denying(reading, described, scores, picked[0], self._table)
        picked = beside(described, picked, others) if others else picked
        return [described.sentences[place] for place in picked], bool(others)


def _answer_to(described: Described, place: int) -> int:
    """Return the place of what follows a question in an article, for anything else its own."""
    asked, following = described.sentences[place], described.sentences[place + 1 : place + 2]
    if following and asks(asked.text) and following[0].hit is asked.hit:
        return place + 1
    return place


def pick(described: Described, scores: Floats, settings: SelectionSettings) -> list[int]:
    """Return the places of the best sentence and those close to it, leaving out repetitions."""
    sentences, odds = described.sentences, described.features.get("reads")
    order = np.argsort(-scores, kind="stable").tolist()
    assented = np.ones(len(scores), np.bool_)
    if odds is not None and settings.assent is not None:
        assented = odds >= odds[order[0]] - settings.assent
    picked: list[int] = []
    seen: set[str] = set()
    for place in order:
        behind = scores[order[0]] - scores[place]
        if behind > max(settings.margin, settings.elsewhere):
            break
        same = sentences[place].article.id == sentences[order[0]].article.id
        content = " ".join(word.folded for word in words(sentences[place].text))
        if (
            content not in seen
            and assented[place]
            and behind <= (settings.margin if same else settings.elsewhere)
        ):
            picked.append(place)
            seen.add(content)
    return picked[: settings.most]


def rank(described: Described, weights: Mapping[str, float]) -> Floats:
    """Return the score of each sentence, float64 (n,)."""
    return np.asarray(sum(weight * described.features[name] for name, weight in weights.items()))


def signals(
    reading: Reading,
    described: Described,
    ranks: Floats,
    table: WordTable,
    best: int | None = None,
) -> dict[str, float]:
    """Return what speaks for the best-ranked sentence, or that at `best`, as an answer.

    - weakest: the least covered of the question's weighty words
    - rank: its ranking score
    - focus: how well it meets what the question names as asked for
    - beside: how well words beside a number in it meet that, where a number is asked for
    - unnamed: its article lacks a name, a number or a date of the question
    - absent: the share of the question's words, by weight, that its article hardly meets anywhere;
      of a follow-up, if that is more, the share of its own words
    - foreign: it is in another script than the question, where as few words met say more
    - unfit: it lacks the kind of thing that is asked for
    - few: how few sentences there were to choose from, which keeps standardised scores low
    - reads: log odds that it answers, to a reader; with one alone
    - outread: by how much another sentence is likelier to answer, to the reader
    """
    best = int(np.argmax(ranks)) if best is None else best
    sentence = described.sentences[best]
    text, language = sentence.text, sentence.article.language
    weights, own = reading.weights, described.own[best]
    article = of_article(described.sentences, described.around)[best]
    coverage = np.maximum(own, _AROUND_SHARE * described.around[best])
    coverage = np.maximum(coverage, _ARTICLE_SHARE * article)
    named = focus(reading)
    counted = reading.expected is Expected.NUMBER
    beside = beside_number(reading, text, table) if counted else _HALF
    found = {
        "bias": 1.0,
        "weakest": float(coverage[weights >= weights.mean()].min(initial=1.0)),
        "rank": float(ranks[best]),
        "focus": float(own @ named / named.sum()) - _HALF if named.any() else 0.0,
        "beside": beside - _HALF,
        "unnamed": float(bool(unmet(reading, sentence.article, table))),
        "absent": absent(reading, article),
        "foreign": 1.0 - float(described.features["same_script"][best]),
        "unfit": float(lacks_kind(reading, text, language)),
        "few": max(0.0, float(np.log(_MANY / len(described.sentences)))),
    }
    odds = described.features.get("reads")
    if odds is not None:
        found |= {"reads": float(odds[best]), "outread": float(odds.max() - odds[best])}
    return found


def confidence(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability that the sentence answers, between 0 and 1."""
    total = sum(weight * found[name] for name, weight in weights.items())
    return float((1.0 - _UNNAMED_SHARE * found["unnamed"]) / (1.0 + np.exp(-total)))
