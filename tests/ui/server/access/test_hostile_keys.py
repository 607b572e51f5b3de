"""Keys of programs under attack: guessed, stolen, revoked, used for more than asking."""

import asyncio
import sqlite3
from contextlib import closing

import openai
import pytest

from index.store.database import DATABASE, Store
from index.store.tables.schema import SCHEMA_VERSION
from ui.app.app import create_app
from ui.server.access.accounts import Accounts, open_accounts
from ui.server.access.sessions import Sessions, TooOftenError

ROUTE = "/v1/chat/completions"
QUESTION = "متى يُفتح سوق الخضار؟"
BODY = {"messages": [{"role": "user", "content": QUESTION}]}


@pytest.fixture
def accounts(office):
    with closing(open_accounts(office)) as accounts:
        yield accounts


@pytest.fixture
def keys(accounts):
    return {name: accounts.make_key(name) for name in ("amal", "leila", "omar")}


@pytest.fixture
def client(office, kit):
    with kit.client_with(office) as client:
        yield client


def bearer(key):
    return {"authorization": f"Bearer {key}"}


def asked(client, key):
    return client.post(ROUTE, json=BODY, headers=bearer(key))


def test_the_official_client_asks_with_a_key_only(office, kit, keys):
    pool = kit.pool_of(office)
    app = create_app(pool, settings=kit.settings_of(office), chat=False)
    with kit.live(app, pool) as address, kit.web(f"{address}/v1") as web:
        for key, status in ((keys["leila"], 200), ("any", 401)):
            asks = openai.OpenAI(base_url=f"{address}/v1", api_key=key, http_client=web)
            if status == 200:
                given = asks.chat.completions.create(model="dalil", messages=BODY["messages"])
                assert given.dalil["question"] == QUESTION
                continue
            with pytest.raises(openai.AuthenticationError) as refused:
                asks.chat.completions.create(model="dalil", messages=BODY["messages"])
            assert refused.value.code == "invalid_api_key"
            assert "dalil user key" in str(refused.value)


WRONG = ["", "x", "Bearer", "Bearer ", "Basic {key}", "{key}", "Bearer {key}x", "Bearer {half}",
    "Bearer {key} {key}", "Bearer " + "x" * 5_000, "Bearer \udcff"]  # fmt: skip


@pytest.mark.parametrize("header", WRONG)
def test_a_wrong_key_lets_nobody_in(client, keys, header):
    key = keys["leila"]
    sent = header.format(key=key, half=key[: len(key) // 2])
    for method, path in (("POST", ROUTE), ("GET", "/v1/models"), ("GET", "/v1/x")):
        headers = {"authorization": sent.encode("utf-8", "surrogateescape")}
        refused = client.request(method, path, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert refused.json()["error"]["code"] == "invalid_api_key"


def test_two_keys_at_once_are_none(client, keys):
    headers = [("authorization", f"Bearer {keys[name]}") for name in ("leila", "omar")]
    assert client.get("/v1/models", headers=headers).status_code == 401


def test_the_key_in_the_store_is_no_key(office, client, keys):
    with closing(sqlite3.connect(office / DATABASE)) as connection:
        kept = [row[0] for row in connection.execute("SELECT key FROM keys")]
    assert len(kept) == len(keys)
    for one in kept:
        assert asked(client, one).status_code == 401
        assert one not in keys.values()


def test_a_key_ends_when_it_is_revoked_replaced_or_its_user_removed(client, accounts, keys):
    assert {asked(client, key).status_code for key in keys.values()} == {200}
    accounts.revoke_key("leila")
    renewed = accounts.make_key("omar")
    accounts.remove("amal")
    assert {asked(client, key).status_code for key in keys.values()} == {401}
    assert asked(client, renewed).status_code == 200


def test_a_key_sees_its_own_answers_only(client, keys):
    given = asked(client, keys["leila"]).json()["dalil"]["answer_id"]
    path = f"/api/answers/{given}"
    statuses = {name: client.get(path, headers=bearer(key)) for name, key in keys.items()}
    told = {name: response.status_code for name, response in statuses.items()}
    assert told == {"leila": 200, "omar": 404, "amal": 404}
    follow = {"question": "ومتى؟", "after": given}
    assert client.post("/api/ask", json=follow, headers=bearer(keys["omar"])).status_code == 404
    assert client.get(path).status_code == 401


def test_a_readers_session_and_key_are_one_reader(client, keys, kit):
    given = asked(client, keys["leila"]).json()["dalil"]["answer_id"]
    session = kit.log_in(client, "leila")
    assert client.get(f"/api/answers/{given}", headers=session).status_code == 200
    # Who is logged in asks as that reader, whatever key is sent besides.
    both = {**session, **bearer(keys["omar"])}
    assert client.get(f"/api/answers/{given}", headers=both).status_code == 200


@pytest.mark.parametrize("name", ["amal", "leila"])
def test_a_key_changes_no_article(client, keys, name):
    """Not even an administrator's."""
    headers = bearer(keys[name])
    body = {"articles": [{"id": "new", "text": "نص المقال."}]}
    assert client.post("/api/articles", json=body, headers=headers).status_code == 403
    assert client.delete("/api/articles/article-1", headers=headers).status_code == 403
    assert client.get("/api/articles/article-1", headers=headers).status_code == 200


def test_a_key_opens_no_page(office, kit, keys):
    with kit.client_with(office, chat=True) as client:
        for path in ("/", "/en/", "/articles/article-1", "/en/gradio_api/queue/data"):
            assert client.get(path, headers=bearer(keys["leila"])).status_code in (303, 401), path


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"host": "evil.example"},
    ],
)
def test_a_page_of_another_site_cannot_use_a_key(client, keys, headers):
    sent = {**bearer(keys["leila"]), **headers}
    refused = client.post(ROUTE, json=BODY, headers=sent)
    assert refused.status_code == 403
    assert refused.json()["error"]["type"] == "permission_error"
    assert not [name for name in refused.headers if name.startswith("access-control")]


def test_where_there_are_no_users_any_key_will_do(home, article, kit):
    kit.add(home, article())
    with kit.client_of(home) as client:
        for headers in ({}, bearer("any"), {"authorization": "Basic x"}):
            assert client.post(ROUTE, json=BODY, headers=headers).status_code == 200


def test_guessing_keys_is_slowed_and_nobody_else_is(office, kit, client, keys):
    guesses = [asked(client, f"guess {n}".replace(" ", "-")) for n in range(25)]
    statuses = [guess.status_code for guess in guesses]
    assert statuses == [401] * 20 + [429] * 5
    assert int(guesses[-1].headers["retry-after"]) > 0
    assert guesses[-1].json()["error"]["type"] == "rate_limit_error"
    # Not even a right one is told from a wrong one now, and people still log in.
    assert asked(client, keys["leila"]).status_code == 429
    kit.log_in(client, "leila")
    with kit.client_with(office, peer="192.0.2.7") as other:
        assert asked(other, keys["leila"]).status_code == 200


def test_a_program_with_an_old_key_keeps_nobody_out(client, accounts, keys):
    accounts.revoke_key("omar")
    assert {asked(client, keys["omar"]).status_code for _ in range(40)} == {401}
    assert asked(client, keys["leila"]).status_code == 200


def test_many_guesses_at_once_are_no_more_than_one_after_another(office, kit):
    async def guess():
        sessions = Sessions(kit.settings_of(office))
        tried = [sessions.find_key(f"guess-{n}", "192.0.2.1") for n in range(100)]
        found = await asyncio.gather(*tried, return_exceptions=True)
        await asyncio.to_thread(sessions.close)
        return found

    found = asyncio.run(guess())
    assert found.count(None) == 20
    assert sum(isinstance(one, TooOftenError) for one in found) == 80


def test_a_library_of_schema_4_gains_the_table(office, accounts):
    with closing(sqlite3.connect(office / DATABASE)) as connection, connection:
        connection.execute("DROP TABLE keys")
        connection.execute("PRAGMA user_version = 4")
    # One that may not be written has none yet.
    assert accounts.account_of_key("dalil_x") is None
    with closing(Accounts(Store(office / DATABASE))) as upgraded:
        key = upgraded.make_key("leila")
        assert upgraded.account_of_key(key).name == "leila"
    with closing(sqlite3.connect(office / DATABASE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_neither_log_nor_answer_holds_a_key(client, keys, caplog):
    with caplog.at_level("DEBUG"):
        given = asked(client, keys["leila"])
        refused = asked(client, "guess-my-key")
    told = given.text + refused.text + caplog.text
    assert keys["leila"] not in told
    assert "guess-my-key" not in told
