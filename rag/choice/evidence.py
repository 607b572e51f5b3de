"""What can be said of a sentence as an answer to a question.

Every sentence of the retrieved passages is described by a handful of features, standardised within
its script as in `rag.search.rank`, so that a sentence in the question's language has no head
start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from corpus.text.language import script
from corpus.text.sentences import asks, sentence_spans
from corpus.text.words import spelled_as
from index import WordTable
from index.engine import Compare
from rag.answer import Hit
from rag.choice.signals import beside_number, given, has_kind, of_article, same_event
from rag.choice.unmet import unmet
from rag.reader import Excerpt, Reader, asked, worded
from rag.reading import Reading
from rag.reading.reading import Expected
from rag.search.rank import Floats, Usual, rarity, score, sharpen, standardise

# Of an article that is read again, so many sentences tell what it is about.  Of other words for the
# same a reader of this size is as unsure as of what says nothing, so its doubt ends there.
_BEGINNING, _DOUBT = 2, -1.0
# Half of what neighbours match counts: enough to pick a sentence, too little for the topic to win.
_CONTEXT_SHARE = 0.5
# Measured as in rag.search.rank.
_USUAL_MET = Usual(0.25, 0.12)
_USUAL_PASSAGE = Usual(0.6, 0.1)
# What says otherwise may rank so much lower, and be so much less likely to the reader, in log odds;
# what is asked for is met so well beside its number: pairs that count one thing begin at .27.
_LOWER, _LESS, _BESIDE = 4.0, 3.0, 0.16
# In an article on something else what is asked for stands beside its number by its name: of 6
# further numbers with less one was evidence, of 14 of the same event 12.
_BY_NAME = 0.9


@dataclass(frozen=True, slots=True)
class Sentence:
    """A candidate for citation: `article.text[start:end]`, with the passage that holds it.

    `focus` is the half-open span of the words in it that answer, as the reader has it.
    """

    article: Article
    start: int
    end: int
    hit: Hit
    focus: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Described:
    """Sentences with what ranking and confidence need.

    `features` float64 (n,) each; `own` float32 (n, w) is how well each word of the question is
    met in the sentence, `around` the same with its neighbours and the title, both sharpened.
    With a reader, `again` returns what `read_again` does for the sentence at a place.
    """

    sentences: Sequence[Sentence]
    features: Mapping[str, Floats]
    own: NDArray[np.float32]
    around: NDArray[np.float32]
    again: Callable[[int], float] | None = None

    @property
    def found(self) -> tuple[list[Hit], list[str]]:
        """The passages that hold the sentences, and the sentences' texts."""
        hits = {id(sentence.hit): sentence.hit for sentence in self.sentences}
        return list(hits.values()), [sentence.text for sentence in self.sentences]


def sentences_of(hits: Sequence[Hit]) -> list[Sentence]:
    """Return the sentences that begin in the passages, which older rules may have cut elsewhere."""
    return [
        Sentence(hit.article, start, end, hit)
        for hit in hits
        for start, end in _spans(hit.article.text)
        if hit.passage.start <= start < hit.passage.end
    ]


@lru_cache(maxsize=512)
def _spans(text: str) -> list[tuple[int, int]]:
    return [(span[0], span[1]) for span in sentence_spans(text)]


def describe(
    reading: Reading,
    sentences: Sequence[Sentence],
    compare: Compare,
    reader: Reader | None = None,
) -> Described:
    """Compute the features of every sentence; `compare` is `Library.compare`.

    - own: late interaction with the sentence, context: and half of what its surroundings add
    - article: late interaction with all that was retrieved of its article
    - passage: the fused score of its passage, best_passage: that is the highest of all
    - expected: it has a number, a date or a reason where one is asked for
    - same_script: it is in the script of the question, where words meet more by chance
    - aside: it is the title or itself a question
    - length: logarithm of its words; a long sentence meets more tokens by chance
    - reads, reads_passage: log odds that it, and that any in its passage answers; of a reader
    """
    texts = [sentence.text for sentence in sentences]
    scripts = np.array([script(text) for text in texts])
    own, around = _met(reading, sentences, compare)
    met, near = sharpen(own), sharpen(around)
    weights = reading.weights * rarity(met)
    passages = np.array([sentence.hit.score for sentence in sentences])
    kinds = [has_kind(reading, s.text, s.article.language) for s in sentences]
    lengths = np.log1p([len(text.split()) for text in texts])

    def late(similarities: NDArray[np.float32]) -> Floats:
        return standardise(score(similarities, weights), scripts, _USUAL_MET)

    features: dict[str, Floats] = {
        "own": late(met),
        "context": late(np.maximum(met, _CONTEXT_SHARE * near)),
        "article": late(of_article(sentences, near)),
        "passage": standardise(passages, scripts, _USUAL_PASSAGE),
        "best_passage": (passages == passages.max()).astype(np.float64),
        "expected": np.array(kinds, np.float64),
        "same_script": (scripts == reading.script).astype(np.float64),
        "aside": np.array([_is_aside(s) for s in sentences], np.float64),
        "length": lengths - lengths.mean(),
    }
    if reader is None:
        return Described(sentences, features, met, near)
    sentences, read = read_all(reading, sentences, reader)
    again = partial(read_again, reading, sentences, compare, reader)
    return Described(sentences, features | read, met, near, again)


def read_all(
    reading: Reading, sentences: Sequence[Sentence], reader: Reader
) -> tuple[list[Sentence], dict[str, Floats]]:
    """Return the sentences with the words that answer, and the features that a reader adds."""
    groups: dict[tuple[str, int], list[int]] = {}
    for place, sentence in enumerate(sentences):
        key = sentence.article.id, sentence.hit.passage.start
        groups.setdefault(key, []).append(place)
    texts = [[sentences[place].text for place in group] for group in groups.values()]
    excerpts = list(map(Excerpt.of, texts))
    found = list(sentences)
    odds, of_passage = np.empty(len(sentences)), np.empty(len(sentences))
    question = asked(reading.text, reading.context)
    read = reader.read(spelled_as(question, [each.text for each in excerpts]), excerpts)
    for group, excerpt, of in zip(groups.values(), excerpts, read, strict=True):
        odds[group], of_passage[group] = of.sentences, of.answers
        for place, (start, _), words in zip(group, excerpt.spans, of.words, strict=True):
            shift = sentences[place].start - start
            focus = words and (words[0] + shift, words[1] + shift)
            found[place] = replace(sentences[place], focus=focus)
    return found, {"reads": odds, "reads_passage": of_passage}


def read_again(
    reading: Reading, sentences: Sequence[Sentence], compare: Compare, reader: Reader, place: int
) -> float:
    """Return the log odds that an article answers, to a reader, where the sentence at `place` is.

    A passage does not tell which event or person it goes on about, so the sentence is read with
    its neighbours behind the title and beginning of its article.  In another script than the
    question's it is read twice, and the mean taken: as asked, and in the article's words.
    """
    article, spans = sentences[place].article, _spans(sentences[place].article.text)
    at = next(i for i, (start, _) in enumerate(spans) if start == sentences[place].start)
    near = sorted({*range(_BEGINNING), at - 1, at, at + 1} & {*range(len(spans))})
    texts = [(article.title or "").strip(), *(article.text[slice(*spans[i])] for i in near)]
    # Most texts begin with their title.
    excerpt = Excerpt.of([text for text in dict.fromkeys(texts) if text])
    questions = [asked(reading.text, reading.context)]
    questions.append(worded(reading, excerpt.text, article.language, compare))
    odds = [
        reader.read(spelled_as(question, [excerpt.text]), [excerpt])[0].answers
        for question in dict.fromkeys(questions)
    ]
    return max(sum(odds) / len(odds), _DOUBT)


def _met(
    reading: Reading, sentences: Sequence[Sentence], compare: Compare
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how well each word is met in each sentence, and in it with its surroundings."""
    rows: dict[tuple[str, int, int], tuple[int, str, str | None]] = {}
    groups: list[list[int]] = []
    for sentence in sentences:
        article = sentence.article
        spans = [(sentence.start, sentence.end), *_neighbours(sentence)]
        parts = [((article.id, *span), article.text[slice(*span)]) for span in spans]
        parts.append(((article.id, -1, -1), article.title or ""))
        groups.append(
            [rows.setdefault(key, (len(rows), t, article.language))[0] for key, t in parts]
        )
    texts, languages = [t for _, t, _ in rows.values()], [code for *_, code in rows.values()]
    met = compare(reading.query, texts, languages)
    own = met[[group[0] for group in groups]]
    around = np.stack([met[group].max(axis=0) for group in groups])
    return own, around


def _neighbours(sentence: Sentence) -> list[tuple[int, int]]:
    """Return the spans of the sentences before and after."""
    spans = _spans(sentence.article.text)
    place = next(i for i, span in enumerate(spans) if span[0] == sentence.start)
    return spans[max(place - 1, 0) : place] + spans[place + 1 : place + 2]


def _is_aside(sentence: Sentence) -> bool:
    """Tell if the sentence is a question or the title: it asks or announces, and rarely says."""
    text = sentence.text
    return asks(text) or text.strip() == (sentence.article.title or "")


def differing(
    reading: Reading, described: Described, scores: Floats, best: int, table: WordTable
) -> list[int]:
    """Return sentences that answer with another number or day than that at `best`.

    One of each article on the same event is returned, if the reader gives it nearly as good a
    chance as the best and what is asked for stands beside its number: of several, that beside
    whose number it is met best.
    """
    sentences = described.sentences
    if not (said := _given(reading, sentences[best])):
        return []
    odds = described.features.get("reads", scores)
    near = (scores >= scores[best] - _LOWER) & (odds >= odds[best] - _LESS)
    found: dict[str, tuple[float, float, int]] = {}
    for place in np.flatnonzero(near).tolist():
        sentence, name = sentences[place], sentences[place].article.id
        other = _given(reading, sentence)
        if name == sentences[best].article.id or not other or _agree(said, other):
            continue
        dated = reading.expected is Expected.TIME
        beside = _BESIDE if dated else beside_number(reading, sentence.text, table)
        if beside >= _BESIDE and same_event(sentence.article, sentences[best].article, table):
            of_article = found.get(name, (0.0, 0.0, place))
            found[name] = max(of_article, (beside, float(scores[place]), place))
    places = [place for *_, place in found.values()]
    return [p for p in places if not unmet(reading, sentences[p].article, table)]


def beside(described: Described, picked: Sequence[int], others: Sequence[int]) -> list[int]:
    """Return the first picked and the `others` that differ, then what else their articles say."""
    sentences, places = described.sentences, [picked[0], *others]
    told = {sentences[place].article.id for place in places}
    more = [place for place in picked if sentences[place].article.id in told]
    return list(dict.fromkeys([*places, *more]))


def counting(
    reading: Reading, described: Described, picked: Sequence[int], table: WordTable
) -> list[int]:
    """Return the first picked, and of the others those with a number of what is asked for.

    That of another article is of the same event, or stands beside the very word.
    """
    best, kept = described.sentences[picked[0]].article, [picked[0]]
    for place in picked[1:]:
        sentence = described.sentences[place]
        same = sentence.article.id == best.id or same_event(sentence.article, best, table)
        if beside_number(reading, sentence.text, table) >= (_BESIDE if same else _BY_NAME):
            kept.append(place)
    return kept


def _given(reading: Reading, sentence: Sentence) -> set[str]:
    focus = sentence.focus
    shifted = focus and (focus[0] - sentence.start, focus[1] - sentence.start)
    return given(reading, sentence.text, shifted)


def _agree(one: set[str], other: set[str]) -> bool:
    """Tell if what either gives most exactly is given by both: two days of July are not."""
    return not (_exact(one).isdisjoint(other) and _exact(other).isdisjoint(one))


def _exact(terms: set[str]) -> set[str]:
    """Return the terms without the months that their days are of."""
    return {one for one in terms if not any(other.startswith(f"{one}-") for other in terms)}
