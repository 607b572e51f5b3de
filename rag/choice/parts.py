"""Questions of several parts: "who runs it, and how many work there?" asks for two sentences.

Read as one, the second part takes the reader's eye off the first, and one sentence seldom meets
the words of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import compress
from typing import NamedTuple, Protocol

from corpus.text.words import words
from index import WordTable
from rag.answer import Considered, Hit
from rag.choice.evidence import Sentence
from rag.choice.signals import POINTED
from rag.choice.unmet import names_of, places_of, unmet
from rag.reading import Reading, read
from rag.reading.languages import function_words, pattern

# With fewer words no part is a question.
_FEWEST = 2
_EDGES = " \t\n,،;؛?؟¿"


def parts_of(text: str, language: str) -> list[str]:
    """Return the questions that a question joins, itself alone if it is one.

    A part of which too little is left says something only together with what it stands beside.

    >>> parts_of("Who runs the camp, and how many doctors work there?", "en")
    ['Who runs the camp?', 'How many doctors work there?']
    >>> parts_of("كم شجرة ستُزرع، وكم قرية بقيت بلا كهرباء؟", "ar")
    ['كم شجرة ستُزرع؟', 'كم قرية بقيت بلا كهرباء؟']
    >>> parts_of("When and where did it happen?", "en")
    ['When and where did it happen?']
    """
    found, rest = [], text
    while joined := pattern("joining", language).search(rest):
        found.append(rest[: joined.start()])
        rest = rest[joined.start("part") :]
    found.append(rest)
    if len(found) == 1 or not all(_asks(part) for part in found):
        return [text]
    mark = "؟" if "؟" in text or language in ("ar", "fa", "ckb") else "?"
    return [f"{_capital(part.strip(_EDGES), language)}{mark}" for part in found]


class Chosen(Protocol):
    """What was chosen for one part, as `rag.choice.select.Choice` is."""

    @property
    def sentences(self) -> Sequence[Sentence]:
        """What to cite, best first; none where it is not answered."""

    @property
    def confidence(self) -> float:
        """How surely the best of them answers, 0 to 1."""

    @property
    def considered(self) -> Sequence[Considered]:
        """All that competed, best first."""

    @property
    def possible(self) -> Sequence[Sentence]:
        """What may answer, where nothing is cited."""

    @property
    def unmet(self) -> Sequence[str]:
        """What the part names and the article of the best does not."""

    @property
    def differs(self) -> bool:
        """Whether articles on one event say otherwise."""


class Joined(NamedTuple):
    """What to cite for all parts together, and the parts that are not answered.

    Where articles differ on a part, it `differs`, and what they say of that comes first.  Where no
    part is answered, nothing is cited, and `possible` is what may answer the parts.
    """

    sentences: Sequence[Sentence]
    confidence: float
    considered: Sequence[Considered]
    unanswered: Sequence[str] = ()
    differs: bool = False
    possible: Sequence[Sentence] = ()
    unmet: Sequence[str] = ()


def by_parts(
    choose: Callable[[Reading, Sequence[Hit]], Chosen],
    reading: Reading,
    hits: Sequence[Hit],
    table: WordTable,
    alone: float,
) -> Joined | None:
    """Return what `choose` cites for the parts of a question, or points to where it cites nothing.

    A part that names nothing is about what the others name; where none of these is answered, it
    has to be as sure as `alone`.  What nobody speaks of makes the whole question doubtful.  It is
    as sure as the least sure of the parts that are answered, or the surest of those that may be.
    It is `None` for one question alone, and where no part may be answered.
    """
    parts = parts_of(reading.text, reading.language)
    lacking = [set(unmet(reading, hit.article, table)) for hit in hits]
    if len(parts) == 1 or not hits or set.intersection(*lacking):
        return None
    before = [reading.context] if reading.context else ()
    asked = [replace(read(part, table, before), whole=reading.standalone) for part in parts]
    named = [bool(names_of(part) or places_of(part)) for part in asked]
    same = [hit for hit, lacks in zip(hits, lacking, strict=True) if not lacks]
    choices = [
        choose(part, hits if names else same) for part, names in zip(asked, named, strict=True)
    ]
    unvouched = any(named) and not any(choice.sentences for choice in compress(choices, named))
    least = alone if unvouched else 0.0
    answered = [each for each in choices if each.sentences and each.confidence >= least]
    if not answered:
        return _pointed(choices)
    # A sentence that answers two parts is cited once.
    first = sorted(answered, key=lambda choice: not choice.differs)
    best = [sentence for choice in first for sentence in _of_part(choice)]
    cited = {(sentence.article.id, sentence.start): sentence for sentence in best}
    considered = [each for choice in choices for each in choice.considered]
    return Joined(
        list(cited.values()),
        min(choice.confidence for choice in answered),
        sorted(considered, key=lambda each: -each.score),
        [
            part
            for part, choice in zip(parts, choices, strict=True)
            if not any(choice is each for each in answered)
        ],
        first[0].differs,
    )


def _pointed(choices: Sequence[Chosen]) -> Joined | None:
    """Return the likeliest sentence of each part that has any, the surest part first."""
    found = [each for each in choices if each.sentences or each.possible]
    if not found:
        return None
    found.sort(key=lambda choice: -choice.confidence)
    best = [(*choice.sentences, *choice.possible)[0] for choice in found]
    considered = [each for choice in choices for each in choice.considered]
    sure = max(
        min(each.confidence, POINTED) if each.sentences else each.confidence for each in found
    )
    return Joined(
        (),
        sure,
        sorted(considered, key=lambda each: -each.score),
        possible=list({(each.article.id, each.start): each for each in best}.values()),
        unmet=list(dict.fromkeys(name for choice in found for name in choice.unmet)),
    )


def _of_part(choice: Chosen) -> list[Sentence]:
    """Return the best sentence, of articles that differ that of each."""
    by_article = {each.article.id: each for each in reversed(choice.sentences)}
    told = dict.fromkeys(each.article.id for each in choice.sentences)
    return [by_article[name] for name in told] if choice.differs else [choice.sentences[0]]


def _asks(part: str) -> bool:
    found = [word.folded for word in words(part)]
    return len(found) >= _FEWEST and any(word not in function_words() for word in found)


def _capital(part: str, language: str) -> str:
    if language == "tr" and part.startswith("i"):
        return f"İ{part[1:]}"
    return part[:1].upper() + part[1:]
