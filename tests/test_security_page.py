"""Every threat of docs/security.md names its tests, and they exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]


def names_of(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_there_are_threats():
    assert len(ROWS) >= 25


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_threat_has_a_defence_and_tests_that_exist(row):
    threat, defence, tests = row
    assert threat
    assert defence
    named = re.findall(r"`(tests/[\w/.]+)::(test_\w+)`", tests)
    assert named
    assert re.sub(r"`[^`]*`|, ", "", tests) == ""
    for path, name in named:
        assert name in names_of(path), f"{path}::{name}"
