"""Late interaction: each word of the question finds what meets it best in a text.

A pooled vector lets the topic of a passage drown the word that was asked for; comparing words
keeps it.  A word is met by meaning (cosine in the bundled token table), by its stem, by its
consonants if it is a name, or by another name of the same thing in the glossary.
Source of the sum of best matches: Khattab and Zaharia 2020, "ColBERT", here over static vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import StaticEncoder
from index.analysis import terms, words
from index.names import name_key, name_keys
from rag.glossary import known_names
from rag.languages import function_words
from rag.question import Asked

# Cosines between a word and its translation lie mostly above it, chance ones below.
_MET = 0.6
_LEAST_RARITY = 0.1
# A coarse key or a name in the glossary is nearly as good as the same word.
SAME_NAME = 0.9
SAME_STEM = 1.0
# What a follow-up leaves unsaid counts, but less than what it asks.
_CONTEXT_WEIGHT = 0.5


@dataclass(frozen=True)
class QuestionWords:
    """The words of a question that carry meaning.

    `spans` are half-open offsets in the question, `weights` float32 (w,) sum to 1, `vectors`
    float32 (t, dimension) are unit vectors of all their tokens, `token_word` int64 (t,) and
    `token_weights` float32 (t,) tell which word each belongs to and its share in it.
    """

    text: str
    spans: Sequence[tuple[int, int]]
    weights: NDArray[np.float32]
    vectors: NDArray[np.float32]
    token_word: NDArray[np.int64]
    token_weights: NDArray[np.float32]
    keys: Sequence[str | None]
    others: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.spans)

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
    tokens = [encoder.tokenize(text[w.start : w.end]).ids for w in telling]
    norms = [encoder.token_norms(ids) for ids in tokens]
    own = np.array([w.start >= len(text) - len(asked.text) for w in telling], np.bool_)
    weights = np.array([n.max(initial=0.0) for n in norms]) * np.where(own, 1.0, _CONTEXT_WEIGHT)
    shares = [n / (n.sum() or 1.0) for n in norms]
    others = {
        w: known.others for known in known_names(found) for w in found[known.first : known.last]
    }
    return QuestionWords(
        text,
        [(w.start, w.end) for w in telling],
        np.asarray(weights / (weights.sum() or 1.0), np.float32),
        encoder.token_vectors(np.concatenate([*tokens, np.zeros(0, np.int32)])),
        np.repeat(np.arange(len(tokens)), [len(ids) for ids in tokens]),
        np.concatenate([*shares, np.zeros(0, np.float32)]).astype(np.float32),
        [name_key(w.folded) if text[w.start : w.end] in asked.names else None for w in telling],
        [others.get(w, ()) for w in telling],
    )


def best_similarities(
    encoder: StaticEncoder,
    question: QuestionWords,
    texts: Sequence[str],
    languages: Sequence[str | None],
) -> NDArray[np.float32]:
    """Return how well each word of the question is met in each text, float32 (n, w), 0 to 1."""
    met = _by_meaning(encoder, question, texts)
    stems = {language: _stems(question, language) for language in set(languages)}
    others = [[frozenset(terms(name, "ar")) for name in names] for names in question.others]
    for row, (text, language) in enumerate(zip(texts, languages, strict=True)):
        found = set(terms(text, language))
        # The preposition before a name without article stays on its stem ("لقسد").
        found |= {stem[1:] for stem in found if stem[0] == "ل"}
        keys = name_keys(list(words(text))) if any(question.keys) else set()
        for place in range(len(question)):
            if stems[language][place] in found:
                met[row, place] = SAME_STEM
            elif question.keys[place] in keys or any(o <= found for o in others[place]):
                met[row, place] = max(met[row, place], SAME_NAME)
    return met


def _stems(question: QuestionWords, language: str | None) -> list[str | None]:
    stems = [terms(question.word(place), language) for place in range(len(question))]
    return [found[0] if len(found) == 1 else None for found in stems]


def _by_meaning(
    encoder: StaticEncoder, question: QuestionWords, texts: Sequence[str]
) -> NDArray[np.float32]:
    """Return the best cosines, float32 (n, w): a word's tokens count by their share in it."""
    met = np.zeros((len(texts), len(question)), np.float32)
    ids, sizes = encoder.token_ids(texts)
    filled = np.flatnonzero(sizes)
    if not len(filled) or not len(question.token_word):
        return met
    # A token that occurs in many texts is compared once.
    distinct, places = np.unique(ids, return_inverse=True)
    cosines = np.maximum(question.vectors @ encoder.token_vectors(distinct).T, 0.0)
    starts = (np.cumsum(sizes) - sizes)[filled]
    best = np.maximum.reduceat(cosines[:, places], starts, axis=1)
    share = np.zeros((len(question), len(question.token_word)), np.float32)
    share[question.token_word, np.arange(len(question.token_word))] = question.token_weights
    met[filled] = (share @ best).T
    return met


def rarity(similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an idf for each word of the question over texts, float32 (w,), from how many meet it.

    In a collection on one topic the topic's words meet every text and tell nothing; what is
    asked about it does.
    """
    texts = len(similarities)
    met = (similarities > _MET).sum(axis=0)
    rarities = np.maximum(np.log((texts + 1) / (met + 0.5)), _LEAST_RARITY)
    return np.asarray(rarities, np.float32)


def score(similarities: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean similarity of each text, float64 (n,), words weighted by `weights`."""
    total = float(weights.sum())
    return np.asarray(similarities @ weights / (total or 1.0), np.float64)
