"""Arrays that come some rows at a time are written as whole ones are."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from index.embedded.blocks import Blocks, Parcel, let_go
from index.embedded.postings import load_arrays, save_arrays


def bytes_of(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def in_blocks(arrays, size):
    """Give arrays of one shape, so many rows at a time."""
    first, *_ = arrays.values()
    kinds = {name: array.dtype for name, array in arrays.items()}
    spans = [slice(place, place + size) for place in range(0, len(first), size)]
    some = ([array[span] for array in arrays.values()] for span in spans)
    return Blocks(kinds, first.shape, some)


@pytest.mark.parametrize("shape", [(0,), (7,), (7, 3), (0, 3)])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_blocks_are_written_as_whole_arrays_are(tmp_path, shape, size):
    some = np.arange(np.prod(shape)).reshape(shape)
    arrays = {"near": some.astype(np.float32), "counts": some.astype(np.uint16)}
    names = {"offsets": np.arange(4)}
    save_arrays(tmp_path / "whole", {**arrays, **names})
    Parcel(names, [in_blocks(arrays, size)]).save(tmp_path / "blocks")
    assert bytes_of(tmp_path / "blocks") == bytes_of(tmp_path / "whole")
    found = Parcel(names, [in_blocks(arrays, size)]).arrays()
    opened = load_arrays(tmp_path / "blocks", [*arrays, *names])
    assert found.keys() == opened.keys()
    for name, array in opened.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells what is in memory")
def test_what_was_read_of_a_map_is_let_go_of_and_read_again(tmp_path):
    def mapped():
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("RssFile"))

    save_arrays(tmp_path, {"many": np.arange(4_000_000)})
    one = SimpleNamespace(**load_arrays(tmp_path, ["many"]), few=np.arange(3), name="")
    before = mapped()
    total = int(one.many.sum())
    assert mapped() > before + 20_000
    let_go(one)
    assert mapped() < before + 10_000
    assert (int(one.many.sum()), one.few.tolist()) == (total, [0, 1, 2])
