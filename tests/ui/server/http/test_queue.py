"""A full queue refuses at once, nobody starves, and who hangs up frees a place."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest

from index.store.lock import write_lock
from ui.app.app import create_app
from ui.server.http.workers import BusyError, WorkerPool, go_on
from ui.service import Question, SearchResult


@pytest.fixture
def service(kit):
    return kit.GatedService()


@pytest.fixture
def served(kit, service):
    """Serve it with some settings; yields a client and the pool."""

    @contextmanager
    def serve(**settings):
        pool = WorkerPool(lambda: service, **settings)
        app = create_app(pool, chat=False)
        with kit.live(app, pool) as address, kit.web(address) as client:
            yield client, pool
            service.gate.set()

    return serve


def ask(client, question, **headers):
    return client.post("/api/ask", json={"question": question}, headers=headers)


def test_a_full_queue_refuses_at_once_and_recovers(service, served, kit):
    with served(workers=1, waiting=2) as (client, pool), ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(ask, client, f"wait {n}") for n in range(3)]
        kit.until(lambda: len(service.asked) == 1)
        kit.until(lambda: pool.held == 3)
        # The gate is shut: whatever comes back now came without waiting for a service.
        for accept in ("application/json", "text/event-stream"):
            refused = ask(client, "more", accept=accept)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            assert refused.json()["error"].endswith(".")
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        service.gate.set()
        assert {w.result().status_code for w in waiting} == {200}
        assert ask(client, "after").status_code == 200
    assert [q for q in service.answered if "wait" in q] == service.asked[:3]


def test_the_first_to_come_are_the_first_to_be_served(service):
    async def ask_all():
        pool = WorkerPool(lambda: service, workers=1, waiting=20)
        questions = ["wait", *map(str, range(20))]
        asked = [asyncio.create_task(pool.run(partial(ask_one, text))) for text in questions]
        await asyncio.sleep(0)
        service.gate.set()
        await asyncio.gather(*asked)
        pool.close()
        assert service.answered == questions

    def ask_one(text, service):
        return service.ask(Question(text), None)

    asyncio.run(ask_all())


def test_a_search_waits_for_no_question(service, served, kit):
    service.search = lambda question, *_: SearchResult(question.text, (), None)
    with served(workers=1, waiting=4) as (client, pool), ThreadPoolExecutor(5) as threads:
        waiting = [threads.submit(ask, client, f"wait {n}") for n in range(5)]
        kit.until(lambda: pool.held == 5)
        # One is at work, and no other would be taken.
        assert ask(client, "more").status_code == 503
        for number in range(6):
            found = client.get("/api/search", params={"question": f"find {number}"})
            assert (found.status_code, found.json()["question"]) == (200, f"find {number}")
        assert service.answered == []
        service.gate.set()
        assert {one.result().status_code for one in waiting} == {200}


def test_a_question_waits_for_nothing_that_is_quick(service):
    async def both():
        pool = WorkerPool(lambda: service, workers=1, waiting=4)
        looks = [asyncio.create_task(pool.run(lambda _: service.gate.wait(60))) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await pool.run(lambda _: None)
        pool.check_room()
        events = pool.stream(lambda one: one.stream(Question("now"), None))
        assert [event.answer.status async for event in events if event.answer] == ["abstained"]
        assert not any(look.done() for look in looks)
        service.gate.set()
        await asyncio.gather(*looks)
        pool.close()

    asyncio.run(both())


CHANGES = (
    ("POST", "/api/articles", {"articles": [{"id": "new", "text": "فُتح السوق."}]}),
    ("DELETE", "/api/articles/article-1", None),
    ("PUT", "/api/library/withdrawn/article-2", {}),
    ("DELETE", "/api/library/withdrawn/article-2", None),
    ("POST", "/api/library/edits", {"articles": ["article-2"], "set": {"outlet": "مثال"}}),
)


def test_who_asks_does_not_wait_for_who_changes(home, article, kit):
    kit.add(home, article(1), article(2, "وصلت شاحنات القمح إلى سوق القرية صباح اليوم."))
    pool = kit.pool_of(home, workers=1)
    app = create_app(pool, settings=kit.settings_of(home), chat=False)
    with (
        kit.live(app, pool) as address,
        kit.web(address) as client,
        ThreadPoolExecutor(len(CHANGES)) as threads,
    ):

        def change(method, path, body):
            with kit.web(address) as mine:
                return mine.request(method, path, json=body).status_code

        # As `dalil add` holds it as long as it adds.
        with write_lock(home, wait=True):
            changing = [threads.submit(change, *one) for one in CHANGES]
            kit.until(lambda: pool.held == len(CHANGES))
            found = client.get("/api/search", params={"question": "السوق"}).json()
            assert not any(one.done() for one in changing)
        assert {hit["article_id"] for hit in found["hits"]} == {"article-1", "article-2"}
        # In which order they come, nobody knows.
        assert {one.result() for one in changing} <= {200, 404}


def test_a_change_that_takes_long_may_still_be_made(home, article, kit):
    kit.add(home, article(1))
    pool = kit.pool_of(home, workers=1, seconds=0.2)
    app = create_app(pool, settings=kit.settings_of(home), chat=False)
    with kit.live(app, pool) as address, kit.web(address) as client:
        with write_lock(home, wait=True):
            late = client.delete("/api/articles/article-1")
        assert (late.status_code, "may still be made" in late.json()["error"]) == (504, True)
        kit.until(lambda: pool.held == 0)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_who_hangs_up_frees_the_place(service, served, kit, accept):
    with served(workers=1, waiting=1) as (client, pool), ThreadPoolExecutor(1) as threads:
        first = threads.submit(ask, client, "wait 1")
        kit.until(lambda: service.asked == ["wait 1"])
        for number in range(5):
            # Each takes the one place in the queue, and leaves it.
            with kit.web(client.base_url) as impatient:
                impatient.timeout = 0.2
                with pytest.raises(Exception, match="timed out"):
                    ask(impatient, f"gone {number}", accept=accept)
            # The server hears of it a moment after.
            kit.until(lambda: pool.held == 1)
        kit.until(lambda: ready(client, service))
        assert first.result().status_code == 200
    assert not [question for question in service.asked if "gone" in question]


def ready(client, service):
    """Take the freed place; open the gate once it is ours."""
    threading.Timer(0.2, service.gate.set).start()
    return ask(client, "last").status_code == 200


def test_an_answer_that_takes_too_long(service, served):
    with served(workers=1, waiting=1, seconds=0.2) as (client, _):
        for accept in ("application/json", "text/event-stream"):
            late = ask(client, "wait", accept=accept)
            if late.status_code == 200:
                # The stream had begun.
                assert "event: error" in late.text
                assert "within 0.2 seconds" in late.text
            else:
                assert late.status_code == 504
                assert "within 0.2 seconds" in late.json()["error"]
        service.gate.set()


def test_a_stream_that_fails_says_so(served, capfd):
    with served() as (client, _):
        failed = ask(client, "fail now", accept="text/event-stream")
        assert failed.status_code == 200
        assert failed.text.startswith("event: status\n")
        assert failed.text.count("event: ") == 2
        assert failed.text.endswith(
            'event: error\ndata: {"error": "Something went wrong in the server; '
            'its log says what."}\n\n'
        )
        assert ask(client, "fail now").status_code == 500
        assert ask(client, "fail now").json().keys() == {"error"}
        assert ask(client, "fine").status_code == 200
    # The log says where, not what was asked.
    logged = capfd.readouterr().err
    assert "RuntimeError" in logged
    assert "must not be told" not in logged.replace('"the question must not be told: "', "")
    assert "fail now" not in logged


def test_long_work_that_asks_ends_when_the_server_stops():
    begun, done = threading.Event(), []

    def long(_):
        for step in range(10_000):
            begun.set()
            go_on()
            done.append(step)
            time.sleep(0.01)

    async def stopped():
        pool = WorkerPool(lambda: None, workers=1, seconds=60)
        working = asyncio.create_task(pool.run(long))
        await asyncio.to_thread(begun.wait)
        await asyncio.to_thread(pool.close)
        with pytest.raises(BusyError, match="is stopping"):
            await working

    asyncio.run(stopped())
    assert len(done) < 1_000


def test_work_that_does_not_ask_is_left_to_its_thread():
    begun, end = threading.Event(), threading.Event()

    def deaf(_):
        begun.set()
        end.wait(60)

    async def stopped():
        pool = WorkerPool(lambda: None, workers=1, seconds=60)
        working = asyncio.create_task(pool.run(deaf))
        await asyncio.to_thread(begun.wait)
        await asyncio.to_thread(pool.close, 0.1)
        assert pool.held == 1
        end.set()
        await working
        assert end.is_set()

    asyncio.run(stopped())
