"""A disk that is full at any point of a change: it is told, and nothing is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from eval.studies.safety import full_disk
from eval.studies.safety.full_disk import Outcome

ROOT = Path(__file__).parents[4]
APART = ["unshare", "--user", "--map-root-user", "--mount"]


def can_mount(tmp_path):
    try:
        done = subprocess.run(
            [*APART, "mount", "-t", "tmpfs", "-o", "size=1m", "dalil", str(tmp_path)],
            capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return False
    return done.returncode == 0


def test_nothing_is_lost_on_a_full_disk(tmp_path):
    if not can_mount(tmp_path):
        pytest.skip("no disk can be mounted here")
    command = [*APART, sys.executable, "-m", "eval.studies.safety.full_disk", "--points", "3"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split("|")[1:-1] for line in done.stdout.splitlines()[2:]]
    assert len(rows) == 8
    tried, told = (sum(int(row[place]) for row in rows) for place in (1, 3))
    # Some find room, and without any nothing can be written.
    assert (tried, told >= 8) == (32, True)


def test_the_report_counts_what_was_lost(capsys):
    outcomes = [
        Outcome("add", 0, "told"),
        Outcome("add", 9, "done"),
        Outcome("add", 5, "a traceback: X"),
    ]
    assert full_disk.report(outcomes) == 1
    assert "| add | 3 | 1 | 1 | 1 |" in capsys.readouterr().out
    assert full_disk.report(outcomes[:2]) == 0
