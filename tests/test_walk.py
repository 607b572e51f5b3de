"""The walk of a question: through how few files it goes, and through the rooms in order."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run_here

# Each question is traced once, by one process, which takes it seconds.
pytestmark = pytest.mark.xdist_group("walk")

ROOT = Path(__file__).parents[1]
QUESTIONS = ["What bounty was announced for Hajji Abdullah?", "كم عائلة عادت إلى بيوتها؟"]
MOST_FILES = 48
# A cross-encoder comes between search and choice where one is set.
WALK = [
    "cli",
    "service",
    "assistant",
    "reading",
    "library",
    "engine",
    "search",
    "choice",
    "reader",
    "citing",
]
ROOMS = {
    "ui/cli/": "cli",
    "ui/service.py": "service",
    "rag/assistant.py": "assistant",
    "rag/reading/": "reading",
    "index/library.py": "library",
    "index/embedded/": "engine",
    "rag/search/": "search",
    "rag/choice/": "choice",
    "rag/reader/": "reader",
    "rag/citing/": "citing",
}


@pytest.fixture(scope="module", params=QUESTIONS)
def traced(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("walk")
    assert run_here("--home", home, "add", ROOT / "corpus" / "demo").code == 0
    command = [sys.executable, ROOT / "tests" / "tracing.py", home, request.param]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return json.loads(done.stdout)


def test_a_question_passes_few_files(traced):
    assert "[1]" in traced["out"]
    assert len(traced["files"]) <= MOST_FILES, traced["files"]


def test_the_rooms_are_entered_in_the_order_of_the_walk(traced):
    entered = [room for name in traced["during"] if (room := room_of(name))]
    assert list(dict.fromkeys(entered)) == WALK


def room_of(name):
    return next((room for path, room in ROOMS.items() if name.startswith(path)), None)
