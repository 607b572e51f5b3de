"""Two processes on one library: nothing is lost and nobody fails."""

import json
import subprocess
import sys
import time
from pathlib import Path

from index.store.lock import write_lock


def write(path, prefix, count):
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = f"في الخبر {prefix}{number} تفاصيل عن الحصاد وأسعار القمح في السوق."
            file.write(json.dumps({"id": f"{prefix}{number}", "text": text}) + "\n")
    return path


def start(home, *arguments):
    command = [
        sys.executable,
        "-m",
        "ui.cli",
        "--home",
        str(home),
        *map(str, arguments),
        "--json",
    ]
    # A pipe that nobody reads would fill up and stop the import.
    out, err = (home.parent / f"{Path(arguments[-1]).stem}.{name}" for name in ("out", "err"))
    with out.open("wb") as stdout, err.open("wb") as stderr:
        return subprocess.Popen(command, stdout=stdout, stderr=stderr), out, err


def test_two_imports_lose_nothing(tmp_path, dalil):
    home = tmp_path / "home"
    files = [write(tmp_path / f"{name}.jsonl", name, 250) for name in ("x", "y")]
    imports = [start(home, "add", file) for file in files]
    assert [process.wait(timeout=120) for process, _, _ in imports] == [0, 0]
    assert [len(json.loads(out.read_text())["added"]) for _, out, _ in imports] == [250, 250]
    assert len(json.loads(dalil("list", "--json", home=home).out)["articles"]) == 500
    assert json.loads(dalil("doctor", "--json", home=home).out)["faults"] == []


def test_second_writer_says_that_it_waits(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with write_lock(home):
        importing, out, err = start(home, "add", write(tmp_path / "x.jsonl", "x", 5))
        until = time.monotonic() + 60
        while "waiting" not in err.read_text() and time.monotonic() < until:
            time.sleep(0.05)
        assert importing.poll() is None
    assert importing.wait(timeout=60) == 0
    assert "waiting" in err.read_text()
    assert len(json.loads(out.read_text())["added"]) == 5


def test_asking_while_importing(tmp_path, dalil):
    home = tmp_path / "home"
    dalil("add", write(tmp_path / "first.jsonl", "first", 20), home=home)
    importing, _, _ = start(home, "add", write(tmp_path / "more.jsonl", "more", 1500))
    answers = []
    while importing.poll() is None:
        answers.append(dalil("ask", "ما تفاصيل أسعار القمح؟", "--json", home=home))
    assert importing.returncode == 0
    assert answers
    assert [answer.code for answer in answers] == [0] * len(answers)
    assert all(json.loads(answer.out)["question"] for answer in answers)
    assert len(json.loads(dalil("list", "--json", home=home).out)["articles"]) == 1520
