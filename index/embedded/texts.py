"""The postings over a set of texts, and how well the words of a query are met in them.

Stems, character n-grams, name keys and token ids: the same four serve the passages of a collection,
kept on disk, and the handful of sentences among which an answer is chosen, built when they are
asked about.  A word is met by meaning (cosine in the bundled token table), by its stem, by the
number or date it is a part of, by its consonants if it is a name, or by another name of the same
thing; late interaction adds that up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import name_terms
from corpus.text.stems import grams, passage_terms, stem, terms
from corpus.text.words import words
from index.embedded.bm25 import LexicalIndex, Scored
from index.embedded.postings import Tokens
from index.embedded.soft import NearTokens, TokenCosines
from index.embedded.tokens import CHUNK, TokenIndex
from index.encoder import StaticEncoder
from index.encoder.protocol import Tokenizer
from index.engine import CONTEXT, SAME_NAME, SAME_STEM, Query, QueryWord

_TERMS, _GRAMS, _NAMES, TOKENS = "terms", "grams", "names", "tokens"


def compare(
    query: Query,
    texts: Sequence[str],
    languages: Sequence[str | None],
    encoder: StaticEncoder,
) -> NDArray[np.float32]:
    """Return how well each word of `query` is met in any texts, float32 (n, w), 0 to 1.

    `languages` are the texts' ISO 639 codes or `None`, `encoder` the bundled one.
    """
    # Few questions ask for names that are met by their consonants, whose keys take longest.
    named = any(word.keys for word in query.words)
    index = TextIndex.build(texts, languages, encoder, with_grams=False, with_names=named)
    asked = encoder.token_vectors(token_ids(query))
    cosines = TokenCosines.between(asked, encoder.token_vectors(index.tokens.vocabulary))
    return best_similarities(query, index, cosines, np.arange(len(texts)), set(languages))


def best_similarities(
    query: Query,
    index: Texts,
    cosines: TokenCosines,
    rows: NDArray[np.int64],
    languages: Collection[str | None],
) -> NDArray[np.float32]:
    """Return how well each word is met in the texts `rows` of `index`, float32 (n, w), 0 to 1.

    `cosines` compares the query's tokens with the index's, `languages` are those of the texts.
    """
    met = _by_meaning(query, index, cosines, rows)
    # Of the type of the postings, which would all be turned into the type of `rows` else.
    wanted = rows.astype(np.int32)
    for place, word in enumerate(query.words):
        for named in _with_name(wanted, word, index):
            met[named, place] = np.maximum(met[named, place], SAME_NAME)
        for term in (*_stems(word, languages), *word.quantities):
            met[_places(wanted, index.terms.documents_with(term)), place] = SAME_STEM
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


def met_around(
    query: Query,
    index: Texts,
    cosines: TokenCosines,
    rows: NDArray[np.int64],
    articles: NDArray[np.int32],
    languages: Collection[str | None],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how well words are met in the texts `rows`, and in the best around each, (n, w) each.

    `articles` int32 numbers the article of each text of `index`; around are `CONTEXT` of it on
    either side.
    """
    steps = np.arange(-CONTEXT, CONTEXT + 1)
    around = (rows[:, None] + steps).clip(0, max(len(articles) - 1, 0))
    same = articles[around] == articles[rows][:, None]
    around = np.where(same, around, rows[:, None])
    distinct, places = np.unique(around, return_inverse=True)
    met = best_similarities(query, index, cosines, distinct, languages)
    met = met[places.reshape(around.shape)]
    return met[:, CONTEXT], met.max(axis=1)


def _stems(word: QueryWord, languages: Collection[str | None]) -> set[str]:
    """Return the stems that a word has in any of the languages."""
    stems = {stem(word.word.folded, language) for language in languages}
    # The preposition before a name without article stays on its stem ("لقسد").
    return stems | {"ل" + one for one in stems}


def _with_name(
    rows: NDArray[np.int32], word: QueryWord, index: Texts
) -> Iterator[NDArray[np.intp]]:
    """Yield the places of `rows` that hold a name by its consonants, or by another of its names."""
    for key in word.keys:
        yield _places(rows, index.names.documents_with(key))
    for name in word.aliases:
        held = [_places(rows, index.terms.documents_with(term)) for term in set(terms(name, "ar"))]
        if held:
            yield reduce(np.intersect1d, held)


def _places(rows: NDArray[np.int32], texts: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the places of those of `rows` that are among `texts`, both ascending."""
    if not len(texts):
        return np.zeros(0, np.intp)
    found = texts.take(texts.searchsorted(rows), mode="clip")
    return np.flatnonzero(found == rows)


def _by_meaning(
    query: Query, index: Texts, cosines: TokenCosines, rows: NDArray[np.int64]
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


@dataclass(frozen=True)
class Texts:
    """Four indexes whose row `i` is the same text.

    `terms` counts stems, numbers and months, `grams` character 3-grams, `names` the consonant
    keys of words, `tokens` the word pieces of the bundled encoder.
    """

    terms: Scored
    grams: Scored
    names: Scored
    tokens: Tokens

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True)
class TextIndex(Texts):
    """Those of texts one after another, in arrays that are kept."""

    terms: LexicalIndex
    grams: LexicalIndex
    names: LexicalIndex
    tokens: TokenIndex

    @classmethod
    def build(
        cls,
        texts: Sequence[str],
        languages: Sequence[str | None],
        encoder: Tokenizer,
        *,
        with_grams: bool = True,
        with_names: bool = True,
    ) -> Self:
        """Index `texts`, whose `languages` are ISO 639 codes or `None`, one after another.

        For a few texts; `extended` gives the same for many.  `with_grams` and `with_names` say
        whether these are filled, which comparing word by word may have no use for.
        """
        found = [list(words(text)) for text in texts]
        pairs = list(zip(texts, languages, strict=True))
        return cls(
            LexicalIndex.build([passage_terms(*p, w) for p, w in zip(pairs, found, strict=True)]),
            LexicalIndex.build([grams(w) if with_grams else [] for w in found]),
            LexicalIndex.build(
                [name_terms(w, t) if with_names else [] for t, w in zip(texts, found, strict=True)]
            ),
            TokenIndex.build(*encoder.token_ids(texts)),
        )

    def extended(
        self,
        keep: NDArray[np.int64],
        texts: Iterable[str],
        languages: Iterable[str | None],
        encoder: Tokenizer,
    ) -> Self:
        """Return an index of the rows `keep` (ascending), then `texts`, which are read once."""
        pairs = zip(texts, languages, strict=True)
        return self.extended_by(keep, iter(lambda: list(islice(pairs, CHUNK)), []), encoder)

    def extended_by(
        self,
        keep: NDArray[np.int64],
        chunks: Iterable[Sequence[tuple[str, str | None]]],
        encoder: Tokenizer,
    ) -> Self:
        """Return what `extended` does for texts, with their languages, that come in `chunks`.

        A chunk is at most `CHUNK` texts, and the next is asked for when it has been counted.
        """
        # Most processes only search.
        from index.embedded.analysis import Analysis
        from index.embedded.merging import counter_of

        terms_of, grams_of = counter_of([(self.terms, keep)]), counter_of([(self.grams, keep)])
        names_of, tokens_of = counter_of([(self.names, keep)]), self.tokens.counter(keep)
        analysis = Analysis(encoder, terms_of, grams_of, names_of, tokens_of)
        for chunk in chunks:
            analysis.add([text for text, _ in chunk], [language for _, language in chunk])
        # What words bring is in the counters now, and takes as much memory as the postings.
        del analysis
        of = LexicalIndex.of
        return type(self)(of(terms_of), of(grams_of), of(names_of), TokenIndex.of(tokens_of))

    @classmethod
    def merged(cls, parts: Sequence[tuple[Self, NDArray[np.int64]]]) -> Self:
        """Index the texts of several indexes, of each those in the rows beside it, ascending."""
        from index.embedded.merging import merged_terms, merged_tokens

        return cls(
            LexicalIndex(**merged_terms([(part.terms, keep) for part, keep in parts]).arrays()),
            LexicalIndex(**merged_terms([(part.grams, keep) for part, keep in parts]).arrays()),
            LexicalIndex(**merged_terms([(part.names, keep) for part, keep in parts]).arrays()),
            TokenIndex(**merged_tokens([(part.tokens, keep) for part, keep in parts]).arrays()),
        )

    @classmethod
    def save_merged(cls, parts: Sequence[tuple[Self, NDArray[np.int64]]], folder: Path) -> None:
        """Write what `merged` makes into `folder`, one of the four after the other.

        What was read of each is let go of before the next.
        """
        from index.embedded.blocks import let_go
        from index.embedded.merging import merged_tokens, save_terms

        for name in (_TERMS, _GRAMS, _NAMES):
            save_terms([(getattr(part, name), keep) for part, keep in parts], folder / name)
            for part, _ in parts:
                let_go(getattr(part, name))
        merged_tokens([(part.tokens, keep) for part, keep in parts]).save(folder / TOKENS)
        for part, _ in parts:
            let_go(part.tokens)

    def save(self, folder: Path) -> None:
        """Write the four into folders within `folder`."""
        self.terms.save(folder / _TERMS)
        self.grams.save(folder / _GRAMS)
        self.names.save(folder / _NAMES)
        self.tokens.save(folder / TOKENS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        return cls(
            LexicalIndex.load(folder / _TERMS),
            LexicalIndex.load(folder / _GRAMS),
            LexicalIndex.load(folder / _NAMES),
            TokenIndex.load(folder / TOKENS),
        )
