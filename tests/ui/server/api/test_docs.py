"""Every example of docs/api.md works, and its answer has the shape shown."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.fakes.scripted_model import ScriptedModel

PAGE = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:7860"
# The id of the answer that the page shows.
SHOWN_ID = re.search(r'"answer_id": "(\w{32})"', PAGE).group(1)
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = [
    (command, shown if kind != "sh" else None, kind)
    for (language, command), (kind, shown) in zip(BLOCKS, [*BLOCKS[1:], ("sh", "")], strict=True)
    if language == "sh"
]


def sent(client, command, answer_id):
    """Send what a curl command would."""
    words = shlex.split(command.replace("\\\n", " ").replace(SHOWN_ID, answer_id))[1:]
    method, headers, data, fields, address = "GET", {}, None, [], None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            headers.update([words.pop(0).split(": ")])
        elif word in ("-d", "--data-urlencode"):
            data = words.pop(0)
            fields.append(data.split("=", 1))
        elif word not in ("-G", "-N"):
            address = word
    assert address.startswith(BASE)
    path = address.removeprefix(BASE)
    if method == "GET":
        return client.get(path, params=fields or None, headers=headers)
    return client.request(method, path, content=data and data.encode(), headers=headers)


def differences(shown, given, where=""):
    """Say where two JSON values are not of one shape; `null` stands for any value."""
    if shown is None or given is None:
        return []
    if isinstance(shown, dict) and isinstance(given, dict):
        odd = [f"{where}.{name}" for name in shown.keys() ^ given.keys()]
        both = shown.keys() & given.keys()
        return odd + [d for n in both for d in differences(shown[n], given[n], f"{where}.{n}")]
    if isinstance(shown, list) and isinstance(given, list):
        if shown and not given:
            return [f"{where} is empty"]
        return differences(shown[0], given[0], f"{where}[0]") if shown else []
    numbers = isinstance(shown, int | float) and isinstance(given, int | float)
    return [] if numbers or type(shown) is type(given) else [where]


@pytest.fixture(scope="module")
def answer_id(demo):
    return sent(demo, EXAMPLES[0][0], SHOWN_ID).json()["answer_id"]


@pytest.mark.parametrize(("command", "shown", "kind"), EXAMPLES)
def test_an_example_gives_what_is_shown(demo, answer_id, command, shown, kind, monkeypatch):
    if "/api/translations" in command:
        model = ScriptedModel([[json.loads(shown)["text"]]], name=json.loads(shown)["model"])
        monkeypatch.setattr("ui.service.Shared.model", lambda _: model)
    given = sent(demo, command, answer_id)
    if kind == "json":
        assert differences(json.loads(shown), given.json()) == []
        assert (given.status_code == 200) == ("error" not in json.loads(shown))
    elif kind == "text":
        kinds = re.compile(r"^event: (\w+)$", re.MULTILINE)
        assert kinds.findall(given.text) == kinds.findall(shown)
    else:
        assert given.status_code == 200, given.text


def test_every_route_has_an_example(demo):
    document = demo.get("/api/openapi.json").json()
    commands = "\n".join(command for command, _, _ in EXAMPLES)
    for path in document["paths"]:
        assert re.search(re.sub(r"\{\w+\}", r"[\\w%.-]+", path) + r"['?\s]", commands), path


def test_every_status_is_told(demo):
    document = demo.get("/api/openapi.json").json()
    codes = {
        code
        for methods in document["paths"].values()
        for operation in methods.values()
        for code in operation["responses"]
    }
    table = set(re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE))
    assert codes - {"200"} <= table
    assert table - codes == {"405", "500"}


def test_shapes_that_differ_are_noticed():
    assert differences({"a": [1], "b": "x"}, {"a": [], "c": 1}) != []
    assert differences({"a": 1}, {"a": "1"}) == [".a"]
    assert differences({"a": [{"b": None}]}, {"a": [{"b": 3}, {}]}) == []
