"""What a page of another site, or a field of a form, could do to a log-in."""

import re
from html import unescape

import pytest

from ui.server.access.identity import own_path


@pytest.fixture
def client(open_office):
    open_office.cookies.clear()
    yield open_office
    open_office.cookies.clear()


def open_form(client, **query):
    """Return the hidden key of the form, whose cookie the client now has."""
    page = client.get("/login", params=query)
    assert page.status_code == 200
    return unescape(re.search(r'name="key" value="([^"]+)"', page.text)[1])


def send(client, key, password, name="omar", following="/", **headers):
    fields = {"key": key, "name": name, "password": password, "next": following}
    return client.post("/login", data=fields, headers=headers)


def test_the_form_logs_in_and_leads_on(client, kit):
    key = open_form(client, next="/articles/article-1?version=1")
    given = send(client, key, kit.password, following="/articles/article-1?version=1")
    assert (given.status_code, given.headers["location"]) == (303, "/articles/article-1?version=1")
    assert client.get(given.headers["location"]).status_code == 200


@pytest.mark.parametrize("key", ["", "made-up", None])
def test_a_log_in_that_another_site_sends_has_no_key(client, kit, key):
    """Whoever is logged in as somebody else would show that person what they ask."""
    mine = open_form(client)
    if key is None:
        # The attacker's own key, without the cookie that goes with it in this browser.
        key = mine
        client.cookies.clear()
    given = send(client, key, kit.password)
    assert given.status_code == 403
    assert "dalil-session=" not in str(given.headers.get_list("set-cookie"))


FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate"},
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_form_of_another_site_logs_in_or_out_or_changes_anything(client, kit, headers):
    key = open_form(client)
    assert send(client, key, kit.password, **headers).status_code == 403
    body = {"name": "omar", "password": kit.password}
    assert client.post("/api/login", json=body, headers=headers).status_code == 403
    session = kit.log_in(client, "amal")
    for method, path in (
        ("POST", "/logout"), ("POST", "/api/articles"), ("DELETE", "/api/articles/article-1"),
        ("POST", "/api/ask"), ("POST", "/en/gradio_api/queue/join"),
    ):  # fmt: skip
        refused = client.request(method, path, json={}, headers=session | headers)
        assert refused.status_code == 403, path
    assert client.get("/api/articles", headers=session).json()["total"] == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_programs_log_in_with_json_only_which_no_form_can_send(client, kit, kind):
    body = f'{{"name": "omar", "password": "{kit.password}", "x": "="}}'
    given = client.post("/api/login", content=body, headers={"content-type": kind})
    assert given.status_code == 422
    assert "set-cookie" not in given.headers


ELSEWHERE = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "https://evil.example/", "javascript:alert(1)", "evil.example", "/%0d%0aSet-Cookie:x=1\r\nX: 1",
    "/\n/evil.example", " //evil.example", "/login", "/logout", "", "/ä", "/\x00",
)  # fmt: skip


@pytest.mark.parametrize("following", ELSEWHERE)
def test_a_log_in_leads_nowhere_else(client, kit, following, monkeypatch):
    monkeypatch.setattr(
        "ui.server.access.sessions.is_password", lambda given, kept: kept is not None
    )
    assert own_path(following) == "/"
    given = send(client, open_form(client, next=following), kit.password, following=following)
    assert (given.status_code, given.headers["location"]) == (303, "/")


MARKUP = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7919*7907}}"


def test_no_field_of_the_form_becomes_markup(client, monkeypatch):
    monkeypatch.setattr("ui.server.access.sessions.is_password", lambda given, kept: False)
    key = open_form(client, next=MARKUP, ui=MARKUP)
    given = send(client, key, MARKUP, name=MARKUP, following="/" + MARKUP)
    assert given.status_code == 401
    for page in (given, client.get("/login", params={"next": "/" + MARKUP})):
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "onerror=alert(1)>" not in page.text
        assert "62615533" not in page.text
    assert unescape(re.search(r'name="name" value="([^"]*)"', given.text)[1]) == MARKUP


def test_the_log_in_page_allows_nothing_but_its_form(client):
    headers = client.get("/login").headers
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    for directive in (
        "default-src 'none'", "form-action 'self'", "frame-ancestors 'self'", "base-uri 'none'",
    ):  # fmt: skip
        assert directive in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(("accept", "ui", "language"), [
    ("ar-SY", "", "ar"), ("en", "", "en"), ("en", "ar", "ar"), ("fr", "xx", "en"),
])  # fmt: skip
def test_the_log_in_page_speaks_the_readers_language(client, accept, ui, language):
    page = client.get("/login", params={"ui": ui}, headers={"accept-language": accept})
    assert f'<html lang="{language}"' in page.text
    assert page.headers["content-language"] == language


@pytest.mark.usefixtures("quick_refusals")
def test_no_name_and_no_question_makes_a_line_of_the_log(client, kit, caplog, capfd):
    forged = "x\ndalil: everything is fine\r\n\x1b[2J"
    client.post("/api/login", json={"name": forged, "password": forged})
    send(client, open_form(client), forged, name=forged)
    session = kit.log_in(client, "leila")
    client.post("/api/ask", json={"question": forged}, headers=session)
    client.get("/api/articles/" + "x%0adalil:%20everything%20is%20fine", headers=session)
    client.get("/x%0d%0adalil:%20everything%20is%20fine", headers=session)
    out, err = capfd.readouterr()
    assert "everything is fine" not in out + err + caplog.text


@pytest.mark.parametrize("path", ["/login", "/api/login", "/logout"])
def test_a_large_log_in_is_refused(client, path):
    from ui.server.access.guard import MOST_BYTES

    assert client.post(path, content=b"x" * (MOST_BYTES + 1)).status_code == 413
    chunks = (b"x" * 10_000 for _ in range(MOST_BYTES // 10_000 + 1))
    assert client.post(path, content=chunks).status_code == 413


@pytest.mark.parametrize("body", [b"", b"%", b"a=" + b"b&" * 1000, b"\xff=\xfe", b"name=" * 20])
def test_a_form_that_is_none_is_refused(client, body):
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x/y"):
        given = client.post("/login", content=body, headers={"content-type": kind})
        assert given.status_code in (400, 403)
