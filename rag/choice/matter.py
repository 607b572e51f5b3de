"""Follow-ups on a question that was not answered: "who announced it?" has many wrong answers.

What a follow-up leaves unsaid, nearly any article on the matter meets; and where no article tells
of that, any that meets its own few words would do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from index import WordTable
from rag.answer import Considered, Hit
from rag.choice.evidence import Sentence
from rag.choice.unmet import unmet
from rag.reading import Reading, read

# Articles that come into question where one of them may answer.
_NEAR = 3


class Chosen(Protocol):
    """What was chosen for a question, as `rag.choice.select.Choice` is."""

    @property
    def sentences(self) -> Sequence[Sentence]:
        """What to cite, best first; none where it is not answered."""

    @property
    def possible(self) -> Sequence[Sentence]:
        """What may answer, where nothing is cited."""

    @property
    def considered(self) -> Sequence[Considered]:
        """All that competed, best first."""

    @property
    def confidence(self) -> float:
        """How surely the best of them answers, 0 to 1."""


def off_the_matter(
    choice: Chosen,
    choose: Callable[[Reading, Sequence[Hit]], Chosen],
    reading: Reading,
    hits: Sequence[Hit],
    table: WordTable,
) -> Mapping[str, Any]:
    """Return what is to be said otherwise of the answer to a follow-up, by the names of `Choice`.

    That is nothing if an article that is cited answers what it follows up on; or, where none does,
    if the one that is cited first may do so, or is near to that. `choose` says which do. Else the
    sentences may answer, and no more.
    """
    before = choose(read(reading.context, table), hits)
    cited = [sentence.article.id for sentence in choice.sentences]
    known = {sentence.article.id for sentence in (*before.sentences, *before.possible)}
    # What may be told somewhere may be told in one of a few; what is told nowhere has a nearest.
    nearest = dict.fromkeys(each.article.id for each in before.considered)
    if not before.sentences:
        known |= set(list(nearest)[: _NEAR if before.possible else 1])
        cited = cited[:1]
    if not known.isdisjoint(cited):
        return {}
    return {
        "sentences": (),
        "confidence": min(choice.confidence, before.confidence),
        "possible": choice.sentences,
        "unmet": unmet(reading, choice.sentences[0].article, table),
        "unanswered": (),
        "differs": False,
    }
