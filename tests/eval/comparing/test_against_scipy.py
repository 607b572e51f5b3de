"""P-values and intervals beside SciPy's, where both say the same thing.

Dalil keeps its own: SciPy swaps the pairs of one measure at a time and doubles the smaller of two
one-sided p-values, which is another number where swaps are drawn; and it has no Holm correction.
"""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from eval.comparing.compare import compare
from eval.comparing.intervals import Resamples
from eval.comparing.randomisation import p_value, p_values
from eval.comparing.selective import area
from eval.judging.outcome import EVERYTHING
from tests.eval.runs_by_hand import scored_run

# Of a drawn p-value, four times the most that its standard error can be.
NOISE = 4 * sqrt(0.25 / 10_000)


def scipys(values, draws=10_000):
    test = stats.permutation_test(
        (values,),
        lambda sample, axis: sample.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=draws,
        rng=np.random.default_rng(7),
    )
    return test.pvalue


@pytest.mark.parametrize("seed", range(20))
def test_few_pairs_have_scipys_p_value(seed):
    random = np.random.default_rng(seed)
    # Scores of a case are often halves or thirds, whose sums tie.
    differences = random.choice(
        [-1, -0.5, -1 / 3, 0.25, 1 / 3, 0.5, 1], (random.integers(2, 11), 3)
    )
    expected = [scipys(column) for column in differences.T]
    assert p_values(differences).tolist() == pytest.approx(expected, abs=1e-12)


def test_pairs_without_a_difference_leave_scipys_p_value_as_it_is():
    pairs = np.array([1, 0.5, 1, -0.5, 1, 0, 0, 0, 0])
    assert p_values(pairs[:, None])[0] == pytest.approx(scipys(pairs), abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.2, 0.4])
def test_many_pairs_have_scipys_p_value_but_for_noise(shift):
    values = np.random.default_rng(3).normal(shift, 1, 100)
    assert p_values(values[:, None])[0] == pytest.approx(scipys(values), abs=NOISE)


def test_where_both_draw_scipy_doubles_what_cannot_be_zero():
    values = np.ones(100)
    assert (p_values(values[:, None], draws=999)[0], scipys(values, draws=999)) == (0.001, 0.002)


def test_a_statistic_of_two_runs_has_scipys_p_value():
    random = np.random.default_rng(11)
    sure, right = random.random((2, 8)), random.random((2, 8)) < 0.6
    once = np.ones((1, 8), np.int64)

    def difference(run, other):
        """The difference of the areas under the risk-coverage curve."""
        return [float(area(sure.ravel()[r], right.ravel()[r], once)[0]) for r in (run, other)]

    def swapped(swaps):
        before, after = np.arange(8), np.arange(8, 16)
        runs = [(np.where(s, after, before), np.where(s, before, after)) for s in swaps]
        return np.array([b - a for a, b in (difference(*run) for run in runs)])

    def statistic(before, after):
        a, b = difference(before, after)
        return b - a

    test = stats.permutation_test(
        (np.arange(8), np.arange(8, 16)), statistic, permutation_type="samples", n_resamples=2**8
    )
    assert p_value(swapped, 8, draws=2**8) == pytest.approx(test.pvalue, abs=1e-12)


def bootstrap(values, **options):
    return stats.bootstrap(
        (values,), np.mean, n_resamples=2_000, method="percentile", **options
    ).confidence_interval


@pytest.mark.parametrize("n", [30, 234])
def test_an_interval_of_a_mean_is_scipys_but_for_noise(n):
    values = np.random.default_rng(5).random(n)
    ours, theirs = Resamples(n).interval(values), bootstrap(values, rng=np.random.default_rng(7))
    # The 2.5th percentile of 2,000 draws of a normal variable has a standard error of .06.
    noise = 4 * 0.06 * values.std() / sqrt(n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=noise)


def test_an_interval_of_a_difference_is_scipys_to_the_last_digit():
    random = np.random.default_rng(9)
    before, after = random.random((2, 60)).round(2)
    runs = (scored_run({"F1": scores.tolist()}) for scores in (before, after))
    found = compare(*runs).differences
    ours = next(d for d in found if (d.group, d.measure) == (EVERYTHING, "F1")).interval
    # The same draws: as many at a time, from a generator with the same seed.
    theirs = bootstrap(after - before, batch=40, rng=np.random.default_rng(20_200))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
