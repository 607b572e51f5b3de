"""Feeds by HTTP: listed with what came of them, added, paused, made due, removed; and by whom."""

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from index.store.feeds import FeedTable, Fetching
from ui.app.app import create_app
from ui.settings.settings import Settings

FEED, STORED = "https://News.example/rss?of=world#top", "https://news.example/rss?of=world"


@pytest.fixture
def app_for(home, kit):
    """Return a function that gives a server that may reach `sites`."""

    def make(*sites):
        return create_app(kit.pool_of(home), settings=Settings(home, connect=sites), chat=False)

    return make


@pytest.fixture
def client_for(app_for, kit):
    """Return a function that gives a client of such a server."""
    clients = []

    def make(*sites):
        client = TestClient(
            app_for(*sites),
            base_url=kit.base,
            client=("127.0.0.1", 5),
            raise_server_exceptions=False,
        )
        clients.append(client)
        return client.__enter__()

    yield make
    for client in clients:
        client.__exit__(None, None, None)


def path_of(url):
    return f"/api/library/feeds/{quote(url, safe='')}"


def test_a_feed_is_added_and_its_state_is_told(client_for, home):
    client = client_for("*")
    assert client.get("/api/library/feeds").json() == {"connects": True, "feeds": []}
    made = client.post("/api/library/feeds", json={"url": FEED, "every_seconds": 1_800}).json()
    assert (made["url"], made["every_seconds"], made["paused"]) == (STORED, 1_800, False)
    assert (made["fetched_at"], made["report"], made["error"]) == (None, None, None)
    table = FeedTable.open(home)
    table.fetched(table.claim(), Fetching({"added": 2, "failed": 1}, "It is gone."))
    (listed,) = client.get("/api/library/feeds").json()["feeds"]
    assert (listed["report"], listed["error"]) == ({"added": 2, "failed": 1}, "It is gone.")
    assert made["due_at"] <= listed["fetched_at"] < listed["due_at"]
    # Added again it is due at once, and one feed still.
    again = client.post("/api/library/feeds", json={"url": STORED}).json()
    assert (again["every_seconds"], again["due_at"] < listed["due_at"]) == (3_600, True)
    assert table.claim().url == STORED
    table.close()


def test_a_feed_is_paused_made_due_and_removed(client_for, home):
    client = client_for("news.example")
    client.post("/api/library/feeds", json={"url": FEED})
    table = FeedTable.open(home)
    paused = client.patch(path_of(STORED), json={"paused": True}).json()
    assert (paused["paused"], paused["due_at"], table.claim()) == (True, None, None)
    changed = client.patch(path_of(STORED), json={"every_seconds": 86_400}).json()
    assert (changed["paused"], changed["every_seconds"]) == (True, 86_400)
    assert client.patch(path_of(STORED), json={"paused": False}).json()["paused"] is False
    assert table.claim().url == STORED
    assert client.delete(path_of(STORED)).json() == {"removed": STORED}
    assert table.all() == []
    for refused in (
        client.delete(path_of(STORED)), client.patch(path_of(STORED), json={"paused": True}),
    ):  # fmt: skip
        assert (refused.status_code, "no feed" in refused.json()["error"]) == (404, True)
    table.close()


def test_an_address_in_another_script_is_named_as_it_is_listed(app_for, kit):
    """By a real server: Starlette's test client decodes paths twice."""
    app = app_for("*")
    with kit.live(app, app.state.pool) as address, kit.web(address) as client:
        made = client.post("/api/library/feeds", json={"url": "https://news.example/العالم"}).json()
        assert made["url"] == "https://news.example/%D8%A7%D9%84%D8%B9%D8%A7%D9%84%D9%85"
        assert client.patch(path_of(made["url"]), json={"paused": True}).json()["paused"] is True
        assert client.delete(path_of(made["url"])).json() == {"removed": made["url"]}


def test_nothing_is_followed_that_the_settings_do_not_allow(client_for, home):
    client = client_for()
    refused = client.post("/api/library/feeds", json={"url": FEED})
    assert (refused.status_code, "setting connect" in refused.json()["error"]) == (422, True)
    client = client_for("agency.example")
    refused = client.post("/api/library/feeds", json={"url": FEED})
    assert (refused.status_code, "news.example" in refused.json()["error"]) == (422, True)
    # Not even a library is made of it.
    assert (client.get("/api/library/feeds").json()["feeds"], home.exists()) == ([], False)


def test_a_feed_of_before_can_be_put_away_without_connections(client_for, home, kit, article):
    kit.add(home, article())
    table = FeedTable.open(home)
    table.add(STORED, 600)
    client = client_for()
    listed = client.get("/api/library/feeds").json()
    assert (listed["connects"], len(listed["feeds"])) == (False, 1)
    assert client.patch(path_of(STORED), json={"paused": False}).status_code == 422
    assert client.patch(path_of(STORED), json={"paused": True}).json()["paused"] is True
    assert client.delete(path_of(STORED)).status_code == 200
    table.close()


@pytest.mark.parametrize(
    "body",
    [
        {}, {"url": ""}, {"url": "news"}, {"url": "ftp://news.example/"}, {"url": 7},
        {"url": FEED, "every_seconds": 59}, {"url": FEED, "every_seconds": 30 * 86_400 + 1},
        {"url": "https://news.example/" + "x" * 2_048}, {"url": "https://[::1"},
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_with_a_sentence(client_for, body):
    client = client_for("*")
    refused = client.post("/api/library/feeds", json=body)
    assert (refused.status_code, bool(refused.json()["error"])) == (422, True)
    assert client.get("/api/library/feeds").json()["feeds"] == []


CHANGES = (
    ("GET", "/api/library/feeds", None),
    ("POST", "/api/library/feeds", {"url": FEED}),
    ("PATCH", path_of(STORED), {"paused": True}),
    ("DELETE", path_of(STORED), None),
    ("POST", "/api/library/links", {"link": FEED}),
    ("GET", "/api/library/folders", None),
    ("POST", "/api/library/folders", {"path": "/"}),
    ("DELETE", "/api/library/folders/%2Fsrv", None),
)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_only_administrators_see_and_change_what_comes_in(
    open_office, demo, kit, method, path, body
):
    headers = kit.log_in(open_office, "leila")
    for refused, status in (
        (open_office.request(method, path, json=body, headers=headers), 403),
        (open_office.request(method, path, json=body), 401),
        (demo.request(method, path, json=body), 403),
    ):
        assert (refused.status_code, bool(refused.json()["error"])) == (status, True)
    # Nor may a page of another site, whoever is logged in.
    admin = kit.log_in(open_office, "amal") | {"origin": "https://evil.example"}
    assert open_office.request(method, path, json=body, headers=admin).status_code == 403


def test_an_administrator_may_where_there_are_users(open_office, kit):
    admin = kit.log_in(open_office, "amal")
    assert open_office.get("/api/library/feeds", headers=admin).json()["feeds"] == []
    assert open_office.get("/api/library/folders", headers=admin).json()["folders"] == []
