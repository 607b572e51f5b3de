"""What is posted to Gradio: no body, however broken, is an error of the server."""

import json

import pytest

from corpus.errors import InputError
from ui.chat.bodies import checked

JOIN = "/en/gradio_api/queue/join"
BROKEN = {
    "bytes": b"\xff\xfe",
    "bytes in a string": b'{"data": "\xff"}',
    "UTF-16": "{}".encode("utf-16"),
    "no end": b"{",
    "nothing": b"",
    "a list": b"[1]",
    "null": b"null",
    "no number": b'{"data": [NaN]}',
    "too large a number": b'{"fn_index": 1e999}',
    "too long a number": b'{"fn_index": ' + b"9" * 5_000 + b"}",
    "too deep": b"[" * 100_000,
    "no such function": b'{"data": [], "fn_index": 99, "session_hash": "x"}',
    "no function at all": b'{"data": [], "fn_index": true, "session_hash": "x"}',
}


@pytest.mark.parametrize("path", [JOIN, "/ar/gradio_api/cancel", "/en/gradio_api/reset"])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_body_is_told_as_one(demo, path, kind):
    told = demo.post(path, content=BROKEN[kind], headers={"content-type": "application/json"})
    assert (told.status_code, list(told.json())) == (400, ["error"])
    untyped = demo.post(path, content=BROKEN[kind])
    assert untyped.status_code == 415


@pytest.mark.parametrize("path", ["cancel", "reset"])
def test_half_a_character_is_no_fault(demo, path):
    body = b'{"session_hash": "\\ud83d", "event_id": "\\udc00", "data": ["\\ud83d"]}'
    headers = {"content-type": "application/json"}
    told = demo.post(f"/en/gradio_api/{path}", content=body, headers=headers)
    assert told.status_code < 500


def test_what_is_sound_is_passed_on_as_it_is():
    body = json.dumps({"fn_index": 0, "data": ["سؤال 🙂", 1.5, None]}).encode()
    assert checked(body, {0}) is body
    with pytest.raises(InputError, match="Load its page again"):
        checked(body, {1})
