"""`dalil eval reading`: streams, shapes and exit codes."""

import json

import pytest

READERS = ["choice", "words met", "bundled reader", "choice with bundled"]
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
    assert list(report["readers"]) == READERS
    for name, measures in report["readers"].items():
        marks = {"EM", "F1"} if "bundled" in name else set()
        assert set(measures) == {"sentence", "AURC"} | marks
        assert all(set(interval) == INTERVAL for interval in measures.values())
    assert [(d["measure"], d["reader"], d["against"]) for d in report["differences"]] == [
        (measure, name, "choice") for name in READERS[1:] for measure in ("sentence", "AURC")
    ]


def test_without_a_reader_there_is_what_met_alone(reading, pair):
    done = reading("--questions", pair.arabic, "--reader", "none", "--json")
    assert list(json.loads(done.out)["readers"]) == READERS[:2]


def test_the_table_has_a_row_for_each_reader(reading, pair):
    done = reading("--questions", pair.arabic)
    assert done.code == 0
    assert "4 questions" in done.out
    rows = [line for line in done.out.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert [row.split(" | ")[0] for row in rows[2:]] == [f"| {name}" for name in READERS]


def test_a_missing_file_is_named_and_ends_with_one(reading, tmp_path):
    done = reading("--questions", tmp_path / "none.json", "--json")
    assert done.code == 1
    assert "none.json" in json.loads(done.out)["error"]
