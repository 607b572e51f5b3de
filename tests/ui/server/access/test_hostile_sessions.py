"""Log-ins under attack: forged, fixed, stolen, expired, guessed."""

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest

from index.store.database import DATABASE, Store
from ui.server.access.accounts import Accounts, open_accounts
from ui.server.access.passwords import hash_password, is_password
from ui.server.access.sessions import Sessions, TooOftenError, WrongLoginError

CLOSED = ("/", "/en/", "/ar/", "/articles/article-1", "/en/config", "/en/gradio_api/queue/data",
          "/api/articles", "/api/articles/article-1", "/api/search?question=x", "/api/openapi.json",
          "/api/answers/a", "/api/nothing", "/healthz/", "//healthz", "/static", "/login/x",
          "/en/static/../config")  # fmt: skip
OPEN = ("/healthz", "/readyz", "/login", "/static/article.css", "/static/chat/chat.css")


@pytest.fixture
def client(office, kit):
    with kit.client_with(office) as client:
        yield client


def whose(client, headers):
    """Return if these headers let somebody in."""
    given = client.get("/api/articles", headers=headers)
    assert given.status_code in (200, 401)
    return given.status_code == 200


def kept_tokens(home):
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        return [row[0] for row in connection.execute("SELECT token FROM sessions")]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_is_read_without_a_session(open_office, path):
    client = open_office
    given = client.get(path)
    assert given.status_code in (303, 401)
    if given.status_code == 303:
        assert given.headers["location"].startswith("/login?next=/")
    else:
        assert given.json()["error"]
        assert given.headers["www-authenticate"].startswith("Session")
    assert client.post(path).status_code == 401


@pytest.mark.parametrize("path", OPEN)
def test_signs_of_life_and_the_log_in_are_open(open_office, path):
    assert open_office.get(path).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "dalil-session", "dalil-session=", "dalil-session=x",
    "__Host-dalil-session=x", "dalil-session=\udcff; a=\x00"])  # fmt: skip
def test_a_made_up_cookie_is_no_session(open_office, cookie):
    assert not whose(open_office, {"cookie": cookie.encode("utf-8", "surrogateescape")})


def test_the_session_in_the_store_is_no_key(office, client, kit):
    headers = kit.log_in(client, "leila")
    (kept,) = kept_tokens(office)
    assert kept not in headers["cookie"]
    assert whose(client, headers)
    assert not whose(client, {"cookie": f"dalil-session={kept}"})


def test_a_session_that_was_fixed_before_the_log_in_stays_nobodys(open_office, kit):
    client = open_office
    planted = "planted-by-somebody-else"
    client.cookies.set("dalil-session", planted)
    body = {"name": "leila", "password": kit.password}
    given = client.post("/api/login", json=body)
    assert planted not in given.headers["set-cookie"]
    client.cookies.clear()
    assert not whose(client, {"cookie": f"dalil-session={planted}"})


def test_a_log_in_ends_the_session_before_it(open_office, kit):
    client = open_office
    before = kit.log_in(client, "omar")
    body = {"name": "leila", "password": kit.password}
    assert client.post("/api/login", json=body, headers=before).status_code == 200
    client.cookies.clear()
    assert not whose(client, before)


def test_a_cookie_stolen_before_the_log_out_is_dead_after_it(open_office, kit):
    client = open_office
    headers, other = kit.log_in(client, "leila"), kit.log_in(client, "leila")
    left = client.post("/logout", headers=headers)
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert '"storage"' in left.headers["clear-site-data"]
    assert not whose(client, headers)
    assert whose(client, other)


def test_a_session_ends_when_its_time_is_over(office, kit):
    clock = [1_000.0]
    accounts = Accounts(Store(office / DATABASE), now=lambda: clock[0])
    token = accounts.open_session("leila", accounts.kept_hash("leila"), 60)
    clock[0] += 59
    assert accounts.account_of(token).name == "leila"
    clock[0] += 1
    assert accounts.account_of(token) is None
    accounts.open_session("omar", accounts.kept_hash("omar"), 60)
    assert len(kept_tokens(office)) == 1
    accounts.close()


@pytest.mark.parametrize("change", ["remove", "password", "remove and add"])
def test_a_session_ends_with_its_user_or_their_password(office, client, kit, change, password_hash):
    headers = kit.log_in(client, "leila")
    accounts = open_accounts(office)
    if change == "password":
        accounts.set_password("leila", password_hash)
    else:
        accounts.remove("leila")
    if change == "remove and add":
        accounts.add("leila", "admin", password_hash)
    accounts.close()
    assert not whose(client, headers)


def test_a_password_changed_during_the_log_in_opens_no_session(office, password_hash):
    accounts = open_accounts(office)
    assert accounts.open_session("leila", password_hash + "x", 60) is None
    assert accounts.open_session("nobody", None, 60) is None
    assert kept_tokens(office) == []
    accounts.close()


def test_the_last_user_gone_leaves_no_open_door_to_others(office, kit):
    """On loopback a library without users is open; a server for others stays shut."""
    accounts = open_accounts(office)
    for user in accounts.users():
        accounts.remove(user.name)
    accounts.close()
    with kit.client_with(office, hosts=("dalil.example",)) as client:
        assert not whose(client, {})
    with kit.client_with(office) as client:
        assert whose(client, {})


@pytest.mark.parametrize(("server", "name", "attributes"), [
    ({}, "dalil-session", {"httponly", "path=/", "samesite=lax"}),
    ({"base_url": "https://dalil.example"}, "__Host-dalil-session",
     {"httponly", "path=/", "samesite=lax", "secure"}),
])  # fmt: skip
def test_no_script_reads_the_cookie_and_no_site_sends_it(office, kit, server, name, attributes):
    with kit.client_with(office, base="https://127.0.0.1", **server) as client:
        given = client.post("/api/login", json={"name": "leila", "password": kit.password})
    first, *rest = given.headers.get_list("set-cookie")[0].split("; ")
    assert first.startswith(f"{name}=")
    assert len(first.partition("=")[2]) >= 43
    assert {part.lower() for part in rest} == attributes


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def sessions(office, kit, monkeypatch):
    """Sessions whose hashes take no time, on a clock that stands still."""
    monkeypatch.setattr(
        "ui.server.access.sessions.is_password", lambda given, kept: given == "right" and kept
    )
    clock = Clock()
    sessions = Sessions(kit.settings_of(office), now=clock)
    yield sessions, clock
    sessions.close()


def tries(sessions, count, name="leila", address="192.0.2.1", password="wrong"):
    async def one(number):
        given = name.format(n=number), password, address.format(n=number)
        try:
            await sessions.log_in(*given)
        except (WrongLoginError, TooOftenError) as error:
            return error
        return None

    async def some():
        return [await one(number) for number in range(count)]

    return asyncio.run(some())


def refused(outcomes):
    return [type(outcome) is TooOftenError for outcome in outcomes]


def test_guessing_at_one_account_from_many_addresses_is_slowed(sessions):
    sessions, clock = sessions
    outcomes = tries(sessions, 10, address="192.0.2.{n}")
    assert refused(outcomes) == [False] * 5 + [True] * 5
    # Not even the right password is looked at, and its owner has a minute to wait at most.
    assert refused(tries(sessions, 1, address="192.0.2.99", password="right")) == [True]
    clock.now += 60
    assert tries(sessions, 1, address="192.0.2.99", password="right") == [None]


def test_who_takes_every_free_moment_keeps_an_owner_out_of_no_place_they_know(sessions):
    sessions, clock = sessions
    home, elsewhere = "192.0.2.1", "192.0.2.2"
    assert tries(sessions, 1, address=home, password="right") == [None]
    for turn in range(60):
        clock.now += 60
        # From another address each time, so that none has a delay of its own.
        tries(sessions, 5, address=f"198.51.{turn}.{{n}}")
    assert refused(tries(sessions, 1, address=elsewhere, password="right")) == [True]
    assert tries(sessions, 1, address=home, password="right") == [None]
    # Whoever guesses at that place is slowed as everywhere, and opens nothing elsewhere by it.
    assert refused(tries(sessions, 10, address=home)) == [False] * 5 + [True] * 5
    assert refused(tries(sessions, 1, address=elsewhere)) == [True]


def test_guessing_at_many_accounts_from_one_address_is_slowed(sessions):
    sessions, _ = sessions
    outcomes = tries(sessions, 30, name="user{n}")
    assert refused(outcomes) == [False] * 20 + [True] * 10
    assert refused(tries(sessions, 1, address="192.0.2.2")) == [False]


def test_addresses_of_one_ipv6_network_count_together(sessions):
    sessions, _ = sessions
    outcomes = tries(sessions, 30, name="user{n}", address="2001:db8::{n}")
    assert refused(outcomes)[-1]


def test_an_own_account_makes_no_guess_at_others_free(sessions):
    sessions, _ = sessions
    for turn in range(10):
        tries(sessions, 2, name=f"user{turn}-{{n}}")
        tries(sessions, 1, name="omar", password="right")
    assert refused(tries(sessions, 1, name="userx")) == [True]


def test_an_office_behind_one_address_logs_in(sessions):
    sessions, _ = sessions
    outcomes = tries(sessions, 50, name="omar", password="right")
    assert outcomes == [None] * 50


def test_delays_grow_and_a_right_password_ends_them(sessions):
    sessions, clock = sessions
    tries(sessions, 5)
    waits = []
    for _ in range(4):
        (error,) = tries(sessions, 1)
        waits.append(error.seconds)
        clock.now += error.seconds
        tries(sessions, 1)
    assert waits == [1, 2, 4, 8]
    clock.now += 60
    assert tries(sessions, 1, password="right") == [None]
    assert refused(tries(sessions, 5)) == [False] * 5


def test_many_guesses_at_once_are_no_more_than_one_after_another(sessions):
    sessions, _ = sessions

    async def all_at_once():
        tried = [sessions.log_in("leila", "wrong", "192.0.2.1") for _ in range(15)]
        return await asyncio.gather(*tried, return_exceptions=True)

    outcomes = asyncio.run(all_at_once())
    assert sum(type(outcome) is WrongLoginError for outcome in outcomes) == 5


def test_a_forged_address_evades_no_delay(office, kit, monkeypatch):
    """X-Forwarded-For is whatever its sender writes, unless a proxy of ours sent it."""
    monkeypatch.setattr("ui.server.access.sessions.is_password", lambda given, kept: False)
    with kit.client_with(office, peer="192.0.2.1") as client:
        statuses = [
            client.post(
                "/api/login",
                json={"name": f"user{n}", "password": "wrong wrong wrong"},
                headers={"x-forwarded-for": f"198.51.100.{n}", "forwarded": f"for=198.51.100.{n}"},
            ).status_code
            for n in range(21)
        ]
        late = client.post("/api/login", json={"name": "userx", "password": "wrong"})
    assert statuses == [401] * 20 + [429]
    assert int(late.headers["retry-after"]) >= 1


def test_an_unknown_name_takes_as_long_as_a_known_one(kit):
    """Compared where the time goes, in the hash; each at its quickest of some tries."""
    known = hash_password(kit.password)

    def quickest(kept):
        def once():
            before = time.perf_counter()
            assert not is_password("not the password", kept)
            return time.perf_counter() - before

        once()
        return min(once() for _ in range(5))

    assert 0.5 < quickest(None) / quickest(known) < 2


@pytest.mark.usefixtures("quick_refusals")
def test_a_wrong_name_and_a_wrong_password_are_told_alike(client):
    names = ("leila", "nobody", "LEILA ", "<b>", "leila\n", "", "x" * 200, "لا أحد")
    told = {
        (given.status_code, given.text)
        for name in names
        for given in [client.post("/api/login", json={"name": name, "password": "wrong wrong"})]
    }
    assert len(told) == 1
