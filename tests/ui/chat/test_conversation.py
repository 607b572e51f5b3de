"""A turn's states as the page gets them, and what a reload brings back."""

import asyncio
from datetime import date

import pytest

from corpus.errors import DalilError
from rag import Assistant
from ui.chat.conversation import MOST_TURNS, Turn, answer, read_filters, read_turns, restore
from ui.server.http.workers import BusyError, WorkerPool

QUESTION = "كم عائلة نزحت من المخيم؟"


class FakeService:
    """A service with an assistant of its own that remembers what it was asked."""

    def __init__(self, assistant, fails=None):
        self._assistant, self.fails, self.asked = assistant, fails, []

    def assistant(self):
        return self._assistant

    def stream(self, question, filters, owner=""):
        self.asked.append((question.text, tuple(question.history), filters))
        if self.fails:
            raise self.fails
        plain = {"filters": filters, "owner": owner, "preferences": question.preferences}
        return self._assistant.stream(question.text, question.history, **plain)

    def saved(self, answer_id, owner=""):
        return self._assistant.saved(answer_id, owner)


@pytest.fixture
def service(library, make_article):
    library.add([make_article(1, title="عائلات تعود", outlet="صدى", published=date(2020, 1, 2))])
    return FakeService(Assistant(library))


class Inline(WorkerPool):
    """WorkerPool that do their work at once: the library of a test belongs to its thread."""

    def __init__(self, service):
        super().__init__(lambda: service, workers=1)
        self._inline = service

    async def run(self, work):
        return work(self._inline)

    async def stream(self, work, gone=None):
        for event in work(self._inline):
            yield event


def states(service, question, turns=()):
    async def collect():
        filters = read_filters("صدى", "2020-01-01", "")
        return [state async for state in answer(Inline(service), question, turns, filters)]

    return asyncio.run(collect())


def test_a_turn_goes_from_working_over_its_text_to_the_whole_answer(service):
    first, *between, last = states(service, f"  {QUESTION} ")
    assert (first["state"], first["question"], first["language"]) == ("working", QUESTION, "ar")
    assert {state["key"] for state in [first, *between, last]} == {first["key"]}
    texts = [state["text"] for state in between]
    assert texts == sorted(texts, key=len)
    assert last["state"] == "done"
    assert last["answer"]["text"].startswith(texts[0])
    if last["answer"]["citations"]:
        assert between[-1]["citations"] == last["answer"]["citations"]


def test_follow_ups_carry_the_questions_before_them_and_filters_are_read(service):
    states(service, "ومتى؟", [Turn(QUESTION, None)])
    ((text, history, filters),) = service.asked
    assert (text, history) == ("ومتى؟", (QUESTION,))
    assert (filters.outlet, filters.since, filters.until) == ("صدى", date(2020, 1, 1), None)


@pytest.mark.parametrize("error", [BusyError("Too many."), DalilError("The library is broken.")])
def test_a_failure_becomes_the_turns_last_state(service, error):
    service.fails = error
    *_, last = states(service, QUESTION)
    assert (last["state"], last["error"]) == ("failed", str(error))


def test_a_reload_brings_back_the_same_answer(service):
    *_, last = states(service, QUESTION)
    stored = [{"question": QUESTION, "answer_id": last["answer"]["answer_id"]}]
    (again,) = restore(service, read_turns(stored), "gone")
    assert again["state"] == "done"
    assert again["answer"]["citations"] == last["answer"]["citations"]
    assert again["answer"]["text"] == last["answer"]["text"]


@pytest.mark.parametrize("answer_id", ["unknown", None])
def test_an_answer_that_is_gone_is_told(service, answer_id):
    (turn,) = restore(service, [Turn(QUESTION, answer_id)], "gone")
    assert turn["state"] == "failed"
    assert turn["error"]


@pytest.mark.parametrize(
    "stored", [None, "x", {"question": "?"}, [None, 1, {"answer_id": "a"}, []]]
)
def test_what_a_browser_kept_may_be_anything(stored):
    assert read_turns(stored) == []


def test_only_the_latest_turns_are_kept():
    stored = [{"question": str(n), "answer_id": None} for n in range(MOST_TURNS + 5)]
    turns = read_turns(stored)
    assert len(turns) == MOST_TURNS
    assert turns[-1].question == str(MOST_TURNS + 4)
