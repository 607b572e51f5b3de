"""Late interaction: each word of the question finds what meets it best in a text.

A pooled vector lets the topic of a passage drown the word that was asked for; comparing words
keeps it.  A word is met by meaning (cosine in the bundled token table), by its stem, by the
number or date it is a part of, by its consonants if it is a name, or by another name of the same
thing in the glossary.
Source of the sum of best matches: Khattab and Zaharia 2020, "ColBERT", here over static vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import name_query_terms
from corpus.text.quantities import quantities
from corpus.text.stems import terms
from corpus.text.words import words
from index import Query, StaticEncoder
from index.embedded.fields import TextIndex
from index.embedded.soft import NearTokens, QuestionTokens, TokenCosines
from rag.reading.glossary import known_names
from rag.reading.languages import function_words
from rag.reading.question import Asked

# Below the first the cosine of two words is chance, from the second on they mean the same.
_CHANCE, _MET = 0.2, 0.6
_LEAST_RARITY = 0.1
# A coarse key or a name in the glossary is nearly as good as the same word.
SAME_NAME = 0.9
SAME_STEM = 1.0
# What a follow-up leaves unsaid counts, but less than what it asks.
_CONTEXT_WEIGHT = 0.5


@dataclass(frozen=True)
class QuestionWords:
    """The words of a question that carry meaning.

    `spans` are half-open offsets in the question, `weights` float32 (w,) sum to 1, `tokens` int32
    (t,) are the ids of all their tokens in the bundled table, `token_word` int64 (t,) and
    `token_weights` float32 (t,) tell which word each belongs to and its share in it.  `keys` are
    the name terms of each word, none for one that is no name; `others` other names of the same
    thing in the glossary; `quantities` the terms of the numbers and dates it is a part of.
    """

    text: str
    spans: Sequence[tuple[int, int]]
    weights: NDArray[np.float32]
    tokens: NDArray[np.int32]
    token_word: NDArray[np.int64]
    token_weights: NDArray[np.float32]
    keys: Sequence[Sequence[str]]
    others: Sequence[tuple[str, ...]]
    quantities: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def query(self) -> Query:
        """What the first stage looks for; a token weighs its share of its word's weight."""
        weights = self.weights[self.token_word] * self.token_weights
        names = name_query_terms(list(words(self.text)), self.text, function_words())
        return Query(self.text, QuestionTokens(self.tokens, weights), names)

    def shares(self) -> NDArray[np.float32]:
        """Return how much each token is of each word, float32 (w, t)."""
        share = np.zeros((len(self), len(self.token_word)), np.float32)
        share[self.token_word, np.arange(len(self.token_word))] = self.token_weights
        return share

    def word(self, place: int) -> str:
        """Return a word as the question has it."""
        start, end = self.spans[place]
        return self.text[start:end]


def question_words(encoder: StaticEncoder, asked: Asked) -> QuestionWords:
    """Read the words of a question, those of its context included at half their weight.

    A word weighs as much as the longest of its token vectors: training makes the vectors of
    words that tell texts apart long.  Question words and the like are left out; names are also
    met by their consonants.
    """
    text = asked.standalone
    found = list(words(text))
    telling = [w for w in found if w.folded not in function_words()] or found
    # Together, since each call of the tokeniser takes as long as the words of a question.
    tokens, counts = encoder.token_ids([text[w.start : w.end] for w in telling])
    norms = np.split(encoder.token_norms(tokens), np.cumsum(counts)[:-1])
    own = np.array([w.start >= len(text) - len(asked.text) for w in telling], np.bool_)
    weights = np.array([n.max(initial=0.0) for n in norms]) * np.where(own, 1.0, _CONTEXT_WEIGHT)
    shares = [n / (n.sum() or 1.0) for n in norms]
    others = {
        w: known.others for known in known_names(found) for w in found[known.first : known.last]
    }
    read = quantities(found, text)
    return QuestionWords(
        text,
        [(w.start, w.end) for w in telling],
        np.asarray(weights / (weights.sum() or 1.0), np.float32),
        tokens,
        np.repeat(np.arange(len(telling)), counts),
        np.concatenate([*shares, np.zeros(0, np.float32)]).astype(np.float32),
        [
            name_query_terms([w], text) if text[w.start : w.end] in asked.names else ()
            for w in telling
        ],
        [others.get(w, ()) for w in telling],
        [tuple(q.term for q in read if q.start <= w.start and w.end <= q.end) for w in telling],
    )


def best_similarities(
    question: QuestionWords,
    index: TextIndex,
    cosines: TokenCosines,
    rows: NDArray[np.int64],
    languages: Collection[str | None],
) -> NDArray[np.float32]:
    """Return how well each word of the question is met in the texts `rows`, float32 (n, w), 0 to 1.

    `cosines` compares its tokens with the index's, `languages` are those of the texts.
    """
    met = _by_meaning(question, index, cosines, rows)
    for place in range(len(question)):
        for text in _texts_with_name(question, place, index):
            named = _places(rows, text)
            met[named, place] = np.maximum(met[named, place], SAME_NAME)
        for stem in (*_stems(question.word(place), languages), *question.quantities[place]):
            met[_places(rows, index.terms.documents_with(stem)), place] = SAME_STEM
    return met


def _stems(word: str, languages: Collection[str | None]) -> set[str]:
    """Return the stems that a word has in any of the languages."""
    found = (terms(word, language) for language in languages)
    stems = {stems[0] for stems in found if len(stems) == 1}
    # The preposition before a name without article stays on its stem ("لقسد").
    return stems | {"ل" + stem for stem in stems}


def _texts_with_name(
    question: QuestionWords, place: int, index: TextIndex
) -> Iterator[NDArray[np.int32]]:
    """Yield the texts that hold a name by its consonants, or by another name of the glossary."""
    for key in question.keys[place]:
        yield index.names.documents_with(key)
    for name in question.others[place]:
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
    question: QuestionWords,
    index: TextIndex,
    cosines: TokenCosines,
    rows: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return the best cosines, float32 (n, w): a word's tokens count by their share in it."""
    near = NearTokens.of(cosines, index.tokens, rows)
    best = np.zeros((len(rows), len(question.token_word)), np.float32)
    if len(near.filled) and best.shape[1]:
        values = cosines.values[near.columns]
        best[near.filled] = np.maximum.reduceat(values, near.starts, axis=0)
    np.maximum(best, np.float32(cosines.chance) * ~near.empty[:, None], out=best)
    return np.asarray(best @ question.shares().T, np.float32)


def sharpen(similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0 for similarities that chance gives, 1 for those of translations, float32 (n, w).

    A word that is met in another language lies at .5 or .6 from its translation, and must not
    count for half of one that is met by itself.
    """
    return np.asarray(((similarities - _CHANCE) / (_MET - _CHANCE)).clip(0.0, 1.0), np.float32)


def rarity(met: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an idf for each word of the question over texts, float32 (w,), from how many meet it.

    `met` float32 (n, w) are sharpened similarities.  In a collection on one topic the topic's
    words meet every text and tell nothing; what is asked about it does.
    """
    rarities = np.maximum(np.log((len(met) + 1) / (met.sum(axis=0) + 0.5)), _LEAST_RARITY)
    return np.asarray(rarities, np.float32)


def score(similarities: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean similarity of each text, float64 (n,), words weighted by `weights`."""
    total = float(weights.sum())
    return np.asarray(similarities @ weights / (total or 1.0), np.float64)
