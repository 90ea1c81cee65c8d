"""Regret, satisficing and ranks, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes.robustness import robustness


def test_by_hand():
    outcome = np.array([[0.2, 0.6, 0.9, 0.5], [0.4, 0.6, 0.1, np.nan]])
    first, second = robustness(outcome, goal=0.5)
    assert first.regret_mean == pytest.approx(0.2 / 3)
    assert second.regret_mean == pytest.approx(0.8 / 3)
    assert second.regret_90 == pytest.approx(np.quantile([0, 0, 0.8], 0.9))
    assert first.satisficing.estimate == pytest.approx(2 / 3) and first.satisficing.runs == 3
    assert second.satisficing.estimate == pytest.approx(1 / 3)
    assert first.best.estimate == pytest.approx(2 / 3) == second.best.estimate
    assert first.rank_mean == pytest.approx((2 + 1.5 + 1) / 3)
    assert second.rank_mean == pytest.approx((1 + 1.5 + 2) / 3)


def test_no_world_has_no_numbers():
    (nothing,) = robustness(np.array([[np.nan]]), 0.5)
    assert np.isnan(nothing.regret_mean) and nothing.satisficing.runs == 0
