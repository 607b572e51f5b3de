"""Risk and coverage: against sums by hand, and against every order of a tie."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.comparing.selective import area, risk_coverage


def areas(confidence, right, counts):
    return area(np.array(confidence), np.array(right), np.array(counts)).tolist()


def over_all_orders(cases):
    """The mean, over every order of equal confidences, of the mean risk."""
    orders = [
        order for order in permutations(cases) if all(a[0] >= b[0] for a, b in pairwise(order))
    ]
    risks = [
        sum(not right for _, right in order[:size]) / size
        for order in orders
        for size in range(1, len(order) + 1)
    ]
    return sum(risks) / len(risks)


def test_the_risk_is_that_of_the_surest():
    coverage, risk = risk_coverage(
        np.array([0.2, 0.9, 0.5, 0.7]), np.array([False, True, True, False])
    )
    assert coverage.tolist() == [1 / 4, 2 / 4, 3 / 4, 4 / 4]
    assert risk.tolist() == pytest.approx([0 / 1, 1 / 2, 1 / 3, 2 / 4])


def test_equal_confidences_share_their_errors():
    _, risk = risk_coverage(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]))
    assert risk.tolist() == pytest.approx([0 / 1, 0.5 / 2, 1 / 3, 2 / 4])


def test_no_case_is_no_curve():
    coverage, risk = risk_coverage(np.array([]), np.array([], bool))
    assert coverage.tolist() == risk.tolist() == []


def test_the_area_is_the_mean_risk():
    risks = [0 / 1, 1 / 2, 1 / 3, 2 / 4]
    found = areas([0.2, 0.9, 0.5, 0.7], [False, True, True, False], [[1, 1, 1, 1]])
    assert found == pytest.approx([sum(risks) / 4])


def test_knowing_which_are_wrong_lowers_the_area():
    assert areas([0.9, 0.1], [False, True], [[1, 1]]) == pytest.approx([(1 / 1 + 1 / 2) / 2])
    assert areas([0.9, 0.1], [True, False], [[1, 1]]) == pytest.approx([(0 / 1 + 1 / 2) / 2])


def test_nothing_wrong_is_no_area():
    assert areas([0.9, 0.1], [True, True], [[1, 1], [0, 2]]) == [0.0, 0.0]


def test_a_case_drawn_twice_is_two_cases_of_one_confidence():
    drawn = areas([0.9, 0.5], [True, False], [[1, 2], [0, 3], [2, 0], [0, 0]])
    assert drawn[:3] == pytest.approx([(0 / 1 + 1 / 2 + 2 / 3) / 3, 1.0, 0.0])
    assert np.isnan(drawn[3])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=6))
def test_ties_count_as_every_order_of_them(cases):
    confidence, right = (np.array(column) for column in zip(*cases, strict=True))
    expected = over_all_orders(cases)
    ones = np.ones((1, len(cases)), np.int64)
    assert area(confidence, right, ones)[0] == pytest.approx(expected)
    assert risk_coverage(confidence, right)[1].mean() == pytest.approx(expected)
