"""`dalil eval retrieval`: streams, shapes, exit codes and what it leaves unloaded."""

import json
import subprocess
import sys

import pytest

INTERVAL = {"value", "low", "high"}
MEASURES = {"nDCG@10", "RR", "R@1", "R@5", "R@10", "R@100"}


@pytest.fixture
def retrieval(dalil):
    return lambda *arguments: dalil("eval", "retrieval", *arguments)


def test_json_is_one_object_of_the_contract(retrieval, pair):
    done = retrieval(
        "--questions", pair.english, "--passages", pair.arabic,
        "--questions", pair.arabic, "--passages", pair.english,
        "--unit", "sentence", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert set(report) == {"unit", "encoder", "fingerprint", "pairs"}
    assert (report["unit"], report["encoder"]) == ("sentence", "bundled")
    assert [entry["passages"] for entry in report["pairs"]] == [
        str(pair.arabic), str(pair.english)
    ]  # fmt: skip
    for entry in report["pairs"]:
        assert set(entry) == {"questions", "passages", "n", "pool", "legs", "differences"}
        assert (entry["n"], entry["pool"]) == (4, 5)
        assert {"dense", "lexical", "fused", "reranked"} <= set(entry["legs"])
        for measures in entry["legs"].values():
            assert set(measures) == MEASURES | {"within"}
            assert measures["within"].pop("n") == 4
            assert all(set(interval) == INTERVAL for interval in measures.values())
        assert [(d["leg"], d["measure"]) for d in entry["differences"]] == [
            ("fused", "RR"), ("reranked", "RR")
        ]  # fmt: skip
    assert "1 of 2" in done.err


def test_the_table_has_a_row_for_each_leg(retrieval, pair):
    done = retrieval("--questions", pair.english, "--passages", pair.arabic)
    assert done.code == 0, done.err
    rows = [line for line in done.out.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert "MRR" in rows[0]
    assert "within" not in rows[0]
    legs = [row.split(" | ")[4] for row in rows[2:]]
    assert legs[0] == "dense"
    assert legs[-2:] == ["fused", "reranked"]
    assert "MRR reranked - fused +0.000" in done.out


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (0, 1), (2, 1)])
def test_unpaired_options_are_a_usage_error(retrieval, pair, counts):
    asked, searched = counts
    done = retrieval(
        *["--questions", pair.english] * asked, *["--passages", pair.arabic] * searched
    )
    assert done.code == 2
    assert f"{asked} and {searched}" in done.err
    assert done.out == ""


def test_a_missing_file_is_named_and_ends_with_one(retrieval, pair, tmp_path):
    missing = tmp_path / "missing.json"
    done = retrieval("--questions", pair.english, "--passages", missing, "--json")
    assert done.code == 1
    assert str(missing) in done.err
    assert list(json.loads(done.out)) == ["error"]


def test_asking_loads_nothing_of_the_benchmark(dalil, tmp_path):
    note = tmp_path / "ferry.txt"
    note.write_text("The ferry leaves Arwad at six.", encoding="utf-8")
    assert dalil("add", note).code == 0
    command = [sys.executable, "-X", "importtime", "-m", "ui.cli", "--home", tmp_path / "home"]
    done = subprocess.run(
        [*command, "ask", "When does the ferry leave?"],
        capture_output=True, encoding="utf-8", timeout=120, check=True,
    )  # fmt: skip
    assert " rag.assistant" in done.stderr
    assert not [name for name in ("ir_measures", "scipy", "eval.") if f" {name}" in done.stderr]
