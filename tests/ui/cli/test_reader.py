"""The reader at the command line: switched off, explained, checked."""

import json
import shutil
from pathlib import Path

import pytest

import rag.reader
from rag.reader.bundled_model import BundledReader

ROOT = Path(__file__).parents[3]
BOUNTY = "What bounty was announced for Hajji Abdullah?"


@pytest.fixture
def demo(dalil):
    assert dalil("add", ROOT / "corpus" / "demo" / "hajji-abdullah-reward.md").code == 0
    return dalil


def test_the_words_that_answer_are_marked(demo):
    (first, *_) = json.loads(demo("ask", BOUNTY, "--json").out)["citations"]
    shown = json.loads(demo("show", first["article_id"], "--json").out)["text"]
    assert "عشرة ملايين" in shown[first["focus_start"] : first["focus_end"]]


def test_without_a_reader_no_words_are_marked(demo):
    done = demo("ask", BOUNTY, "--reader", "none", "--json")
    (first, *_) = json.loads(done.out)["citations"]
    assert (first["focus_start"], first["focus_end"]) == (None, None)
    by_variable = demo("ask", BOUNTY, "--json", env={"DALIL_READER": "none"})
    assert json.loads(by_variable.out)["citations"] == [first]


def test_an_unknown_reader_is_told(demo, tmp_path):
    done = demo("ask", BOUNTY, "--reader", tmp_path / "nowhere" / "else", "--json")
    assert done.code == 1
    assert "no such folder" in json.loads(done.out)["error"]


def test_caution_is_an_option_and_a_setting(demo):
    sure = json.loads(demo("ask", BOUNTY, "--json").out)["confidence"]
    for word in ("strict", "eager", "Normal"):
        told = json.loads(demo("ask", BOUNTY, "--caution", word, "--json").out)
        assert told["confidence"] == sure
    wrong = demo("ask", BOUNTY, "--json", env={"DALIL_CAUTION": "reckless"})
    assert wrong.code == 1
    assert "strict, normal or eager" in json.loads(wrong.out)["error"]


def test_explaining_shows_what_competed_and_with_what(demo):
    told = json.loads(demo("ask", BOUNTY, "--explain", "--json").out)
    best, *others = told["considered"]
    assert best["start"] == told["citations"][0]["start"]
    assert others
    assert best["score"] == max(each["score"] for each in told["considered"])
    assert {"reads", "passage", "own"} <= set(best["features"])
    assert "considered" not in json.loads(demo("ask", BOUNTY, "--json").out)
    read = demo("ask", BOUNTY, "--explain").out
    assert "Considered, best first" in read
    assert "reads" in read


def test_doctor_names_the_reader_and_its_damaged_files(demo, tmp_path):
    told = json.loads(demo("doctor", "--json").out)
    assert (told["reader"], told["faults"]) == ("bundled", [])
    shutil.copytree(rag.reader.BUNDLED._folder, tmp_path / "copy")
    copy = BundledReader(tmp_path / "copy")
    assert copy.faults() == []
    with (tmp_path / "copy" / "table.npy").open("r+b") as file:
        file.seek(200_000)
        file.write(b"\0\1\2\3" * 8)
    (fault,) = copy.faults()
    assert "table.npy is damaged" in fault
