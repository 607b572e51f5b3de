"""Findings have the form that CONTRIBUTING.md asks for; they are not run here."""

import os
import re
import shutil
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FINDINGS = sorted((ROOT / "findings").iterdir())
# "# rank-bm25 0.2.2: what happens.", with several packages separated by commas.
TITLE = re.compile(r"# ((?:[a-z0-9.-]+ [0-9][\w.]*(?:, )?)+): \S.*\.")


def faults(text):
    """What is wrong with the text of a finding, as words that a contributor can act on."""
    first, title, *rest = [*text.splitlines(), "", ""]
    comment = list(takewhile(lambda line: line.startswith("#"), rest))
    after = rest[len(comment)]
    named = TITLE.fullmatch(title)
    pinned = set(re.findall(r"'([a-z0-9._-]+)==([\w.]+)'", text))
    wanted = {tuple(one.split()) for one in named[1].split(", ")} if named else set()
    return [
        words
        for words, right in {
            "begins with the shell": first == "#!/usr/bin/env bash",
            "names packages and versions, then what happens": named is not None,
            "installs what it names": wanted <= pinned and " install " in text,
            "stops at the first fault, after its comment": after == "set -euo pipefail",
            "says what was seen": "# Seen:" in comment[:-1],
            "works in a temporary folder": "mktemp -d" in text,
            "removes it at the end": re.search(r"trap 'rm -rf .*' EXIT", text) is not None,
            "names no index": re.search(r"index-url|https?://", text) is None,
        }.items()
        if not right
    ]


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.name)
def test_a_finding_has_the_form(path):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+\.sh", path.name)
    assert os.access(path, os.X_OK)
    assert faults(path.read_text(encoding="utf-8")) == []
    checked = subprocess.run(
        [shutil.which("bash"), "-n", path], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_there_are_findings():
    assert len(FINDINGS) >= 3


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("#!/usr/bin/env bash\n", "", "begins with the shell"),
        ("# rank-bm25 0.2.2: ", "# ", "names packages and versions, then what happens"),
        ("'rank-bm25==0.2.2'", "'rank-bm25==0.2.1'", "installs what it names"),
        ("set -euo pipefail", "set -e", "stops at the first fault, after its comment"),
        ("# Seen:", "# Result:", "says what was seen"),
        ("mktemp -d", "pwd", "works in a temporary folder"),
        ("trap ", "echo ", "removes it at the end"),
        ("install --quiet", "install --index-url https://a.example", "names no index"),
    ],
)
def test_another_form_is_noticed(old, new, fault):
    text = (ROOT / "findings" / "rank-bm25-small-collection.sh").read_text(encoding="utf-8")
    assert old in text
    assert fault in faults(text.replace(old, new, 1))
