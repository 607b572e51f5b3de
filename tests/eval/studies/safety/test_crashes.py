"""What a disk may hold when the power fails: what was synced, and any part of the rest."""

import random

import pytest

from eval.studies.safety.crashes import WAYS, Disk, put
from eval.studies.safety.recording import Change

MADE = [
    Change("mkdir", "home"),
    Change("create", "home/draft", file=1),
    Change("write", file=1, data=b"whole"),
    Change("rename", "home/draft", "home/kept"),
]
SYNCED = [*MADE[:3], Change("sync", file=1), MADE[3], Change("sync_folder", "home")]


def left(changes, way, seed=1):
    disk = Disk()
    for change in changes:
        disk.see(change)
    return disk.lose_power(way, random.Random(seed))


@pytest.mark.parametrize(
    ("way", "found"),
    [
        ("nothing", {}),
        # The classic: the name is there, and its bytes are not.
        ("names", {"home": None, "home/kept": b""}),
        ("bytes", {}),
        ("everything", {"home": None, "home/kept": b"whole"}),
    ],
)
def test_what_was_not_synced_may_be_gone(way, found):
    assert left(MADE, way) == found


def test_a_folder_that_was_not_made_durable_is_lost_with_all_in_it():
    assert left(SYNCED, "nothing") == {}
    durable = [*SYNCED, Change("sync_folder", "")]
    assert {str(left(durable, way)) for way in WAYS} == {"{'home': None, 'home/kept': b'whole'}"}


def test_names_of_one_folder_are_kept_in_their_order():
    changes = [Change("create", name, file=number) for number, name in enumerate("abc", start=1)]
    found = {tuple(left(changes, "some", seed)) for seed in range(40)}
    assert found == {(), ("a",), ("a", "b"), ("a", "b", "c")}


def test_a_write_is_kept_dropped_or_torn():
    synced = [Change("create", "a", file=1), Change("sync_folder", "")]
    write = Change("write", file=1, offset=0, data=b"x" * 1024)
    found = {left([*synced, write], "some", seed)["a"] for seed in range(60)}
    assert {b"", b"x" * 1024, b"x" * 512, bytes(512) + b"x" * 512} == found


def test_a_file_that_was_cut_off_may_be_as_it_was():
    changes = [Change("create", "a", file=1), Change("write", file=1, data=b"long")]
    changes += [Change("sync", file=1), Change("sync_folder", "")]
    cut = [*changes, Change("truncate", file=1, offset=1)]
    assert left(cut, "nothing") == {"a": b"long"}
    assert left(cut, "bytes") == {"a": b"l"}


def test_what_was_left_is_written(tmp_path):
    put({"home": None, "home/kept": b"whole"}, tmp_path)
    assert (tmp_path / "home" / "kept").read_bytes() == b"whole"
