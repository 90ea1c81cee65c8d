"""Intervals against scipy, which knows Student and Wilson; of many, against what they promise."""

import warnings

import numpy as np
import pytest
from scipy import stats

from sim.analysis import pooled
from sim.analysis.intervals import (
    Z,
    beyond_chance,
    bootstrap,
    of_columns,
    of_difference,
    of_mean,
    of_share,
    rank_correlation,
    single_runs,
)  # fmt: skip


def test_the_mean_agrees_with_scipy():
    x = np.random.default_rng(1).gamma(2.0, size=17)
    low, high = stats.ttest_1samp(x, 0.0).confidence_interval(0.95)
    found = of_mean(x)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def mean(luck):
    return bootstrap(luck.normal(3.0, 2.0, 64)), 3.0


def rate(luck):
    """Return a rate of lapses, over 40 runs with 1 to 50 adopter-years each."""
    years = luck.integers(1, 50, 40).astype(float)
    return pooled.of_mean(luck.poisson(0.3 * years) / years, years), 0.3


def correlation(luck):
    return rank_correlation(*luck.normal(size=(2, 40))), 0.0


@pytest.mark.parametrize("drawn", [mean, rate, correlation])
def test_an_interval_covers_what_is_so_about_as_often_as_it_says(drawn):
    luck = np.random.default_rng(1)
    found = [drawn(luck) for _ in range(300)]
    assert 0.91 <= np.mean([x.low <= truth <= x.high for x, truth in found]) <= 0.985


def test_the_interval_of_a_correlation_is_that_of_bonett_and_wright():
    x, y = np.arange(1.0, 7.0), np.array([2.0, 1.0, 4.0, 3.0, 6.0, 5.0])
    r = 1 - 6 * 6 / (6 * 35)  # six ranks differ by one
    half = Z * np.sqrt((1 + r * r / 2) / 3)
    expected = r, np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half), 6
    assert rank_correlation(x, y) == pytest.approx(expected)
    y[2] = np.nan  # a point without a number is left out
    assert rank_correlation(x, y).runs == 5
    for few in (np.arange(4.0), np.ones(6), np.array([])):
        assert np.isnan(rank_correlation(few, few).low)


@pytest.mark.parametrize("n", [1, 2, 7, 64, 1000])
def test_a_share_agrees_with_scipy(n):
    for hits in {0, 1, n // 3, n - 1, n}:
        expected = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
        found = of_share(hits, n)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
        assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_what_is_not_a_number_is_left_out_and_not_counted():
    with_gaps = of_mean(np.array([np.nan, 1.0, 2.0, np.nan, 4.0]))
    assert with_gaps == of_mean(np.array([1.0, 2.0, 4.0])) and with_gaps.runs == 3


def test_one_run_has_an_estimate_and_no_interval():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (of_mean(np.array([0.4, np.nan])), bootstrap(np.array([0.4, np.nan]))):
            assert found.estimate == 0.4 and found.runs == 1
            assert np.isnan([found.low, found.high]).all()
    assert of_mean(np.full(5, 0.25)) == (0.25, 0.25, 0.25, 5)  # equal runs: without width


def test_no_run_has_no_numbers():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nothing = np.full(3, np.nan)
        for found in (of_mean(nothing), of_mean(np.zeros(0)), bootstrap(nothing), of_share(0, 0)):
            assert np.isnan(found[:3]).all() and found.runs == 0
        assert np.isnan(single_runs(np.full(2, np.nan))).all()


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


def test_of_many_without_an_effect_one_in_twenty_sets_names_any():
    luck = np.random.default_rng(2)
    sets = luck.normal(0, 1, (300, 12, 10))
    assert np.mean([any(beyond_chance(x)) for x in sets]) < 0.08  # 12 times 95 % would be 46 %
    real = sets.copy()
    real[:, :2] += 5
    assert all(beyond_chance(x)[:2] == [True, True] for x in real)


def test_holms_steps_are_those_of_his_paper():
    x = np.array([-1.0, 0.0, 1.0])  # t = mean / (1 / sqrt 3)
    means = [t / np.sqrt(3) for t in (20.0, 6.5, 4.2, 0.1)]  # p = 0.0025, 0.023, 0.052, 0.93
    assert beyond_chance([x + mean for mean in means]) == [True, False, False, False]
    assert beyond_chance([x + mean for mean in means[:2]]) == [True, True]
    without_numbers = [np.full(3, -1.0), np.zeros(3), np.full(3, np.nan)]
    assert beyond_chance(without_numbers) == [True, False, False]
    assert beyond_chance([np.ones(1)]) == [False] and beyond_chance([]) == []
