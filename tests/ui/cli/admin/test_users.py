"""`dalil user`: added, listed, changed and removed; no password on the command line."""

import json

import pytest

from ui.server.access.accounts import open_accounts, user_name
from ui.server.access.passwords import is_password


@pytest.fixture
def user(dalil, tmp_path):
    """Return a function that runs `dalil user` and returns its exit code and what it printed."""

    def run(*arguments, password=None):
        file = tmp_path / "password"
        options = []
        if password is not None:
            file.write_text(password, encoding="utf-8")
            options = ["--password-file", str(file)]
        done = dalil("user", *arguments, *options, "--json")
        return done.code, json.loads(done.out)

    return run


def test_a_user_is_added_changed_and_removed(user, tmp_path):
    code, added = user("add", "Leila", "--admin", password="first long password\nsecond line")
    assert (code, added["name"], added["role"]) == (0, "leila", "admin")
    accounts = open_accounts(tmp_path / "home")
    assert is_password("first long password", accounts.kept_hash("leila"))
    assert "password" not in accounts.kept_hash("leila")
    assert user("list") == (0, {"users": [added]})
    assert user("password", "LEILA", password="another long password")[0] == 0
    assert is_password("another long password", accounts.kept_hash("leila"))
    assert user("remove", "leila") == (0, {"removed": "leila"})
    assert accounts.users() == []
    accounts.close()


def test_a_key_is_shown_once_and_ended(user, tmp_path):
    user("add", "leila", password="first long password")
    (_, first), (code, second) = user("key", "Leila"), user("key", "leila")
    assert (code, second["name"], second["key"] != first["key"]) == (0, "leila", True)
    accounts = open_accounts(tmp_path / "home")
    assert accounts.account_of_key(first["key"]) is None
    assert accounts.account_of_key(second["key"]).name == "leila"
    files = (tmp_path / "home").glob("library.sqlite*")
    assert not any(second["key"].encode() in file.read_bytes() for file in files)
    assert user("key", "leila", "--revoke") == (0, {"revoked": "leila"})
    assert accounts.account_of_key(second["key"]) is None
    assert user("key", "leila", "--revoke")[0] == 1
    user("key", "leila")
    user("remove", "leila")
    user("add", "leila", password="first long password")
    # The same name is another person now.
    assert user("key", "leila", "--revoke")[0] == 1
    accounts.close()


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (("add", "leila"), "too short", "12 to"),
        (("add", "leila"), "x" * 2000, "12 to"),
        (("add", "<script>"), "a long password", "letters, digits"),
        (("add", "embed:abc"), "a long password", "letters, digits"),
        (("add", "two\nlines"), "a long password", "letters, digits"),
        (("add", "leila"), None, "--password-file"),
        (("remove", "leila"), None, "no library"),
        (("key", "leila"), None, "no library"),
    ],
)
def test_what_cannot_be_done_is_said(user, arguments, password, said):
    code, told = user(*arguments, password=password)
    assert (code, said in told["error"]) == (1, True)


def test_names_that_look_alike_by_case_or_form_are_one_name():
    assert user_name("Stra\u00dfe") == user_name("STRASSE")
    assert user_name("e\u0301lodie") == user_name("\u00c9lodie")
