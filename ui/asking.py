"""What `dalil search` and `dalil ask` do with one question, library or no library."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import DalilError
from rag.answer import Answer, Hit, Json

if TYPE_CHECKING:
    from index import Filters
    from index.encoder.cross_encoder import Reranker
    from ui.batch import Question
    from ui.settings import Settings


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages found for a question."""

    question: str
    hits: Sequence[Hit]
    notice: str | None

    def as_json(self) -> Json:
        """Return the contract's shape of a search."""
        hits = [hit.as_json() for hit in self.hits]
        return {"question": self.question, "hits": hits, "notice": self.notice}


class Desk:
    """Answers questions one after another from one open library."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        from index import Library, load_encoder
        from index.store import DATABASE
        from rag.assistant import Assistant

        # A library that is not there yet is no mistake: there is just nothing to find in it.
        self._assistant: Assistant | None = None
        if (settings.home / DATABASE).exists():
            library = Library.open(settings.home, load_encoder(settings.encoder), say=say)
            self._assistant = Assistant(library, reranker=_reranker(settings.reranker))
        self._missing = f"There is no library at {settings.home}. Add articles with: dalil add PATH"

    def search(self, question: Question, k: int, filters: Filters) -> SearchResult:
        """Return the `k` best passages for a question."""
        if self._assistant is None:
            return SearchResult(question.text, (), self._missing)
        hits, notice = self._assistant.search(question.text, question.history, k, filters)
        return SearchResult(question.text, hits, notice)

    def ask(self, question: Question, filters: Filters) -> Answer:
        """Return the answer to a question."""
        if self._assistant is None:
            from rag.extract import abstention

            return abstention(question.text, (), notice=self._missing)
        return self._assistant.ask(question.text, question.history, filters=filters)

    def history(self, answer_id: str) -> Sequence[str]:
        """Return the questions up to and with a saved answer's."""
        body = self._assistant.library.answer(answer_id) if self._assistant else None
        if body is None:
            raise DalilError(f"There is no saved answer {answer_id!r} in the library.")
        saved = json.loads(body)
        return [*saved["history"], saved["question"]]


def _reranker(name: str | None) -> Reranker | None:
    """Load the reranker that the settings name, before any question is answered without it."""
    if name is None:
        return None
    from index.encoder.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(name)
