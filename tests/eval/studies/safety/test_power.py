"""Power that fails at any time: what was promised is there, and the library is sound."""

import json
import shutil

import pytest

from eval.studies.safety import power
from eval.studies.safety.recording import Change

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here")
EVERY = 151


@pytest.fixture(scope="module")
def changes():
    return power.recorded()


def test_nothing_that_was_promised_is_lost(changes):
    tried = power.tried_on(changes, EVERY, seed=5)
    assert len(tried) > 50
    assert len({one.step for one in tried}) > 5
    assert [one for one in tried if one.lost] == []


def test_every_step_was_recorded(changes):
    steps = [step for _, step, _ in power.said(changes)]
    assert steps == [
        "make", "add", "add", "add", "answer", "edit", "update", "remove", "back up", "add",
        "rebuild", "close", "re-encode", "rebuild", "restore", "damage", "replace",
    ]  # fmt: skip
    _, _, restored = power.said(changes)[-1]
    named = [article[:3] for article in restored["library"]["articles"]]
    assert named == [["article-0", 2, "A market"], ["article-1", 2, "Market 1"]]


@pytest.mark.parametrize("kind", ["sync", "sync_folder"])
def test_a_library_that_synced_nothing_would_be_lost(changes, kind):
    """The test can fail: of the same changes without what makes them durable, much is lost."""
    careless = [change for change in changes if change.kind != kind]
    assert any(one.lost for one in power.tried_on(careless, 601, seed=5))


def test_what_is_not_whole_is_told():
    state = {"library": {"articles": [["a", 1, None, "text"]], "answers": []}}
    steps = [(1, "add", state)]
    assert power.judge(1, "nothing", {}, steps).lost == "the library is gone"
    assert power.judge(0, "nothing", {}, steps).lost is None
    half = {"library": None, "library/library.sqlite": b"SQLite format 3\0"}
    assert "cannot be opened" in power.judge(1, "some", half, steps).lost
    backed = [(1, "back up", {**state, "backup": state["library"]})]
    assert power._lost_backup(power.Path("nowhere"), [backed]) == "the backup is gone"


def test_the_report_counts():
    tried = [power.Outcome("names", "add", 3, None), power.Outcome("some", "add", 3, "it is gone")]
    shown = power.report(tried, 7)
    assert "| add | 0 | 1 | 0 | 1 | 0 | 1 |" in shown
    assert "1 x add, some: it is gone" in shown


def test_what_was_said_is_read():
    line = json.dumps(["add", {"library": None}]).encode() + b"\n"
    assert power.said([Change("said", data=line)]) == [(1, "add", {"library": None})]
