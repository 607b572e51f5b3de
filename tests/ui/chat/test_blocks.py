"""What Gradio cannot do with what it is sent is a line of the log, and no word of it is told."""

import json

import pytest

from ui.server.http.log import start_log

SECRET = "zanzibar-7731"


def events(client, language, **body):
    """Return what the page's queue tells of an event."""
    root = f"/{language}/gradio_api/queue"
    sent = {"data": [], "fn_index": 0, "session_hash": "blocks", **body}
    joined = client.post(f"{root}/join", json=sent)
    assert joined.status_code == 200
    told = client.get(f"{root}/data", params={"session_hash": "blocks"})
    lines = [line.removeprefix("data: ") for line in told.text.splitlines() if line]
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "data",
    [
        [SECRET],
        [SECRET, [], SECRET, "", ""],
        [SECRET, [], {"a": SECRET}, "", ""],
        [[SECRET], [], [SECRET], "", "", "", SECRET],
    ],
    ids=["too few", "no such outlet", "no outlet", "too many"],
)
def test_what_does_not_fit_is_logged_and_not_printed(demo, capfd, language, data):
    start_log()
    done = events(demo, language, data=data)[-2:]
    log = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert SECRET not in json.dumps([log, done], ensure_ascii=False)
    (ended,) = (one for one in done if one["msg"] == "process_completed")
    assert not ended["success"]
    assert ("server" in ended["output"]["error"]) == (language == "en")
    # Gradio's own use of other libraries is warned of once.
    told = [line["event"].partition(" ")[0] for line in log]
    assert [kind for kind in told if kind not in ("request", "py.warnings")] == ["fault"]


@pytest.mark.parametrize(
    "data", [[None, [], "", "", ""], ["", 5, "", "", ""], [" ", {}, "", [SECRET], {"a": 1}]]
)
def test_fields_may_hold_anything(demo, capfd, data):
    start_log()
    (ended,) = (one for one in events(demo, "en", data=data) if one["msg"] == "process_completed")
    assert ended["success"]
    assert "fault" not in capfd.readouterr().err
