"""What a run was asked with, and that it comes back as it was kept."""

import json

import pytest

from corpus.errors import DalilError
from eval.running.evaluate import CASES, DEMO, Plan, evaluate, is_quick, read_articles
from eval.running.parameters import Parameters
from eval.running.runs import read_run, write_run
from eval.running.system import System
from rag.citing.refusal import abstention
from tests.eval.runs_by_hand import case, outcome, run


def test_a_run_comes_back_as_it_was_kept(tmp_path):
    kept = run([outcome("a", {"citation recall": 1.0}), outcome("b", answered=False)])
    write_run(kept, tmp_path / "runs" / "first")
    assert read_run(tmp_path / "runs" / "first") == kept


@pytest.mark.parametrize(
    ("change", "said"),
    [(None, "is no run"), ({"format": 99}, "format 99"), ("{", "run.json")],
)
def test_a_folder_that_is_no_run_is_told(tmp_path, change, said):
    if change is not None:
        write_run(run([outcome("a")]), tmp_path)
        manifest = tmp_path / "run.json"
        content = change if isinstance(change, str) else json.dumps(
            json.loads(manifest.read_text()) | change
        )  # fmt: skip
        manifest.write_text(content)
    with pytest.raises(DalilError, match=said):
        read_run(tmp_path)


def test_every_number_can_be_changed_by_its_name():
    usual = Parameters()
    for name, value in usual.by_name().items():
        changed = usual.with_values({name: str(type(value)(value + 1))}).by_name()
        assert changed == {**usual.by_name(), name: value + 1}, name
    assert usual == Parameters()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("fusion.lat", "1", "fusion.late"),
        ("fusion.late", "much", "takes a number, not 'much'"),
        ("selection.most", "1.5", "takes a whole number"),
    ],
)
def test_a_name_or_value_that_cannot_be_meant_is_told(name, value, said):
    with pytest.raises(DalilError, match=said):
        Parameters().with_values({name: value})


class Silent:
    """A system that refuses everything, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def ask(self, question, history=()):
        self.asked.append((question, tuple(history)))
        return abstention(question, ())


def test_a_plan_asks_every_case_of_a_library_of_its_articles():
    silent, done = Silent(), []
    asked = [case(n, answerable=False, question=f"Who was {n}?") for n in "ab"]
    plan = Plan("plan", asked, "by hand", "demo", articles=read_articles(DEMO)[:2])
    found = evaluate(plan, lambda *at: done.append(at), answering=lambda *_, **__: System(silent))
    # The first case is also asked before the clock starts.
    assert [question for question, _ in silent.asked] == ["Who was a?", "Who was a?", "Who was b?"]
    assert done == [(1, 2), (2, 2)]
    assert [o.status for o in found.outcomes] == ["abstained", "abstained"]
    assert (found.manifest.collection.articles, found.manifest.cases) == (2, "by hand")


def test_a_plan_without_cases_is_told():
    with pytest.raises(DalilError, match="no case in nothing"):
        evaluate(Plan("plan", [], "nothing", "demo", articles=[]))


def test_a_quick_look_takes_a_third_that_follows_from_the_ids():
    ids = [json.loads(line)["id"] for f in CASES.glob("*.jsonl") for line in f.open()]
    share = sum(map(is_quick, ids)) / len(ids)
    assert 0.25 < share < 0.45
    assert [is_quick(name) for name in ids] == [is_quick(name) for name in ids]
