"""The door for programs: light, complete, and clear about what hides our packages."""

import importlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dalil

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FOR_PROGRAMS = ("corpus", "index", "rag")
FOR_THE_COMMAND = ("eval", "ui")
PACKAGES = (*FOR_PROGRAMS, *FOR_THE_COMMAND)
HEAVY = {"numpy", "faiss", "tokenizers", "regex", "langchain", "langchain_core", "typer", "rich"}


def python(folder, *arguments):
    """Run Python where a user would: in a folder of their own, with Dalil on the path."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


def last_line(text):
    return text.splitlines()[-1]


def make(folder, name, form):
    """Put a module of the user's own into a folder; return how it is named there."""
    if form == "file":
        (folder / f"{name}.py").touch()
        return f"The file {name}.py in {folder.resolve()}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    return f"The folder {name} in {folder.resolve()}"


def sentence(place):
    return (
        f"{place} hides Dalil's own package of that name. Rename it, or start the program from "
        "another folder."
    )


def test_importing_loads_nothing_heavy(tmp_path):
    code = "import json, sys, dalil; before = [*sys.modules]; dalil.Filters; "
    done = python(tmp_path, "-c", code + "print(json.dumps([before, [*sys.modules]]))")
    before, after = map(set, json.loads(done.stdout))
    assert not before & {*PACKAGES, *HEAVY}
    assert after & {*PACKAGES, *HEAVY} >= {"index", "numpy"}
    assert not after & {"rag", "eval", "ui", "langchain_core"}


@pytest.mark.parametrize("name", dalil.__all__)
def test_a_name_is_that_of_its_home(name):
    value = getattr(dalil, name)
    assert value.__name__ == name
    assert value is getattr(importlib.import_module(value.__module__), name)


def test_what_else_a_module_has():
    assert set(dir(dalil)) == {*dalil.__all__, "__version__"}
    assert dalil.__version__ == PROJECT["version"]
    with pytest.raises(AttributeError, match="module 'dalil' has no attribute 'Libary'"):
        _ = dalil.Libary


@pytest.mark.parametrize("form", ["folder", "file"])
@pytest.mark.parametrize("name", FOR_PROGRAMS)
def test_what_hides_a_package_of_programs_stops_the_import(tmp_path, name, form):
    place = make(tmp_path, name, form)
    done = python(tmp_path, "-c", "import dalil")
    assert done.returncode == 1
    assert last_line(done.stderr) == f"ImportError: {sentence(place)}"


@pytest.mark.parametrize("form", ["folder", "file"])
@pytest.mark.parametrize("name", FOR_THE_COMMAND)
def test_what_hides_a_package_of_the_command_is_told(tmp_path, name, form):
    place = make(tmp_path, name, form)
    done = python(tmp_path, "-c", "from dalil import Filters; print(Filters().allow_outlets([]))")
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert done.stderr.splitlines() == [f"<string>:1: UserWarning: {sentence(place)}"]


@pytest.mark.parametrize("form", ["folder", "file"])
@pytest.mark.parametrize("name", PACKAGES)
def test_the_command_needs_all_packages(tmp_path, name, form):
    place = make(tmp_path, name, form)
    done = python(tmp_path, "-m", "dalil", "list", "--json")
    assert (done.returncode, done.stderr) == (1, f"dalil: {sentence(place)}\n")
    assert json.loads(done.stdout) == {"error": sentence(place)}


@pytest.mark.parametrize("name", PACKAGES)
def test_the_installed_command_says_it_in_the_shape_asked_for(tmp_path, name):
    hiding, scripts = tmp_path / "hiding", tmp_path / "bin"
    hiding.mkdir()
    scripts.mkdir()
    place = make(hiding, name, "folder")
    # What installers write for an entry of `project.scripts`.
    module, function = PROJECT["scripts"]["dalil"].split(":")
    script = f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n"
    (scripts / "dalil").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, scripts / "dalil", "list", "--json"],
        env={**os.environ, "PYTHONPATH": f"{hiding}{os.pathsep}{ROOT}"}, capture_output=True,
        text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, f"dalil: {sentence(place)}\n")
    assert json.loads(done.stdout) == {"error": sentence(place)}


def test_the_folder_of_a_script_counts(tmp_path):
    scripts, elsewhere = tmp_path / "scripts", tmp_path / "elsewhere"
    scripts.mkdir()
    elsewhere.mkdir()
    place = make(scripts, "rag", "file")
    (scripts / "ask.py").write_text("from dalil import Library\n", encoding="utf-8")
    done = python(elsewhere, scripts / "ask.py")
    assert last_line(done.stderr) == f"ImportError: {sentence(place)}"


@pytest.mark.parametrize("form", ["folder", "file", "folder without a module"])
def test_a_module_that_was_imported_before_counts(tmp_path, form):
    """It is the one that Python goes on with, wherever ours would be found."""
    mine = tmp_path / "mine"
    mine.mkdir()
    place = make(mine, "index", form.split()[0])
    if form == "folder without a module":
        (mine / "index" / "__init__.py").unlink()
    code = "import sys; kept = [*sys.path]; sys.path[:] = ['mine']; import index; "
    done = python(tmp_path, "-c", code + "sys.path[:] = kept; import dalil")
    assert last_line(done.stderr) == f"ImportError: {sentence(place)}"


def test_folders_of_articles_hide_nothing(tmp_path):
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "article.md").write_text("نص", encoding="utf-8")
    done = python(tmp_path, "-c", "from dalil import Assistant; print(Assistant.__name__)")
    assert (done.stdout, done.stderr) == ("Assistant\n", "")
    for module in ("dalil", "ui.cli"):
        done = python(tmp_path, "-m", module, "--home", "home", "list", "--json")
        assert "There is no library" in json.loads(done.stdout)["error"], module


def test_the_command_starts_here(tmp_path):
    module, function = PROJECT["scripts"]["dalil"].split(":")
    script = f"import sys; sys.argv[0] = 'dalil'; from {module} import {function}; {function}()"
    by_script = python(tmp_path, "-c", script, "--help")
    by_name = python(tmp_path, "-m", "dalil", "--help")
    assert by_script.returncode == by_name.returncode == 0
    assert by_script.stdout == by_name.stdout
    assert "Usage: dalil " in by_name.stdout
