"""How surely a sentence answers a question: a logistic over what of the question it meets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from index.analysis import words
from index.names import name_key, name_keys
from rag.evidence import Described
from rag.fuse import Floats
from rag.late import QuestionWords
from rag.question import Asked, Expected

# What stands beside the sentence supports it, but less than what stands in it.
_AROUND_SHARE = 0.7


def signals(
    asked: Asked,
    question: QuestionWords,
    described: Described,
    ranks: Floats,
) -> dict[str, float]:
    """Return what speaks for the best-ranked sentence as an answer.

    - weakest: the least covered of the question's weighty words
    - rank: its ranking score; lead: how far that is above the next three
    - unnamed: how badly the question's worst-supported name fares, 0 (well) to 1
    - unfit: a number or date was asked for and the sentence has none
    """
    best = int(np.argmax(ranks))
    weights = question.weights
    coverage = np.maximum(described.own[best], _AROUND_SHARE * described.around[best])
    weighty = coverage[weights >= weights.mean()]
    following = np.sort(np.delete(ranks, best))[::-1][:3]
    wanted = asked.expected in (Expected.NUMBER, Expected.TIME)
    return {
        "bias": 1.0,
        "weakest": float(weighty.min()) if len(weighty) else 0.0,
        "rank": float(ranks[best]),
        "lead": float(ranks[best] - (following.mean() if len(following) else 0.0)),
        "unnamed": _unnamed(asked, question, described, best),
        "unfit": float(wanted and not described.features["expected"][best]),
    }


def confidence(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability that the sentence answers, between 0 and 1."""
    total = sum(weight * found[name] for name, weight in weights.items())
    return float(1.0 / (1.0 + np.exp(-total)))


def _unnamed(asked: Asked, question: QuestionWords, described: Described, best: int) -> float:
    """Return how badly the worst-supported name of the question fares, 0 (well) to 1.

    A name is supported by its consonants anywhere in the article, or where it is met by meaning
    or glossary in the sentence or beside it.
    """
    named = [p for p in range(len(question)) if question.word(p) in asked.names]
    if not named:
        return 0.0
    article = described.sentences[best].article
    keys = name_keys(list(words(f"{article.title or ''} {article.text}")))
    near = np.maximum(described.own[best], described.around[best])
    return max(
        1.0 - max(float(name_key(question.word(place)) in keys), float(near[place]))
        for place in named
    )
