"""The written answer while it grows: the text, its citations, and what each statement rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import regex

from rag.answer import Citation, Event, Match, Statement
from rag.choice.evidence import Sentence
from rag.llm.numbered import Evidence
from rag.llm.replies.pointers import Pointers, Words
from rag.llm.replies.statements import Written, written_statements
from rag.llm.replies.text import Draft

# What the model was told to write, and nothing else, when the articles do not say.
_REFUSAL = regex.compile(r"[\W_]*no[\s_]+answer[\W_]*", regex.I)
# Small models go on to explain themselves, or put a marker behind it.
_REFUSES = regex.compile(r"[\W_]*no[\s_]+answer[*_\"'”»)\]]*(?:[.!:\n]|\s*\Z)", regex.I)


class Page:
    """Takes the parts of a reply and yields what to show of them.

    Sentences are cited in the order in which the reply first points to them, so that `[1]` is the
    first; `unknown` counts the pointers to sentences that there are not.  `matches` tells how a
    sentence meets the question, `missing` what of a statement the sentences cited don't hold.
    """

    def __init__(
        self,
        evidence: Evidence,
        matches: Callable[[Sentence], tuple[Match, ...]],
        missing: Callable[[str, Sequence[Sentence]], tuple[str, ...]],
    ) -> None:
        self._evidence, self._matches, self._missing = evidence, matches, missing
        self._draft = Draft()
        self._cited: dict[int, Citation] = {}
        self._held = ""
        self._opened = False
        self.unknown = 0

    @property
    def text(self) -> str:
        """What the reader was shown."""
        return self._draft.text

    @property
    def refuses(self) -> bool:
        """Whether the reply is, or opens with, the phrase for articles that do not say.

        What a model says after the phrase is not shown: it has just said that there is nothing.
        """
        return bool(_REFUSES.match(self._held))

    def take(self, part: Words | Pointers) -> Iterator[Event]:
        """Yield the events of the next part; a reply that may be a refusal is held back."""
        if isinstance(part, Pointers):
            known = [number for number in part.numbers if self._evidence.sentence(number)]
            self.unknown += len(part.numbers) - len(known)
            if not self.refuses:
                yield from self._show(self._release())
                yield from self._point(known)
            return
        self._held += part.text
        undecided = _REFUSAL.fullmatch(self._held, partial=True)
        if self._opened or not (undecided or self.refuses):
            yield from self._show(self._release())

    def finish(self) -> Iterator[Event]:
        """Yield what was held back, unless it is a refusal."""
        if not self.refuses:
            yield from self._show(self._release())

    def statements(self) -> tuple[Statement, ...]:
        """Check every statement against the sentences that it cites."""
        return tuple(self._checked(each) for each in self._written())

    def citations(self, statements: Sequence[Statement]) -> tuple[Citation, ...]:
        """Return the citations, each with the statements that it was put to."""
        return tuple(
            replace(
                citation,
                supports=tuple((s.start, s.end) for s in statements if citation.n in s.citations),
            )
            for citation in self._cited.values()
        )

    def _show(self, words: str) -> Iterator[Event]:
        if shown := self._draft.add(words):
            yield Event("token", shown)

    def _release(self) -> str:
        held, self._held, self._opened = self._held, "", True
        return held

    def _point(self, known: Sequence[int]) -> Iterator[Event]:
        """Yield a marker, and with it each citation that is new."""
        new = [number for number in dict.fromkeys(known) if number not in self._cited]
        for number in new:
            self._cited[number] = self._citation(number)
        if shown := self._draft.mark(self._cited[number].n for number in known):
            yield Event("token", shown)
        written = self._written() if new else []
        for citation in (self._cited[number] for number in new):
            spans = tuple((w.start, w.end) for w in written if citation.n in w.citations)
            yield Event("citation", citation=replace(citation, supports=spans))

    def _citation(self, number: int) -> Citation:
        sentence = self._evidence.sentences[number - 1]
        n = len(self._cited) + 1
        return Citation(n, sentence.article, sentence.start, sentence.end, self._matches(sentence))

    def _written(self) -> list[Written]:
        return written_statements(self._draft.text, self._draft.marks)

    def _checked(self, written: Written) -> Statement:
        """Return a statement with what of it the sentences cited do not hold."""
        numbers = {citation.n: number for number, citation in self._cited.items()}
        cited = [self._evidence.sentences[numbers[n] - 1] for n in written.citations]
        missing = self._missing(self.text[written.start : written.end], cited) if cited else ()
        return Statement(
            written.start, written.end, written.citations, bool(cited) and not missing, missing
        )
