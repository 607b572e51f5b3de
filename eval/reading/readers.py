"""What reads a passage, as the benchmark sees it: Dalil's choice, and what it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from corpus.article import Article, Passage
from eval.reading.tasks import ReadingTask
from index import WordTable
from index.engine import Compare
from rag.answer import Hit
from rag.choice.select import SelectionSettings, Selector
from rag.reader import Excerpt, Reader
from rag.reading import read
from rag.search.rank import rarity, score, sharpen

# The score of a passage of which nothing is known, so that it speaks neither for nor against.
_USUAL_SCORE = 0.6


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader makes of a passage: the place of the sentence that answers best.

    `words` are those it marks in it, `None` if it marks none; `confidence` says how surely the
    passage answers, in any unit, higher for surer.
    """

    sentence: int
    words: str | None
    confidence: float


class PassageReader(Protocol):
    """Reads a passage for a question."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def read(self, task: ReadingTask) -> Read:
        """Return what it makes of the task, of which it may see question, passage and spans."""


class WordsMet:
    """The sentence whose words meet the question's best: late interaction, and nothing else."""

    name = "words met"

    def __init__(self, compare: Compare, table: WordTable) -> None:
        self._compare, self._table = compare, table

    def read(self, task: ReadingTask) -> Read:
        """Return the sentence of the highest score; the score is the confidence."""
        reading = read(task.question, self._table)
        texts = [task.passage[start:end] for start, end in task.spans]
        met = sharpen(self._compare(reading.query, texts, [task.language] * len(texts)))
        scores = score(met, reading.weights * rarity(met))
        best = int(np.argmax(scores))
        return Read(best, None, float(scores[best]))


class ChosenSentence:
    """Dalil's choice, as `dalil ask` makes it, among the sentences of this passage alone."""

    def __init__(self, compare: Compare, table: WordTable, reader: Reader | None = None) -> None:
        self.name = f"choice with {reader.name}" if reader else "choice"
        self._table = table
        # Forced to answer, with one sentence: what it would refuse is told by its confidence.
        settings = SelectionSettings.read(reader=reader is not None)
        settings = replace(settings, threshold=0.0, most=1)
        self._selector = Selector(compare, table, settings, reader)

    def read(self, task: ReadingTask) -> Read:
        """Return the sentence that would be cited, with Dalil's confidence."""
        article = Article("passage", task.passage, language=task.language)
        whole = Passage(article.id, 1, 0, len(task.passage), task.passage)
        hit = Hit(whole, article, _USUAL_SCORE)
        choice = self._selector.choose(read(task.question, self._table), [hit])
        if not choice.sentences:
            return Read(0, None, 0.0)
        cited = choice.sentences[0]
        words = task.passage[slice(*cited.focus)] if cited.focus else None
        return Read(_nearest(task.spans, cited.start, cited.end), words, choice.confidence)


class ReaderAlone:
    """What a reader says of the passage, without the features of the choice beside it."""

    def __init__(self, reader: Reader) -> None:
        self.name = f"{reader.name} reader"
        self._reader = reader

    def read(self, task: ReadingTask) -> Read:
        """Return the likeliest sentence with its words; the confidence are the log odds of any."""
        (found,) = self._reader.read(task.question, [Excerpt(task.passage, task.spans)])
        best = int(np.argmax(found.sentences))
        words = found.words[best]
        return Read(best, task.passage[slice(*words)] if words else "", found.answers)


def _nearest(spans: Sequence[tuple[int, int]], start: int, end: int) -> int:
    """Return the span that shares most with another, since files may cut sentences otherwise."""
    shared = [min(end, last) - max(start, first) for first, last in spans]
    return int(np.argmax(shared))
