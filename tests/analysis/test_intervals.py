"""Intervals against tables, against scipy, and against what they promise: their coverage."""

import warnings

import numpy as np
import pytest
from scipy import stats

from sim.analysis.intervals import (
    beyond_chance,
    of_columns,
    of_difference,
    of_many,
    of_mean,
    of_share,
    single_runs,
)  # fmt: skip

# Upper 2.5 % points of Student's t, as printed in tables: degrees of freedom -> t
STUDENT = {1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 29: 2.045, 63: 1.998}


@pytest.mark.parametrize("freedom", STUDENT)
def test_the_mean_has_students_interval(freedom):
    runs = freedom + 1
    x = np.arange(runs, dtype=float)
    found = of_mean(x)
    error = np.sqrt(((x - x.mean()) ** 2).sum() / freedom / runs)
    assert found.estimate == pytest.approx(freedom / 2) and found.runs == runs
    assert found.high - found.estimate == pytest.approx(STUDENT[freedom] * error, rel=2e-4)
    assert found.estimate - found.low == pytest.approx(found.high - found.estimate)


def test_the_mean_agrees_with_scipy():
    x = np.random.default_rng(1).gamma(2.0, size=17)
    low, high = stats.ttest_1samp(x, 0.0).confidence_interval(0.95)
    found = of_mean(x)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_the_interval_of_the_mean_covers_the_truth_in_95_of_100_studies():
    samples = np.random.default_rng(2).normal(0.3, 2.0, (4000, 6))
    intervals = [of_mean(x) for x in samples]
    covered = np.mean([i.low <= 0.3 <= i.high for i in intervals])
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


# Wilson's interval worked out by hand from its formula with z = 1.96
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 64, 0.0028, 0.0833)],
)
def test_a_share_has_wilsons_interval(hits, n, low, high):
    found = of_share(hits, n)
    assert found == pytest.approx((hits / n, low, high, n), abs=6e-5)


@pytest.mark.parametrize("n", [1, 2, 7, 64, 1000])
def test_a_share_agrees_with_scipy(n):
    for hits in {0, 1, n // 3, n - 1, n}:
        expected = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
        found = of_share(hits, n)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
        assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_the_interval_of_a_share_covers_the_truth_as_wilsons_does():
    # exact: the probabilities of all possible counts whose interval holds the truth
    n, counts = 64, np.arange(65)
    intervals = [of_share(int(k), n) for k in counts]
    truths = np.linspace(0.05, 0.95, 91)
    coverage = np.array(
        [
            stats.binom.pmf(counts, n, p)[[i.low <= p <= i.high for i in intervals]].sum()
            for p in truths
        ]
    )
    assert abs(coverage.mean() - 0.95) < 0.005 and coverage.min() > 0.92


def test_what_is_not_a_number_is_left_out_and_not_counted():
    with_gaps = of_mean(np.array([np.nan, 1.0, 2.0, np.nan, 4.0]))
    assert with_gaps == of_mean(np.array([1.0, 2.0, 4.0])) and with_gaps.runs == 3


def test_one_run_has_an_estimate_and_no_interval():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = of_mean(np.array([0.4, np.nan]))
    assert found.estimate == 0.4 and found.runs == 1
    assert np.isnan([found.low, found.high]).all()


def test_no_run_has_no_numbers():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (of_mean(np.full(3, np.nan)), of_mean(np.zeros(0)), of_share(0, 0)):
            assert np.isnan(found[:3]).all() and found.runs == 0
        assert np.isnan(single_runs(np.full(2, np.nan))).all()


def test_equal_runs_have_an_interval_without_width():
    assert of_mean(np.full(5, 0.25)) == (0.25, 0.25, 0.25, 5)


def test_a_difference_is_paired_run_by_run():
    luck = np.random.default_rng(3).normal(0, 10, 20)
    gain = np.linspace(0.9, 1.1, 20)
    found = of_difference(luck + gain, luck)
    assert found.estimate == pytest.approx(1.0) and found.high - found.low < 0.1
    assert of_difference(luck, luck + gain).estimate == pytest.approx(-1.0)
    # a run that failed on one side counts on neither
    other = luck.copy()
    other[:4] = np.nan
    assert of_difference(luck + gain, other).runs == 16


def test_single_runs_are_the_lowest_and_the_highest():
    assert single_runs(np.array([0.3, np.nan, -1.0, 0.9])) == (-1.0, 0.9)


def test_intervals_of_columns_are_those_of_each_column():
    runs = np.random.default_rng(0).random((9, 5))
    runs[:, 1], runs[1:, 2], runs[3, 3] = np.nan, np.nan, np.nan
    found = np.array(of_columns(runs, (0, 0.7)))
    expected = np.array([of_mean(column, (0, 0.7)) for column in runs.T]).T
    assert found == pytest.approx(expected, nan_ok=True)


def test_of_many_intervals_few_miss_any_at_all():
    """Bonferroni: 40 means of nothing, 200 times; 5 % of them may seem to be something."""
    x = np.random.default_rng(3).normal(size=(200, 12, 40))
    confidence = of_many(40)
    assert confidence == pytest.approx(1 - 0.05 / 40) and of_many(1) == pytest.approx(0.95)
    found = [of_columns(one, confidence=confidence) for one in x]
    wrong = [bool(((low > 0) | (high < 0)).any()) for _, low, high, _ in found]
    assert 0.01 < np.mean(wrong) < 0.1


def test_of_many_without_an_effect_one_in_twenty_sets_names_any():
    luck = np.random.default_rng(2)
    sets = luck.normal(0, 1, (600, 12, 10))
    assert np.mean([any(beyond_chance(x)) for x in sets]) < 0.08  # 12 times 95 % would be 46 %
    real = sets.copy()
    real[:, :2] += 5
    assert all(beyond_chance(x)[:2] == [True, True] for x in real)


def test_holms_steps_are_those_of_his_paper():
    x = np.array([-1.0, 0.0, 1.0])  # t = mean / (1 / sqrt 3)
    means = [t / np.sqrt(3) for t in (20.0, 6.5, 4.2, 0.1)]  # p = 0.0025, 0.023, 0.052, 0.93
    assert beyond_chance([x + mean for mean in means]) == [True, False, False, False]
    assert beyond_chance([x + mean for mean in means[:2]]) == [True, True]
    assert beyond_chance([np.full(3, -1.0), np.zeros(3), np.full(3, np.nan)]) == [
        True,
        False,
        False,
    ]
    assert beyond_chance([np.ones(1)]) == [False] and beyond_chance([]) == []
