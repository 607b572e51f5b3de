"""`POST /api/translations`: by the model of the settings, within its time, and for who may read."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest

from corpus.article import Article
from rag.llm import Limits
from rag.llm.deadline import SystemClock, watched
from tests.fakes.model_server import Reply
from ui.app.app import create_app
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.settings import Settings

TEXT = "أغلقت البلدية سوق الخضار في 3 أيار. وسيُفتح الأحد المقبل."
END = TEXT.index(".") + 1
SAID = "The municipality closed the vegetable market on 3 May."
WANTED = {"article": "market", "start": 0, "end": END, "into": "en"}


@pytest.fixture
def serving(home, kit):
    kit.add(home, Article("market", TEXT, language="ar"))

    @contextmanager
    def serve(address=None):
        llm = {"llm": "openai:scripted", "llm_base_url": address} if address else {}
        settings = Settings(home, "bundled", **llm)
        pool = WorkerPool(
            partial(Service, settings, lambda _: None, Shared(settings)), model_seconds=60.0
        )
        with kit.live(create_app(pool, chat=False), pool) as base, kit.web(base) as client:
            yield client

    return serve


def test_a_quote_is_translated_and_marked_as_the_models(serving, model_server):
    server = model_server([Reply(SAID), Reply(SAID.replace("3 May", "<b>4 May</b>"))])
    with serving(server.url("openai")) as client:
        given = client.post("/api/translations", json=WANTED)
        assert (given.status_code, given.json()) == (200, {
            "article_id": "market", "version": 1, "start": 0, "end": END, "into": "en",
            "text": SAID, "model": "openai:scripted", "missing": [], "added": [],
        })  # fmt: skip
        wrong = client.post("/api/translations", json=WANTED).json()
        assert (wrong["missing"], wrong["added"]) == (["3 أيار"], ["4 May"])
        assert "<" not in wrong["text"]
    # Nothing but the quote was sent: neither the article's other sentences nor its title.
    prompt = server.bodies[0]["messages"][-1]["content"]
    assert TEXT[:END] in prompt
    assert "الأحد المقبل" not in prompt


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"end": 5000}, 422, "characters"),
        ({"into": "ar"}, 422, "'ar'"),
        ({"into": "xx"}, 422, "into"),
        ({"article": "none"}, 404, "none"),
        ({"version": 7}, 404, "7"),
    ],
)
def test_what_cannot_be_translated_is_told_and_not_sent(
    serving, model_server, changed, status, told
):
    server = model_server([Reply(SAID)])
    with serving(server.url("openai")) as client:
        refused = client.post("/api/translations", json=WANTED | changed)
        assert (refused.status_code, told in refused.json()["error"]) == (status, True)
    assert server.bodies == []


def test_a_model_that_fails_is_told_in_a_sentence(serving, model_server):
    server = model_server([Reply(status=401), Reply(TEXT)])
    with serving(server.url("openai")) as client:
        for told in ("There is no translation", "did not translate"):
            refused = client.post("/api/translations", json=WANTED | {"end": len(TEXT)})
            assert (refused.status_code, told in refused.json()["error"]) == (503, True)


def test_without_a_model_the_words_one_by_one_are_pointed_to(serving):
    with serving() as client:
        refused = client.post("/api/translations", json=WANTED)
        assert refused.status_code == 422
        assert "/api/gloss" in refused.json()["error"]
        gloss = {name: WANTED[name] for name in ("article", "start", "end")}
        assert client.get("/api/gloss", params=gloss).status_code == 200


def test_a_page_of_another_site_cannot_have_anything_sent(serving, model_server):
    server = model_server([Reply(SAID)])
    with serving(server.url("openai")) as client:
        headers = {"origin": "https://evil.example"}
        assert client.post("/api/translations", json=WANTED, headers=headers).status_code == 403
        assert client.get("/api/translations", params=WANTED).status_code == 405
    assert server.bodies == []


class Silent:
    """A model's work that says nothing; `ended` is set when it is let go."""

    def __init__(self):
        self.began, self.ended = threading.Event(), threading.Event()

    def wait(self, _service):
        def source(_feed):
            self.began.set()
            return self.ended.set

        return list(watched(source, Limits(first_token_s=60), SystemClock()))


@pytest.mark.parametrize("how", ["reader", "server"])
def test_whoever_leaves_ends_it(kit, how, monkeypatch):
    silent = Silent()
    monkeypatch.setattr("ui.server.api.routes.article_translation", lambda s, *_: silent.wait(s))
    pool = WorkerPool(lambda: None, workers=1, seconds=60.0)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as readers, kit.live(create_app(pool, chat=False), pool) as address:
        client = kit.web(address)
        if how == "reader":
            client.timeout = 0.3
        asked = readers.submit(client.post, "/api/translations", json=WANTED)
        assert silent.began.wait(timeout=30)
        if how == "reader":
            with pytest.raises(Exception, match="timed out"):
                asked.result()
            kit.until(silent.ended.is_set)
            kit.until(lambda: pool.held == 0)
        else:
            pool.break_off()
            assert asked.result().status_code == 503
    assert silent.ended.is_set()
    assert time.monotonic() - began < 30
