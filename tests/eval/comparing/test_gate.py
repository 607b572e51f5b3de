"""The gate: a baseline equal to the run passes, and each thing made worse is named."""

import dataclasses
import json

import pytest

from corpus.errors import DalilError
from eval.comparing.baseline import read_baseline, write_baseline
from eval.comparing.gate import check
from eval.judging.measures import MEASURES
from tests.eval.runs_by_hand import case, outcome, run, scored_run

CASES = 30
PER_CASE = [m for m in MEASURES if m.judged and m.name != "AURC"]


def healthy(**changed):
    """A run without a fault, but for the measures given."""
    good = {m.name: [float(m.higher_is_better)] * CASES for m in PER_CASE}
    return scored_run({**good, **changed})


def attempted(run_, confidences):
    """The run with attempts, of which every second is right."""
    outcomes = [
        dataclasses.replace(o, attempt=outcome("any", attempt=(sure, i % 2 == 0)).attempt)
        for i, (o, sure) in enumerate(zip(run_.outcomes, confidences, strict=True))
    ]
    return dataclasses.replace(run_, outcomes=outcomes)


def without(run_, count):
    return dataclasses.replace(run_, outcomes=run_.outcomes[count:])


@pytest.fixture
def kept(tmp_path):
    """Keep the baseline of a run and read it back."""

    def keep(run_):
        write_baseline(run_, tmp_path / "baseline.json")
        return read_baseline(tmp_path / "baseline.json")

    return keep


def test_a_run_passes_its_own_baseline(kept):
    thirds = attempted(healthy(F1=[1 / 3, 2 / 3, 1 / 7] * 10), [i / 7 for i in range(CASES)])
    report = check(thirds, kept(thirds))
    assert report.passed
    # What is written is rounded, and that is no difference.
    assert {d.p for d in report.differences} == {1.0}
    assert report.worsened == []
    assert report.as_text() == "The gate passes: 30 of 30 cases of the baseline were compared."


@pytest.mark.parametrize("measure", [m.name for m in PER_CASE])
def test_whatever_falls_is_named_alone(measure, kept):
    good = healthy()
    bad = 1.0 - good.outcomes[0].scores[measure]
    fallen = healthy(**{measure: [bad] * 12 + [1 - bad] * (CASES - 12)})
    report = check(fallen, kept(good))
    assert [each.measure for each in report.worse] == [measure]
    assert not report.passed
    assert len(report.worsened) == 12
    verb = "rose" if bad else "fell"
    expected = f"{measure} {verb} from {1 - bad:.3f} to {(12 * bad + 18 * (1 - bad)) / 30:.3f} over"
    assert f"{expected} 30 cases, which is worse by more than chance" in report.as_text()


def test_confidence_that_no_longer_tells_right_from_wrong_is_named(kept):
    knowing = attempted(healthy(), [0.9 if i % 2 == 0 else 0.1 for i in range(CASES)])
    misled = attempted(healthy(), [0.1 if i % 2 == 0 else 0.9 for i in range(CASES)])
    report = check(misled, kept(knowing))
    assert [each.measure for each in report.worse] == ["AURC"]
    assert not report.passed
    assert check(knowing, kept(misled)).passed


@pytest.mark.parametrize("measure", [m.name for m in PER_CASE if m.name != "quote exactness"])
def test_what_gets_better_passes(measure, kept):
    good = healthy()
    bad = 1.0 - good.outcomes[0].scores[measure]
    report = check(good, kept(healthy(**{measure: [bad] * 12 + [1 - bad] * (CASES - 12)})))
    assert report.passed


def test_a_loss_within_chance_passes(kept):
    report = check(healthy(RR=[0.5] * 2 + [1] * 28, F1=[0] + [1] * 29), kept(healthy()))
    assert report.passed
    assert report.worse == []
    assert report.worsened == []


def test_a_case_that_came_out_worse_is_shown_within_chance_too(kept):
    recall = {"citation recall": [0] + [1] * 29}
    report = check(healthy(**recall), kept(healthy()))
    assert report.passed
    assert [(w.id, w.before, w.after) for w in report.worsened] == [
        ("case-00", "right", "wrongly cited")
    ]
    assert "Cases that came out worse, within chance: 1." in report.as_text()


def test_one_quote_that_is_not_exact_fails(kept):
    report = check(healthy(**{"quote exactness": [0.5] + [1] * 29}), kept(healthy()))
    assert report.worse == []
    assert not report.passed
    assert "Quotes are not what their articles say in: case-00." in report.as_text()


def test_quotes_of_new_cases_must_be_exact_too(kept):
    inexact = scored_run({"quote exactness": [1] * 9 + [0.0]})
    report = check(inexact, kept(without(scored_run({"quote exactness": [1] * 10}), 1)))
    assert report.inexact == ["case-09"]


def test_leaving_out_what_is_worse_fails(kept):
    baseline = kept(healthy())
    assert check(without(healthy(), 3), baseline).passed
    report = check(without(healthy(), 4), baseline)
    assert not report.passed
    assert "26 of 30 cases" in report.as_text()
    assert "not compared were case-00, case-01, case-02, case-03." in report.as_text()


def test_altering_what_is_worse_fails(kept):
    baseline = kept(healthy())
    altered = [
        dataclasses.replace(o, case=case(o.case.id, question="Who?")) if i < 4 else o
        for i, o in enumerate(healthy().outcomes)
    ]
    report = check(run(altered), baseline)
    assert not report.passed
    assert "Altered cases, not compared: 4." in report.as_text()


def test_of_a_part_only_what_was_asked_is_expected(kept):
    baseline, part = kept(healthy()), without(healthy(), 20)
    asked = {o.case.id for o in part.outcomes}
    assert not check(part, baseline).passed
    report = check(part, baseline, asked)
    assert report.passed
    assert "10 of 10 cases" in report.as_text()
    assert not check(without(part, 2), baseline, asked).passed
    assert check(without(part, 1), baseline, asked).passed


def test_a_run_of_none_of_the_cases_fails(kept):
    report = check(run([outcome("other", {"F1": 1.0})]), kept(healthy()), {"other"})
    assert not report.passed
    assert "No case that was asked is in the baseline" in report.as_text()


def test_new_cases_are_reported_and_not_judged(kept):
    report = check(healthy(F1=[0.0] * 3 + [1.0] * 27), kept(without(healthy(), 3)))
    assert report.passed
    assert report.cases.only_after == ("case-00", "case-01", "case-02")
    assert "New cases, not judged until the baseline has them: 3." in report.as_text()


def test_a_measure_that_is_no_longer_scored_fails(kept):
    report = check(healthy(RR=[None] * CASES), kept(healthy()))
    assert report.unscored == ["RR"]
    assert not report.passed
    assert "The run scores no case on: RR, which the baseline does." in report.as_text()


def test_a_measure_of_few_cases_may_leave_them_all(kept):
    few = healthy(risk=[0.0] * 4 + [None] * 26)
    assert check(healthy(risk=[None] * CASES), kept(few)).passed


def test_cases_that_came_out_worse_are_named(kept):
    def answered(right, until):
        return run(
            outcome(
                f"case-{i:02}",
                {"citation recall": float(right or i >= until), "false refusals": 0.0},
                answered=right or i != 1,
            )
            for i in range(CASES)
        )

    report = check(answered(False, 12), kept(answered(True, 0)))
    first, second, *_ = report.worsened
    assert (first.id, first.before, first.after) == ("case-00", "right", "wrongly cited")
    assert (second.id, second.after) == ("case-01", "wrongly refused")
    text = report.as_text()
    assert "Cases that came out worse: 12." in text
    assert "  case-00 (was right, now wrongly cited): When does the ferry leave Arwad?\n" in text
    assert "  and 2 more." in text
    assert text.endswith("accept it with `dalil eval gate --update` and say why in the commit.")


def test_another_encoder_and_other_articles_are_noted(kept):
    baseline = kept(healthy())
    later = scored_run(
        {m.name: [float(m.higher_is_better)] * CASES for m in PER_CASE},
        encoder="larger",
        fingerprint="f2",
        collection=dataclasses.replace(healthy().manifest.collection, digest="c2"),
    )
    assert check(later, baseline).notes == [
        "The encoder is not the baseline's (larger, was bundled).",
        "The articles are not the baseline's, so differences may come from them.",
    ]


def test_the_baseline_is_a_case_a_line_in_order(tmp_path):
    path = tmp_path / "baseline.json"
    outcomes = [
        outcome("b", {"F1": 2 / 3, "RR": 1.0}, attempt=(1 / 3, False)),
        outcome("a", {"F1": 0.0}, answered=False),
        outcome("unscored"),
    ]
    write_baseline(run(outcomes), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "{"
    assert [line.split('"')[1] for line in lines if line.startswith("  ")] == ["a", "b"]
    (b,) = [json.loads(line.split(": ", 1)[1]) for line in lines if line.startswith('  "b"')]
    assert b == {
        "digest": case("b").digest,
        "answered": True,
        "attempt": {"confidence": 0.333333, "right": False},
        "scores": {"RR": 1.0, "F1": 0.666667},
    }
    # The order in which cases were asked does not show.
    write_baseline(run(outcomes[::-1]), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_a_baseline_of_no_case_can_be_read(kept):
    assert kept(run([])).outcomes == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no baseline at .*--update"),
        ('{"format": 9}', "was written in format 9 and this Dalil reads 1"),
        ('{"format": 1}', "mend it there"),
        ("[", "mend it there"),
    ],
)
def test_what_is_no_baseline_is_an_error(content, message, tmp_path):
    path = tmp_path / "baseline.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DalilError, match=message):
        read_baseline(path)


def test_a_baseline_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(DalilError, match="--baseline"):
        write_baseline(healthy(), tmp_path / "missing" / "baseline.json")


def test_the_report_as_json(kept):
    found = json.loads(json.dumps(check(healthy(F1=[0.0] * CASES), kept(healthy())).as_json()))
    assert (found["passed"], found["expected"], found["cases"]["same"]) == (False, CASES, CASES)
    assert [d["measure"] for d in found["differences"] if d["verdict"] == "worse"] == ["F1"]
    assert found["worsened"][0]["measures"] == [{"measure": "F1", "before": 1.0, "after": 0.0}]
