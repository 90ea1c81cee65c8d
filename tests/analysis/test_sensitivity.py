"""Samplers and analysers of sensitivity on functions whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis import sensitivity

# Ishigami & Homma 1990 with a = 7, b = 0.1: first and total indices, from the exact variances
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)


def ishigami(unit):
    x = np.pi * (2 * unit.T - 1)
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def noisy(y, runs, size, seed=1):
    return y[:, None] + size * np.random.default_rng(seed).standard_normal((y.size, runs))


def test_trajectories_move_each_input_once_and_can_be_extended():
    points = sensitivity.trajectories(5, 8, 3)
    assert (points[:18] == sensitivity.trajectories(5, 3, 3)).all()
    assert points.min() == 0 and points.max() == 1
    steps = np.diff(points.reshape(8, 6, 5), axis=1)
    assert ((steps != 0).sum(axis=2) == 1).all() and ((steps != 0).sum(axis=1) == 1).all()
    assert np.allclose(np.abs(steps).max(axis=2), 2 / 3)


def test_a_linear_function_has_its_slopes_as_effects():
    points = sensitivity.trajectories(3, 6, 0)
    y = points @ [2.0, -1.0, 0.0]
    y[-1] = np.nan  # a run that failed costs its trajectory the last move alone
    found = sensitivity.screened(sensitivity.elementary_effects(points, y[:, None]))
    assert [f.mean.estimate for f in found] == pytest.approx([2, -1, 0])
    assert [f.size.estimate for f in found] == pytest.approx([2, 1, 0])
    assert found[0].mean[1:3] == pytest.approx((2, 2))
    assert sorted(f.mean.runs for f in found) == [5, 6, 6]


def test_what_cancels_is_seen_by_size_alone():
    points = sensitivity.trajectories(2, 200, 0)
    y = (points[:, 0] > 0.5) * (2 * (points[:, 1] > 0.5) - 1.0)  # the first raises or lowers
    first = sensitivity.screened(sensitivity.elementary_effects(points, y[:, None]))[0]
    assert first.mean.low < 0 < first.mean.high and first.size.estimate == pytest.approx(1.5)


def test_indices_without_chance_are_those_of_scipy():
    unit = sensitivity.saltelli(3, 256, 5)
    assert (unit[:40] == sensitivity.saltelli(3, 8, 5)).all()
    y = ishigami(unit)
    found = sensitivity.indices(y[:, None], 3)
    a, *mixed, b = y.reshape(-1, 5).T
    theirs = stats.sobol_indices(
        func={"f_A": a[None], "f_B": b[None], "f_AB": np.array(mixed)[:, None]}, n=256
    )
    for mine, its in ((found.first, theirs.first_order), (found.total, theirs.total_order)):
        # theirs centres and scales by A and B together as well
        assert [i.estimate for i in mine] == pytest.approx(its.ravel(), abs=1e-12)


def test_chance_adds_nothing_to_the_indices_of_ishigami():
    unit = sensitivity.saltelli(3, 2048, 0)
    y = noisy(ishigami(unit), 4, 4.0)  # as much variance by chance as by the inputs
    found = sensitivity.indices(y, 3)
    assert [i.estimate for i in found.first] == pytest.approx(FIRST, abs=0.05)
    assert [i.estimate for i in found.total] == pytest.approx(TOTAL, abs=0.05)
    for told, known in zip(found.first + found.total, FIRST + TOTAL, strict=True):
        assert told.low - 0.01 <= known <= told.high + 0.01
    assert found.alone.estimate == pytest.approx(sum(FIRST), abs=0.05)
    # the means of the runs, taken as if chance had no part, show every input at work
    assert sensitivity.indices(y.mean(axis=1, keepdims=True), 3).total[2].estimate > 0.35


def test_what_is_constant_or_chance_has_no_indices():
    unit = sensitivity.saltelli(2, 64, 0)
    found = sensitivity.indices(np.full((len(unit), 3), 0.4), 2)
    assert found.variance == 0 and np.isnan(found.first[0].estimate)
    y = noisy(unit[:, 0], 2, 0.01)
    y[5, 1] = np.nan
    assert sensitivity.indices(y, 2).rows == 63


@pytest.mark.parametrize("runs", [4, 16])
def test_what_chance_could_have_made_has_no_shares(runs):
    """Half of all outcomes of chance alone have a variance above 0."""
    luck, told = np.random.default_rng(runs), 0
    for _ in range(30):
        told += sensitivity.indices(luck.normal(size=(64 * 6, runs)), 4).variance > 0
        told += sensitivity.shapley(luck.normal(size=(2,) * 4 + (runs,)))[1] > 0
    assert told <= 0.05 * 60 + 2 * np.sqrt(60 * 0.05 * 0.95)


def factorial(function, factors=4, runs=16, noise=0.0):
    levels = np.indices((2,) * factors).reshape(factors, -1)
    y = noisy(function(*levels).astype(float), runs, noise)
    return sensitivity.shapley(y.reshape((2,) * factors + (runs,)))


def test_of_an_additive_function_each_has_its_own_share():
    found, variance = factorial(lambda a, b, c, d: 3 * a + 2 * b + c + 0 * d)
    assert [i.estimate for i in found] == pytest.approx(np.array([9, 4, 1, 0]) / 14)
    assert variance == pytest.approx(14 / 4)


def test_what_two_do_together_is_divided():
    found, _ = factorial(lambda a, b, c, d: (a == b) + 0 * c * d)
    assert [i.estimate for i in found] == pytest.approx([0.5, 0.5, 0, 0])


def test_chance_adds_nothing_to_shares():
    found, _ = factorial(lambda a, b, c, d: 3 * a + 2 * b + c + 0 * d, noise=6.0, runs=24)
    shares = np.array([i.estimate for i in found])
    assert shares.sum() == pytest.approx(1) and abs(shares[3]) < 0.12
    for told, known in zip(found, np.array([9, 4, 1, 0]) / 14, strict=True):
        assert told.low <= known <= told.high
    constant, variance = factorial(lambda a, b, c, d: 0 * a)
    assert variance == 0 and np.isnan(constant[0].estimate)
    assert np.isnan(factorial(lambda a, b, c, d: a, runs=1)[0][0].low)
