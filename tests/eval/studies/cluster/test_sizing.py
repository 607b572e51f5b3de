"""How many machines are needed, and what a collection weighs."""

import json

import pytest

from corpus.errors import DalilError
from eval.studies.cluster import tables
from eval.studies.cluster.__main__ import main
from eval.studies.cluster.sizing import Machine, check, size
from eval.studies.cluster.weighing import MEASURED, Weight

WEIGHT = Weight(1_000, {"dense": 1_000.0, "payload": 3_000.0}, 2_000.0, 1_000.0)


def test_the_smallest_cluster_that_has_room_is_taken():
    # 10 million times 2 copies of 3 kB are 60 GB, of 4 kB on disk 80 GB.
    found = size(10_000_000, WEIGHT, Machine(16e9, 1e12))
    assert found.machines >= 60 / (0.75 * 16)
    assert found.fullest * 3_000 <= 0.75 * 16e9
    assert found.after * 3_000 <= 0.9 * 16e9
    fewer = check(10_000_000, found.machines - 1)
    assert fewer.fullest * 3_000 > 0.75 * 16e9 or fewer.after * 3_000 > 0.9 * 16e9


def test_a_small_disk_asks_for_machines_too():
    by_disk = size(10_000_000, WEIGHT, Machine(1e12, 20e9))
    assert by_disk.machines >= 80 / (0.5 * 20)
    assert by_disk.fullest * 4_000 <= 0.5 * 20e9


def test_three_machines_are_the_fewest_and_some_sizes_too_many():
    assert size(1_000, WEIGHT, Machine(64e9, 1e12)).machines == 3
    with pytest.raises(DalilError, match="Name larger ones"):
        size(10**12, WEIGHT, Machine(1e9, 1e9))
    with pytest.raises(DalilError, match="two replicas"):
        size(1_000, WEIGHT, Machine(64e9, 1e12), replicas=1)


def test_a_weight_is_read_again_and_nothing_else_is(tmp_path, capsys):
    file = tmp_path / "weight.json"
    file.write_text(WEIGHT.as_json())
    assert Weight.load(file.read_text()) == WEIGHT
    asked = ["size", "--passages", "1_000_000", "--memory", "8", "--weight", str(file)]
    assert main(asked) == 0
    assert "| 1,000,000 passages |" in capsys.readouterr().out
    file.write_text(json.dumps({"passages": 0}))
    assert main(asked) == 1
    assert "engines --weight" in capsys.readouterr().err


def test_figures_are_told():
    told = tables.sized(check(10_000_000, 3), MEASURED, Machine(64e9, 4e12))
    assert "| shards | 12, the largest of" in told
    assert "| all | 4,000 |" in tables.weighed(WEIGHT)
