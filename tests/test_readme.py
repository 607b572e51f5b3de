"""Every command that the README shows works as shown."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run_here

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
COMMANDS = [line for line in SHOWN if line.startswith("dalil ")]
# They build on each other, and take long with all cases.
EVALUATION = [line for line in COMMANDS if line.startswith("dalil eval ")]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A folder with the files that the README's commands name, and a `dalil` on the path."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "corpus" / "demo", folder / "articles")
    (folder / "more.jsonl").write_text(json.dumps({"body": "افتتح السوق أبوابه يوم الأحد."}))
    questions = [{"id": 1, "question": "What bounty was announced for Hajji Abdullah?"}]
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)))
    tools = Path(sys.executable).parent
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "DALIL_HOME": str(folder / "home"), "PATH": path}

    def run(command):
        return subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, check=False
        )

    assert run(COMMANDS[0]).returncode == 0
    run.folder, run.environment = folder, environment
    return run


def test_the_readme_shows_commands():
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("command", [c for c in COMMANDS[1:] if c not in EVALUATION])
def test_dalil_command(service, command):
    done = service(command)
    assert (done.returncode, done.stderr.decode()) == (0, "")


@pytest.mark.xdist_group("cases")
def test_the_evaluation_step_by_step(service):
    """In this process, which has read for the same questions before."""
    printed = []
    assert len(EVALUATION) == 4
    for command in EVALUATION:
        asked = shlex.split(command + ("" if " compare " in command else " --quick"))[1:]
        done = run_here(*asked, cwd=service.folder, env=service.environment)
        assert (done.code, done.err) == (0, ""), (command, done.out)
        printed.append(done.out)
    assert "fusion.soft" in printed[2]
    assert "The gate passes" in printed[3]


def test_make_targets_exist():
    targets = {shlex.split(line)[1] for line in SHOWN if line.startswith("make ")}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"ask", "test"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_links_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"
