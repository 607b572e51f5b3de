"""A server follows what its library names, from when to when it does, beside its settings."""

import pytest

from corpus.errors import InputError
from index import Library, load_encoder
from index.store.database import DATABASE, Store
from index.store.followed import FollowedFolders
from ui.folders import following as behind
from ui.service import Shared
from ui.settings.settings import Settings


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(behind, "_LOOK_SECONDS", 0.05)


@pytest.fixture
def settings(home, kit, article):
    kit.add(home, article())
    return Settings(home, "bundled")


@pytest.fixture
def followed(settings):
    table = FollowedFolders.open(settings.home)
    yield table
    table.close()


@pytest.fixture
def folder(tmp_path):
    def make(name):
        made = tmp_path / name
        made.mkdir()
        (made / "rain.txt").write_text(f"Rain fell on the plain of {name} for two days.")
        return made

    return make


def ids(settings):
    library = Library.open(settings.home, load_encoder("bundled"))
    try:
        return sorted(article.id for article in library.articles())
    finally:
        library.close()


def test_folders_are_followed_from_when_to_when_they_are_named(settings, followed, folder, kit):
    fixed, first, second = folder("fixed"), folder("first"), folder("second")
    said, faults = [], []
    with behind.following(settings, [fixed], said.append, faults.append, Shared(settings)):
        kit.until(lambda: str(fixed / "rain.txt") in ids(settings))
        followed.add(str(first))
        followed.add(str(second))
        followed.add(str(fixed))
        kit.until(lambda: len(ids(settings)) == 4)
        followed.remove(str(first))
        (second / "snow.txt").write_text("Snow fell on the hills.")
        kit.until(lambda: str(second / "snow.txt") in ids(settings))
        # By now the first is left alone.
        (first / "rain.txt").write_text("The rain stopped.")
        (second / "snow.txt").unlink()
        kit.until(lambda: str(second / "snow.txt") not in ids(settings))
    assert faults == []
    library = Library.open(settings.home, load_encoder("bundled"))
    assert library.article(str(first / "rain.txt")).version == 1
    library.close()


def test_a_file_in_a_folders_place_stops_no_other(settings, followed, folder, kit, tmp_path):
    (tmp_path / "file").write_text("No folder.")
    followed.add(str(tmp_path / "file"))
    followed.add(str(folder("good")))
    said, faults = [], []
    with behind.following(settings, [], said.append, faults.append, Shared(settings)):
        kit.until(lambda: len(ids(settings)) == 2)
        kit.until(lambda: said)
    assert sum("is no folder" in one for one in said) == 1
    assert faults == []
    with (
        pytest.raises(InputError),
        behind.following(settings, [tmp_path / "file"], said.append, pytest.fail, None),
    ):
        pass


def test_where_there_is_no_library_yet(home, folder, kit):
    settings, said = Settings(home, "bundled"), []
    place = folder("late")
    with behind.following(settings, [], said.append, pytest.fail, Shared(settings)):
        home.mkdir()
        Store(home / DATABASE, create=True).close()
        followed = FollowedFolders.open(home)
        followed.add(str(place))
        followed.close()
        kit.until(lambda: home.joinpath("derived").exists() and ids(settings))
    assert ids(settings) == [str(place / "rain.txt")]
