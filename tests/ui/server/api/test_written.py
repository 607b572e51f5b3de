"""Answers that a model writes, over the API: their order, their limits, and readers who leave."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from corpus.article import Article
from rag.answer import Event
from rag.llm import Limits
from rag.llm.deadline import SystemClock, watched
from tests.fakes.writing_service import Said, Script, writing_service
from ui.app.app import create_app
from ui.server.http.workers import WorkerPool

SSE = {"accept": "text/event-stream"}
STEPS = [
    Said("The market closed.", (1,)),
    None,
    Said("Rami did it.", (1,), supported=False, missing=("Rami",)),
    None,
    Said("It reopens on Sunday.", (2,)),
]


@pytest.fixture
def market(home, kit):
    article = Article(id="market", text="أغلق السوق. ويفتح الأحد.", language="ar")
    kit.add(home, article)
    return home


@pytest.fixture
def writing(market, kit):
    """Serve what a script writes from a real server; yields a client and the script."""

    @contextmanager
    def serve(*steps, service=writing_service, **settings):
        script = Script(steps, [("market", 0, 11), ("market", 12, 24)])
        make = service(script)
        pool = WorkerPool(
            lambda: make(kit.settings_of(market), lambda _: None),
            workers=1, **{"model_seconds": 30.0} | settings,
        )  # fmt: skip
        with kit.live(create_app(pool, chat=False), pool) as address, kit.web(address) as client:
            try:
                yield client, script
            finally:
                script.end()

    return serve


def ask(client, **headers):
    return client.post("/api/ask", json={"question": "Who?"}, headers=headers)


@contextmanager
def streaming(client):
    """Yield an iterator of kinds and data; the stream is left at the end."""

    def events(lines):
        kind = ""
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)

    with client.stream("POST", "/api/ask", json={"question": "Who?"}, headers=SSE) as given:
        yield events(given.iter_lines())


def next_of(events, kind):
    return next(data for found, data in events if found == kind)


def test_a_citation_comes_while_the_answer_is_being_written(writing):
    with writing(*STEPS) as (client, script), streaming(client) as events:
        assert [next(events) for _ in range(2)] == [
            ("status", {"text": "searching"}), ("status", {"text": "writing"}),
        ]  # fmt: skip
        first = next_of(events, "citation")
        assert (first["n"], first["quote"]) == (1, "أغلق السوق.")
        assert not script.left.is_set()
        script.go()
        script.go()
        rest = list(events)
        assert [kind for kind, _ in rest if kind != "token"] == ["citation", "done"]
        answer = rest[-1][1]
        assert answer["mode"] == "llm"
        said = [answer["text"][s["start"] : s["end"]] for s in answer["statements"]]
        assert said == ["The market closed.", "Rami did it.", "It reopens on Sunday."]
        assert [s["supported"] for s in answer["statements"]] == [True, False, True]
        assert answer["statements"][1]["missing"] == ["Rami"]
        assert answer["citations"][0]["supports"] == [{"start": 0, "end": 18}]


def test_a_restart_takes_all_back(writing):
    with writing(STEPS[0], "restart") as (client, _), streaming(client) as events:
        kinds = [(kind, data) for kind, data in events if kind != "status"]
    taken = kinds.index(("restart", {"text": ""}))
    text = "".join(data["text"] for kind, data in kinds[taken + 1 :] if kind == "token")
    assert (kinds[-1][0], kinds[-1][1]["text"]) == ("done", text)
    assert kinds[-1][1]["citations"] == []


@pytest.mark.parametrize("headers", [SSE, {}], ids=["stream", "whole"])
def test_a_reader_who_leaves_ends_the_writing(writing, kit, headers):
    steps = [step for _ in range(500) for step in (None, STEPS[0])]
    with writing(*steps) as (client, script):
        impatient = kit.web(client.base_url)
        impatient.timeout = 0.3
        with impatient, pytest.raises(Exception, match="timed out"):
            ask(impatient, **headers)
        for _ in range(200):
            if script.left.wait(timeout=0.05):
                break
            script.go()
        assert script.left.is_set()
        assert script.written < 250
        # The service is free for the next one.
        script.begin(STEPS[0])
        assert ask(client).json()["text"].startswith("The market closed.")


def test_who_opens_an_article_does_not_wait_for_the_model(writing):
    with writing(*STEPS) as (client, script), streaming(client) as events:
        next_of(events, "citation")
        assert client.get("/api/articles/market").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert not script.left.is_set()


def test_a_model_has_time_of_its_own(writing):
    slow = Said("Late.", (1,))
    with writing(None, slow, seconds=0.2, model_seconds=0.0) as (client, _):
        assert ask(client).status_code == 504
    with writing(None, slow, seconds=0.2, model_seconds=30.0) as (client, script):
        threading.Timer(0.6, script.go).start()
        assert ask(client).status_code == 200


class SilentService:
    """A service whose model says a word and then nothing; `ended` is set when it is let go."""

    def __init__(self):
        self.ended = threading.Event()

    def stream(self, question, filters, owner=""):
        def source(feed):
            feed("word")
            return self.ended.set

        for word in watched(source, Limits(silence_s=60), SystemClock()):
            yield Event("token", word)


def read_to_the_end(client, heard):
    """Return what a stream tells; `heard` is set once it has told something."""
    with client.stream("POST", "/api/ask", json={"question": "Who?"}, headers=SSE) as given:
        pieces = given.iter_text()
        first = next(pieces)
        heard.set()
        return first + "".join(pieces)


def test_stopping_does_not_wait_for_a_model(kit):
    service, heard = SilentService(), threading.Event()
    pool = WorkerPool(lambda: service, workers=1, seconds=0.3, model_seconds=60.0)
    with ThreadPoolExecutor(1) as readers:
        with kit.live(create_app(pool, chat=False), pool) as address:
            reading = readers.submit(read_to_the_end, kit.web(address), heard)
            assert heard.wait(60)
            began = time.monotonic()
        told = reading.result()
    assert told.startswith("event: token")
    assert 'event: error\ndata: {"error": "The server is stopping.' in told
    assert time.monotonic() - began < 30
    assert service.ended.is_set()
