"""Spearman's correlation and its interval."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.correlation import rank_correlation


def test_the_interval_is_that_of_bonett_and_wright():
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    y = np.array([2.0, 1.0, 4.0, 3.0, 6.0, 5.0])
    r = 1 - 6 * 6 / (6 * 35)  # six ranks differ by one
    half = 1.959963984540054 * np.sqrt((1 + r * r / 2) / 3)
    expected = r, np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half), 6
    assert rank_correlation(x, y) == pytest.approx(expected)


def test_points_without_a_number_are_left_out():
    x = np.arange(8.0)
    y = np.where(x == 3, np.nan, x)
    found = rank_correlation(x, y)
    assert found.estimate == 1 and found.runs == 7


def test_the_interval_covers_what_is_so_about_as_often_as_it_says():
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(300):
        found = rank_correlation(*rng.normal(size=(2, 40)))
        inside += found.low <= 0 <= found.high
    assert 0.91 <= inside / 300 <= 0.985


@pytest.mark.parametrize("x", [np.arange(4.0), np.ones(6), np.array([])])
def test_too_little_to_tell_has_no_interval(x):
    assert np.isnan(rank_correlation(x, x).low)
