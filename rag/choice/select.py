"""The choice: rank the sentences, judge how surely the best answers, pick one to three to cite."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, Self

import numpy as np

from corpus.article import Article
from corpus.text.sentences import asks
from corpus.text.words import words
from index import WordTable
from index.engine import Compare
from rag.answer import Considered, Hit
from rag.choice.evidence import (
    Described,
    Sentence,
    beside,
    counting,
    describe,
    differing,
    sentences_of,
)
from rag.choice.signals import POINTED, confidence, signals
from rag.choice.unmet import names_of, places_of, unmet
from rag.reader import Reader
from rag.reading import Reading
from rag.reading.languages import pattern
from rag.reading.reading import Expected
from rag.search.rank import Floats, considered_of, far

# How far ahead of others the sentences of an article start, in ranking scores.
Liked = Callable[[Article], float]
Caution = Literal["strict", "normal", "eager"]
# Without a reader the other features have to say what it would.
_WEIGHTS = Path(__file__).with_name("weights.json")
_WITHOUT_READER = Path(__file__).with_name("weights-without-reader.json")
# From here on a word is there.
_MET = 0.95
# So much of a question for a number, by weight, an article may lack, and of one of few words.
_MOST_ABSENT, _MOST_OF_FEW = 0.5, 0.4
_FEW = 3
# Log odds below which no sentence that answers was read, but for a follow-up, of two questions.
_DENIED = -4.0
# A third is seldom the one that answers, and each that is looked at makes a refusal less likely.
_RIVALS, _CLOSE = 2, 0.15


@dataclass(frozen=True)
class SelectionSettings:
    """The handful of weights of the choice.

    `ranking` weighs the features of `rag.choice.evidence.describe`, `confidence` the signals of
    `rag.choice.signals.signals`; below `threshold` Dalil abstains, and down to `possible` it
    points to the sentence that may answer.  `strict` and `eager` are thresholds for who would
    rather be refused, or rather see for themselves.  A further sentence is cited, up to `most` in
    all, if its ranking score comes within `margin` of the best one's, or within `elsewhere` if it
    is of another article, which may tell more or otherwise; and where there is a reader, only if
    the log odds it gives are at most `assent` below those of the best.
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
                parts = Choice(**joined._asdict())
                # What may answer a part says more than what may answer all of them.
                whole = None if parts.answers else self._whole(reading, hits, liked)
                return whole if whole and whole.answers else parts
        return self._whole(reading, hits, liked)

    def _whole(self, reading: Reading, hits: Sequence[Hit], liked: Liked | None) -> Choice:
        """Return what to cite for a question as it stands."""
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
        scores, sure = surest(
            reading, described, plain, scores, self._table, self._settings.confidence
        )
        considered = considered_of(described.sentences, described.features, scores)
        if sure < self._settings.threshold:
            best = int(np.argmax(scores))
            missing = unmet(reading, described.sentences[best].article, self._table)
            if sure < self._settings.possible:
                return Choice((), sure, considered, unmet=missing)
            possible, _ = self._completed(reading, described, scores, [best])
            return Choice((), sure, considered, possible[: self._settings.most], missing)
        picked = pick(described, scores, self._settings)
        picked = list(dict.fromkeys(_answer_to(described, place) for place in picked))
        if reading.expected is Expected.NUMBER:
            picked = counting(reading, described, picked, self._table)
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
            from rag.choice.denying import denying

            others = denying(reading, described, scores, picked[0], self._table)
        picked = beside(described, picked, others) if others else picked
        return [described.sentences[place] for place in picked], bool(others)


def surest(
    reading: Reading,
    described: Described,
    plain: Floats,
    scores: Floats,
    table: WordTable,
    weights: Mapping[str, float],
) -> tuple[Floats, float]:
    """Return scores with the surest of the two best sentences ahead, and how sure it is.

    The ranking tells which sentence of a passage answers, the confidence whether its article is
    the one that is asked about; of one passage the first stays ahead.  `plain` are ranking scores
    (n,), `scores` those with the lead that some articles have; a lead is never undone.
    """
    lead = scores - plain
    order = np.argsort(-scores, kind="stable")[:_RIVALS]
    rivals = [int(place) for place in order if lead[place] >= lead[order[0]]]
    found = [signals(reading, described, plain, table, place) for place in rivals]
    off, named = far(reading, *described.found, table), bool(names_of(reading))
    # What a question names puts an article that has it on the matter, as do all its words: "SDF?".
    whole = [described.own[place].min(initial=1.0) > _MET for place in rivals]
    known = [not e["unnamed"] and (named or met) for e, met in zip(found, whole, strict=True)]
    sure = [confidence(e, weights, 0 if on else off) for e, on in zip(found, known, strict=True)]
    # Most articles have some number: where none meets half of a question that names nothing ("the
    # price of cloves"), it counts something else, and of few words each tells what.
    few = len(reading.words) <= _FEW and not reading.whole
    most = _MOST_OF_FEW if few else _MOST_ABSENT
    counted = reading.expected is Expected.NUMBER
    vague = (few or counted) and not (named or reading.context or places_of(reading))
    elsewhere = vague and all(e.get("absent", 0.0) > most for e in found)
    denied = [not reading.context and e.get("reads", 0.0) < _DENIED for e in found]
    sure = [min(s, POINTED) if elsewhere or no else s for s, no in zip(sure, denied, strict=True)]
    # Where but a name that its article has speaks for another than the best, or what a follow-up
    # takes along, which any article on the matter meets, it is pointed to.
    for place, each in enumerate(found[1:], 1):
        if reading.context or found[0]["unnamed"] > each["unnamed"]:
            sure[place] = min(sure[place], POINTED)
    # Of two numbers the one in whose sentence every word stands counts what is asked for.
    if counted and whole == [False, True] and sure[0] - sure[1] < _CLOSE:
        sure[0] = min(sure[0], float(np.nextafter(sure[1], 0.0)))
    best = int(np.argmax(sure))
    swapped, places = scores.copy(), [rivals[0], rivals[best]]
    first, surer = (described.sentences[place] for place in places)
    # In another script the few words met make it surer by itself, but not than the first.
    level = {**found[best], "foreign": found[0].get("foreign", 0.0)}
    ahead = confidence(level, weights, 0 if known[best] else off) > sure[0]
    if ahead and first.hit is not surer.hit:
        swapped[places] = scores[places[::-1]]
    return swapped, sure[best]


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
