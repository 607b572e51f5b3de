"""Two processes on one library: nothing is lost and nobody fails."""

import json
import subprocess
import sys


def write(path, prefix, count):
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = f"في الخبر {prefix}{number} تفاصيل عن الحصاد وأسعار القمح في السوق."
            file.write(json.dumps({"id": f"{prefix}{number}", "text": text}) + "\n")
    return path


def start(home, *arguments):
    command = [sys.executable, "-m", "ui.cli", "--home", str(home), *map(str, arguments), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_imports_lose_nothing(tmp_path, dalil):
    home = tmp_path / "home"
    files = [write(tmp_path / f"{name}.jsonl", name, 250) for name in ("x", "y")]
    imports = [start(home, "add", file) for file in files]
    outputs = [process.communicate(timeout=120) for process in imports]
    assert [process.returncode for process in imports] == [0, 0]
    assert [len(json.loads(out)["added"]) for out, _ in outputs] == [250, 250]
    said = b"".join(err for _, err in outputs).decode()
    assert "waiting" in said
    assert len(json.loads(dalil("list", "--json", home=home).out)["articles"]) == 500
    assert json.loads(dalil("doctor", "--json", home=home).out)["faults"] == []


def test_asking_while_importing(tmp_path, dalil):
    home = tmp_path / "home"
    dalil("add", write(tmp_path / "first.jsonl", "first", 20), home=home)
    importing = start(home, "add", write(tmp_path / "more.jsonl", "more", 1500))
    answers = []
    while importing.poll() is None:
        answers.append(dalil("ask", "ما تفاصيل أسعار القمح؟", "--json", home=home))
    importing.communicate()
    assert importing.returncode == 0
    assert answers
    assert [answer.code for answer in answers] == [0] * len(answers)
    assert all(json.loads(answer.out)["question"] for answer in answers)
    assert len(json.loads(dalil("list", "--json", home=home).out)["articles"]) == 1520
