"""Filling a collection of Qdrant from a library, and seeing that it answers as the library did."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from corpus.errors import DalilError
from corpus.text.names import name_query_terms
from corpus.text.words import words
from index.encoder import Encoder
from index.engine import Candidate, Query
from index.filters import Filters
from index.library import Library
from index.store.lock import writing

# Scores of two engines differ by the rounding of 32-bit sums, relative to their size.
_DIFFERENCE = 1e-5
_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """How many passages there are, and how many `scores` of `questions` were compared.

    `largest` is the largest difference of two scores, relative to their size where above 1.
    """

    passages: int
    questions: int
    scores: int
    largest: float


def move(
    home: Path,
    encoder: Encoder,
    index: str,
    *,
    sample: int = 20,
    say: Callable[[str], None] = lambda _: None,
    on_batch: Callable[[int, int], None] = lambda _done, _all: None,
) -> Moved:
    """Fill the collection that `index` leads to with the library in `home`, and compare.

    A run that was stopped goes on where it was.  Titles of `sample` articles are asked of both
    engines; raises `DalilError` if counts differ, or the scores of a passage that both found.
    """
    with closing(Library.open(home, encoder, say=say, index=index)) as there:
        there.engine.on_batch = on_batch  # type: ignore[attr-defined]
        with writing(home, say):
            there.engine.disown()  # type: ignore[attr-defined]
        there.engine.follow(writing=False)
        if faults := there.faults():
            raise DalilError(f"The collection is not whole. {' '.join(faults)} Run it again.")
        with closing(Library.open(home, encoder, say=say)) as here:
            return _compared(here, there, sample)


def _compared(here: Library, there: Library, sample: int) -> Moved:
    compared, largest = 0, 0.0
    titles = [article.title for article in islice(here.articles(), sample) if article.title]
    for title in titles:
        found = [
            {(c.article_id, c.start): c for c in one.search(_query(title), _DEPTH, Filters()).found}
            for one in (here, there)
        ]
        for key in found[0].keys() & found[1].keys():
            compared += 1
            largest = max(largest, _difference(found[0][key], found[1][key]))
    if titles and not compared:
        raise DalilError(
            "Of the passages that are found here none is found there. "
            "Fill the collection anew: dalil --index ... doctor --rebuild"
        )
    if largest > _DIFFERENCE:
        raise DalilError(
            f"The same passages have other scores there (by {largest:.1e}). "
            "Fill the collection anew: dalil --index ... doctor --rebuild"
        )
    return Moved(there.count_passages(), len(titles), compared, largest)


def _query(text: str) -> Query:
    """Return the lexical part of a question, which is scored by what the collection counts."""
    found = tuple(words(text))
    return Query(text, found, (), tuple(name_query_terms(found, text)))


def _difference(one: Candidate, other: Candidate) -> float:
    pairs = np.array([[one[5:10]], [other[5:10]]], np.float64).reshape(2, -1)
    known = np.isfinite(pairs[0])
    if (known != np.isfinite(pairs[1])).any():
        return float("inf")
    first, second = pairs[:, known]
    return float((np.abs(first - second) / np.maximum(np.abs(first), 1.0)).max(initial=0.0))
