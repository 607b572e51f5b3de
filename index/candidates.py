"""First-stage retrieval over one snapshot: each leg adds passages, none removes any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.analysis import query_terms
from index.encoder import StaticEncoder
from index.grams import grams
from index.lexical import LexicalIndex
from index.names import name_query_terms
from index.snapshot import Snapshot
from index.soft import QuestionTokens, SoftMatch, match
from index.words import words


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
        tokens = QuestionTokens(encoder.token_vectors(ids), encoder.token_norms(ids))
        return cls(text, tokens, name_query_terms(list(words(text)), text))


@dataclass(frozen=True)
class Candidates:
    """Passages that a leg found, each with the score of every leg.

    `rows` int64 (n,) are places in `snapshot`, ascending.  `dense` float32 (n,) are cosines,
    `soft` float32 (n,) soft lexical scores, `lexical` and `names` float64 (n,) BM25 scores of
    terms and of name keys, minus infinity for passages without any of them; `grams` float64
    (n,) those of character n-grams, which find nothing by themselves.
    """

    snapshot: Snapshot
    match: SoftMatch
    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    soft: NDArray[np.float32]
    lexical: NDArray[np.float64]
    names: NDArray[np.float64]
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
    soft = soft_lexical(snapshot, query)
    lexical, names = lexical_scores(snapshot, query), name_scores(snapshot, query)
    reached = [best_rows(scores, depth, allowed) for scores in (lexical, names)]
    for written in snapshot.passages.by_script:
        seen = allowed & written
        reached.append(snapshot.vectors.search(vector, depth, seen))
        reached.append(best_rows(soft.scores, depth, seen))
    rows = np.unique(np.concatenate(reached))
    return Candidates(
        snapshot,
        soft,
        rows,
        dense=snapshot.vectors.scores(vector, rows),
        soft=soft.scores[rows],
        lexical=lexical[rows],
        names=names[rows],
        grams=snapshot.texts.grams.scores_at(grams(words(query.text)), rows),
    )


def soft_lexical(snapshot: Snapshot, query: Query) -> SoftMatch:
    """Match the query's tokens with the tokens of the collection."""
    return match(snapshot.texts.tokens, snapshot.token_vectors, query.tokens)


def lexical_scores(snapshot: Snapshot, query: Query) -> NDArray[np.float64]:
    """Return BM25 scores of stems and quantities, minus infinity where none matches."""
    return _scores(snapshot.texts.terms, query_terms(query.text, snapshot.passages.languages))


def name_scores(snapshot: Snapshot, query: Query) -> NDArray[np.float64]:
    """Return BM25 scores of name keys, minus infinity where none matches."""
    return _scores(snapshot.texts.names, query.names)


def _scores(index: LexicalIndex, query: Sequence[str]) -> NDArray[np.float64]:
    """Return BM25 scores, minus infinity where no term matches: true scores can be negative."""
    return np.where(index.having(query), index.scores(query), -np.inf)


def best_rows(
    scores: NDArray[np.floating], depth: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the rows found with the `depth` highest scores, of equal ones the first."""
    rows = np.flatnonzero(allowed & (scores > -np.inf))
    if len(rows) > depth:
        found = scores[rows]
        floor = np.partition(found, -depth)[-depth]
        above, equal = rows[found > floor], rows[found == floor]
        rows = np.concatenate([above, equal[: depth - len(above)]])
    return rows
