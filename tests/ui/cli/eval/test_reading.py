"""`dalil eval reading`: streams, shapes and exit codes."""

import json

import pytest

INTERVAL = {"value", "low", "high"}


@pytest.fixture
def reading(dalil):
    return lambda *arguments: dalil("eval", "reading", *arguments)


def test_json_is_one_object_of_the_contract(reading, pair):
    done = reading("--questions", pair.english, "--passages", pair.arabic, "--json")
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert set(report) == {
        "questions", "passages", "n", "answerable", "readers", "differences"
    }  # fmt: skip
    assert (report["n"], report["answerable"]) == (4, 4)
    assert list(report["readers"]) == ["words met", "choice"]
    for measures in report["readers"].values():
        assert set(measures) == {"sentence", "AURC"}
        assert all(set(interval) == INTERVAL for interval in measures.values())
    assert [(d["measure"], d["reader"], d["against"]) for d in report["differences"]] == [
        ("sentence", "choice", "words met"), ("AURC", "choice", "words met")
    ]  # fmt: skip


def test_the_table_has_a_row_for_each_reader(reading, pair):
    done = reading("--questions", pair.arabic)
    assert done.code == 0
    assert "4 questions" in done.out
    rows = [line for line in done.out.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| words met", "| choice"]


def test_a_missing_file_is_named_and_ends_with_one(reading, tmp_path):
    done = reading("--questions", tmp_path / "none.json", "--json")
    assert done.code == 1
    assert "none.json" in json.loads(done.out)["error"]
