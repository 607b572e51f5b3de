"""A stage on news: questions on long sentences in Arabic and English, beside a part of all else.

A report says several things in one sentence, and each of its sentences is about the same: which of
them answers is told by a clause, seldom by a word that the question shares with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from index.encoder import load_bundled
from index.training.questions.documents import Document, read_documents
from index.training.reader.examples import Example, asked_of_documents, prepared
from index.training.reader.stages.final import DRAWN, drawn, grouped, shares
from index.training.reader.stages.unanswerable import elsewhere, exchanged

# Words of an Arabic sentence, the mean of a document, from which on it is one of long sentences.
_LONG = 18
_VERSIONS = {"ar": 1, "en": 1}
# Of these questions a third is not answered as it is: few more are made, with something exchanged,
# asked elsewhere, or of what is left without the answer.  So many others there are beside all.
_EXCHANGED, _ELSEWHERE, _WITHHELD, _OTHERS = 0.15, 0.1, 0.1, 0.6


def news_examples(data: Path, measured: Sequence[str], seed: int = 0) -> list[Example]:
    """Return the examples of this stage in an order of their own, without those that measure."""
    random = Random(seed)
    documents = read_documents(data)
    own = list(asked_of_documents(data, random, _VERSIONS, DRAWN))
    news = [pair for pair in own if is_news(documents[pair[0].document])]
    names = {question.document for question, _ in news}
    reports: dict[str, list[Example]] = {}
    for question, each in news:
        reports.setdefault(f"own {question.language}", []).append(each)
    near = list(elsewhere([(q.document, each) for q, each in news], load_bundled(), random))
    made = [
        *(each for _, each in news),
        *exchanged(reports, dict.fromkeys(reports, _EXCHANGED), random),
        *drawn(int(_ELSEWHERE * len(news)), near, random),
    ]
    others = grouped(data, random, [pair for pair in own if pair[0].document not in names])
    rest = [
        *(each for group in others.values() for each in group),
        *exchanged(others, shares(others), random),
    ]
    found = [*made, *drawn(int(_OTHERS * len(made)), rest, random)]
    return prepared(found, measured, random, data, _WITHHELD)


def is_news(document: Document) -> bool:
    """Tell if the Arabic version of a document has long sentences.

    >>> is_news(Document("d", {"en": ["Rain fell."], "ar": ["هطل المطر."]}))
    False
    """
    sentences = document.versions.get("ar", ())
    words = sum(len(sentence.split()) for sentence in sentences)
    return words >= _LONG * max(len(sentences), 1)
