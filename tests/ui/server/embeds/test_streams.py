"""Over real connections: streams that outlive their embed, clients and proxies that count."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from index.store.database import DATABASE, Store
from rag.answer import Event
from ui.app.app import create_app
from ui.server.http.workers import WorkerPool
from ui.settings.settings import ServerSettings, Settings


class SlowService:
    """A fake service that says a word, waits at a gate, says another, and so on."""

    def __init__(self):
        self.steps = threading.Semaphore(0)
        self.said, self.left = 0, False

    def stream(self, question, filters, owner=""):
        try:
            for number in range(100_000):
                yield Event("token", f"word {number} ")
                self.said += 1
                assert self.steps.acquire(timeout=60)
        finally:
            self.left = True

    def has_left(self):
        """Open the gate once more; tell whether nobody listens any longer."""
        self.steps.release()
        return self.left


@pytest.fixture
def home(tmp_path):
    Store(tmp_path / DATABASE, create=True).close()
    return tmp_path


@pytest.fixture
def served(kit, page, home):
    """A real server on a library; yields a site that asks it."""

    @contextmanager
    def serve(service, **server):
        pool = WorkerPool(lambda: service, workers=4)
        settings = Settings(home, server=ServerSettings(**server))
        app = create_app(pool, settings=settings, chat=False)
        with kit.live(app, pool) as address, kit.web(address) as client:
            yield page.Site(home, client)

    return serve


@contextmanager
def asking(site, page, embed):
    headers = {"Origin": page.origin, "Accept": "text/event-stream"}
    body = {"question": "wait"}
    with site.client.stream("POST", f"/embed/{embed}/ask", json=body, headers=headers) as given:
        yield given, given.iter_lines()


def test_an_open_stream_ends_when_its_embed_is_revoked(served, page, kit):
    """Also while nothing comes, and without a word that was said after."""
    service = SlowService()
    with served(service) as site:
        embed = site.make()
        with asking(site, page, embed) as (given, lines):
            assert given.status_code == 200
            assert next(lines) == "event: token"
            service.steps.release()
            kit.until(lambda: service.said == 2)
            site.revoke(embed)
            began = time.monotonic()
            rest = "\n".join(lines)
        # The service waits at its gate all the while, for up to a minute.
        assert time.monotonic() - began < 20
        assert "event: error" in rest
        assert "may not ask here" in rest
        assert rest.rstrip().count("event: ") == rest.count("event: token") + 1
        assert "done" not in rest
        kit.until(service.has_left)


def test_a_word_after_the_revocation_is_not_told(served, page, kit):
    service = SlowService()
    with served(service) as site:
        embed = site.make()
        with asking(site, page, embed) as (_, lines):
            assert next(lines) == "event: token"
            site.revoke(embed)
            service.steps.release(3)
            assert "word 1" not in "\n".join(lines)
        kit.until(service.has_left)


def test_an_answer_that_is_ready_after_the_revocation_is_not_told(served, page, kit):
    service = kit.GatedService()
    with served(service) as site, ThreadPoolExecutor(1) as pool:
        embed = site.make()
        waiting = pool.submit(site.ask, embed, "wait")
        kit.until(lambda: service.asked)
        site.revoke(embed)
        refused = waiting.result()
        service.gate.set()
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


def test_other_embeds_go_on_when_one_is_revoked(served, page, kit):
    service = SlowService()
    with served(service) as site:
        ended, kept = site.make(), site.make()
        with asking(site, page, kept) as (_, lines):
            assert next(lines) == "event: token"
            site.revoke(ended)
            time.sleep(0.6)
            service.steps.release()
            assert 'data: {"text": "word 1 "}' in (next(lines) for _ in range(6))
        kit.until(service.has_left)


def test_who_hangs_up_frees_the_service(served, page, kit):
    service = SlowService()
    with served(service) as site:
        with asking(site, page, site.make()) as (_, lines):
            next(lines)
        kit.until(service.has_left)


def test_many_connections_share_one_limit(served, page, kit):
    with served(kit.GatedService()) as site, ThreadPoolExecutor(8) as pool:
        embed = site.make(per_client=5)

        def once(number):
            with kit.web(site.client.base_url) as client:
                return page.Site(site.home, client).ask(
                    embed, str(number), **{"X-Forwarded-For": f"192.0.2.{number}"}
                )

        statuses = [given.status_code for given in pool.map(once, range(16))]
    assert sorted(statuses) == [200] * 5 + [429] * 11


def test_a_trusted_proxy_tells_clients_apart(served, kit):
    with served(kit.GatedService(), trusted_proxies=("127.0.0.1", "10.0.0.0/8")) as site:
        embed = site.make(per_client=1)

        def status(*hops):
            return site.ask(embed, **{"X-Forwarded-For": ", ".join(hops)}).status_code

        assert [status("192.0.2.1"), status("192.0.2.1")] == [200, 429]
        assert status("192.0.2.2", "10.0.0.1") == 200
        # What a client writes itself stands before what the proxy adds.
        assert status("198.51.100.9", "192.0.2.1") == 429
        # All addresses of one subscriber are one.
        assert [status("2001:db8::1"), status("2001:db8::2")] == [200, 429]
        assert status("2001:db8:0:1::1") == 200


def test_all_clients_together_have_a_limit(served, kit):
    with served(kit.GatedService(), trusted_proxies=("127.0.0.1",)) as site:
        embed = site.make(per_client=2, per_minute=3)
        given = [site.ask(embed, **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(5)]
    assert [one.status_code for one in given] == [200, 200, 200, 429, 429]
