"""An overview of a topic: for each article about it the sentence that tells what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from corpus.copies import groups_of
from corpus.text.language import detect, script
from corpus.text.names import without_article
from corpus.text.sentences import sentence_spans
from corpus.text.stems import stem
from corpus.text.words import words
from index import WordTable
from index.engine import Compare
from rag.answer import Answer, Hit
from rag.choice.evidence import Sentence
from rag.choice.unmet import names_of, unmet
from rag.citing.cite import cite, compose
from rag.citing.refusal import abstention
from rag.overview.debris import tells
from rag.reading import Reading, read
from rag.reading.languages import pattern, timeline_phrases
from rag.reading.reading import openings
from rag.search.rank import Floats, sharpen

# Passages that are looked at; an article has several.
PASSAGES = 40
_MOST = 8
_RELATED = 3
# So much of the topic an article must meet: nearly all of a single word, and with the names of a
# topic little more, since what kind of place a name is of need not be said.
_ON_TOPIC, _SINGLE, _WITH_NAMES = 0.7, 0.9, 0.35
# Sentences from the beginning that may tell what happened, besides those that were found.
_LEADING = 6
# What the beginning of an article is worth beside the topic's words: a sentence in the middle is
# taken only where the first ones leave out a fair part of the topic.
_BEGINNING, _FADES = 0.35, 4.0
_SUREST = 0.95
# Consonants by which a name of the topic is known in another script, letters of a stem.
_SHORTEST_KEY, _SHORTEST_STEM = 4, 3
# An article is about the topic where its title or one of so many first sentences names it.
_OPENING = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What an article tells of the topic: a sentence, and how much of the topic it meets.

    `about` says whether the title or the beginning has the topic, not only a later sentence.
    """

    sentence: Sentence
    topic: float
    about: bool

    @property
    def age(self) -> tuple[bool, int]:
        """Sorts the undated behind all others."""
        day = self.sentence.article.published
        return day is None, day.toordinal() if day else 0


def topic_of(question: str, table: WordTable) -> Reading | None:
    """Return the topic that a question asks an overview of, read; `None` if it asks otherwise.

    >>> from index import load_encoder
    >>> table = load_encoder("bundled")
    >>> reading = topic_of("What happened in Raqqa?", table)
    >>> [word.text for word in reading.words] if reading else None
    ['Raqqa']
    >>> topic_of("What happened in Raqqa when the bridge fell?", table) is None
    True
    """
    asked = question.lstrip("¿¡ \t\n")
    shift = len(question) - len(asked)
    asked = asked.rstrip("?؟.!… \t\n")
    found = pattern("overview").fullmatch(asked)
    if found is None:
        return None
    begin, end = (shift + at for at in found.span("topic"))
    # A topic may hold a word that other languages ask with.
    if openings(question):
        return None
    reading = read(question, table)
    kept = tuple(w for w in reading.words if begin <= w.word.start < end)
    if not kept or pattern("leaning").fullmatch(question[begin:end]):
        return None
    total = sum(word.weight for word in kept) or 1.0
    kept = tuple(replace(w, weight=w.weight / total, keys=_telling_keys(w.keys)) for w in kept)
    return replace(reading, words=kept)


def _telling_keys(keys: Sequence[str]) -> tuple[str, ...]:
    """Leave out keys so short that common words share them: "Yemen" and "two days" are both ymn."""
    return tuple(key for key in keys if len(key.lstrip("=")) >= _SHORTEST_KEY)


def timeline(
    question: str, reading: Reading, hits: Sequence[Hit], compare: Compare, table: WordTable
) -> tuple[Answer, list[Hit]]:
    """Return the overview, and the passages, those of its sentences first.

    Its confidence is the share of the topic that the best article meets, by the weights of its
    words, and .95 at most: how surely the articles are about it, not that all is there.
    """
    told, nearest, missing = _told(reading, hits, compare, table)
    order = sorted(hits, key=lambda hit: not any(t.sentence.hit is hit for t in told))
    if not told:
        sure = min(nearest, _ON_TOPIC) / 2
        refused = abstention(question, hits[:_RELATED], confidence=sure, unmet=missing)
        return refused, order
    groups = groups_of([each.sentence.article.text for each in told])
    # The first report is the one that others repeat.
    events = [[told[place] for place in group] for group in groups]
    events = [sorted(event, key=lambda each: each.age) for event in events]
    best = sorted(events, key=lambda event: -event[0].topic)[:_MOST]
    shown = sorted(best, key=_newest_first)
    citations = cite([event[0].sentence for event in shown], reading, table)
    citations = tuple(
        replace(citation, also=tuple(each.sentence.article for each in event[1:]))
        for citation, event in zip(citations, shown, strict=True)
    )
    said = timeline_phrases(detect(question))
    kind = "more" if len(events) > len(shown) else "one" if len(shown) == 1 else "lead"
    lead = str(said[kind]).format(count=len(shown), all=len(events))
    text = compose(question, citations, lead, "overview")
    sure = min(max(each.topic for each in told), _SUREST)
    return Answer(question, "answered", text, sure, citations, kind="overview", lead=lead), order


def _newest_first(event: Sequence[Told]) -> tuple[bool, int, float]:
    undated, day = event[0].age
    return undated, -day, -event[0].topic


def _told(
    reading: Reading, hits: Sequence[Hit], compare: Compare, table: WordTable
) -> tuple[list[Told], float, list[str]]:
    """Return what the articles on the topic tell, how near any comes, and what the first lacks."""
    told: list[Told] = []
    nearest, missing = 0.0, list[str]()
    by_article: dict[tuple[str, int], list[Hit]] = {}
    for hit in hits:
        by_article.setdefault((hit.article.id, hit.article.version), []).append(hit)
    candidates = [_candidates(found) for found in by_article.values()]
    texts = [(s.text, s.article.language) for each in candidates for s in each]
    articles = [found[0].article for found in by_article.values()]
    titles = [(article.title or "", article.language) for article in articles]
    if not texts:
        return [], 0.0, []
    both = [*texts, *titles]
    met = sharpen(compare(reading.query, [t for t, _ in both], [code for _, code in both]))
    at = 0
    for place, sentences in enumerate(candidates):
        own = met[at : at + len(sentences)]
        at += len(sentences)
        if not sentences:
            continue
        title = met[len(texts) + place]
        each, topic, lacks = _of_article(reading, sentences, own, title, table, place == 0)
        missing = missing or lacks
        nearest = max(nearest, topic)
        if each is not None:
            opening = np.maximum(own[:_OPENING].max(axis=0), title) @ reading.weights
            told.append(Told(each, topic, bool(opening >= _ON_TOPIC)))
    # What mentions the topic in passing is shown only where nothing is about it.
    about = [each for each in told if each.about] or told
    return about, nearest, [] if told else missing


def _of_article(
    reading: Reading,
    sentences: Sequence[Sentence],
    own: NDArray[np.float32],
    title: NDArray[np.float32],
    table: WordTable,
    nearest: bool,
) -> tuple[Sentence | None, float, list[str]]:
    """Return the sentence to show of an article on the topic, how much it meets and lacks of it."""
    article, weights = sentences[0].article, reading.weights.astype(np.float64)
    around = np.maximum(own.max(axis=0), title).astype(np.float64) * _written(reading, article)
    topic = float(around @ weights)
    if topic < _least(reading) and not nearest:
        return None, topic, []
    lacks = unmet(reading, article, table)
    if lacks or topic < _least(reading):
        return None, topic, lacks
    usable = [place for place, s in enumerate(sentences) if tells(article, s.start, s.end)]
    if not usable:
        return None, topic, lacks
    scores = own[usable] @ weights + _BEGINNING * np.exp(-np.arange(len(usable)) / _FADES)
    best = usable[int(np.argmax(scores))]
    # A passing mention elsewhere in the article makes it none about the topic.
    beside = float(np.maximum(own[best], title) @ weights)
    return (sentences[best] if beside >= _least(reading) / 2 else None), topic, lacks


def _least(reading: Reading) -> float:
    """Return how much of a topic an article on it meets at least."""
    if len(reading.words) == 1:
        return _SINGLE
    return _WITH_NAMES if names_of(reading) else _ON_TOPIC


def _written(reading: Reading, article: Article) -> Floats:
    """Return 0 for words that an article meets only by a stem too short to tell, else 1, (w,).

    What is left of "أبها" (Abha) without its ending is August.
    """
    stems = [stem(word.word.folded, article.language) for word in reading.words]
    if all(len(each) >= _SHORTEST_STEM for each in stems):
        return np.ones(len(stems))
    text = f"{article.title or ''} {article.text}"
    forms = {without_article(word.folded) for word in words(text)}
    same = script(text) == reading.script
    return np.array(
        [
            float(
                not same
                or len(each) >= _SHORTEST_STEM
                or without_article(word.word.folded) in forms
            )
            for word, each in zip(reading.words, stems, strict=True)
        ]
    )


def _candidates(found: Sequence[Hit]) -> list[Sentence]:
    """Return the first sentences of an article and those of the passages, in their order."""
    article: Article = found[0].article
    return [
        Sentence(article, start, end, next((h for h in found if _holds(h, start, end)), found[0]))
        for place, (start, end) in enumerate(tuple(s)[:2] for s in sentence_spans(article.text))
        if place < _LEADING or any(_holds(hit, start, end) for hit in found)
    ]


def _holds(hit: Hit, start: int, end: int) -> bool:
    return hit.passage.start <= start and end <= hit.passage.end
