"""What of Gradio reaches a browser, and how its page is changed on the way."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.chat.frame import COOKIE, ChatFrame

PAGE = (
    '<!doctype html><html lang="en"><head><meta property="og:image" content="https://elsewhere/"/>'
    '<link rel="manifest" href="/manifest.json" /><script>1</script></head></html>'
)


@pytest.fixture
def client():
    routes = [
        Route("/{language}/", lambda _: HTMLResponse(PAGE)),
        Route("/{path:path}", lambda _: PlainTextResponse("reached"), methods=["GET", "POST"]),
    ]
    return TestClient(
        ChatFrame(Starlette(routes=routes), {"en": {0}, "ar": {0}}), follow_redirects=False
    )


@pytest.mark.parametrize(
    ("accept", "cookie", "there"),
    [
        ("ar-SY,ar;q=0.9,en;q=0.8", None, "/ar/"),
        ("en-GB", None, "/en/"),
        ("fr, de;q=0.5", None, "/en/"),
        ("en", "ar", "/ar/"),
        ("ar", "//elsewhere", "/ar/"),
        ("ar;q=no, en;q=0.1", None, "/en/"),
    ],
)
def test_a_reader_is_sent_to_the_language_chosen_or_preferred(client, accept, cookie, there):
    headers = {"Accept-Language": accept, **({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})}
    answer = client.get("/", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (307, there)


@pytest.mark.parametrize(
    "path",
    [
        "upload", "file=/etc/passwd", "gradio_api/file=/etc/passwd", "gradio_api/upload",
        "gradio_api/proxy=http://127.0.0.1:1/", "gradio_api/run/ask", "gradio_api/call/ask",
        "gradio_api/info", "gradio_api/component_server", "gradio_api/vibe-edit", "monitoring",
        "login", "gradio_api/queue/status", "gradio_api/heartbeat/a/b", "runs",
    ],
)  # fmt: skip
def test_nothing_of_gradio_is_reached_that_the_chat_does_not_need(client, path):
    assert client.get(f"/en/{path}").status_code == 404
    assert client.post(f"/ar/{path}").status_code == 404


@pytest.mark.parametrize("path", ["assets/index-1.js", "gradio_api/queue/join", "theme.css"])
def test_what_the_chat_needs_is_passed(client, path):
    assert client.get(f"/en/{path}").text == "reached"


def test_other_addresses_are_not_touched(client):
    assert client.get("/api/articles").text == "reached"


def test_the_page_is_in_its_language_and_free_of_other_hosts(client):
    answer = client.get("/ar/")
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "elsewhere" not in answer.text
    assert "/static/chat/chat.css" in answer.text
    assert len(answer.content) == int(answer.headers["content-length"])


def test_scripts_carry_the_nonce_of_the_policy_and_each_page_has_its_own(client):
    first, second = client.get("/en/"), client.get("/en/")
    nonce = first.text.partition('<script nonce="')[2].partition('"')[0]
    assert f"'nonce-{nonce}'" in first.headers["content-security-policy"]
    assert nonce not in second.headers["content-security-policy"]
    script = first.headers["content-security-policy"].partition("script-src")[2].partition(";")[0]
    assert "unsafe-inline" not in script
