"""Two runs compared: every figure from a sum that can be done by hand."""

import json

import pytest

from eval.comparing.compare import Change, compare
from eval.comparing.side_by_side import comparison_markdown
from eval.judging.outcome import EVERYTHING
from eval.judging.verdict import verdict
from eval.running.runs import Collection
from tests.eval.runs_by_hand import MANIFEST, QUOTE, case, cited, outcome, run, scored_run


def of_all(before, after):
    """The differences of all cases, by measure."""
    found = compare(before, after).differences
    return {each.measure: each for each in found if each.group == EVERYTHING}


def of_scores(measure, before, after):
    return of_all(scored_run({measure: before}), scored_run({measure: after}))[measure]


def test_few_pairs_are_tested_exactly():
    found = of_scores("F1", [0] * 6 + [1, 1], [1] * 6 + [1, 1])
    assert (found.n, found.before, found.after) == (8, 2 / 8, 8 / 8)
    assert found.p == 2 / 2**6
    assert found.verdict == "better"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_too_few_pairs_have_no_verdict(size):
    found = of_scores("F1", [1] * size, [0] * size)
    assert found.p == 2 / 2**size
    assert found.verdict == "same"


def test_p_values_are_adjusted_for_the_measures_that_differ():
    before = {"F1": [0] * 8, "exact match": [0] * 6 + [1] * 2, "R@1": [1] * 8}
    after = {"F1": [1] * 8, "exact match": [1] * 8, "R@1": [1] * 8}
    found = of_all(scored_run(before), scored_run(after))
    assert found["F1"].p == 2 * 2 / 2**8
    assert found["exact match"].p == 1 * 2 / 2**6
    assert found["R@1"].p == 1.0
    verdicts = {name: each.verdict for name, each in found.items() if each.p is not None}
    assert verdicts == {"R@1": "same", "exact match": "better", "F1": "better"}


def test_a_third_measure_can_take_the_verdict_away():
    before = {"F1": [0] * 8, "exact match": [0] * 6 + [1] * 2, "R@1": [0] + [1] * 7}
    after = {"F1": [1] * 8, "exact match": [1] * 8, "R@1": [1] * 8}
    found = of_all(scored_run(before), scored_run(after))
    assert found["F1"].p == 3 * 2 / 2**8
    assert found["exact match"].p == 2 * 2 / 2**6
    assert found["R@1"].p == 1.0
    assert found["exact match"].verdict == "same"


def test_a_constant_difference_has_no_width():
    interval = of_scores("F1", [0.25] * 7, [0.75] * 7).interval
    assert (interval.value, interval.low, interval.high) == (0.5, 0.5, 0.5)


def test_an_interval_holds_what_resampling_makes_likely():
    # Of two cases, both are the first in a quarter of the resamples, and both the second in one.
    interval = of_scores("F1", [0, 0], [0, 1]).interval
    assert (interval.value, interval.low, interval.high) == (0.5, 0.0, 1.0)


def test_only_cases_that_both_runs_score_count():
    found = of_scores("citation precision", [1, 1, None, 0], [None, 0, 1, 0])
    assert (found.n, found.before, found.after) == (2, 1 / 2, 0 / 2)


def test_a_measure_of_one_run_alone_is_left_out():
    before, after = scored_run({"F1": [1, 1]}), scored_run({"RR": [1, 1]})
    assert set(of_all(before, after)) == {"latency p50", "latency p95"}


@pytest.mark.parametrize("measure", ["false answers", "false refusals", "risk"])
def test_less_is_better_of_what_is_bad(measure):
    assert of_scores(measure, [1] * 6, [0] * 6).verdict == "better"
    assert of_scores(measure, [0] * 6, [1] * 6).verdict == "worse"


def test_answering_more_is_neither_good_nor_bad():
    found = of_scores("coverage", [0] * 9, [1] * 9)
    assert (found.verdict, found.p, found.interval.value) == ("not judged", None, 1.0)


def test_times_are_shown_and_never_judged():
    times = ([10.0, 20.0, 30.0], [1.0, 2.0, 3.0])
    before, after = (
        run(outcome(f"c{i}", milliseconds=time) for i, time in enumerate(column))
        for column in times
    )
    found = of_all(before, after)["latency p50"]
    assert (found.before, found.after, found.verdict) == (20.0, 2.0, "not judged")
    assert (found.interval, found.p) == (None, None)


def test_the_area_is_paired_by_case():
    surer_wrong = run([outcome("a", attempt=(0.1, True)), outcome("b", attempt=(0.9, False))])
    surer_right = run([outcome("a", attempt=(0.9, True)), outcome("b", attempt=(0.1, False))])
    found = of_all(surer_wrong, surer_right)["AURC"]
    assert (found.before, found.after) == ((1 / 1 + 1 / 2) / 2, (0 / 1 + 1 / 2) / 2)
    # Swapping one case alone leaves ties in both runs, and no difference.
    assert found.p == 2 / 2**2
    assert found.interval.low <= found.interval.value <= found.interval.high


def test_the_area_can_be_better():
    n = 24
    before = run(outcome(f"c{i:02}", attempt=(i / n, i < n / 2)) for i in range(n))
    after = run(outcome(f"c{i:02}", attempt=(1 - i / n, i < n / 2)) for i in range(n))
    assert of_all(before, after)["AURC"].verdict == "better"
    assert of_all(after, before)["AURC"].verdict == "worse"
    assert of_all(after, after)["AURC"].p == 1.0


def test_only_cases_whose_attempt_changed_are_swapped():
    def of(*first):
        same = [outcome(f"c{i}", attempt=(0.5 - i / 100, True)) for i in range(20)]
        return run([*(outcome(f"first-{i}", attempt=a) for i, a in enumerate(first)), *same])

    surer = of_all(of((0.9, False), (0.8, False)), of((0.2, False), (0.1, False)))["AURC"]
    assert (surer.n, surer.p) == (22, 2 / 2**2)


def test_cases_without_an_attempt_have_no_area():
    both = run([outcome("a", attempt=(0.5, True)), outcome("b")])
    assert of_all(both, both)["AURC"].n == 1
    assert "AURC" not in of_all(run([outcome("b")]), both)


def test_groups_are_compared_on_their_own():
    before, after = (
        run(outcome(case(f"c{i}", tags=("dates",) if i < 7 else ()), {"F1": score if i < 7 else 1})
            for i in range(9))
        for score in (1, 0)
    )  # fmt: skip
    differences = [d for d in compare(before, after).differences if d.measure == "F1"]
    found = [d for d in differences if not d.group.startswith("half")]
    assert sum(d.n for d in differences if d.group.startswith("half")) == 9
    assert [(d.group, d.n) for d in found] == [
        (EVERYTHING, 9), ("language en", 9), ("pair en-ar", 9), ("tag dates", 7),
    ]  # fmt: skip
    assert [d.verdict for d in found] == ["worse"] * 4


def test_the_same_runs_have_the_same_differences_and_turned_round_the_opposite():
    before = scored_run({"F1": [i / 40 for i in range(40)]})
    after = scored_run({"F1": [(i * 7 % 40) / 50 for i in range(40)]})
    there, again, back = (
        of_all(*runs)["F1"] for runs in ((before, after), (before, after), (after, before))
    )
    assert there == again
    assert (back.p, back.interval.value) == (there.p, pytest.approx(-there.interval.value))
    assert 0 < there.p < 1


def test_cases_are_matched_by_what_they_ask():
    before = run([outcome("gone"), outcome("same"), outcome("altered")])
    after = run([outcome(case("altered", question="Who?")), outcome("same"), outcome("new")])
    found = compare(before, after)
    assert found.cases.same == ("same",)
    assert found.cases.altered == ("altered",)
    assert (found.cases.only_before, found.cases.only_after) == (("gone",), ("new",))
    assert found.warnings == [
        "Cases that are the same in both runs, and compared: 1; only in the first: 1; only in the "
        "second: 1; altered: 1."
    ]


def test_runs_without_a_common_case_are_compared_to_nothing():
    found = compare(run([outcome("a")]), run([outcome("b")]))
    assert found.differences == []
    assert found.warnings == ["The runs have no case in common, so there is nothing to compare."]
    assert comparison_markdown(found)


def test_what_the_runs_say_of_themselves_is_compared():
    settings = {"passages": 20, "threshold": 0.5, "leg": "soft"}
    collection = Collection("demo", 4, 30, "c2")
    found = compare(
        run([outcome("a")]),
        run([outcome("a")], name="second", started="later", commit=None, settings=settings,
            collection=collection),
    )  # fmt: skip
    assert found.changes == [
        Change("commit", "abc1234", None),
        Change("setting passages", 12, 20),
        Change("articles", 3, 4),
        Change("collection digest", "c1", "c2"),
        Change("setting leg", None, "soft"),
    ]
    assert found.warnings == [
        "The runs searched other collections, so differences may come from the articles."
    ]
    assert compare(run([]), run([])).changes == []


RIGHT = {"citation recall": 1.0}
PARTLY = {"citation recall": 0.5}
WRONG = {"citation recall": 0.0}
STANDINGS = [
    (True, True, RIGHT, "right"),
    (True, True, PARTLY, "partly right"),
    (True, True, WRONG, "wrongly cited"),
    (True, True, {"evidence cited": 1.0}, "right"),
    (True, True, {"evidence cited": 0.0}, "wrongly cited"),
    (True, True, {"answer containment": 1.0}, "right"),
    (True, True, {"answer containment": 0.0}, "wrongly answered"),
    (True, True, {}, "not judged"),
    (True, False, WRONG, "wrongly refused"),
    (False, False, {}, "right"),
    (False, True, {}, "wrongly answered"),
    (None, True, {}, "not judged"),
]


@pytest.mark.parametrize(("answerable", "answered", "scores", "expected"), STANDINGS)
def test_verdicts(answerable, answered, scores, expected):
    assert verdict(outcome(case("a", answerable), scores, answered)) == expected


def flipped():
    """Two runs in which each case is named after its way from one to the other."""
    refused = (WRONG, False)
    ways = {
        "right-partly": ((RIGHT, True), (PARTLY, True)),
        "wrong-right": ((WRONG, True), (RIGHT, True)),
        "right-wrong": ((RIGHT, True), (WRONG, True)),
        "refused-wrong": (refused, (WRONG, True)),
        "refused-right": (refused, (RIGHT, True)),
        "right-refused": ((RIGHT, True), refused),
        "same": ((PARTLY, True), (PARTLY, True)),
    }
    return [
        run(
            outcome(name, *way[place], citations=[cited(right=way[place][0] == RIGHT)])
            for name, way in ways.items()
        )
        for place in (0, 1)
    ]


def test_flips_come_in_the_order_of_their_weight():
    assert [(flip.after.case.id, flip.direction) for flip in compare(*flipped()).flips] == [
        ("right-refused", "worse"),
        ("refused-right", "better"),
        ("refused-wrong", "mixed"),
        ("right-wrong", "worse"),
        ("wrong-right", "better"),
        ("right-partly", "worse"),
    ]


def test_a_flip_says_which_measures_moved():
    before = run([outcome("a", {"RR": 1.0, "F1": 0.5, "evidence cited": 1.0})])
    after = run([outcome("a", {"RR": 0.5, "F1": 0.5, "evidence cited": 0.0, "risk": 1.0})])
    (flip,) = compare(before, after).flips
    assert [(m.measure, m.before, m.after) for m in flip.measures] == [
        ("RR", 1.0, 0.5), ("evidence cited", 1.0, 0.0), ("risk", None, 1.0),
    ]  # fmt: skip


def test_markdown_shows_measures_and_cases():
    before = run(outcome(f"c{i}", RIGHT, citations=[cited()]) for i in range(6))
    after = run(
        (outcome(f"c{i}", WRONG, citations=[cited("A *quote* | 1. <b>", False)]) for i in range(6)),
        name="second", settings={**MANIFEST["settings"], "threshold": 0.1},
    )  # fmt: skip
    text = comparison_markdown(compare(before, after))
    assert text.startswith(
        "# Two runs compared\n\n"
        "Before: first (2026-03-01T10:00:00Z, commit abc1234). "
        "After: second (2026-03-01T10:00:00Z, commit abc1234).\n\n"
        "Cases compared: 6. Worse: citation recall.\n\n"
    )
    assert "| setting threshold | 0.5 | 0.1 |" in text
    row = "| citation recall | 6 | 1.000 | 0.000 | -1.000 (-1.000 to -1.000) | .031 | **worse** |"
    assert row in text.splitlines()
    assert f"| language en {row}" in text.splitlines()
    assert f"| all {row}" not in text.splitlines()
    assert "0 better, 6 worse, 0 mixed (from one fault to another)." in text
    assert "### 1. c0: worse" in text
    # A quote has its own lines, so that its script alone says in which direction it runs.
    assert f"A right citation, from \u2068العبّارة\u2069:\n\n> {QUOTE}\n" in text
    assert "A wrong citation, from \u2068العبّارة\u2069:\n\n> A \\*quote\\* \\| 1. \\<b\\>" in text


def test_markdown_of_equal_runs_says_so():
    one = scored_run({"F1": [1, 0]})
    text = comparison_markdown(compare(one, one))
    assert "Cases compared: 2. No measure of all cases differs by more than chance." in text
    assert "Nothing that the runs say of themselves." in text
    assert "came out differently" not in text


def test_json_holds_what_markdown_does():
    found = json.loads(json.dumps(compare(*flipped()).as_json()))
    assert found["cases"]["same"] == 7
    (recall,) = [
        d for d in found["differences"]
        if (d["group"], d["measure"]) == (EVERYTHING, "citation recall")
    ]  # fmt: skip
    assert set(recall) == {
        "group", "measure", "n", "before", "after", "interval", "p", "verdict",
    }  # fmt: skip
    first = found["flips"][0]
    assert (first["id"], first["before"]["standing"]) == ("right-refused", "right")
    assert first["before"]["citations"][0]["quote"] == QUOTE
    assert first["expected"][0]["quote"] == QUOTE
