"""How well the words of a query are met in texts: what late interaction adds up.

A word is met by meaning (cosine in the bundled token table), by its stem, by the number or date it
is a part of, by its consonants if it is a name, or by another name of the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from corpus.text.stems import stem, terms
from index.embedded.fields import TextIndex
from index.embedded.soft import NearTokens, TokenCosines
from index.encoder import StaticEncoder
from index.engine import SAME_NAME, SAME_STEM, Query, QueryWord


def compare(
    query: Query,
    texts: Sequence[str],
    languages: Sequence[str | None],
    encoder: StaticEncoder,
) -> NDArray[np.float32]:
    """Return how well each word of `query` is met in any texts, float32 (n, w), 0 to 1.

    `languages` are the texts' ISO 639 codes or `None`, `encoder` the bundled one.
    """
    index = TextIndex.build(texts, languages, encoder, with_grams=False)
    asked = encoder.token_vectors(token_ids(query))
    cosines = TokenCosines.between(asked, encoder.token_vectors(index.tokens.vocabulary))
    return best_similarities(query, index, cosines, np.arange(len(texts)), set(languages))


def best_similarities(
    query: Query,
    index: TextIndex,
    cosines: TokenCosines,
    rows: NDArray[np.int64],
    languages: Collection[str | None],
) -> NDArray[np.float32]:
    """Return how well each word is met in the texts `rows` of `index`, float32 (n, w), 0 to 1.

    `cosines` compares the query's tokens with the index's, `languages` are those of the texts.
    """
    met = _by_meaning(query, index, cosines, rows)
    for place, word in enumerate(query.words):
        for named in _texts_with_name(word, index):
            of = _places(rows, named)
            met[of, place] = np.maximum(met[of, place], SAME_NAME)
        for term in (*_stems(word, languages), *word.quantities):
            met[_places(rows, index.terms.documents_with(term)), place] = SAME_STEM
    return met


def token_ids(query: Query) -> NDArray[np.int32]:
    """Return the tokens of all words one after another, int32 (t,)."""
    return np.array([token for word in query.words for token in word.tokens], np.int32)


def token_counts(query: Query) -> NDArray[np.int64]:
    """Return how many tokens each word has, int64 (w,)."""
    return np.array([len(word.tokens) for word in query.words], np.int64)


def token_shares(query: Query) -> NDArray[np.float32]:
    """Return how much each token is of each word, float32 (w, t)."""
    counts = token_counts(query)
    share = np.zeros((len(counts), int(counts.sum())), np.float32)
    owners = np.repeat(np.arange(len(counts)), counts)
    share[owners, np.arange(len(owners))] = [s for word in query.words for s in word.shares]
    return share


def _stems(word: QueryWord, languages: Collection[str | None]) -> set[str]:
    """Return the stems that a word has in any of the languages."""
    stems = {stem(word.word.folded, language) for language in languages}
    # The preposition before a name without article stays on its stem ("لقسد").
    return stems | {"ل" + one for one in stems}


def _texts_with_name(word: QueryWord, index: TextIndex) -> Iterator[NDArray[np.int32]]:
    """Yield the texts that hold a name by its consonants, or by another name of the same thing."""
    for key in word.keys:
        yield index.names.documents_with(key)
    for name in word.aliases:
        holding = [index.terms.documents_with(term) for term in set(terms(name, "ar"))]
        if holding:
            yield reduce(np.intersect1d, holding)


def _places(rows: NDArray[np.int64], texts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which of `rows` are among `texts`, both ascending, bool (n,)."""
    if not len(texts):
        return np.zeros(len(rows), np.bool_)
    # Of the same type, or the whole of `texts` would be turned into the other.
    wanted = rows.astype(texts.dtype)
    return np.asarray(texts[np.searchsorted(texts, wanted).clip(max=len(texts) - 1)] == wanted)


def _by_meaning(
    query: Query, index: TextIndex, cosines: TokenCosines, rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the best cosines, float32 (n, w): a word's tokens count by their share in it."""
    shares = token_shares(query)
    near = NearTokens.of(cosines, index.tokens, rows)
    best = np.zeros((len(rows), shares.shape[1]), np.float32)
    if len(near.filled) and best.shape[1]:
        values = cosines.values[near.columns]
        best[near.filled] = np.maximum.reduceat(values, near.starts, axis=0)
    np.maximum(best, np.float32(cosines.chance) * ~near.empty[:, None], out=best)
    return np.asarray(best @ shares.T, np.float32)
