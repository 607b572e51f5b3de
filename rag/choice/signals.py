"""What speaks for a sentence as an answer, and how sure all of it makes.

Whether it has the kind of thing asked for, a number, a date, a reason, a person, and how much of
the question it and its article meet.  The confidence is a logistic over these and the reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import regex
from numpy.typing import NDArray

from corpus.article import Article
from corpus.text.names import name_key
from corpus.text.quantities import Quantity, quantities
from corpus.text.words import Word, fold, words
from index import WordTable
from rag.choice.unmet import lacking, names_of
from rag.reading import Reading
from rag.reading.languages import pattern
from rag.reading.reading import Expected
from rag.search.rank import Floats

_DIGIT = regex.compile(r"\p{Nd}")
_YEAR = regex.compile(r"(?<!\p{N})(?:1[0-9]|20)\p{Nd}{2}(?!\p{N})")
# A capital at the beginning of a sentence makes no name.
_NAME = regex.compile(r"(?<=[^\s.!?:؟…\"“«]\s+)\p{Lu}[\p{L}'’-]+")
# What is counted or paid stands so many words before or behind the number.
_BEFORE, _BEHIND = 2, 3
_UNITS = ("money", "duration", "share", "area")
# The word that is asked for follows the question word, and an adjective may come between.
_FOCUS_WEIGHTS = (1.0, 0.5)
_FOCUS_REACH = 25
# A number of up to so many words with what it counts.
_COUNTED = 3
# So many words tell whom a question means; of fewer, or with what an earlier question told, anybody
# might be meant.
_TELLING = 5
# Reports of one event appear within so many days and begin alike, by the cosine of so many letters.
_DAYS, _BEGINNING, _ALIKE = 10, 400, 0.33
# What is met less than this anywhere might as well not be there.
_ABSENT = 0.35
# What stands beside the sentence supports it, but less than what stands in it, and what stands
# elsewhere in the article still less.
_AROUND_SHARE, _ARTICLE_SHARE = 0.7, 0.4
# A signal of what is not asked for is worth as much as one that is half met.
_HALF = 0.5
# What is said of another person, place or year is no answer, however well the rest is met; no
# sample of real questions shows how often that would be the one thing that is wrong.
_UNNAMED_SHARE = 0.6
# Nor does any show how often something else altogether is asked.
_FAR_WEIGHT = 32.0
# Sentences of as many passages as are retrieved, about.
_MANY = 40
# What is at no caution an answer, and pointed to all the same.
POINTED = 0.4


class Described(Protocol):
    """Sentences with what is known of them, as `rag.choice.evidence.Described` holds it."""

    @property
    def sentences(self) -> Sequence[Any]:
        """The sentences, of `rag.choice.evidence.Sentence`."""

    @property
    def found(self) -> tuple[list[Any], list[str]]:
        """The passages that hold them, and their texts."""

    @property
    def features(self) -> Mapping[str, Floats]:
        """Features by name, float64 (n,) each."""

    @property
    def own(self) -> NDArray[np.float32]:
        """How well each word is met in each sentence, float32 (n, w)."""

    @property
    def around(self) -> NDArray[np.float32]:
        """The same with what stands around it, float32 (n, w)."""

    @property
    def again(self) -> Callable[[int], float] | None:
        """What a reader makes of the sentence at a place where it is read again."""


def has_kind(reading: Reading, text: str, language: str | None) -> bool:
    """Tell if a text has a number, a time, a reason or a person where a question asks for one.

    A number needs the unit that is asked for.  Who is meant must be told by a name, or by many
    words: most texts name somebody.
    """
    if reading.expected is Expected.NUMBER:
        counts = _DIGIT.search(text) or pattern("amounts", language).search(text)
        return bool(counts) and not _lacks_unit(reading, text, language)
    if reading.expected is Expected.TIME:
        return bool(_YEAR.search(text) or pattern("times", language).search(text))
    if reading.expected is Expected.REASON:
        return bool(pattern("because", language).search(text))
    if reading.expected is Expected.PERSON:
        told = not reading.context and (names_of(reading) or len(reading.words) >= _TELLING)
        return bool(told) and not lacks_kind(reading, text, language)
    return False


def lacks_kind(reading: Reading, text: str, language: str | None) -> bool:
    """Tell if a text has nothing of the kind that a question asks for besides its own words.

    A number that the question itself has is no answer, nor is one without the unit asked for; a
    person is a name that the question does not have, or one with a title.

    >>> from index import load_encoder
    >>> from rag.reading import read
    >>> reading = read("How much do guards earn?", load_encoder("bundled"))
    >>> [lacks_kind(reading, text, "en")
    ...  for text in ("All 40 guards were paid.", "Guards earn 90 dollars.")]
    [True, False]
    """
    if reading.expected is Expected.ANYTHING or reading.expected is Expected.PLACE:
        return False
    if reading.expected is Expected.NUMBER:
        return not _new_numbers(reading, text, list(words(text))) or _lacks_unit(
            reading, text, language
        )
    if reading.expected is Expected.PERSON:
        return not (_new_name(reading, text) or pattern("introducing", language).search(text))
    return not has_kind(reading, text, language)


def focus(reading: Reading) -> Floats:
    """Return how much each word of a question is what it asks for by name, float64 (w,).

    In "how many families left" it is "families"; all zero where nothing is named.
    """
    weights = np.zeros(len(reading.words))
    starts = np.array([word.word.start for word in reading.words], np.int64)
    for found in pattern("asking").finditer(reading.standalone, reading.own):
        following = np.flatnonzero(starts >= found.end())[: len(_FOCUS_WEIGHTS)]
        for place, weight in zip(following.tolist(), _FOCUS_WEIGHTS, strict=False):
            if starts[place] - found.end() < _FOCUS_REACH:
                weights[place] = max(weights[place], weight)
    return weights


def beside_number(reading: Reading, text: str, table: WordTable) -> float:
    """Return how well what is asked for is met right beside a number of a text, 0 to 1.

    That is what the question names, else all its words, compared by meaning with the few words
    around each number that is not the question's own.
    """
    found = list(words(text))
    numbers = _new_numbers(reading, text, found)
    if not numbers or not reading.words:
        return 0.0
    weights = focus(reading)
    weights = weights if weights.any() else reading.weights.astype(np.float64)
    asked_for = table.encode_queries([word.text for word in reading.words])
    said = table.encode_passages([text[word.start : word.end] for word in found])
    cosines = (said @ asked_for.T).clip(0.0, 1.0)
    best = 0.0
    for number in numbers:
        held = [i for i, w in enumerate(found) if number.start <= w.start and w.end <= number.end]
        near = cosines[max(held[0] - _BEFORE, 0) : held[-1] + 1 + _BEHIND].max(axis=0)
        best = max(best, float(near @ weights / weights.sum()))
    return best


def _new_numbers(reading: Reading, text: str, found: list[Word]) -> list[Quantity]:
    """Return the numbers of a text, dates aside, that the question does not have."""
    known = {q.term for q in reading.quantities} | {word.folded for word in reading.found}
    return [q for q in quantities(found, text) if q.term not in known and q.term[0] != "@"]


def _lacks_unit(reading: Reading, text: str, language: str | None) -> bool:
    wanted = [unit for unit in _UNITS if pattern(f"{unit}_asked").search(reading.text)]
    return bool(wanted) and not any(pattern(unit, language).search(text) for unit in wanted)


def _new_name(reading: Reading, text: str) -> bool:
    known = {word.folded for word in reading.found}
    keys = {name_key(word) for word in known}
    names = _NAME.findall(text)
    return any(fold(name) not in known and name_key(name) not in keys for name in names)


def given(reading: Reading, text: str, focus: tuple[int, int] | None = None) -> set[str]:
    """Return the terms of the numbers, or of the days and years, that a text gives as an answer.

    Where a `focus` in it answers, those that it touches.  What the question says itself is no
    answer, and the number of a day is none of a count.  Where the kind of answer is open, it is a
    number if the focus is little else; without either there are none.
    """
    known = {q.term for q in reading.quantities} | {word.folded for word in reading.found}
    start, end = focus or (0, len(text))
    read = [
        q
        for q in quantities(list(words(text)), text)
        if q.start < end and start < q.end and q.term not in known
    ]
    days = [q for q in read if q.term[0] == "@"]
    if reading.expected is Expected.TIME:
        return {day.term for day in days}
    counts = [q for q in read if not any(d.start <= q.start and q.end <= d.end for d in days)]
    kind, said = reading.expected, text[start:end].split()
    # "Two million four hundred thousand" is one number.
    spelled = sum(len(text[max(q.start, start) : min(q.end, end)].split()) - 1 for q in counts)
    little = len(counts) == 1 and len(said) - spelled <= _COUNTED
    counted = kind is Expected.NUMBER or (kind is Expected.ANYTHING and focus and little)
    return {q.term for q in counts if q.term[0] != "@"} if counted else set()


def of_article(sentences: Sequence[Any], near: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how well each word is met anywhere near sentences of the same article, (n, w)."""
    found = np.empty_like(near)
    names = np.array([sentence.article.id for sentence in sentences])
    for name in np.unique(names):
        found[names == name] = near[names == name].max(axis=0)
    return found


def absent(reading: Reading, article: NDArray[np.float32]) -> float:
    """Return the share of words that an article hardly meets; `article` float32 (w,).

    What a follow-up takes along any article on the matter meets, and would hide what it does not.
    """
    lacking, weights = article < _ABSENT, reading.weights
    own = weights * np.array([word.word.start >= reading.own for word in reading.words])
    return max(float(each @ lacking / (each.sum() or 1.0)) for each in (weights, own))


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
    - absent: the share of the question's words, by weight, that its article hardly meets anywhere
    - foreign: it is in another script than the question, where as few words met say more
    - unfit: it lacks the kind of thing that is asked for
    - few: how few sentences there were to choose from, which keeps standardised scores low
    - reads, outread: log odds that it answers, to a reader, and by how much another's are higher
    - again: log odds that its article answers, read behind its title and beginning
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
    among = {each.article.id: each.article for each in described.sentences}
    lacked = lacking(reading, sentence.article, table, list(among.values()))
    found = {
        "bias": 1.0,
        "weakest": float(coverage[weights >= weights.mean()].min(initial=1.0)),
        "rank": float(ranks[best]),
        "focus": float(own @ named / named.sum()) - _HALF if named.any() else 0.0,
        "beside": beside - _HALF,
        "unnamed": max((much for _, much in lacked), default=0.0),
        "absent": absent(reading, article),
        "foreign": 1.0 - float(described.features["same_script"][best]),
        "unfit": float(lacks_kind(reading, text, language)),
        "few": max(0.0, float(np.log(_MANY / len(described.sentences)))),
    }
    if (odds := described.features.get("reads")) is not None:
        found |= {"reads": float(odds[best]), "outread": float(odds.max() - odds[best])}
    if described.again:
        found["again"] = described.again(best)
    return found


def confidence(found: Mapping[str, float], weights: Mapping[str, float], off: float = 0.0) -> float:
    """Return the probability, 0 to 1, that a sentence answers; all found lies `off` the matter."""
    total = sum(weight * found[name] for name, weight in weights.items()) - _FAR_WEIGHT * off
    return float((1.0 - _UNNAMED_SHARE * found["unnamed"]) / (1.0 + np.exp(-total)))


def same_event(one: Article, other: Article, table: WordTable) -> bool:
    """Tell if two articles, days apart at most, begin with much the same."""
    if not (one.published and other.published):
        return False
    if abs((one.published - other.published).days) > _DAYS:
        return False
    begin = [f"{each.title or ''}\n{each.text[:_BEGINNING]}" for each in (one, other)]
    vectors = table.encode_passages(begin)
    return float(vectors[0] @ vectors[1]) >= _ALIKE
