"""Exact scores of a few passages, by the definitions that the embedded engine has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from corpus.text.stems import stem, terms
from index.embedded.bm25 import K1, B
from index.engine import SAME_NAME, SAME_STEM, Query, QueryWord
from index.qdrant.analysis import Bags, Keys, key, keys
from index.qdrant.meanings import AskedTokens
from index.qdrant.statistics import Statistics
from index.qdrant.transport import Sparse

# What the weight of a term is at least: in a tiny collection an idf may be none or less.
_LEAST = 1e-3


def damping(lengths: NDArray[np.integer], average: float) -> NDArray[np.float64]:
    """Return what BM25 adds to the counts of texts of `lengths` in the divisor."""
    return np.asarray(K1 * (1 - B + B * lengths / average), np.float64)


def bm25_query(statistics: Statistics, kind: str, wanted: Iterable[str]) -> Sparse:
    """Return the terms `wanted` that the collection has with their idf, times how often each is."""
    distinct, times = np.unique(keys(wanted), return_counts=True)
    idf = statistics.idf(kind, distinct)
    held = statistics.kinds[kind].of(distinct) > 0
    weights = np.maximum(idf * times, _LEAST)
    return sparse(distinct[held], weights[held])


def sparse(keys: Keys, weights: NDArray[np.floating]) -> Sparse:
    """Return a vector of keys, of which Qdrant takes 32 bits; those that share them are summed."""
    distinct, places = np.unique(keys.astype(np.uint32), return_inverse=True)
    summed = np.bincount(places, weights, len(distinct))
    return Sparse(distinct, summed.astype(np.float32))


def bm25(
    statistics: Statistics, kind: str, wanted: Iterable[str], texts: Bags
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the BM25 scores of texts for the terms `wanted`, and which hold any, (n,) each."""
    distinct, times = np.unique(keys(wanted), return_counts=True)
    if not len(distinct):
        return np.zeros(len(texts)), np.zeros(len(texts), np.bool_)
    places = np.searchsorted(distinct, texts.keys).clip(max=len(distinct) - 1)
    met = np.flatnonzero(distinct[places] == texts.keys)
    owners, places = texts.owners[met], places[met]
    counts = texts.counts[met].astype(np.float64)
    weights = (statistics.idf(kind, distinct) * times)[places]
    added = damping(texts.lengths, statistics.average(kind))[owners]
    parts = weights * (counts * (K1 + 1) / (counts + added))
    scores = np.asarray(np.bincount(owners, parts, len(texts)), np.float64)
    return scores, np.bincount(owners, minlength=len(texts)) > 0


def met(
    query: Query,
    asked: AskedTokens,
    shares: NDArray[np.float32],
    texts: Sequence[Bags],
    languages: set[str | None],
) -> NDArray[np.float32]:
    """Return how well each word is met in texts (tokens, terms, names), float32 (n, w), 0 to 1.

    `shares` float32 (w, t) says how much each token is of each word.
    """
    tokens, held, names = texts
    found = np.asarray(asked.best(tokens) @ shares.T, np.float32)
    for place, word in enumerate(query.words):
        named = names.holding(map(key, word.keys)) | _by_alias(word, held)
        found[named, place] = np.maximum(found[named, place], np.float32(SAME_NAME))
        found[held.holding(map(key, _terms(word, languages))), place] = SAME_STEM
    return found


def _by_alias(word: QueryWord, held: Bags) -> NDArray[np.bool_]:
    """Return which texts have all terms of another name of the same thing, bool (n,)."""
    named = np.zeros(len(held), np.bool_)
    for name in word.aliases:
        holding = [held.holding([key(term)]) for term in set(terms(name, "ar"))]
        if holding:
            named |= reduce(np.logical_and, holding)
    return named


def _terms(word: QueryWord, languages: set[str | None]) -> set[str]:
    """Return the terms that a word has in any of the languages, with its numbers and dates."""
    stems = {stem(word.word.folded, language) for language in languages}
    # The preposition before a name without article stays on its stem ("لقسد").
    return stems | {"ل" + one for one in stems} | set(word.quantities)
