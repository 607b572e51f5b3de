"""P-values, counted by hand where there are few pairs and against themselves where many."""

import numpy as np
import pytest

from eval.comparing.randomisation import holm, p_value, p_values


def column(*values):
    return np.array(values, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        # Only none swapped and all swapped are as extreme.
        ([1, 1, 1, 1, 1, 1], 2 / 2**6),
        ([1, 1, 1, 1, 1, 1, 0, 0], 2 / 2**6),
        ([1, 1, 1, 1], 2 / 2**4),
        # A sum of at least 2 in size: all of one sign (2 ways), or one of four other (8 ways).
        ([1, 1, 1, -1], 10 / 2**4),
        ([1, -1], 1.0),
        # The largest decides the sign, so every way of 3 against 1 and 1 that keeps 1 or more.
        ([3, 1, 1], 2 / 2**3),
        ([3, -1, -1], 1.0),
        ([3, 1, -1], 6 / 2**3),
        ([0, 0], 1.0),
        ([], 1.0),
    ],
)
def test_few_pairs_are_counted_exactly(differences, expected):
    assert p_values(column(*differences)).tolist() == [expected]


def test_rounding_hides_no_equal_sum():
    # Added up in floating point these have sums that should be equal and are not.
    assert p_values(column(0.1, 0.1, 0.1, -0.1)).tolist() == [10 / 2**4]


def test_fewer_than_five_pairs_can_never_be_significant():
    assert p_values(column(*[1] * 4))[0] > 0.05
    assert p_values(column(*[1] * 5))[0] == 2 / 2**5 > 0.05
    assert p_values(column(*[1] * 6))[0] < 0.05


def test_many_pairs_are_drawn_and_never_impossible():
    assert p_values(column(*[1] * 100), draws=999).tolist() == [1 / 1000]
    alike = p_values(column(*[1, -1] * 50))
    assert alike.tolist() == [1.0]


def test_drawn_and_counted_agree():
    differences = column(1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1)
    counted = p_values(differences, draws=2**11)[0]
    assert counted == 2 * (1 + 11 + 55) / 2**11
    assert p_values(differences, draws=2**11 - 1)[0] == pytest.approx(counted, abs=0.02)


def test_columns_are_tested_each_on_its_own():
    both = np.concatenate([column(*[1] * 6), column(*[1, -1] * 3)], axis=1)
    assert p_values(both).tolist() == [2 / 2**6, 1.0]


def test_the_same_draws_give_the_same_p_value():
    differences = np.random.default_rng(3).normal(0.1, 1, (50, 2))
    assert p_values(differences).tolist() == p_values(differences).tolist()


def test_any_statistic_can_be_tested():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])

    def total(swaps):
        return np.where(swaps, -values, values).sum(axis=1)

    assert p_value(total, 6, draws=100) == 2 / 2**6
    assert p_value(total, 6, draws=63) == pytest.approx(2 / 2**6, abs=0.05)


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([0.01, 0.02, 0.03], [3 * 0.01, 2 * 0.02, 2 * 0.02]),
        ([0.03, 0.01, 0.02], [2 * 0.02, 3 * 0.01, 2 * 0.02]),
        ([0.5, 0.6], [1.0, 1.0]),
        ([0.04], [0.04]),
        ([], []),
    ],
)
def test_holm_multiplies_the_least_by_most(p, adjusted):
    assert holm(np.array(p)).tolist() == pytest.approx(adjusted)
