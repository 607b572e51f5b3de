"""Questions with their retrieved and described sentences, those that answer marked."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from eval.studies.questions import Labelled, QuestionSet
from index import Filters, Library
from index.encoder import load_bundled
from rag.choice.evidence import Described, describe, sentences_of
from rag.reader import Reader
from rag.reading import Reading, read
from rag.search.rank import DEPTH, Ranker

Flags = NDArray[np.bool_]

_PASSAGES = 12
# Weights are few, so a sample settles them.
_SAMPLE = 400


@dataclass(frozen=True)
class Example:
    """A question with its described sentences; `facts` bool (f, n) marks those that state each.

    `answerable` says whether the library holds an answer, retrieved or not.
    """

    reading: Reading
    described: Described
    facts: Flags
    answerable: bool

    @property
    def gold(self) -> Flags:
        """Which sentences answer, bool (n,)."""
        return np.asarray(self.facts.any(axis=0))

    def without_articles(self) -> Example | None:
        """Return the example as if the articles that answer were not in the library."""
        names = np.array([sentence.article.id for sentence in self.described.sentences])
        kept = np.flatnonzero(~np.isin(names, names[self.gold]))
        if not kept.size:
            return None
        sentences = [self.described.sentences[place] for place in kept.tolist()]
        features = {name: values[kept] for name, values in self.described.features.items()}
        scores = np.array([sentence.hit.score for sentence in sentences])
        features["best_passage"] = (scores == scores.max()).astype(np.float64)
        again = self.described.again
        described = replace(
            self.described,
            sentences=sentences,
            features=features,
            own=self.described.own[kept],
            around=self.described.around[kept],
            again=again and (lambda place: again(int(kept[place]))),
        )
        return replace(self, described=described, facts=self.facts[:, kept], answerable=False)


def examples(
    questions: QuestionSet, reader: Reader | None = None, seed: int = 0, most: int = _SAMPLE
) -> list[Example]:
    """Retrieve for a sample of `most` of the questions and describe the sentences found."""
    order = np.random.default_rng(seed).permutation(len(questions.questions))[:most]
    asked = [questions.questions[place] for place in sorted(order)]
    return _asked(asked, questions.articles, reader)


def in_small_libraries(
    questions: QuestionSet, reader: Reader | None = None, seed: int = 0
) -> list[Example]:
    """Ask each question of a library of what answers it, or comes nearest, and one article more."""
    drawn = np.random.default_rng(seed)
    articles = {article.id: article for article in questions.articles}
    asked = questions.questions[:_SAMPLE]
    found = []
    for labelled, nearest in zip(asked, _nearest(asked, questions.articles), strict=True):
        kept = {span.article_id for fact in labelled.facts for span in fact} or nearest
        others = sorted(articles.keys() - kept)
        if kept and others:
            few = [*sorted(kept), others[drawn.integers(len(others))]]
            found += _asked([labelled], [articles[name] for name in few], reader)
    return found


def _nearest(questions: Sequence[Labelled], articles: Sequence[Article]) -> list[set[str]]:
    """Return the article of the best passage for each question, none where none is found."""
    with tempfile.TemporaryDirectory() as home, closing(_library(home, articles)) as library:
        ranker, found = Ranker(library), []
        for labelled in questions:
            reading = read(labelled.text, library.words, labelled.history)
            candidates = library.search(reading.query, DEPTH, Filters())
            found.append({hit.article.id for hit in ranker.best(candidates, reading, 1)})
        return found


def _asked(
    questions: Sequence[Labelled], articles: Sequence[Article], reader: Reader | None
) -> list[Example]:
    with tempfile.TemporaryDirectory() as home, closing(_library(home, articles)) as library:
        ranker = Ranker(library)
        found = []
        for labelled in questions:
            reading = read(labelled.text, library.words, labelled.history)
            candidates = library.search(reading.query, DEPTH, Filters())
            sentences = sentences_of(ranker.best(candidates, reading, _PASSAGES))
            if sentences and reading.words:
                described = describe(reading, sentences, library.compare, reader)
                facts = _facts(described, labelled)
                found.append(Example(reading, described, facts, bool(labelled.facts)))
    return found


def _library(home: str, articles: Sequence[Article]) -> Library:
    library = Library.open(home, load_bundled(), create=True)
    library.add(articles)
    return library


def _facts(described: Described, labelled: Labelled) -> Flags:
    """Return which sentences state each fact; a fact that was not retrieved has none."""
    marks = [
        [
            any(s.article.id == e.article_id and s.start < e.end and e.start < s.end for e in fact)
            for s in described.sentences
        ]
        for fact in labelled.facts
    ]
    return np.array(marks, np.bool_).reshape(len(marks), len(described.sentences))
