"""A newcomer finds the room of every subject in docs/architecture.md."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("corpus", "index", "rag", "eval", "ui")
# What a newcomer asks, the word to look for on the page, and the room it leads to.
QUESTIONS = [
    ("Where is a Markdown file read?", "Markdown", "corpus/readers"),
    ("Where is the furniture of a scraped page removed?", "furniture", "corpus/furniture"),
    ("Where is SQLite spoken to?", "SQLite", "index/store"),
    ("Where does a text become a vector?", "unit vectors", "index/encoder"),
    ("Where is a follow-up question understood?", "follow-up", "rag/reading"),
    ("Where is it decided to abstain?", "abstain", "rag/choice"),
    ("Where is the language model's server reached?", "language model's server", "rag/langchain"),
    ("Where is an answer scored?", "scores", "eval/judging"),
    ("Where is a session checked?", "session is checked", "ui/server/access"),
    ("Where is an exit code chosen?", "exit code", "ui/cli"),
]


def rooms():
    """The rows of the table, by room: what enters, what leaves, what may be touched."""
    (section,) = re.findall(r"^## Rooms\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", section, re.MULTILINE)
    assert len(rows) == len({room for room, _ in rows})
    return {room: [cell.strip() for cell in cells.split("|")] for room, cells in rows}


ROOMS = rooms()


def test_every_folder_has_a_row_and_every_row_a_folder():
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert folders == set(ROOMS)


def test_every_row_says_what_enters_leaves_and_may_be_touched():
    assert {room: cells for room, cells in ROOMS.items() if len(cells) != 3 or not all(cells)} == {}


@pytest.mark.parametrize(("question", "word", "room"), QUESTIONS)
def test_a_newcomer_is_led_to_one_room(question, word, room):
    named = [name for name, cells in ROOMS.items() if word in " ".join(cells)]
    assert room in named, question
    # Rooms may share a word, but the first that has it is the one.
    assert named[0] == room, (question, named)
