"""Policies against a baseline: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import paired


def test_pairs_are_compared_run_by_run():
    baseline = np.array([0.1, 0.5, 0.9, np.nan])
    policy = np.array([0.2, 0.6, 0.9, 0.3])
    found = paired.compared(policy, baseline, 1)
    assert found.change.estimate == pytest.approx(0.2 / 3) and found.change.runs == 3
    assert found.better.estimate == pytest.approx(2.5 / 3)  # the tie counts half
    # less is better: the same numbers, seen from the other side
    assert paired.compared(policy, baseline, -1).better.estimate == pytest.approx(0.5 / 3)


def test_the_order_of_a_sum_breaks_no_tie():
    baseline = np.array([0.1 + 0.2, 0.5, 1e6])
    policy = np.array([0.3, 0.6, 1e6 - 1e-9])
    assert (policy != baseline).all()
    for direction in (1, -1):
        found = paired.compared(policy, baseline, direction)
        assert found.better.estimate == pytest.approx((1 + (direction > 0)) / 3)
    alike = np.full(8, 0.3)
    alike[::2] = 0.1 + 0.2
    assert np.isnan(paired.compared(alike, alike[::-1], 1).saved)


def test_common_luck_saves_all_variance_of_a_constant_difference_and_none_of_unrelated_runs():
    luck = np.random.default_rng(2).normal(size=4000)
    other = np.random.default_rng(3).normal(size=4000)
    assert paired.compared(luck + 1, luck, 1).saved == pytest.approx(1.0)
    assert abs(paired.compared(other, luck, 1).saved) < 0.06
    assert np.isnan(paired.compared(np.ones(5), np.zeros(5), 1).saved)
