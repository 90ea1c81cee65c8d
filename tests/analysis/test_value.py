"""What policies cost and bring: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import value


def test_cost_of_an_additional_adopter_is_the_ratio_of_means():
    cost, effect = np.full(50, 1000.0), np.tile([5.0, 15.0], 25)
    found = value.value_for_money(cost, effect)
    assert found.per_adopter == pytest.approx(100.0)
    assert found.low < 100.0 < found.high
    nothing = value.value_for_money(cost, np.tile([-5.0, 5.0], 25))
    assert np.isnan(nothing.per_adopter)


def test_a_policy_is_dominated_by_one_that_costs_less_and_brings_more():
    costs, effects = np.array([0.0, 10.0, 20.0, 10.0]), np.array([0.0, 5.0, 4.0, 5.0])
    assert value.dominated(costs, effects) == [-1, -1, 1, -1]  # equals dominate nobody


def test_acceptability_goes_from_the_cheapest_to_the_most_effective():
    costs = np.array([np.zeros(40), np.full(40, 100.0)])
    effects = np.array([np.zeros(40), np.full(40, 10.0)])
    curve = value.acceptability(costs, effects, np.array([0.0, 9.9, 10.1, 100.0]))
    assert curve.tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]
    noisy = np.array([np.zeros(40), np.tile([-40.0, 60.0], 20)])
    curve = value.acceptability(costs, noisy, np.array([10.0]))
    assert curve.sum() == pytest.approx(1) and 0.3 < curve[1, 0] < 0.7


def test_the_frontier_leaves_out_what_costs_more_for_each_further_adopter():
    # 0: nothing; 1: 10 each; 2: dominated by 1; 3: 50 each, but 4 brings further ones at 20 each
    costs = np.array([0.0, 100.0, 120.0, 150.0, 300.0, 400.0, np.nan])
    effects = np.array([0.0, 10.0, 9.0, 11.0, 20.0, 20.5, 30.0])
    assert value.frontier(costs, effects) == [0, 1, 4, 5]
    # in whatever order they come
    order = np.random.default_rng(0).permutation(7)
    found = value.frontier(costs[order], effects[order])
    assert [int(order[n]) for n in found] == [0, 1, 4, 5]
    # twice the same counts once; what saves money and brings adopters leaves out the baseline
    assert value.frontier(np.array([0.0, 5.0, 5.0]), np.array([0.0, 1.0, 1.0])) == [0, 1]
    assert value.frontier(np.array([0.0, -5.0]), np.array([0.0, 1.0])) == [1]


def test_the_price_of_a_further_adopter_rises_along_the_frontier():
    rng = np.random.default_rng(1)
    for _ in range(50):
        costs, effects = rng.random((2, 12))
        kept = value.frontier(costs, effects)
        steps = np.diff(costs[kept]) / np.diff(effects[kept])
        assert (steps > 0).all() and (np.diff(steps) > 0).all()
        # nobody lies above the frontier
        reach = np.interp(costs, costs[kept], effects[kept], left=-1.0)
        assert (effects[costs >= costs[kept[0]]] <= reach[costs >= costs[kept[0]]] + 1e-12).all()
