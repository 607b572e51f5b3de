"""Conversations over HTTP: a reader's own, under no name none, gone with who they belonged to."""

from contextlib import closing

import pytest

from index.store.conversations import Conversations
from ui.server.access.accounts import open_accounts

QUESTION = "متى يُفتح سوق الخضار؟"


@pytest.fixture
def client(office, kit):
    with kit.client_with(office) as client:
        yield client


@pytest.fixture
def keep(client, office):
    """Return a function that asks as a user and keeps the answer, as the chat does."""

    def kept(headers, owner, question=QUESTION, after=None):
        asked = client.post("/api/ask", json={"question": question}, headers=headers)
        answer_id = asked.json()["answer_id"]
        with closing(Conversations.open(office)) as conversations:
            return conversations.keep(answer_id, owner, after), answer_id

    return kept


def test_listed_read_named_and_deleted(client, keep, kit):
    leila = kit.log_in(client, "leila")
    first, answer = keep(leila, "leila")
    assert keep(leila, "leila", "ومتى يُغلق؟", after=answer)[0] == first
    listed = client.get("/api/conversations", params={"words": "الخُضار"}, headers=leila).json()
    assert (listed["total"], listed["kept"]) == (1, True)
    (one,) = listed["conversations"]
    assert (one["id"], one["name"], one["questions"]) == (first, QUESTION, 2)
    path = f"/api/conversations/{first}"
    named = client.patch(path, json={"name": "<b>سوق"}, headers=leila)
    assert named.json()["name"] == "<b>سوق"
    whole = client.get(path, headers=leila).json()
    assert [turn["question"] for turn in whole["turns"]] == [QUESTION, "ومتى يُغلق؟"]
    # A conversation is left as it is by questions that programs ask.
    assert client.get(f"/api/answers/{answer}", headers=leila).status_code == 200
    gone = client.delete(path, headers=leila).json()
    assert gone == {"deleted": first, "answers": [turn["answer_id"] for turn in whole["turns"]]}
    for lost in (path, f"/api/answers/{answer}"):
        assert client.get(lost, headers=leila).status_code == 404
    for wrong in ({"name": "a" * 201}, {}):
        assert client.patch(path, json=wrong, headers=leila).status_code == 422


@pytest.mark.parametrize("other", ["omar", "amal"])
def test_anothers_is_as_one_that_never_was(client, keep, kit, other):
    """Not even an administrator learns what somebody asked."""
    leila, stranger = (kit.log_in(client, name) for name in ("leila", other))
    kept, _ = keep(leila, "leila")
    assert client.get("/api/conversations", headers=stranger).json()["total"] == 0
    for one in (kept, "0" * 32):
        path = f"/api/conversations/{one}"
        tries = (client.get, client.delete, lambda p, **k: client.patch(p, json={"name": "x"}, **k))
        for attempt in tries:
            refused = attempt(path, headers=stranger)
            assert (refused.status_code, refused.json()["error"][:30]) == (
                404, "There is no such conversation.",
            )  # fmt: skip
            assert attempt(path).status_code == 401
    assert client.get(f"/api/conversations/{kept}", headers=leila).json()["name"] == QUESTION


def test_a_page_of_another_site_deletes_nothing(client, keep, kit):
    leila = kit.log_in(client, "leila")
    kept, _ = keep(leila, "leila")
    foreign = {**leila, "origin": "https://evil.example"}
    assert client.delete(f"/api/conversations/{kept}", headers=foreign).status_code == 403
    assert client.get(f"/api/conversations/{kept}", headers=leila).status_code == 200


def test_they_go_with_their_user(client, keep, kit, office, password_hash):
    leila = kit.log_in(client, "leila")
    _, answer = keep(leila, "leila")
    accounts = open_accounts(office)
    accounts.remove("leila")
    accounts.add("leila", "reader", password_hash)
    accounts.close()
    # Whoever is given the name next is another person.
    leila = kit.log_in(client, "leila")
    assert client.get("/api/conversations", headers=leila).json()["total"] == 0
    assert client.get(f"/api/answers/{answer}", headers=leila).status_code == 404
    with closing(Conversations.open(office)) as conversations:
        assert conversations.page("leila")[1] == conversations.page("removed:")[1] == 0


@pytest.mark.parametrize(
    ("settings", "kept"),
    [({}, True), ({"conversation_days": 0}, False), ({"without_login": True}, False)],
)
def test_where_nobody_has_a_name_only_a_machine_of_ones_own_keeps_them(
    home, article, kit, settings, kept
):
    kit.add(home, article())
    with kit.client_with(home) as own:
        answer = own.post("/api/ask", json={"question": QUESTION}).json()["answer_id"]
    with closing(Conversations.open(home)) as conversations:
        one = conversations.keep(answer)
    with kit.client_with(home, **settings) as client:
        listed = client.get("/api/conversations").json()
        assert (listed["kept"], listed["total"]) == (kept, int(kept))
        for method in ("GET", "DELETE"):
            found = client.request(method, f"/api/conversations/{one}").status_code
            assert found == (200 if kept else 404)


def test_old_ones_are_forgotten_when_somebody_looks(home, article, kit):
    kit.add(home, article())
    with kit.client_with(home, conversation_days=30) as client:
        assert client.get("/api/conversations").json()["total"] == 0
        answer = client.post("/api/ask", json={"question": QUESTION}).json()["answer_id"]
        with closing(Conversations.open(home)) as conversations:
            one = conversations.keep(answer)
            assert client.get("/api/conversations").json()["total"] == 1
            conversations._store.execute("UPDATE conversations SET asked_at = '2020-01-01'")
        assert client.get("/api/conversations").json()["total"] == 0
        assert client.get(f"/api/conversations/{one}").status_code == 404


def test_a_library_that_is_not_there_has_none(client, home, kit, tmp_path):
    with kit.client_with(tmp_path / "none") as empty:
        told = empty.get("/api/conversations")
        assert (told.status_code, told.json()["total"]) == (200, 0)
        assert empty.get("/api/conversations/x").status_code == 404
