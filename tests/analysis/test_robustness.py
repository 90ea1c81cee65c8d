"""Regret, satisficing and ranks, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.intervals import of_mean
from sim.analysis.robustness import failing_box, robustness


def test_by_hand():
    outcome = np.array([[0.2, 0.6, 0.9, 0.5], [0.4, 0.6, 0.1, np.nan]])
    first, second = robustness(outcome, goal=0.5)
    assert first.regret_mean.estimate == pytest.approx(0.2 / 3)
    assert second.regret_mean.estimate == pytest.approx(0.8 / 3)
    assert second.regret_90.estimate == pytest.approx(np.quantile([0, 0, 0.8], 0.9))
    assert first.satisficing.estimate == pytest.approx(2 / 3) and first.satisficing.runs == 3
    assert second.satisficing.estimate == pytest.approx(1 / 3)
    assert first.best.estimate == pytest.approx(2 / 3) == second.best.estimate
    assert first.rank_mean == pytest.approx((2 + 1.5 + 1) / 3)
    assert second.rank_mean == pytest.approx((1 + 1.5 + 2) / 3)


def test_the_order_of_a_sum_makes_nobody_the_best():
    first, second = robustness(np.array([[0.1 + 0.2], [0.3]]), 0.3)
    assert first.best.estimate == second.best.estimate == 1
    assert first.rank_mean == second.rank_mean == 1.5


def test_no_world_has_no_numbers():
    (nothing,) = robustness(np.array([[np.nan]]), 0.5)
    assert np.isnan(nothing.regret_mean.estimate) and nothing.satisficing.runs == 0


def test_regret_has_an_interval_over_the_worlds():
    rng = np.random.default_rng(0)
    outcome = np.vstack([rng.random(400), np.full(400, 2.0)])
    first, best = robustness(outcome, 0.5)
    regrets = 2.0 - outcome[0]
    t = of_mean(regrets)
    found = first.regret_mean
    assert found.runs == 400
    assert (found.low, found.high) == pytest.approx((t.low, t.high), abs=0.1 * (t.high - t.low))
    # of a quantile: about as many worlds lie below its ends as the binomial distribution says
    share = [(regrets < end).mean() for end in (first.regret_90.low, first.regret_90.high)]
    assert share == pytest.approx([0.87, 0.93], abs=0.015)
    assert best.regret_mean[:3] == (0, 0, 0) == best.regret_90[:3]


def test_where_a_policy_fails_is_a_box_of_what_decides_it():
    """With 40 worlds of 92 assumptions, peeling them all would follow chance."""
    rng = np.random.default_rng(4)
    x = rng.random((40, 92))
    outcome = np.argsort(np.argsort(x[:, 7])) / 40
    box = failing_box(x, outcome, 0.5)
    assert box.limits.shape == (92, 2) and box.restricted == [7] and box.density >= 0.8
    assert failing_box(x, rng.random(40), 0.5) is None  # nothing decides it
    outside, within = np.full(92, 0.9), np.full(92, 0.1)
    assert failing_box(x, outcome, 0.5, outside) is not None
    assert failing_box(x, outcome, 0.5, within) is None  # it fails where we stand
    assert failing_box(x, outcome, 0.8) is None  # nearly everywhere
    outcome[:10] = np.nan
    assert failing_box(x, outcome, 0.5) is None  # too few worlds
