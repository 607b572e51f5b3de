"""The assistant: a question in, an answer with citations out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from index import Filters, Library
from rag.answer import Answer, Event, Hit, Watch, tell
from rag.choice.select import Caution, SelectionSettings, Selector
from rag.citing.cite import answer_of, body_of, cite, cite_once
from rag.reader import BUNDLED, Reader
from rag.reading import Reading, read
from rag.reading.languages import may_be_about, pattern
from rag.reading.reading import may_be_respelt, may_prefer
from rag.rerankers.cross_encoder import Reranker
from rag.search.rank import DEPTH, FusionWeights, Ranker, by_sentences

if TYPE_CHECKING:
    from rag.citing.saved import SavedAnswer
    from rag.llm import ChatModel, Limits, LlmWriter, ModelError
    from rag.search.preferred import Preferred

# Sentences of this many passages compete to be cited.
PASSAGES = 12
# So many passages stand below a refusal, and so many sentences that competed are told.
_RELATED, _CONSIDERED = 3, 10
_EMPTY = "The library is empty. Add articles with: dalil add PATH"
# Nobody asks at such length; comparing every token with every passage would cost gigabytes.
_LONGEST_QUESTION = 2_000


class Assistant:
    """Answers questions from one library: every quote is a stored sentence.

    `reader` judges which sentences answer; `None` leaves it to how well words are met.  `llm`
    writes the answers, within `limits`; without it they are made of the sentences themselves.
    `caution` says how sure an answer must be.  `fusion` and `selection` replace the weights that
    Dalil ships; without `saves`, answers are not kept and have no id.
    """

    def __init__(
        self,
        library: Library,
        reranker: Reranker | None = None,
        *,
        reader: Reader | None = BUNDLED,
        caution: Caution = "normal",
        fusion: FusionWeights | None = None,
        selection: SelectionSettings | None = None,
        saves: bool = True,
        llm: ChatModel | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.library = library
        self._ranker = Ranker(library, fusion, reranker)
        settings = selection or SelectionSettings.read(reader=reader is not None)
        self._selector = Selector(library.compare, library.words, settings.at(caution), reader)
        self._saves = saves
        self._writer: LlmWriter | None = None
        if llm:
            # What reads a model's replies takes a tenth of the time of a cold answer to load.
            from rag.llm import LlmWriter

            self._writer = LlmWriter(llm, library.words, limits)

    def search(
        self,
        question: str,
        history: Sequence[str] = (),
        k: int = 10,
        filters: Filters | None = None,
    ) -> tuple[list[Hit], str | None]:
        """Return the `k` best passages, copies once, and a notice when the library is empty.

        Raises `InputError` for an unknown outlet.
        """
        from rag.search.copies import apart

        filters = self._spelled(filters)
        with self.library.reading():
            reading = read(self._sound(question), self.library.words, [*map(self._sound, history)])
            found = self.library.search(reading.query, max(2 * k, DEPTH), filters)
            hits = apart(self._ranker.hits(found, reading, 2 * k), k, self.library, filters)
        return hits, None if hits else self._notice()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        filters: Filters | None = None,
        owner: str = "",
        preferences: bool = True,
    ) -> Answer:
        """Answer `question`, or say that the articles don't; `history` holds earlier questions.

        The answer is saved in the library as `owner`'s, so that its citations can be shown again.
        Articles of a time or an outlet that the question names come first, unless `preferences` is
        false.  Raises `InputError` for a filter whose outlet the library does not have.
        """
        told = self.stream(question, history, filters=filters, owner=owner, preferences=preferences)
        if (last := list(told)[-1].answer) is None:
            raise TypeError("An answer ended before it was done.")
        return last

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        filters: Filters | None = None,
        owner: str = "",
        preferences: bool = True,
    ) -> Iterator[Event]:
        """Answer as `ask` does, and yield each step; the last event carries the whole answer.

        Closing the iterator ends what a language model is writing; nothing is saved then.
        """
        filters = self._spelled(filters)
        yield Event("status", "searching")
        watch = Watch()
        if spoken := self._about(question, filters):
            yield from tell(self._save(replace(spoken, timings_ms=watch.done()), history, owner))
            return
        reading, fault = self._read(question, history)
        watch.lap("understand")
        with self.library.reading():
            told = self._overview(reading, question, filters, watch)
            prefers = preferences and told is None
            preferred = self._preferred(question, reading, filters) if prefers else None
            if preferred:
                past = list(map(self._sound, history))
                reading = preferred.read_again(reading, self.library.words, past)
            if told is None:
                hits = self._find(reading, PASSAGES, filters, preferred)
                watch.lap("retrieve")
                told = self._answer(question, reading, hits, preferred)
            answer, hits = told
            if answer.status == "abstained" and filters.chosen:
                answer = self._look_outside(answer, reading, filters)
            if preferred:
                answer = replace(answer, preferences=preferred.preferences)
            watch.lap("select")
        if self._writer is None or not hits:
            yield from tell(self._save(replace(answer, timings_ms=watch.done()), history, owner))
            return
        # Others may write into the library while a model writes its answer.
        for event in self._writer.write(reading, hits, answer, fault):
            if event.kind == "token":
                watch.note("first_token")
            if event.answer is None:
                yield event
            else:
                given = replace(
                    event.answer,
                    timings_ms=watch.done(),
                    considered=answer.considered,
                    preferences=answer.preferences,
                )
                yield Event("done", answer=self._save(given, history, owner))

    def _spelled(self, filters: Filters | None) -> Filters:
        return self.library.spelled(filters) if filters and filters.outlet else filters or Filters()

    def saved(self, answer_id: str, owner: str = "") -> SavedAnswer:
        """Return an answer given to `owner` before, its quotes read from the versions it cites.

        Raises `MissingError` for an unknown id or another's answer, `PurgedError` if a cited
        article was purged.
        """
        from rag.citing.saved import saved_answer

        return saved_answer(self.library, answer_id, owner)

    def questions(self, answer_id: str, owner: str = "") -> list[str]:
        """Return the questions up to and with a saved answer's, to follow up on it."""
        from rag.citing.saved import questions_of

        return questions_of(self.library, answer_id, owner)

    def _read(self, question: str, history: Sequence[str]) -> tuple[Reading, ModelError | None]:
        """Read a question, and return what the language model failed with if it helped."""
        text, turns = self._sound(question), list(map(self._sound, history))
        if self._writer is None:
            return read(text, self.library.words, turns), None
        condensed = self._writer.condense(text, turns)
        return read(condensed.text, self.library.words, condensed.history), condensed.fault

    def _about(self, question: str, filters: Filters | None) -> Answer | None:
        """Answer small talk and questions about the library itself, which no article answers."""
        if not may_be_about(question):
            return None
        # Few questions need it.
        from rag.about import about

        with self.library.reading():
            told = about(self._sound(question), self.library, self._ranker, filters)
            return told and replace(told, question=question, notice=self._notice())

    def _preferred(self, question: str, reading: Reading, filters: Filters) -> Preferred | None:
        """Return what a question prefers, `None` if that is nothing."""
        if not may_prefer(reading):
            return None
        from rag.search.preferred import Preferred

        preferred = Preferred.of(self._sound(question), self.library, filters)
        return preferred if preferred.preferences else None

    def _find(
        self, reading: Reading, k: int, filters: Filters, preferred: Preferred | None = None
    ) -> list[Hit]:
        """Return the `k` best passages for a question."""
        found = self.library.search(reading.query, max(k, DEPTH), filters)
        if preferred is None:
            return self._ranker.best(found, reading, k)
        # Those that are lifted come from a little below.
        return preferred.lift(self._ranker.best(found, reading, 2 * k))[:k]

    def _look_outside(self, answer: Answer, reading: Reading, filters: Filters) -> Answer:
        """Say of a refusal if articles that the reader's filters hide would answer."""
        hits = self._find(reading, PASSAGES, filters.widest)
        choice = self._selector.choose(reading, hits)
        if not choice.answers:
            return answer
        from rag.citing.refusal import answered_outside

        return answered_outside(answer, {sentence.article.id for sentence in choice.sentences})

    def _overview(
        self, reading: Reading, question: str, filters: Filters, watch: Watch
    ) -> tuple[Answer, list[Hit]] | None:
        """Return an overview as `_answer` does an answer, `None` if a question asks for none."""
        if not pattern("overview").search(reading.text.lstrip("¿¡ \t\n")):
            return None
        from rag.overview.timeline import PASSAGES, timeline, topic_of

        topic = topic_of(reading.text, self.library.words)
        if topic is None:
            return None
        hits = self._find(topic, PASSAGES, filters)
        watch.lap("retrieve")
        answer, hits = timeline(question, topic, hits, self.library.compare, self.library.words)
        return replace(answer, notice=self._notice()), hits

    def _answer(
        self, question: str, reading: Reading, hits: Sequence[Hit], preferred: Preferred | None
    ) -> tuple[Answer, list[Hit]]:
        """Return the answer, and the passages in the order of their best sentences."""
        choice = self._selector.choose(reading, hits, preferred.worth if preferred else None)
        likeliest = by_sentences(hits, choice.considered)
        considered = choice.considered[:_CONSIDERED]
        if not choice.answers:
            from rag.citing.refusal import abstention

            refused = abstention(
                question,
                hits[:_RELATED],
                confidence=choice.confidence,
                notice=self._notice(),
                possible=cite(choice.possible, reading, self.library.words),
                unmet=choice.unmet,
            )
            return replace(refused, considered=considered), likeliest
        citations = cite_once(choice.sentences, hits, reading, self.library.words)
        sure, left = choice.confidence, choice.unanswered
        answer = answer_of(question, reading, citations, sure, left, differs=choice.differs)
        return replace(answer, considered=considered, notice=self._notice()), likeliest

    def _notice(self) -> str | None:
        return self.library.trouble if len(self.library) else _EMPTY

    def _save(self, answer: Answer, history: Sequence[str], owner: str) -> Answer:
        if not self._saves:
            return answer
        saved = replace(answer, answer_id=uuid4().hex)
        # A reader without the right to write still gets the answer, only not its id.
        with suppress(DalilError):
            self.library.save_answer(
                str(saved.answer_id),
                replace_surrogates(body_of(saved, history)),
                [citation.span for citation in answer.citations],
                owner,
            )
            return saved
        return answer

    def _sound(self, text: str) -> str:
        """Return a question as it is read, however it was typed."""
        text = replace_surrogates(text)[:_LONGEST_QUESTION]
        if not may_be_respelt(text, self.library.words):
            return text
        from rag.spelling import plain

        return plain(text, self.library.words)
