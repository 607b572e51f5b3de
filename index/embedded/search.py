"""First-stage retrieval over one snapshot: each leg adds passages, none removes any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import name_query_terms
from corpus.text.stems import grams, query_terms
from corpus.text.words import words
from index.embedded.bm25 import LexicalMatch
from index.embedded.snapshot import Snapshot
from index.embedded.soft import QuestionTokens, SoftMatch, match
from index.encoder import StaticEncoder


@dataclass(frozen=True)
class Query:
    """What is looked for: `text` and, of its words that carry meaning, `tokens` and `names`.

    `names` are terms of the name field, for the words that could be names.
    """

    text: str
    tokens: QuestionTokens
    names: Sequence[str]

    @classmethod
    def of(cls, text: str, encoder: StaticEncoder) -> Self:
        """Read `text` as it stands: every token with its own weight, every word a possible name."""
        ids = encoder.tokenize(text).ids
        tokens = QuestionTokens(ids, encoder.token_norms(ids))
        return cls(text, tokens, name_query_terms(list(words(text)), text))


@dataclass(frozen=True)
class Candidates:
    """Passages that a leg found, each with the score of every leg.

    `rows` int64 (n,) are places in `snapshot`, ascending.  `dense` float32 (n,) are cosines,
    `soft` float32 (n,) soft lexical scores, `lexical` and `names` float32 (n,) BM25 scores of
    terms and of name keys, minus infinity for passages without any of them; `grams` float64
    (n,) those of character n-grams, which find nothing by themselves.
    """

    snapshot: Snapshot
    match: SoftMatch
    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    soft: NDArray[np.float32]
    lexical: NDArray[np.float32]
    names: NDArray[np.float32]
    grams: NDArray[np.float64]


def find(
    snapshot: Snapshot,
    query: Query,
    vector: NDArray[np.float32],
    depth: int,
    allowed: NDArray[np.bool_],
) -> Candidates:
    """Return the `depth` best passages of each leg among those `allowed`, bool (n,).

    `vector` float32 (dimension,) is the dense one of the query.  `depth` counts for each script
    of the collection by itself in the dense and the soft leg: a question's own language scores
    higher, and the best of another would never be seen.
    """
    soft = match_tokens(snapshot, query)
    lexical, names = match_terms(snapshot, query), match_names(snapshot, query)
    reached = [lexical.best(depth, allowed), names.best(depth, allowed)]
    by_script = [allowed & written for written in snapshot.passages.by_script]
    reached += [snapshot.vectors.search(vector, depth, seen) for seen in by_script]
    reached += soft.best(depth, by_script)
    rows = np.unique(np.concatenate(reached))
    return Candidates(
        snapshot,
        soft,
        rows,
        dense=snapshot.vectors.scores(vector, rows),
        soft=soft.scores(rows),
        lexical=lexical.scores(rows),
        names=names.scores(rows),
        grams=snapshot.texts.grams.scores_at(grams(words(query.text)), rows),
    )


def match_tokens(snapshot: Snapshot, query: Query) -> SoftMatch:
    """Match the query's tokens with the tokens of the collection."""
    places, cosines = snapshot.near(query.tokens.ids)
    return match(snapshot.texts.tokens, places, cosines, query.tokens.weights)


def match_terms(snapshot: Snapshot, query: Query) -> LexicalMatch:
    """Match the query's stems and quantities, by BM25."""
    return snapshot.texts.terms.match(query_terms(query.text, snapshot.passages.languages))


def match_names(snapshot: Snapshot, query: Query) -> LexicalMatch:
    """Match the query's name keys, by BM25."""
    return snapshot.texts.names.match(query.names)
