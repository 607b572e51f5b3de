"""How sure it is that a sentence answers, and which of the best is the surest to.

A logistic over what of the question a sentence and its article meet, and what the reader says.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from index import WordTable
from rag.choice.answer_types import beside_number, focus, lacks_kind
from rag.choice.evidence import Described, absent, of_article
from rag.choice.unmet import unmet
from rag.reading import Reading
from rag.reading.reading import Expected
from rag.search.rank import Floats

# What stands beside the sentence supports it, but less than what stands in it, and what stands
# elsewhere in the article still less.
_AROUND_SHARE, _ARTICLE_SHARE = 0.7, 0.4
# A signal of what is not asked for is worth as much as one that is half met.
_HALF = 0.5
# What is said of another person, place or year is no answer, however well the rest is met; no
# sample of real questions shows how often that would be the one thing that is wrong.
_UNNAMED_SHARE = 0.6
# Sentences of as many passages as are retrieved, about.
_MANY = 40
# Where nothing but a name that its article has speaks for another than the best, it is pointed to
# at any caution and never an answer: what is asked of a place is seldom said of it in passing.
_NAMED_ONLY = 0.45
# A third is seldom the one that answers, and each that is looked at makes a refusal less likely.
_RIVALS = 2


def surest(
    reading: Reading,
    described: Described,
    plain: Floats,
    scores: Floats,
    table: WordTable,
    weights: Mapping[str, float],
) -> tuple[Floats, float]:
    """Return scores with the surest of the two best sentences ahead, and how sure it is.

    The ranking tells which sentence is on the subject, the confidence whether its article is the
    one that is asked about.  `plain` are ranking scores (n,), `scores` those with the lead that
    some articles have; a lead is never undone.
    """
    lead = scores - plain
    order = np.argsort(-scores, kind="stable")[:_RIVALS]
    rivals = [int(place) for place in order if lead[place] >= lead[order[0]]]
    found = [signals(reading, described, plain, table, place) for place in rivals]
    sure = [confidence(each, weights) for each in found]
    best = int(np.argmax(sure))
    swapped = scores.copy()
    swapped[[rivals[0], rivals[best]]] = scores[[rivals[best], rivals[0]]]
    by_name = found[0]["unnamed"] > found[best]["unnamed"]
    return swapped, min(sure[best], _NAMED_ONLY) if by_name else sure[best]


def signals(
    reading: Reading,
    described: Described,
    ranks: Floats,
    table: WordTable,
    best: int | None = None,
) -> dict[str, float]:
    """Return what speaks for the best-ranked sentence, or that at `best`, as an answer.

    - weakest: the least covered of the question's weighty words
    - rank: its ranking score
    - focus: how well it meets what the question names as asked for
    - beside: how well words beside a number in it meet that, where a number is asked for
    - unnamed: its article lacks a name, a number or a date of the question
    - absent: the share of the question's words, by weight, that its article hardly meets anywhere;
      of a follow-up, if that is more, the share of its own words
    - foreign: it is in another script than the question, where as few words met say more
    - unfit: it lacks the kind of thing that is asked for
    - few: how few sentences there were to choose from, which keeps standardised scores low
    - reads: log odds that it answers, to a reader; with one alone
    - outread: by how much another sentence is likelier to answer, to the reader
    """
    best = int(np.argmax(ranks)) if best is None else best
    sentence = described.sentences[best]
    text, language = sentence.text, sentence.article.language
    weights, own = reading.weights, described.own[best]
    article = of_article(described.sentences, described.around)[best]
    coverage = np.maximum(own, _AROUND_SHARE * described.around[best])
    coverage = np.maximum(coverage, _ARTICLE_SHARE * article)
    named = focus(reading)
    counted = reading.expected is Expected.NUMBER
    beside = beside_number(reading, text, table) if counted else _HALF
    found = {
        "bias": 1.0,
        "weakest": float(coverage[weights >= weights.mean()].min(initial=1.0)),
        "rank": float(ranks[best]),
        "focus": float(own @ named / named.sum()) - _HALF if named.any() else 0.0,
        "beside": beside - _HALF,
        "unnamed": float(bool(unmet(reading, sentence.article, table))),
        "absent": absent(reading, article),
        "foreign": 1.0 - float(described.features["same_script"][best]),
        "unfit": float(lacks_kind(reading, text, language)),
        "few": max(0.0, float(np.log(_MANY / len(described.sentences)))),
    }
    odds = described.features.get("reads")
    if odds is not None:
        found |= {"reads": float(odds[best]), "outread": float(odds.max() - odds[best])}
    return found


def confidence(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability that the sentence answers, between 0 and 1."""
    total = sum(weight * found[name] for name, weight in weights.items())
    return float((1.0 - _UNNAMED_SHARE * found["unnamed"]) / (1.0 + np.exp(-total)))
