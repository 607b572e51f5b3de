"""Questions that found no answer, put together where they ask about the same things.

Two questions belong together if they share at least half of their words that mean something, by
stem.  That is enough to tell what is asked for often; it takes no two languages together.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.text.language import detect
from corpus.text.stems import stem
from corpus.text.words import words
from index.store.answers import StoredAnswer
from rag.reading.languages import function_words

# Shared words over all words of two questions (Jaccard) from which they are of one group.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was refused: what was asked before it if anything was, and when (ISO)."""

    question: str
    after: str | None
    at: str
    unmet: Sequence[str]


@dataclass(eq=False, slots=True)
class Group:
    """Questions about the same things, the newest first, and the stems of the newest."""

    terms: frozenset[str]
    asked: list[Asked] = field(default_factory=list)

    @property
    def unmet(self) -> list[str]:
        """What no article mentions, by how many of the questions name it."""
        told = Counter(name for one in self.asked for name in dict.fromkeys(one.unmet))
        return [name for name, _ in told.most_common()]


def grouped(answers: Iterable[StoredAnswer]) -> list[Group]:
    """Group the refused questions of `answers` (the newest first), those asked most often first.

    Left out are questions that were answered later, and those that only a reader's own filters
    kept from an answer.
    """
    groups = _Groups()
    answered: set[tuple[str, ...]] = set()
    for answer in answers:
        saved = json.loads(answer.body)
        question, history = str(saved["question"]), saved.get("history") or [None]
        key = (str(history[-1]), *(word.folded for word in words(question)))
        if saved["status"] == "answered":
            answered.add(key)
        elif key not in answered and not saved.get("outside"):
            asked = Asked(question, history[-1], answer.created_at, saved.get("unmet", ()))
            groups.of(question).asked.append(asked)
    return sorted(groups.every, key=lambda group: -len(group.asked))


class _Groups:
    """All groups, in the order of their beginning, and those that each stem is in."""

    def __init__(self) -> None:
        self.every: list[Group] = []
        self._holding: defaultdict[str, list[Group]] = defaultdict(list)

    def of(self, question: str) -> Group:
        """Return the group that a question belongs to, a new one if there is none."""
        terms = _terms(question)
        shared = Counter(group for term in terms for group in self._holding[term])
        best = max(shared, key=lambda group: _alike(terms, group.terms), default=None)
        if best is None or _alike(terms, best.terms) < _ALIKE:
            best = Group(terms)
            self.every.append(best)
            for term in terms:
                self._holding[term].append(best)
        return best


def _terms(question: str) -> frozenset[str]:
    """Return the stems of the words that mean something, or of all if none does."""
    language = detect(question)
    folded = [word.folded for word in words(question)]
    meant = [word for word in folded if word not in function_words()]
    # Signs alone are one kind of question, too.
    return frozenset(stem(word, language) for word in meant or folded) or frozenset([""])


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words in common; one of them holds some.

    >>> _alike(frozenset("ab"), frozenset("abcd"))
    0.5
    """
    return len(one & other) / len(one | other)
