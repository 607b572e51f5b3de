"""Identity who want more than is theirs: another's answers, an administrator's routes."""

import asyncio

import pytest

from ui.chat.conversation import Turn, answer, read_turns, restore

QUESTION = "متى يُفتح سوق الخضار؟"


@pytest.fixture
def readers(open_office, kit):
    """A client, and the headers of each user's session."""
    return open_office, {name: kit.log_in(open_office, name) for name in ("amal", "leila", "omar")}


@pytest.fixture
def given(readers):
    """An answer of Leila's."""
    client, headers = readers
    answer = client.post("/api/ask", json={"question": QUESTION}, headers=headers["leila"]).json()
    assert answer["answer_id"]
    return answer


def attempts(answer_id):
    return (
        ("GET", f"/api/answers/{answer_id}", None),
        ("GET", f"/api/suggestions?answer={answer_id}", None),
        ("POST", f"/api/answers/{answer_id}/feedback", {"helpful": False}),
        ("POST", "/api/ask", {"question": "ومتى؟", "after": answer_id}),
    )


@pytest.mark.parametrize("other", ["omar", "amal"])
def test_anothers_answer_is_as_one_that_never_was(readers, given, other):
    """Not even an administrator learns what somebody asked."""
    client, headers = readers
    for method, path, body in attempts(given["answer_id"]):
        mine = client.request(method, path, json=body, headers=headers["leila"])
        assert mine.status_code == 200
        refused = client.request(method, path, json=body, headers=headers[other])
        never = "0" * 32
        path, body = path.replace(given["answer_id"], never), body and {**body}
        if body and "after" in body:
            body["after"] = never
        unknown = client.request(method, path, json=body, headers=headers[other])
        assert (refused.status_code, refused.text.replace(given["answer_id"], never)) == (
            404, unknown.text,
        )  # fmt: skip
        assert client.request(method, path, json=body).status_code == 401
    saved = client.get(f"/api/answers/{given['answer_id']}", headers=headers["leila"]).json()
    assert saved["feedback"] == {**saved["feedback"], "helpful": False}


def test_answers_from_before_there_were_users_are_nobodys(home, article, kit, password_hash):
    from ui.server.access.accounts import open_accounts

    kit.add(home, article())
    with kit.client_of(home) as client:
        before = client.post("/api/ask", json={"question": QUESTION}).json()["answer_id"]
        assert client.get(f"/api/answers/{before}").status_code == 200
        accounts = open_accounts(home)
        accounts.add("leila", "reader", password_hash)
        assert client.get(f"/api/answers/{before}").status_code == 401
        headers = kit.log_in(client, "leila")
        assert client.get(f"/api/answers/{before}", headers=headers).status_code == 404
        mine = client.post("/api/ask", json={"question": QUESTION}, headers=headers).json()
        accounts.remove("leila")
        accounts.add("leila", "reader", password_hash)
        # The same name is another person now.
        headers = kit.log_in(client, "leila")
        gone = client.get(f"/api/answers/{mine['answer_id']}", headers=headers)
        assert gone.status_code == 404
        accounts.close()


def test_anothers_conversation_in_the_same_browser_is_not_shown(office, kit):
    """What the page keeps outlives a log-out on a browser that does not clear it."""
    pool = kit.pool_of(office)

    async def visit():
        states = [s async for s in answer(pool, QUESTION, [], _all(), "leila")]
        kept = [Turn(QUESTION, states[-1]["answer"]["answer_id"], "leila").as_json()]
        hers, his = read_turns(kept, "leila"), read_turns(kept, "omar")
        # Whoever writes another name into the browser's storage gets no answer either.
        forged = read_turns([{**kept[0], "owner": "omar"}], "omar")
        work = [
            lambda service, t=turns: restore(service, t, "gone") for turns in (hers, his, forged)
        ]
        return [await pool.run(one) for one in work]

    hers, his, forged = asyncio.run(visit())
    pool.close()
    assert [turn["state"] for turn in hers] == ["done"]
    assert his == []
    assert [(turn["state"], turn["error"]) for turn in forged] == [("failed", "gone")]


def _all():
    from index import Filters

    return Filters()


CHANGES = (
    ("POST", "/api/articles", {"json": {"articles": [{"id": "new", "text": "نص المقال."}]}}),
    ("POST", "/api/articles", {"files": {"files": ("new.txt", b"text")}}),
    ("DELETE", "/api/articles/article-1", {}),
    ("DELETE", "/api/articles/article-1", {"params": {"purge": True}}),
)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_reader_changes_no_article(readers, method, path, body):
    client, headers = readers
    before = client.get("/api/articles", headers=headers["leila"]).json()
    for who, status in (("leila", 403), ("omar", 403), (None, 401)):
        refused = client.request(method, path, headers=headers.get(who, {}), **body)
        assert (refused.status_code, bool(refused.json()["error"])) == (status, True)
    claims = {**headers["leila"], "x-remote-user": "amal", "x-role": "admin"}
    assert client.request(method, path, headers=claims, **body).status_code == 403
    assert client.get("/api/articles", headers=headers["leila"]).json() == before


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_nobody_changes_articles_where_others_come_in_without_users(demo, method, path, body):
    assert demo.request(method, path, **body).status_code == 403


@pytest.mark.parametrize(
    "beyond",
    [
        {"host": "0.0.0.0", "without_login": True},
        {"without_login": True},
        {"hosts": ("news.example",), "without_login": True},
    ],
)
def test_only_a_machine_of_ones_own_is_changed_without_users(home, article, kit, beyond):
    kit.add(home, article())
    with kit.client_with(home, **beyond) as client:
        assert client.delete("/api/articles/article-1").status_code == 403
    with kit.client_with(home) as client:
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert client.delete("/api/articles/article-1", headers=foreign).status_code == 403
        assert client.delete("/api/articles/article-1").json() == {"removed": ["article-1"]}


def test_a_role_that_was_taken_away_is_gone_at_once(office, kit, password_hash):
    from ui.server.access.accounts import open_accounts

    with kit.client_with(office) as client:
        accounts = open_accounts(office)
        accounts.remove("amal")
        accounts.add("amal", "reader", password_hash)
        accounts.close()
        headers = kit.log_in(client, "amal")
        gone = client.delete("/api/articles/article-1", headers=headers)
        assert gone.status_code == 403


def test_words_of_an_article_are_for_readers_only(readers):
    client, headers = readers
    span = {"article": "article-1", "start": 0, "end": 3}
    assert client.get("/api/gloss", params=span).status_code == 401
    assert client.get("/api/gloss", params=span, headers=headers["leila"]).status_code == 200
    assert client.post("/api/translations", json=span).status_code == 401
    # There is no language model here, which only a reader is told.
    refused = client.post("/api/translations", json=span, headers=headers["leila"])
    assert refused.status_code == 422
