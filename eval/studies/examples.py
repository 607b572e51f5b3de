"""Questions with their retrieved and described sentences, those that answer marked."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article
from eval.studies.questions import Labelled, QuestionSet
from index import Filters, Library
from index.encoder import load_bundled
from rag.choice.evidence import Described, Sentence, describe, read_all, sentences_of
from rag.reader import Reader
from rag.reading import Reading, read
from rag.search.rank import DEPTH, Floats, Ranker

Flags = NDArray[np.bool_]

_PASSAGES = 12
# Weights are few, so a sample settles them.
_SAMPLE = 400


@dataclass(frozen=True)
class Example:
    """A question with its described sentences; `facts` bool (f, n) marks those that state each.

    `answerable` says whether the library holds an answer, retrieved or not; `reader` is what
    read the sentences.
    """

    reading: Reading
    described: Described
    facts: Flags
    answerable: bool
    reader: Reader | None = None

    @property
    def gold(self) -> Flags:
        """Which sentences answer, bool (n,)."""
        return np.asarray(self.facts.any(axis=0))

    def without_sentences(self) -> Example | None:
        """Return the example as if the articles did not say it: right topic, absent fact."""
        return self._without(self.gold)

    def without_articles(self) -> Example | None:
        """Return the example as if the articles that answer were not in the library."""
        names = np.array([sentence.article.id for sentence in self.described.sentences])
        return self._without(np.isin(names, names[self.gold]))

    def _without(self, dropped: Flags) -> Example | None:
        keep = ~dropped
        if not keep.any():
            return None
        sentences = [s for s, kept in zip(self.described.sentences, keep, strict=True) if kept]
        features = {name: values[keep] for name, values in self.described.features.items()}
        scores = np.array([sentence.hit.score for sentence in sentences])
        features["best_passage"] = (scores == scores.max()).astype(np.float64)
        if self.reader is not None:
            self._read_again(sentences, features, dropped)
        own, around = self.described.own[keep], self.described.around[keep]
        described = Described(sentences, features, own, around)
        return replace(self, described=described, facts=self.facts[:, keep], answerable=False)

    def _read_again(
        self, sentences: Sequence[Sentence], features: Mapping[str, Floats], dropped: Flags
    ) -> None:
        """Read passages anew of which something was dropped: what is left reads otherwise then."""
        pairs = zip(self.described.sentences, dropped, strict=True)
        touched = {id(sentence.hit) for sentence, gone in pairs if gone}
        places = [place for place, s in enumerate(sentences) if id(s.hit) in touched]
        if places and self.reader is not None:
            few = [sentences[place] for place in places]
            _, read = read_all(self.reading, few, self.reader)
            for name, values in read.items():
                features[name][places] = values


def examples(questions: QuestionSet, reader: Reader | None = None, seed: int = 0) -> list[Example]:
    """Retrieve for a sample of the questions and describe the sentences found."""
    order = np.random.default_rng(seed).permutation(len(questions.questions))[:_SAMPLE]
    asked = [questions.questions[place] for place in sorted(order)]
    return _asked(asked, questions.articles, reader)


def in_small_libraries(
    questions: QuestionSet, reader: Reader | None = None, seed: int = 0
) -> list[Example]:
    """Ask each answerable question of a library that holds what answers it and little else."""
    drawn = np.random.default_rng(seed)
    articles = {article.id: article for article in questions.articles}
    found = []
    for labelled in questions.questions[:_SAMPLE]:
        answering = {span.article_id for fact in labelled.facts for span in fact}
        others = sorted(articles.keys() - answering)
        if answering and others:
            few = [*sorted(answering), others[drawn.integers(len(others))]]
            found += _asked([labelled], [articles[name] for name in few], reader)
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
                found.append(Example(reading, described, facts, bool(labelled.facts), reader))
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
