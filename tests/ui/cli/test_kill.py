"""An import that is killed loses nothing it reported and can be taken up again."""

import json
import re
import signal
import sqlite3
import subprocess
import sys

import pytest

# Twenty batches: the kill must land long before the last one, however busy the machine is.
ARTICLES = 1000


@pytest.fixture
def collection(tmp_path):
    path = tmp_path / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(ARTICLES):
            text = f"وصلت القافلة رقم {number} إلى المدينة صباحاً. وفرّغت حمولتها في المستودع."
            file.write(json.dumps({"id": f"a{number}", "text": text}, ensure_ascii=False) + "\n")
    return path


def stored(home):
    connection = sqlite3.connect(home / "library.sqlite")
    found = {row[0] for row in connection.execute("SELECT id FROM articles")}
    orphans = connection.execute(
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM passages)"
    ).fetchone()[0]
    connection.close()
    return found, orphans


@pytest.mark.parametrize("batches", [1, 3, 6])
def test_killed_import_keeps_what_it_reported(tmp_path, collection, dalil, batches):
    home = tmp_path / "home"
    command = [sys.executable, "-m", "ui.cli", "--home", str(home), "add", str(collection)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    acknowledged = 0
    for line in process.stderr:
        if match := re.match(r"Committed (\d+) of", line):
            acknowledged = int(match[1])
            batches -= 1
        if not batches:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    process.stderr.close()

    found, orphans = stored(home)
    # The kill counts only if it landed between the first and the last write.
    assert 0 < acknowledged <= len(found) < ARTICLES
    assert process.returncode == -signal.SIGKILL
    assert {f"a{number}" for number in range(acknowledged)} <= found
    assert orphans == 0

    asked = dalil("ask", "إلى أين وصلت القافلة رقم 3؟", "--json", home=home)
    assert asked.code == 0
    again = dalil("add", collection, "--json", home=home)
    report = json.loads(again.out)
    assert (len(report["unchanged"]), len(report["added"])) == (len(found), ARTICLES - len(found))
    assert json.loads(dalil("doctor", "--json", home=home).out)["faults"] == []
