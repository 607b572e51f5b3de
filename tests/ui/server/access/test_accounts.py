"""Where users are kept, and what a disk that changes them lets in: nobody."""

import sqlite3
import stat
from contextlib import closing

import pytest

from corpus.errors import DalilError, DamagedError
from index.store.database import DATABASE
from ui.server.access.accounts import open_accounts


def test_a_library_that_begins_with_a_user_is_its_owners_alone(tmp_path):
    open_accounts(tmp_path / "home", create=True).close()
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def change(home, *statements):
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def answered(client, headers):
    return client.get("/api/articles", headers=headers).status_code


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE sessions SET user = 'amal'",
        "UPDATE sessions SET expires = expires + 4096",
        "UPDATE users SET role = 'admin' WHERE name = 'leila'",
        "UPDATE users SET password = replace(password, 'argon2', 'argon3') WHERE name = 'leila'",
    ],
)
def test_a_session_or_a_user_that_was_damaged_lets_nobody_in(office, kit, changed):
    with kit.client_with(office) as client:
        headers = kit.log_in(client, "leila")
        assert answered(client, headers) == 200
        change(office, changed)
        assert answered(client, headers) == 401
        again = client.post("/api/login", json={"name": "leila", "password": kit.password})
        assert again.status_code == (401 if "users" in changed else 200)
        assert answered(client, kit.log_in(client, "omar")) == 200


@pytest.mark.parametrize("table", ["keys", "users"])
def test_a_key_that_was_damaged_or_whose_user_was_lets_nobody_in(office, kit, table):
    with closing(open_accounts(office)) as accounts:
        key = accounts.make_key("omar")
    bearer = {"authorization": f"Bearer {key}"}
    with kit.client_with(office) as client:
        assert answered(client, bearer) == 200
        change(office, f"UPDATE {table} SET created_at = '2020-04-18'")
        assert answered(client, bearer) == 401


def test_a_role_that_was_damaged_is_no_administrators(office):
    change(office, "UPDATE users SET role = 'admin' WHERE name = 'omar'")
    with closing(open_accounts(office)) as accounts:
        assert (accounts.find("omar").role, accounts.find("amal").role) == ("reader", "admin")
        with pytest.raises(DamagedError, match="dalil user remove omar"):
            accounts.set_password("omar", "hash")
        accounts.remove("omar")
        accounts.add("omar", "reader", "hash")
        assert accounts.kept_hash("omar") == "hash"


@pytest.mark.parametrize("lost", ["DELETE FROM users", "DROP TABLE users"])
def test_a_server_whose_users_are_gone_is_open_to_nobody(office, kit, lost):
    with kit.client_with(office) as client:
        assert answered(client, {}) == 401
        change(office, lost)
        told = client.get("/api/articles")
        assert told.status_code == 503
        assert "damaged" in told.json()["error"]
    with closing(open_accounts(office)) as accounts, pytest.raises(DalilError, match="damaged"):
        accounts.users()


def test_the_last_user_can_be_removed(office):
    with closing(open_accounts(office)) as accounts:
        for user in accounts.users():
            accounts.remove(user.name)
        assert accounts.users() == []
