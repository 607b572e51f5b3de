"""What adding costs is measured on copies of a library that is there."""

import json

import pytest

from eval.bench.beside import adding


@pytest.fixture(scope="module")
def rows():
    said = []
    return adding.measure(None, [40], said.append)


def test_each_count_is_added_to_the_same_library(rows):
    assert [row.articles for row in rows] == [1, 10, 100]
    grown = [row.figures["passages"] - row.passages for row in rows]
    # One article came before those that are measured.
    assert grown == sorted(grown)
    assert grown[0] >= 2
    assert all(value > 0 for row in rows for value in row.figures.values())
    assert rows[0].figures["written_mb"] < rows[2].figures["written_mb"]


def test_figures_stand_beside_multiples_of_those_at_the_smallest_size():
    figures = {
        "add_s": 1.0, "add_cpu_s": 0.5, "written_mb": 0.2, "seen_s": 0.1,
        "before_ms": 8.0, "first_ms": 9.0, "after_ms": 10.0,
    }  # fmt: skip
    more = {name: 3 * value for name, value in figures.items()}
    rows = [adding.Added(100, 1, figures), adding.Added(1_000, 1, more)]
    lines = adding.table(rows).splitlines()
    assert lines[-2] == "| 100 | 1 | 1 | 0.5 | 0.2 | 0.1 | 8 | 9 | 10 | 1, 1, 1, 1, 1, 1, 1 |"
    assert lines[-1] == "| 1,000 | 1 | 3 | 1.5 | 0.6 | 0.3 | 24 | 27 | 30 | 3, 3, 3, 3, 3, 3, 3 |"
    assert json.loads(adding.as_json(rows))["rows"][1]["figures"] == more
