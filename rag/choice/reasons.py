"""Questions that ask why or how: the answer may go on in the sentence behind, or stand elsewhere.

An article often tells first what happened, in the words of the question, and then why.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from index import WordTable
from rag.choice.evidence import Described, Sentence
from rag.choice.signals import same_event
from rag.choice.unmet import unmet
from rag.reading import Reading
from rag.reading.languages import pattern
from rag.reading.reading import Expected
from rag.search.rank import Floats

# What gives the reason may rank so much lower than what does not, and be so much less likely to
# the reader, in log odds; the sentence behind needs no word for it, but to be likelier.  Few cases
# of half `fit` speak for these: three for the first two, one for the last.
_LOWER, _LESS, _BEHIND = 4.0, 4.0, 2.6


def reasoned(
    reading: Reading,
    described: Described,
    scores: Floats,
    picked: Sequence[int],
    table: WordTable,
) -> list[int]:
    """Return `picked`, with what else tells the reason or the way that a question asks for.

    That is the sentence behind the best, if it goes on from it ("and that because ...").  Where
    nothing picked gives the reason that is asked for, it is the likeliest sentence that does, and
    the one behind the best if a reader finds it nearly as likely.  Further articles on the event
    may give other reasons.
    """
    best, expected = picked[0], described.features["expected"] > 0
    odds = described.features.get("reads", scores)
    more: list[int] = []
    lacking = reading.expected is Expected.REASON and not expected[list(picked)].any()
    following = _following(described.sentences, best)
    if following is not None and (
        _goes_on(described.sentences[following])
        or (lacking and odds[following] >= odds[best] - _BEHIND)
    ):
        more.append(following)
    if lacking:
        near = expected & (scores >= scores[best] - _LOWER) & (odds >= odds[best] - _LESS)
        reasons = sorted(np.flatnonzero(near).tolist(), key=lambda p: -(odds[p] + scores[p]))
        named = (p for p in reasons if not unmet(reading, described.sentences[p].article, table))
        more.extend(islice(named, 1))
    told = list(dict.fromkeys([best, *more, *picked[1:]]))
    asks_why = reading.expected is Expected.REASON
    return _of_the_event(reading, described, scores, told, table) if asks_why else told


def _of_the_event(
    reading: Reading,
    described: Described,
    scores: Floats,
    picked: Sequence[int],
    table: WordTable,
) -> list[int]:
    """Return `picked` with the likeliest sentence of each further article on the event of the best.

    It stands in place of what else is picked of that article: the one that ranks highest there
    often tells what happened, as the best does already.
    """
    sentences, best = described.sentences, picked[0]
    odds = described.features.get("reads", scores)
    near = (scores >= scores[best] - _LOWER) & (odds >= odds[best] - _LESS)
    likeliest: dict[str, int] = {}
    for place in sorted(np.flatnonzero(near).tolist(), key=lambda place: -odds[place]):
        likeliest.setdefault(sentences[place].article.id, place)
    likeliest.pop(sentences[best].article.id, None)
    event = [
        place
        for place in likeliest.values()
        if same_event(sentences[place].article, sentences[best].article, table)
        and not unmet(reading, sentences[place].article, table)
    ]
    others = {sentences[place].article.id for place in event}
    return [*(p for p in picked if sentences[p].article.id not in others), *event]


def _following(sentences: Sequence[Sentence], place: int) -> int | None:
    """Return the place of the sentence behind in the same passage, `None` where it ends."""
    behind = place + 1
    same = behind < len(sentences) and sentences[behind].hit is sentences[place].hit
    return behind if same else None


def _goes_on(sentence: Sentence) -> bool:
    """Tell if a sentence begins with words that carry on what was said before."""
    return bool(pattern("going_on", sentence.article.language).match(sentence.text.lstrip('"“«')))
