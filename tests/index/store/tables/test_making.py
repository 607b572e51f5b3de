"""A library's file is there whole or not at all, whoever makes and opens it meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.errors import DalilError
from index.store.database import DATABASE, Store
from index.store.tables.making import make_whole


def test_many_make_one_library_and_nobody_sees_half_of_it(tmp_path):
    for number in range(30):
        path = tmp_path / str(number) / DATABASE
        path.parent.mkdir()
        together = threading.Barrier(3)

        def opened(create, path=path, together=together):
            together.wait()
            try:
                Store(path, create=create).close()
            except DalilError as error:
                return str(error)
            return ""

        with ThreadPoolExecutor(3) as threads:
            said = list(threads.map(opened, (True, True, False)))
        assert said[:2] == ["", ""]
        assert said[2] == "" or said[2].startswith("There is no library")
        assert [file.name for file in path.parent.iterdir()] == [DATABASE]


def test_what_is_there_already_stays(tmp_path):
    path = tmp_path / DATABASE
    path.write_text("first")
    make_whole(path, lambda draft: Path(draft).write_text("second"))
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_where_a_file_has_one_name_only_it_is_made_in_its_place(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no second name")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    Store(tmp_path / DATABASE, create=True).close()
    Store(tmp_path / DATABASE).close()
    with pytest.raises(DalilError, match="There is no library"):
        Store(tmp_path / "other.sqlite")
