"""One search: what the vectors reach, exact scores of that, and the best of each leg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.text.language import script_of
from corpus.text.stems import grams, query_terms
from index.engine import CONTEXT, Candidate, Candidates, Query
from index.filters import Filters
from index.qdrant.meanings import AskedTokens, Meanings
from index.qdrant.points import Kept, spots, vectors_of
from index.qdrant.scoring import bm25, bm25_query, met
from index.qdrant.statistics import Statistics
from index.qdrant.transport import (
    DENSE,
    LEXICAL,
    NAMES,
    SOFT,
    Condition,
    Leg,
    Transport,
)
from index.store.database import Store

# The exact best 50 of the soft leg are to 96.5% among the 400 best of its linear approximation.
_SOFT = 8
# Legs whose weights are of older averages ask for twice as many and some more.
_TIMES, _MORE = 2, 20
# Below so many passages a vector is compared with all of them, 3.2 ms for 20,000.
_EXACT = 50_000

Ids = NDArray[np.int64]
Scores = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True)
class Asked:
    """A question as the legs ask it: its tokens, the terms of two legs, and its dense vector.

    `shares` float32 (w, t) says how much each token is of each word.
    """

    query: Query
    tokens: AskedTokens
    shares: NDArray[np.float32]
    terms: Mapping[str, Sequence[str]]
    vector: NDArray[np.float32]

    @classmethod
    def of(
        cls, query: Query, vector: NDArray[np.float32], state: Statistics, meanings: Meanings
    ) -> Asked:
        """Look the words of `query` up in the collection."""
        counts = [len(word.tokens) for word in query.words]
        owners = np.repeat(np.arange(len(counts)), counts)
        shares = np.zeros((len(counts), len(owners)), np.float32)
        shares[owners, np.arange(len(owners))] = [s for word in query.words for s in word.shares]
        weights = np.array([word.weight for word in query.words], np.float32)[owners]
        weights = weights * shares.sum(axis=0)
        tokens = [token for word in query.words for token in word.tokens]
        terms = {
            LEXICAL: query_terms(query.text, state.spoken, query.found),
            NAMES: list(query.names),
        }
        return cls(query, AskedTokens.of(tokens, weights, meanings), shares, terms, vector)

    def legs(self, state: Statistics, depth: int, seen: Condition) -> list[Leg]:
        """Return what Qdrant is asked, the legs that cross languages for each script by itself."""
        legs, exact = [], len(state) <= _EXACT
        soft = self.tokens.sparse()
        for script in state.scripts:
            within = Condition(seen.since, seen.until, seen.outlets, script)
            legs.append(Leg(DENSE, self.vector, depth, within, exact))
            if len(soft.keys):
                legs.append(Leg(SOFT, soft, _SOFT * depth, within))
        for name, kind in ((LEXICAL, "terms"), (NAMES, "names")):
            wanted = bm25_query(state, kind, self.terms[name])
            if len(wanted.keys):
                legs.append(Leg(name, wanted, _TIMES * depth + _MORE, seen))
        return legs


@dataclass(frozen=True)
class Reached:
    """Passages that some leg reached: `ids` int64 (n,), ascending, with exact scores (n,) each."""

    ids: Ids
    soft: NDArray[np.float32]
    lexical: NDArray[np.float64]
    names: NDArray[np.float64]


def find(
    state: Statistics,
    meanings: Meanings,
    store: Store,
    transport: Transport,
    kept: Kept,
    asked: Asked,
    depth: int,
    filters: Filters,
) -> Candidates:
    """Return the `depth` best passages of each leg among those that `filters` let through.

    `state` and `meanings` are of one revision; what `store` does not have any more is left out.
    """
    legs = asked.legs(state, depth, Condition.of(filters))
    found = transport.search(legs)
    ids = np.unique(np.array([number for hits in found for number, _ in hits], np.int64))
    reached = _scored(state, asked, kept, ids[np.isin(ids, state.ids)])
    near = [
        [number for number, _ in hits] for leg, hits in zip(legs, found, strict=True)
        if leg.name == DENSE
    ]  # fmt: skip
    chosen = _best(state, reached, near, depth)
    candidates = _candidates(state, asked, store, kept, reached, chosen)
    return Candidates(candidates, tuple((asked.shares @ asked.tokens.rarity).tolist()))


def _scored(state: Statistics, asked: Asked, kept: Kept, ids: Ids) -> Reached:
    known, (tokens, terms, names) = kept.words(ids.tolist())
    ids = np.array(known, np.int64)
    soft = asked.tokens.scores(tokens, state.average("tokens"))
    columns = {}
    for name, kind, texts in ((LEXICAL, "terms", terms), (NAMES, "names", names)):
        scores, holding = bm25(state, kind, asked.terms[name], texts)
        columns[name] = np.where(holding, scores, -np.inf)
    return Reached(ids, soft, columns[LEXICAL], columns[NAMES])


def _best(state: Statistics, reached: Reached, near: Sequence[Sequence[int]], depth: int) -> Ids:
    """Return the union of the best of each leg, ascending; `near` are those of the dense one."""
    language = state.language[np.searchsorted(state.ids, reached.ids)]
    scripts = np.array([script_of(one) for one in state.languages], np.str_)[language]
    chosen = [np.array(hits[:depth], np.int64) for hits in near]
    groups: list[tuple[NDArray[np.floating], NDArray[np.bool_]]]
    groups = [(reached.soft, scripts == script) for script in state.scripts]
    everything = np.ones(len(reached.ids), np.bool_)
    groups += [(reached.lexical, everything), (reached.names, everything)]
    for scores, among in groups:
        rows = np.flatnonzero(among & (scores > -np.inf))
        order = np.lexsort((rows, -scores[rows]))
        chosen.append(reached.ids[rows[order[:depth]]])
    found = np.unique(np.concatenate(chosen))
    return found[np.isin(found, reached.ids)]


def _candidates(
    state: Statistics, asked: Asked, store: Store, kept: Kept, reached: Reached, chosen: Ids
) -> list[Candidate]:
    steps = np.arange(-CONTEXT, CONTEXT + 1)
    reach = np.unique(chosen[:, None] + steps)
    places = spots(store, reach.tolist())
    found, texts = kept.words([number for number in reach.tolist() if number in places])
    held = np.array(found, np.int64)
    present = chosen[np.isin(chosen, held)]
    matched = met(asked.query, asked.tokens, asked.shares, texts, state.spoken)
    own, around = _around(held, [places[number][0] for number in found], present, steps)
    counted, _ = bm25(state, "grams", grams(asked.query.found), kept.grams(present.tolist()))
    dense = vectors_of(store, present.tolist(), len(asked.vector)) @ asked.vector
    scored = np.searchsorted(reached.ids, present)
    spoken = state.language[np.searchsorted(state.ids, present)].tolist()
    scores = (
        dense, reached.soft[scored], reached.lexical[scored], reached.names[scored], counted
    )  # fmt: skip
    columns = zip(
        present.tolist(), spoken, *(of.tolist() for of in scores),
        matched[own].tolist(), matched[around].max(axis=1).tolist(), strict=True,
    )  # fmt: skip
    return [
        Candidate._make(
            (*places[number], script_of(state.languages[language]), *of, tuple(one), tuple(best))
        )
        for number, language, *of, one, best in columns
    ]


def _around(
    held: Ids, articles: Sequence[str], present: Ids, steps: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which of `held` each of `present` is, (n,), and those `steps` away, (n, s).

    Where there is none, or one of another of `articles`, it is the passage itself.
    """
    numbers = dict[str, int]()
    of = np.array([numbers.setdefault(one, len(numbers)) for one in articles], np.int64)
    own = np.searchsorted(held, present)
    beside = present[:, None] + steps
    rows = np.searchsorted(held, beside).clip(max=max(len(held) - 1, 0))
    if not len(held):
        return own, rows
    same = (held[rows] == beside) & (of[rows] == of[own][:, None])
    return own, np.where(same, rows, own[:, None])
