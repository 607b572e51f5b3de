"""Questions for yes or no on which articles differ: one denies what another on the event says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from index import WordTable
from rag.choice.evidence import Described, Sentence
from rag.choice.signals import same_event
from rag.choice.unmet import unmet
from rag.reading import Reading
from rag.reading.languages import pattern
from rag.search.rank import Floats

# What says otherwise may rank so much lower, and be so much less likely to the reader, in log odds,
# as with figures; and it meets this share of what the best meets of the question itself, since a
# sentence without "not" may be about anything else.  Set by made-up articles.
_LOWER, _LESS, _MET = 4.0, 3.0, 0.8
_CLAUSE = regex.compile(r"[^،,;:؛.!?؟«»\"“”\n]+")


def denying(
    reading: Reading, described: Described, scores: Floats, best: int, table: WordTable
) -> list[int]:
    """Return the likeliest sentence of each article on the event, if it denies what `best` says.

    Or says what that denies.  A question that denies something itself gets none.
    """
    sentences = described.sentences
    if pattern("negating", reading.language).search(reading.text):
        return []
    said = _denies(sentences[best])
    odds = described.features.get("reads", scores)
    met = described.own @ reading.weights
    near = (
        (scores >= scores[best] - _LOWER) & (odds >= odds[best] - _LESS) & (met >= _MET * met[best])
    )
    found: dict[str, int] = {}
    for place in sorted(np.flatnonzero(near).tolist(), key=lambda place: -odds[place]):
        found.setdefault(sentences[place].article.id, place)
    found.pop(sentences[best].article.id, None)
    return [
        place
        for place in found.values()
        if {said, _denies(sentences[place])} == {True, False}
        and same_event(sentences[place].article, sentences[best].article, table)
        and not unmet(reading, sentences[place].article, table)
    ]


def _denies(sentence: Sentence) -> bool | None:
    """Tell if the clause that answers denies, `None` where no reader or language says so."""
    negating = pattern("negating", sentence.article.language)
    if sentence.focus is None or negating.pattern == pattern("negating").pattern:
        return None
    start, end = sentence.focus
    clauses: Sequence[str] = [
        clause.group()
        for clause in _CLAUSE.finditer(sentence.article.text, sentence.start, sentence.end)
        if clause.start() < end and start < clause.end()
    ]
    return any(negating.search(clause) for clause in clauses) if clauses else None
