"""Parts that are put together in memory and in files are the same, and let go once written."""

import weakref
from contextlib import closing

import numpy as np
import pytest

from index.embedded import vectors
from index.embedded.segments import building
from index.embedded.segments.kept import keep
from index.embedded.segments.merging import Merging, merged
from index.embedded.segments.snapshot import Part, Segment
from tests.index.embedded.segments.test_building import article, filled
from tests.index.embedded.segments.test_settling import elsewhere


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """Two parts, of each of which some passages are gone."""
    monkeypatch.setattr(building, "_SOON", 0)
    library = filled(tmp_path / "library", 30)
    with closing(library), elsewhere(library.home):
        library.add([*map(article, range(30, 50))])
        library.remove(["a3", "a40", "a41"])
        yield library.engine.snapshot().parts


def written(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.*")}


def test_what_is_written_at_once_and_one_after_the_other_is_the_same(tmp_path, parts, monkeypatch):
    assert [part.count for part in parts] == [29, 18]
    monkeypatch.setattr(vectors, "_MANY", 20)
    monkeypatch.setattr(vectors, "_AT_ONCE", 7)
    merged(parts).segment.save(tmp_path / "memory")
    Merging(parts).save(tmp_path / "files")
    assert written(tmp_path / "files") == written(tmp_path / "memory")
    assert "vectors/pairs.faiss" in written(tmp_path / "files")


def test_what_is_in_no_file_is_made_when_it_is_looked_at(parts):
    made, whole = Merging(parts), merged(parts).segment
    assert len(made) == len(whole) == 47
    assert made.passages.ids.tolist() == whole.passages.ids.tolist()
    assert made.texts is made.texts
    assert np.array_equal(made.vectors.rows, whole.vectors.rows)
    with pytest.raises(AttributeError):
        _ = made.other


def test_what_was_put_together_is_let_go_once_it_is_written(tmp_path, parts):
    copies = [Part(Segment(**vars(part.segment)), part.live) for part in parts]
    left = weakref.ref(copies[0].segment)
    made = Merging(copies)
    del copies
    (folder,) = keep([made], tmp_path, "revision-1-")
    assert left() is None
    assert (made.files.folder, len(made)) == (folder.name, 47)
    assert isinstance(made.vectors.rows.base, np.memmap)
    # Written again if its folder is lost, as any other.
    folder.rename(tmp_path / "lost")
    (again,) = keep([made], tmp_path, "revision-2-")
    assert written(again) == written(tmp_path / "lost")
