"""Candidates to passages, best first: legs fused, words compared, a reranker's last word.

Bruch, Gai and Ingber 2023 ("An Analysis of Fusion Functions for Hybrid Retrieval") find a convex
combination of normalised scores better than reciprocal rank fusion.  Raw scores of passages in
the question's own language are higher than those of equally good ones in another, since the same
word meets itself; standardising within each script lets the best of each compete.

Late interaction adds up how well each word of the question is met in a text: a pooled vector lets
the topic drown the word that was asked for, comparing words keeps it.  How well a word is met is
the library's to say (`Library.compare`, `Candidate.met`).  Source of the sum of best matches:
Khattab and Zaharia 2020, "ColBERT", here over static vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index import Candidates, Library, WordTable
from index.engine import NOT_FOUND, Candidate
from rag.answer import Considered, Hit
from rag.reading import Reading
from rag.rerankers.cross_encoder import Reranker
from rag.rerankers.order import rerank

# Passages each leg may add; late interaction then looks at all of them.
DEPTH = 50
# A model that reads question and passage together is slow, so it sees only the best.
_RERANKED = 50
# A word that only the passages beside it in the article meet counts for so much.
_CONTEXT_SHARE = 0.5
Floats = NDArray[np.float64]
# So many scores of the usual kind are added to each group, since the few passages of a small
# collection, or of a rare script, say little of how scores spread.
_USUAL_SCORES = 10
# In a collection of so many passages an idf is worth half: in the smallest ones BM25 gives a
# word that every passage has a negative score.
_HALF_TRUSTED = 10
# Below the first the cosine of two words is chance, from the second on they mean the same.
_CHANCE, _MET = 0.2, 0.6
_LEAST_RARITY = 0.1
# What is on the matter of a question is so near to it at least; a question of more words that carry
# meaning than so many may be further by as much, since they tell more of what they find.
_NEAR, _TOLD = 0.22, 2
# Of so many passages, or sentences, one has to be near, and no more than so many.
_SHARE, _NEAREST = 4, 3
# Of so many sentences some come near by chance; of fewer, as in a small collection, none need to.
_MANY = 40


@dataclass(frozen=True)
class Ranking:
    """Candidates with the fused score of the legs, and that with late interaction, (n,) each."""

    candidates: Candidates
    fused: Floats
    reranked: Floats


def rank(candidates: Candidates, reading: Reading, weights: FusionWeights) -> Ranking:
    """Fuse the legs, then compare the question word by word with every candidate."""
    shape = len(candidates.found), len(reading.words)
    met = np.array([found.met for found in candidates.found], np.float32).reshape(shape)
    around = np.array([found.around for found in candidates.found], np.float32).reshape(shape)
    met = np.asarray(met + _CONTEXT_SHARE * (around - met), np.float32)
    late = score(met, reading.weights * np.array(candidates.rarity, np.float32))
    fused = fuse(candidates, reading.script, weights)
    standard = standardise(late, _groups(scripts_of(candidates)), USUAL_LATE)
    return Ranking(candidates, fused.scores, fused.plus(standard, weights.late).scores)


class Ranker:
    """Puts what a library's search has found in order, and reads the best of it.

    `reranker` has the last word on the best, if there is one.
    """

    def __init__(
        self,
        library: Library,
        weights: FusionWeights | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._library = library
        self._weights = weights or FusionWeights()
        self._reranker = reranker

    def best(self, candidates: Candidates, reading: Reading, k: int) -> list[Hit]:
        """Return the `k` best passages, best first; equal scores in the order of the library."""
        return list(self.hits(candidates, reading, k))

    def hits(self, candidates: Candidates, reading: Reading, k: int) -> Iterator[Hit]:
        """Yield what `best` returns; without a reranker each is read as it is asked for."""
        scores = rank(candidates, reading, self._weights).reranked
        order = np.argsort(-scores, kind="stable")
        found = self._hits(candidates.found, order.tolist(), scores[order].tolist())
        if self._reranker is None:
            return islice(found, k)
        hits = list(islice(found, max(k, _RERANKED)))
        return islice(rerank(reading.standalone, hits, self._reranker, _RERANKED), k)

    def _hits(
        self, found: Sequence[Candidate], order: Sequence[int], scores: Sequence[float]
    ) -> Iterator[Hit]:
        read = self._library.passages(map(found.__getitem__, order))
        for score, shown in zip(scores, read, strict=True):
            # What is damaged is not quoted; the library tells of it.
            if shown:
                article, passage = shown
                yield Hit(passage, article, score)


@dataclass(frozen=True, slots=True)
class Usual:
    """Mean and deviation that a score usually has over the sentences or passages of a search."""

    mean: float
    deviation: float


# Measured on the demo collection and on Arabic encyclopedia paragraphs.
USUAL_LATE = Usual(0.25, 0.09)
_USUAL_DENSE = Usual(0.12, 0.08)
_USUAL_LEXICAL = Usual(2.0, 2.0)
_USUAL_GRAMS = Usual(3.0, 3.0)
_USUAL_SOFT = Usual(0.5, 0.3)


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How much each leg counts.

    BM25, of stems and of character n-grams, counts only within the question's script: across
    scripts just names and digits can match as words, and the other legs have them too.
    """

    dense: float = 0.5
    soft: float = 1.0
    lexical: float = 0.25
    grams: float = 0.25
    late: float = 1.0


def standardise(scores: NDArray[np.floating], groups: NDArray[Any], usual: Usual) -> Floats:
    """Return how many deviations each score lies above the mean of its group, float64 (n,).

    Mean and deviation are those of the group with a few usual scores added.

    >>> standardise(np.array([0.9, 0.1]), np.array(["Arab", "Latn"]), Usual(0.2, 0.1)).round(1)
    array([ 2.9, -0.9])
    """
    values = scores.astype(np.float64)
    result = np.zeros(len(values))
    for group in np.unique(groups):
        of = values[groups == group]
        count = len(of) + _USUAL_SCORES
        mean = (of.sum() + _USUAL_SCORES * usual.mean) / count
        spread = ((of - mean) ** 2).sum() + _USUAL_SCORES * (
            usual.deviation**2 + (usual.mean - mean) ** 2
        )
        result[groups == group] = (of - mean) / np.sqrt(spread / count)
    return result


@dataclass(frozen=True)
class Fused:
    """The sum of the standardised scores of the legs, and of their weights, float64 (n,) each."""

    total: Floats
    weight: Floats

    def plus(self, scores: Floats, weight: float) -> Self:
        """Return the sum with one more leg."""
        return type(self)(self.total + weight * scores, self.weight + weight)

    @property
    def scores(self) -> Floats:
        """One score per passage, between 0 and 1."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.total / self.weight)))


def fuse(candidates: Candidates, asked_script: str, weights: FusionWeights) -> Fused:
    """Fuse what the first stage says of its candidates for a question in `asked_script`."""
    found = candidates.found
    scripts, count = scripts_of(candidates), len(found)
    trust = np.where(scripts == asked_script, count / (count + _HALF_TRUSTED), 0.0)
    lexical, grams = weights.lexical * trust, weights.grams * trust
    groups = _groups(scripts)
    total = (
        weights.dense * standardise(np.array([c.dense for c in found]), groups, _USUAL_DENSE)
        + weights.soft * standardise(_least([c.soft for c in found]), groups, _USUAL_SOFT)
        + lexical * standardise(_least([c.lexical for c in found]), groups, _USUAL_LEXICAL)
        + grams * standardise(np.array([c.grams for c in found]), groups, _USUAL_GRAMS)
    )
    return Fused(total, weights.dense + weights.soft + lexical + grams)


def scripts_of(candidates: Candidates) -> NDArray[np.str_]:
    """Return the script of each candidate, str (n,)."""
    return np.array([found.script for found in candidates.found], np.str_)


def _groups(scripts: NDArray[np.str_]) -> NDArray[np.intp]:
    """Return a number for each script, which are compared in less time."""
    return np.asarray(np.unique(scripts, return_inverse=True)[1], np.intp)


def _least(scores: Sequence[float]) -> Floats:
    """Return the scores with zero for passages that a leg has not found."""
    return np.array([0.0 if score == NOT_FOUND else score for score in scores])


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


def far(reading: Reading, hits: Sequence[Hit], sentences: Sequence[str], table: WordTable) -> float:
    """Return how far a question is from all that was found for it, 0 (on the matter) to some .25.

    Words of any question are met by chance somewhere in a collection, and scores that are relative
    to what else was found do not tell whether the collection is on the matter at all: "who invented
    the telephone?" is met by any telephone.  This is by how much the cosines of the question with
    the nearest passages and sentences, in the bundled `table`, stay below what is usual.
    """
    if not sentences:
        return 0.0
    asked = table.encode_queries([reading.whole or reading.standalone])[0]
    passages = [hit.passage.text for hit in hits]
    found = [np.sort(table.encode_passages(texts) @ asked) for texts in (passages, sentences)]
    nearest = [each[-(min(_NEAREST, len(each) // _SHARE) or 1) :].mean() for each in found]
    share = min(1.0, _TOLD / max(1, len(reading.words))) * min(1.0, len(sentences) / _MANY)
    return share * max(0.0, _NEAR - float(np.mean(nearest)))


def considered_of(
    sentences: Sequence[Any], features: Mapping[str, Floats], scores: Floats
) -> list[Considered]:
    """Return sentences of `rag.choice.evidence` with what was found of them, best first."""
    order = np.argsort(-scores, kind="stable").tolist()
    told = [{name: float(values[place]) for name, values in features.items()} for place in order]
    best = [sentences[place] for place in order]
    return [
        Considered(each.article, each.start, each.end, float(scores[place]), found)
        for each, place, found in zip(best, order, told, strict=True)
    ]


def by_sentences(hits: Sequence[Hit], considered: Sequence[Considered]) -> list[Hit]:
    """Return the passages in the order of the best sentence of each, those without one last."""

    def place(hit: Hit) -> int:
        return next(
            (
                place
                for place, each in enumerate(considered)
                if each.article is hit.article and hit.passage.start <= each.start < hit.passage.end
            ),
            len(considered),
        )

    return sorted(hits, key=place)
