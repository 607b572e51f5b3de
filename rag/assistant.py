"""The assistant: a question in, an answer with citations out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from uuid import uuid4

from corpus.clean import replace_surrogates
from corpus.errors import DalilError
from index import Filters, Library
from index.encoder.cross_encoder import Reranker
from rag.answer import Answer, Hit
from rag.cite import cite
from rag.events import Event, tell
from rag.extract import abstention, compose
from rag.fuse import FusionWeights
from rag.question import Asked, understand
from rag.retrieve import Retriever
from rag.saved import SavedAnswer, body_of, questions_of, saved_answer
from rag.select import SelectionSettings, Selector

# Sentences of this many passages compete to be cited.
PASSAGES = 12
_RELATED = 3
# Nobody asks at such length; comparing every token with every passage would cost gigabytes.
_LONGEST_QUESTION = 2_000


class Assistant:
    """Answers questions from one library, extractively: every quote is a stored sentence.

    `fusion` and `selection` replace the weights that Dalil ships; without `saves`, answers are
    not kept and have no id.
    """

    def __init__(
        self,
        library: Library,
        reranker: Reranker | None = None,
        *,
        fusion: FusionWeights | None = None,
        selection: SelectionSettings | None = None,
        saves: bool = True,
    ) -> None:
        self.library = library
        self._retriever = Retriever(library, fusion, reranker)
        self._selector = Selector(library.words, selection)
        self._saves = saves

    def search(
        self,
        question: str,
        history: Sequence[str] = (),
        k: int = 10,
        filters: Filters | None = None,
    ) -> tuple[list[Hit], str | None]:
        """Return the `k` best passages, and a notice when the library is empty."""
        with self.library.reading():
            hits = self._retriever.retrieve(_read(question, history), k, filters)
            return hits, None if hits else self._notice()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        filters: Filters | None = None,
        owner: str = "",
    ) -> Answer:
        """Answer `question`, or say that the articles don't; `history` holds earlier questions.

        The answer is saved in the library as `owner`'s, so that its citations can be shown again.
        """
        began = perf_counter()
        asked = _read(question, history)
        with self.library.reading():
            hits = self._retriever.retrieve(asked, PASSAGES, filters)
            retrieved = perf_counter()
            answer = self._answer(question, asked, hits)
        done = perf_counter()
        timings = {
            "retrieve": 1000 * (retrieved - began),
            "select": 1000 * (done - retrieved),
            "total": 1000 * (done - began),
        }
        return self._save(replace(answer, timings_ms=timings), history, owner)

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        filters: Filters | None = None,
        owner: str = "",
    ) -> Iterator[Event]:
        """Answer as `ask` does, and yield each step; the last event carries the whole answer."""
        yield Event("status", "searching")
        yield from tell(self.ask(question, history, filters=filters, owner=owner))

    def saved(self, answer_id: str, owner: str = "") -> SavedAnswer:
        """Return an answer given to `owner` before, its quotes read from the versions it cites.

        Raises `MissingError` for an unknown id or another's answer, `PurgedError` if a cited
        article was purged.
        """
        return saved_answer(self.library, answer_id, owner)

    def questions(self, answer_id: str, owner: str = "") -> list[str]:
        """Return the questions up to and with a saved answer's, to follow up on it."""
        return questions_of(self.library, answer_id, owner)

    def _answer(self, question: str, asked: Asked, hits: Sequence[Hit]) -> Answer:
        choice = self._selector.choose(asked, hits)
        if not choice.answers:
            return abstention(
                question, hits[:_RELATED], confidence=choice.confidence, notice=self._notice()
            )
        citations = cite(choice.sentences, choice.question, self.library.words)
        text = compose(question, citations)
        return Answer(question, "answered", text, choice.confidence, citations)

    def _notice(self) -> str | None:
        if len(self.library):
            return None
        return "The library is empty. Add articles with: dalil add PATH"

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


def _read(question: str, history: Sequence[str]) -> Asked:
    turns = [replace_surrogates(turn)[:_LONGEST_QUESTION] for turn in history]
    return understand(replace_surrogates(question)[:_LONGEST_QUESTION], turns)
