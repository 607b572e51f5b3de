"""From a question in the chat to the states of its turn that the page shows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import date
from threading import Event
from uuid import uuid4

from corpus.errors import DalilError, MissingError
from corpus.text.characters import replace_surrogates
from corpus.text.language import detect
from index import Filters
from rag.answer import Json
from ui.conversations import kept
from ui.server.http.workers import WorkerPool
from ui.service import Question, Service

# Earlier questions that a follow-up can lean on; only the last two are looked at today.
_REMEMBERED = 20
# Turns that a reload brings back; older ones stay in the library.
MOST_TURNS = 50


@dataclass(frozen=True, slots=True)
class Turn:
    """What the browser keeps of a turn: the question, and the answer's id if it was saved.

    `owner` is the reader who asked; several may use one browser.
    """

    question: str
    answer_id: str | None
    owner: str = ""

    def as_json(self) -> Json:
        """Return what is put into the browser's storage."""
        return {"question": self.question, "answer_id": self.answer_id, "owner": self.owner}


def read_turns(stored: object, owner: str = "") -> list[Turn]:
    """Read what a browser kept of a reader's turns, which anybody may have changed.

    >>> read_turns([{"question": "Who?", "answer_id": "a1"}, 7, {"question": 1}])
    [Turn(question='Who?', answer_id='a1', owner='')]
    >>> read_turns([{"question": "Who?", "answer_id": "a1", "owner": "leila"}], "omar")
    []
    """
    if not isinstance(stored, list):
        return []
    turns = []
    for item in stored[-MOST_TURNS:]:
        if not isinstance(item, dict) or item.get("owner", "") != owner:
            continue
        question, answer_id = item.get("question"), item.get("answer_id")
        if isinstance(question, str):
            turns.append(Turn(question, answer_id if isinstance(answer_id, str) else None, owner))
    return turns


def read_filters(outlet: object, since: object, until: object) -> Filters:
    """Read the fields of the page; a date field holds an ISO date or nothing.

    >>> read = read_filters({"a": 1}, "2020-04-18", ["2020-04-19"])
    >>> str(read.since), read.until, read.outlet
    ('2020-04-18', None, None)
    """
    named = outlet if isinstance(outlet, str) else None
    return Filters(_date(since), _date(until), named or None)


def _date(value: object) -> date | None:
    # The browser's own date field sends whole dates; others may send anything.
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


async def answer(
    pool: WorkerPool,
    question: str,
    turns: Sequence[Turn],
    filters: Filters,
    owner: str = "",
    gone: Event | None = None,
    *,
    preferences: bool = True,
    days: int = 0,
) -> AsyncGenerator[Json]:
    """Yield the states of one turn: working, with the text so far, then done or failed.

    `doing` tells how far a working turn is: "searching", "writing" if a language model does that,
    or "restart" where it has to begin anew.  Closing this gives the question up, and
    so does setting `gone`.  The answer is kept in the conversation of `turns`, for `days`.
    """
    question = replace_surrogates(question.strip())
    asked = Question(question, [turn.question for turn in turns[-_REMEMBERED:]], preferences)
    state = {**_heading(question), "state": "working", "doing": "searching"}
    text = ""
    citations: list[Json] = []
    yield state
    try:
        events = pool.stream(lambda service: service.stream(asked, filters, owner), gone)
        async with aclosing(events) as told:
            async for event in told:
                if event.kind == "restart":
                    text, citations = "", []
                    state["doing"] = event.kind
                elif event.kind == "status":
                    state["doing"] = event.text
                elif event.kind == "token":
                    text += event.text
                elif event.citation is not None:
                    citations.append(event.citation.as_json())
                if event.answer is not None:
                    if event.answer.answer_id and days:
                        await _keep(pool, event.answer.answer_id, turns, owner, days)
                    yield {**state, "state": "done", "answer": event.answer.as_json()}
                else:
                    yield {**state, "text": text, "citations": list(citations)}
    except DalilError as error:
        yield {**state, "state": "failed", "error": str(error)}


async def _keep(
    pool: WorkerPool, answer_id: str, turns: Sequence[Turn], owner: str, days: int
) -> None:
    """Put an answer into the conversation of the turns before it; without one it is good, too."""
    after = next((turn.answer_id for turn in reversed(turns) if turn.answer_id), None)
    with suppress(DalilError):
        await pool.run(lambda service: kept.keep(service, answer_id, owner, after, days))


def outlets_of(service: Service) -> Sequence[str]:
    """Return the outlets that a reader can choose from, by name."""
    assistant = service.assistant()
    if assistant is None:
        return []
    return sorted({a.outlet for a in assistant.library.articles() if a.outlet})


def is_empty(service: Service) -> bool:
    """Tell if there is no article to ask about yet."""
    assistant = service.assistant()
    return assistant is None or not len(assistant.library)


def resume(service: Service, conversation_id: str, owner: str) -> list[Turn]:
    """Return the last turns of a kept conversation; raise `MissingError` without one."""
    found = kept.find(service, conversation_id, owner)
    return [Turn(turn.question, turn.answer_id, owner) for turn in found.turns[-MOST_TURNS:]]


def restore(service: Service, turns: Sequence[Turn], gone: str) -> list[Json]:
    """Return the turns of an earlier visit as they were, their quotes read from the articles."""
    return [_restored(service, turn, gone) for turn in turns]


def _restored(service: Service, turn: Turn, gone: str) -> Json:
    state = _heading(turn.question)
    if turn.answer_id is None:
        return {**state, "state": "failed", "error": gone}
    try:
        saved = service.saved(turn.answer_id, turn.owner)
        return {**state, "state": "done", "answer": saved.as_json()}
    except MissingError:
        return {**state, "state": "failed", "error": gone}
    except DalilError as error:
        return {**state, "state": "failed", "error": str(error)}


def _heading(question: str) -> Json:
    """Return what a turn has from its beginning; by its key the page knows it again."""
    return {"key": uuid4().hex, "question": question, "language": detect(question)}
