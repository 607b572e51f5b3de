"""Questions for a list: each article may know another of the things that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import regex

from corpus.text.names import name_key
from corpus.text.words import words
from index import WordTable
from rag.choice.evidence import Described, Sentence
from rag.choice.unmet import unmet
from rag.reading import Reading
from rag.reading.languages import function_words
from rag.search.rank import Floats

# A thing has at most so many words; between two stands a comma or "and", before the last "and",
# which Arabic writes with the word behind it.
_AND = r"(?:(?:and|or|et|ou|und|oder|y|ve|û|и|و)\s+|(?=و\p{L}))"
_WORD = r"[^\s,،;؛:.!?؟»”\"]+"
_ITEM = rf"{_WORD}(?:\s+(?!{_AND}){_WORD}){{0,3}}"
_LAST = rf"(?:\s*[,،])?\s+{_AND}{_ITEM}"
_NEXT = rf"(?:\s*[,،]\s*(?!{_AND}){_ITEM}|{_LAST})"
_REST = regex.compile(rf"(?:\s+(?!{_AND}){_ITEM})?{_NEXT}+{_LAST}(?=\s*(?:[,،.;؛:!?؟»”\"]|\Z))")
# So many sentences of further articles are gathered at most.
MOST = 4
# They rank at most so much lower than the best, are so much less likely to the reader, in log odds,
# and likelier than this to it at all; and with their surroundings they meet this share of what the
# best meets of the question.  Set by made-up articles: no case asks for a list that several know.
_LOWER, _LESS, _LIKELY, _MET = 4.0, 2.5, -1.5, 0.65
# What stands beside a sentence supports it, but less than what stands in it.
_AROUND_SHARE = 0.7
# Words as alike as this, by their cosine, say the same thing.
_SAME = 0.7


def listed(
    reading: Reading,
    described: Described,
    scores: Floats,
    picked: Sequence[int],
    table: WordTable,
) -> list[int]:
    """Return what is picked of the best article, and of each further one what names another thing.

    A reader must give it a good chance; without one `picked` stays as it is.  What is named is told
    by the words that answer, where they say more than the question, else by all: half of them are
    new if no sentence that is cited already says them, in whatever language.
    """
    odds = described.features.get("reads")
    if odds is None:
        return list(picked)
    sentences, best = described.sentences, picked[0]
    met = np.maximum(described.own, _AROUND_SHARE * described.around) @ reading.weights
    near = (
        (odds >= max(odds[best] - _LESS, _LIKELY))
        & (scores >= scores[best] - _LOWER)
        & (met >= _MET * met[best])
    )
    own = [p for p in picked if sentences[p].article.id == sentences[best].article.id]
    likely = sorted(np.flatnonzero(near).tolist(), key=lambda p: -(odds[p] + scores[p]))
    cited = list(own)
    for place in (*picked, *likely):
        sentence = sentences[place]
        if (
            sentence.article.id not in {sentences[other].article.id for other in cited}
            and near[place]
            and not unmet(reading, sentence.article, table)
            and _is_new(reading, sentence, [sentences[other].text for other in cited], table)
        ):
            cited.append(place)
    return cited[: len(own) + MOST]


def whole(sentence: Sentence) -> Sentence:
    """Return a sentence whose words that answer are all things of the enumeration they begin.

    Of two things none is added: behind "and" there may as well stand another clause.
    """
    if sentence.focus is None:
        return sentence
    rest = _REST.match(sentence.article.text, sentence.focus[1], sentence.end)
    return replace(sentence, focus=(sentence.focus[0], rest.end())) if rest else sentence


def _is_new(reading: Reading, sentence: Sentence, cited: Sequence[str], table: WordTable) -> bool:
    asked, said = _telling(reading.standalone), [word for text in cited for word in _telling(text)]
    focus = sentence.focus
    answering = sentence.article.text[slice(*focus)] if focus else ""
    items = _unsaid(_telling(answering), asked, table)
    items = items or _unsaid(_telling(sentence.text), asked, table)
    return 2 * len(_unsaid(items, said, table)) >= len(items) > 0


def _unsaid(items: Sequence[str], said: Sequence[str], table: WordTable) -> list[str]:
    """Return the words that none of those `said` is the same as, by meaning or as a name."""
    if not (items and said):
        return list(items)
    keys = {name_key(word) for word in said} - {None}
    met = (table.encode_queries(items) @ table.encode_passages(said).T).max(axis=1)
    return [
        item
        for item, best in zip(items, met.tolist(), strict=True)
        if best < _SAME and name_key(item) not in keys
    ]


def _telling(text: str) -> list[str]:
    return [text[w.start : w.end] for w in words(text) if w.folded not in function_words()]
