"""What `dalil search` and `dalil ask` do with one question, library or no library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.errors import MissingError
from corpus.text.characters import replace_surrogates
from rag.answer import Answer, Hit, Json
from ui.reopening import FileId, Reopening

if TYPE_CHECKING:
    from index import Filters
    from index.encoder import Encoder
    from index.engine import IndexCache
    from index.store.answers import Feedback
    from rag.answer import Event
    from rag.assistant import Assistant
    from rag.choice.select import Caution
    from rag.citing.saved import SavedAnswer
    from rag.llm import ChatModel, Limits
    from rag.reader import Reader
    from rag.rerankers.cross_encoder import Reranker
    from ui.settings.settings import Settings
    from ui.translations import InOtherWords


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with the questions before it in the conversation, oldest first.

    Without `preferences` the times and outlets that it names put no article first.
    """

    text: str
    history: Sequence[str] = ()
    preferences: bool = True


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


class Shared:
    """What the services of one process have in common: models, and the newest snapshot."""

    def __init__(self, settings: Settings, *, background: bool = False) -> None:
        self.settings, self._background = settings, background
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._reranker: Reranker | None = None
        self._reader: tuple[Reader | None] | None = None
        self._model: ChatModel | None = None
        self._cache: tuple[FileId, IndexCache] | None = None

    def encoder(self) -> Encoder:
        """Return the encoder, loaded when it is first asked for."""
        from index import load_encoder

        with self._lock:
            if self._encoder is None:
                self._encoder = load_encoder(self.settings.encoder)
            return self._encoder

    def reranker(self) -> Reranker | None:
        """Return the reranker that the settings name, if any."""
        if self.settings.reranker is None:
            return None
        from rag.rerankers.cross_encoder import CrossEncoderReranker

        with self._lock:
            if self._reranker is None:
                self._reranker = CrossEncoderReranker(self.settings.reranker)
            return self._reranker

    def reader(self) -> Reader | None:
        """Return the reader that the settings name, `None` if that is none."""
        from rag.reader import load_reader

        with self._lock:
            if self._reader is None:
                self._reader = (load_reader(self.settings.reader),)
            return self._reader[0]

    def model(self) -> ChatModel | None:
        """Return the language model that the settings name, if any.

        Raises `DalilError` if it cannot be had here, not if it just does not answer.
        """
        settings = self.settings
        if settings.llm is None:
            return None
        from rag.langchain import load_chat_model

        with self._lock:
            if self._model is None:
                self._model = load_chat_model(
                    settings.llm,
                    base_url=settings.llm_base_url,
                    key_file=settings.llm_key_file,
                    limits=self.limits(),
                )
            return self._model

    def limits(self) -> Limits:
        """Return what the language model may take."""
        from rag.llm import Limits

        return Limits.within(self.settings.llm_seconds, window=self.settings.llm_window)

    def cache(self, database: FileId) -> IndexCache:
        """Return the place of the snapshots of `database`; another file is another library."""
        from index.engine import IndexCache

        with self._lock:
            if self._cache is None or self._cache[0] != database:
                self._cache = (database, IndexCache(background=self._background))
            return self._cache[1]

    def forget(self, database: FileId) -> None:
        """Drop the snapshots of a file that is no longer open: a new one may get its inode."""
        with self._lock:
            if self._cache is not None and self._cache[0] == database:
                self._cache[1].close()
                self._cache = None


@dataclass(frozen=True, slots=True)
class _OpenLibrary:
    """An assistant and the file of the library that it reads."""

    assistant: Assistant
    database: FileId
    shared: Shared

    def close(self) -> None:
        """Close the library and drop its snapshots."""
        self.shared.forget(self.database)
        self.assistant.library.close()


class Service:
    """Answers questions one after another from one library, opened when it is first needed.

    A service belongs to the thread that uses it first; those of one process may be given what they
    share.  It follows other processes: a library that is made, replaced or deleted meanwhile.
    """

    def __init__(
        self, settings: Settings, say: Callable[[str], None], shared: Shared | None = None
    ) -> None:
        from index.store.database import DATABASE

        self._settings = settings
        self._say = say
        self.shared = shared or Shared(settings)
        self._library = Reopening(settings.home / DATABASE, self._open)
        self.missing = f"There is no library at {settings.home}. Add articles with: dalil add PATH"

    def assistant(self, *, create: bool = False) -> Assistant | None:
        """Return the assistant of the library, or `None` while there is none to find anything in.

        With `create` one is made.
        """
        if create and self._library.current() is None:
            from index import Library

            Library.open(self._settings.home, self.shared.encoder(), create=True).close()
        library = self._library.current()
        return None if library is None else library.assistant

    def trial(self, caution: Caution | None = None) -> Assistant | None:
        """Return an assistant that saves nothing and asks no model, as sure as `caution`."""
        from rag.assistant import Assistant

        assistant = self.assistant()
        if assistant is None:
            return None
        return Assistant(
            assistant.library,
            self.shared.reranker(),
            reader=self.shared.reader(),
            caution=caution or self._settings.caution,
            saves=False,
        )

    def _open(self, database: FileId) -> _OpenLibrary:
        from index import Library
        from rag.assistant import Assistant

        settings, shared = self._settings, self.shared
        cache, model = shared.cache(database), shared.model()
        library = Library.open(
            settings.home, shared.encoder(), say=self._say, cache=cache, index=settings.index
        )
        assistant = Assistant(
            library,
            shared.reranker(),
            reader=shared.reader(),
            caution=settings.caution,
            llm=model,
            limits=shared.limits() if model else None,
        )
        return _OpenLibrary(assistant, database, shared)

    def search(self, question: Question, k: int, filters: Filters) -> SearchResult:
        """Return the `k` best passages for a question."""
        assistant = self.assistant()
        if assistant is None:
            return SearchResult(question.text, (), self.missing)
        hits, notice = assistant.search(question.text, question.history, k, filters)
        return SearchResult(question.text, hits, notice)

    def ask(self, question: Question, filters: Filters, owner: str = "") -> Answer:
        """Return the answer to a question of `owner`, to whom the saved answer belongs."""
        self._note(question)
        assistant = self.assistant()
        if assistant is None:
            return self._nothing(question)
        return assistant.ask(
            question.text,
            question.history,
            filters=filters,
            owner=owner,
            preferences=question.preferences,
        )

    def stream(self, question: Question, filters: Filters, owner: str = "") -> Generator[Event]:
        """Yield the answer to a question step by step; closing this gives the question up."""
        from rag.answer import tell

        self._note(question)
        assistant = self.assistant()
        if assistant is None:
            yield from tell(self._nothing(question))
        else:
            yield from assistant.stream(
                question.text,
                question.history,
                filters=filters,
                owner=owner,
                preferences=question.preferences,
            )

    def history(self, answer_id: str, owner: str = "") -> Sequence[str]:
        """Return the questions up to and with a saved answer's of `owner`."""
        return self._existing(answer_id).questions(answer_id, owner)

    def saved(self, answer_id: str, owner: str = "") -> SavedAnswer:
        """Return an answer given to `owner` before; raise `MissingError` or `PurgedError`."""
        return self._existing(answer_id).saved(answer_id, owner)

    def give_feedback(
        self, answer_id: str, *, helpful: bool, note: str = "", owner: str = ""
    ) -> Feedback:
        """Keep what a reader says of a saved answer, in place of what was said before."""
        feedback = self._existing(answer_id).library.feedback
        note = replace_surrogates(note)
        return feedback.keep(answer_id, helpful=helpful, note=note, owner=owner)

    def in_other_words(self, answer: Answer) -> InOtherWords:
        """Return the quotes of an answer that are in another language than its question."""
        from ui.translations import in_other_words

        return in_other_words(answer, self.assistant(), self.shared, self._say)

    def _note(self, question: Question) -> None:
        """Write a question into the log of the server, if the settings ask for that."""
        if self._settings.server.log_questions:
            import logging

            log = logging.getLogger("dalil.questions")
            log.info("question", extra={"fields": {"question": question.text}})

    def _existing(self, answer_id: str) -> Assistant:
        assistant = self.assistant()
        if assistant is None:
            raise MissingError(f"There is no saved answer {answer_id!r}. {self.missing}")
        return assistant

    def _nothing(self, question: Question) -> Answer:
        from rag.about import about
        from rag.citing.refusal import abstention

        if told := about(question.text, None):
            return replace(told, notice=self.missing)
        return abstention(question.text, (), notice=self.missing)
