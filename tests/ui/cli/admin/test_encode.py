"""`dalil encode`: vectors are made first, and taken up by the commands that would make them."""

import json
import sys
from importlib.resources import files
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[4] / "corpus" / "demo"
ARTICLES = [DEMO / "raqqa-bridge-reopened.md", DEMO / "tishreen-power-station.md"]
BUNDLED = Path(str(files("index.encoder"))) / "bundled"


@pytest.fixture
def another(tmp_path):
    """A folder of an encoder with the bundled table that counts as another."""
    folder = tmp_path / "another"
    folder.mkdir()
    for file in BUNDLED.iterdir():
        (folder / file.name).symlink_to(file)
    config = json.loads((BUNDLED / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").unlink()
    (folder / "config.json").write_text(json.dumps({**config, "fingerprint": "f" * 64}))
    return folder


def test_a_library_moves_to_the_vectors_that_were_made(dalil, tmp_path, another):
    assert dalil("add", *ARTICLES).code == 0
    done = dalil("encode", "--encoder", another, "--json")
    report = json.loads(done.out)
    passages = report["passages"]
    assert report == {
        "encoder": str(another), "passages": passages, "texts": passages, "resumed": 0,
        "compared": passages, "largest": report["largest"], "failed": 0,
    }  # fmt: skip
    assert f"Encoded {passages} of {passages} passages.\n" in done.err
    # The library is still as it was.
    assert json.loads(dalil("list", "--json").out)["articles"]

    again = dalil("encode", "--encoder", another)
    assert f"{passages} passages have vectors of {another} ({passages} had" in again.out
    moved = dalil("reindex", "--encoder", another)
    assert f"{passages} vectors are there already" in moved.err
    assert dalil("doctor", "--encoder", another).code == 0
    assert not (tmp_path / "home" / "encoded").exists()


@pytest.mark.parametrize("options", [(), ("--sync",)])
def test_files_are_added_with_the_vectors_that_were_made(dalil, tmp_path, options):
    folder = tmp_path / "articles"
    folder.mkdir()
    for article in ARTICLES:
        (folder / article.name).write_bytes(article.read_bytes())
    made = dalil("encode", folder)
    assert (made.code, "Take them up with: the same dalil add --encoder bundled" in made.out) == (
        0, True,
    )  # fmt: skip
    added = dalil("add", folder, *options)
    assert (added.code, "vectors are there already" in added.err) == (0, True)
    # All of them were taken.
    assert not (tmp_path / "home" / "encoded").exists()
    assert dalil("doctor").code == 0


def test_what_cannot_be_read_is_told_and_the_rest_encoded(dalil, tmp_path):
    done = dalil("encode", ARTICLES[0], tmp_path / "missing.md", "--json")
    assert (done.code, json.loads(done.out)["failed"]) == (3, 1)
    assert "missing.md" in done.err
    assert json.loads(dalil("encode", "--drop", "--json").out) == {"files": 1}
    assert not (tmp_path / "home" / "encoded").exists()


def test_without_ray_nothing_is_begun(dalil, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    done = dalil("encode", *ARTICLES, "--ray", "local")
    assert (done.code, "pip install '.[ray]'" in done.err) == (1, True)
    assert not (tmp_path / "home").exists()
