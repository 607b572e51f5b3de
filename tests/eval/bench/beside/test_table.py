"""A run as tables, as JSON and as a plot."""

import json

import pytest

from eval.bench.beside import command, table
from eval.bench.beside.run import Row, Run

MACHINE = {"cpu": "cpu", "cores": 2.0, "memory_mb": 8_000.0, "python": "3.11", "load_average": 1.5}


def figures(factor=1.0):
    return {
        "build_s": 10.0 * factor, "open_s": 4.0, "fused_p50_ms": 50.0 * factor,
        "fused_p95_ms": 80.0, "serving_peak_mb": 1_200.0 * factor, "words_mrr": 0.5,
    }  # fmt: skip


def result():
    rows = [
        Row("langchain", 1_000, figures()),
        Row("tantivy", 1_000, {"build_s": 3.0}, "a step failed | killed\nby the system"),
        Row("dalil", 1_000, {**figures(0.5), "answer_p50_ms": 90.0, "answer_p95_ms": 99.0}),
        Row("langchain", 9_000, {}, "left out above 1,000"),
        Row("dalil", 9_000, figures(0.7)),
    ]
    return Run("2026-01-02", "abc", MACHINE, {"faiss-cpu": "1.15"}, {1_000: "news"}, 8, rows)


def test_a_table_has_a_row_for_every_side_and_size():
    lines = table.tables(result(), "langchain").splitlines()
    assert lines[0].startswith("2026-01-02, commit abc; cpu, 2 cores, 8 GB, load 1.5 at the start;")
    assert "faiss-cpu 1.15" in lines[0]
    assert "| 1,000 | langchain | 10 |  | 4 |  | 50 / 80 |  |  |  |" in lines
    failed = "a step failed \\| killed by the system"
    assert f"| 1,000 | tantivy | 3 | {failed} |  |  |  |  |  |  |" in lines
    assert "| 9,000 | langchain | left out above 1,000 |  |  |  |  |  |  |  |" in lines
    assert "| 1,000 | dalil | 90 / 99 |  |  |  |" in lines
    tables = [lines[at - 1] for at, line in enumerate(lines) if line.startswith("|---")]
    assert len(tables) == 5
    widths = {line.replace("\\|", "").count("|") for line in lines if line.startswith("| 1,000")}
    assert widths == {head.count("|") for head in tables}


def test_ratios_are_those_of_one_size():
    lines = table.tables(result(), "langchain").splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("Times and sizes as multiples")]
    assert "| 1,000 | langchain | 1 |  | 1 | 1 | 1 |  |  | 1 |  |" in lines[at:]
    assert "| 1,000 | dalil | 0.5 |  | 1 | 0.5 | 1 |  |  | 0.5 |  |" in lines[at:]
    assert [line for line in lines[at:] if line.startswith("| 9,000 | dalil |")] == [
        "| 9,000 | dalil | langchain has no figures at this size |  |  |  |  |  |  |  |  |"
    ]
    assert "multiples" not in table.tables(result(), "txtai")


def test_the_file_holds_all_rows():
    read = json.loads(table.as_json(result()))
    assert (read["commit"], read["machine"]["cores"]) == ("abc", 2.0)
    assert [row["side"] for row in read["rows"]] == [row.side for row in result().rows]
    assert read["rows"][1]["note"].startswith("a step failed")
    assert read["rows"][2]["figures"]["fused_p50_ms"] == 25.0


def test_files_are_written_together(tmp_path):
    pytest.importorskip("matplotlib", reason="pip install '.[eval]' brings it")
    command._write(result(), tmp_path / "out", "langchain")
    names = ["side-by-side.json", "side-by-side.md", "side-by-side.svg"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    svg = (tmp_path / "out" / "side-by-side.svg").read_text(encoding="utf-8")
    assert svg.startswith("<?xml")
    # Each side is named in the legend, as a comment where text is drawn as paths.
    assert all(f"<!-- {side} -->" in svg for side in ("langchain", "tantivy", "dalil"))


def test_without_matplotlib_there_is_no_plot(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    command._write(result(), tmp_path, "dalil")
    assert len(list(tmp_path.iterdir())) == 2
