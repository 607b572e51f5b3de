"""The real command, in a process of its own: every subcommand, and how a run ends."""

import json
import os
import re
import subprocess
import sys

import pytest
from typer.main import get_command

from tests.command import run_here, run_process
from ui.cli.main import app

TEXT = "افتتحت المدرسة أبوابها أمام سبعين طالباً."
CASE = {"id": "a", "language": "ar", "question": "كم طالباً؟", "answerable": False}
QUESTION = {"id": "q", "question": "كم طالباً؟", "answers": [{"text": "سبعين", "answer_start": 28}]}
SQUAD = {"data": [{"paragraphs": [{"context": TEXT, "qas": [QUESTION]}]}]}
USER = ["leila", "--password-file", "password"]
FEED = "https://news.example/feed"
# What follows each subcommand, in this order, and what it prints; test_readme.py runs the others.
RUNS = {
    "show": (["first"], TEXT),
    "edit": (["first", "--set", "outlet=SANA"], "1 changed, 0 as they were"),
    "encode": (["articles.jsonl"], "2 passages have vectors of bundled"),
    "reindex": ([], "Encoded 2 passages with bundled."),
    "doctor": ([], "No fault found."),
    "index move": (["--to", "qdrant-edge:points"], "2 passages are there"),
    "backup": (["kept.sqlite"], "Copied 2 articles to kept.sqlite."),
    "restore": (["kept.sqlite"], "Put back 2 articles from kept.sqlite."),
    "remove": (["second"], "Removed 1 article(s)."),
    "embed create": (["--origin", "https://a.example"], "/widget.js"),
    "embed list": ([], "pages of https://a.example"),
    "embed revoke": (["EMBED"], "Revoked "),
    "feed add": ([FEED], f"Following {FEED}, every 1h."),
    "feed pause": ([FEED], f"Paused {FEED}."),
    "feed list": ([], "not fetched yet"),
    "feed remove": ([FEED], "Removed"),
    "profile new": (["news.example"], "Wrote "),
    "profile list": ([], "news.example.toml: news.example"),
    "user add": (USER, "Added leila (reader)."),
    "user list": ([], "leila  reader"),
    "user password": (USER, "Changed the password of leila."),
    "user key": (["leila"], "dalil_"),
    "user remove": (["leila"], "Removed leila."),
    "eval cases": (["cases.jsonl"], "cases: 1"),
    "eval report": (["run"], "report.html"),
    "eval retrieval": (["--questions", "squad.json", "--passages", "squad.json"], "MRR"),
    "eval reading": (["--questions", "squad.json"], "| choice |"),
}
ELSEWHERE = {
    "tests/test_readme.py": {
        "add", "list", "search", "ask", "eval", "eval compare", "eval gate",
    },
    "tests/ui/app/test_process.py": {"serve"},
    "tests/ui/folders/test_watch.py": {"watch"},
    "tests/ui/cli/admin/test_feeds.py": {"feed fetch"},
    "tests/ui/cli/admin/test_profiles.py": {"profile test"},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a library of two articles, a run of `dalil eval`, and files to name."""
    folder = tmp_path_factory.mktemp("entry")
    articles = [{"id": "first", "text": TEXT}, {"id": "second", "text": "أُغلق الجسر."}]
    for name, lines in (("articles", articles), ("cases", [CASE])):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (folder / "squad.json").write_text(json.dumps(SQUAD), encoding="utf-8")
    (folder / "password").write_text("a long password", encoding="utf-8")
    assert run_here("--home", "home", "add", "articles.jsonl", cwd=folder).code == 0
    asked = ["--cases", "cases.jsonl", "--articles", "articles.jsonl", "--out", "run"]
    assert run_here("eval", *asked, cwd=folder).code == 0
    return folder


def test_subcommands_run(folder):
    printed = ""
    for command, (arguments, expected) in RUNS.items():
        embed = re.findall('data-embed="(.*?)"', printed)
        named = [embed[0] if argument == "EMBED" else argument for argument in arguments]
        done = run_process("--home", "home", *command.split(), *named, cwd=folder)
        assert (done.code, expected in done.out) == (0, True), (command, done)
        printed += done.out


def test_no_subcommand_is_forgotten():
    def names(command, before=()):
        for name, inner in getattr(command, "commands", {}).items():
            yield from names(inner, (*before, name))
        # A group of commands does something by itself only if it may be called alone.
        if before and (
            not hasattr(command, "commands") or getattr(command, "invoke_without_command", False)
        ):
            yield " ".join(before)

    assert sorted(names(get_command(app))) == sorted({*RUNS, *set().union(*ELSEWHERE.values())})


@pytest.mark.parametrize(
    "arguments",
    [
        ["--home", "home", "show", "first", "--json"],
        ["--home", "home", "show", "nope", "--json"],
        ["--home", "home", "show"],
        ["--home", "home", "add", "nowhere.txt"],
    ],
)
def test_a_run_in_the_test_ends_as_in_a_process(folder, arguments):
    assert run_here(*arguments, cwd=folder) == run_process(*arguments, cwd=folder)


def test_a_fault_of_ours_ends_as_in_a_process(folder, monkeypatch):
    """A run that fails where nobody caught it prints the trace and ends with 1."""
    monkeypatch.setattr("ui.cli.main.open_library", None)
    done = run_here("--home", "home", "list", cwd=folder)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Traceback (most recent call last):\n")
    assert done.err.endswith("TypeError: 'NoneType' object is not callable\n")


def test_a_reader_that_has_gone_is_no_fault(folder):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "ui.cli", "--home", "home", "list"]
    done = subprocess.run(command, cwd=folder, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
