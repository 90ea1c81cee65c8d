"""What policies cost and bring: price of an adopter, dominance, the frontier, acceptability."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import ENDS, RESAMPLES, Interval, about, bootstrap, resamples


class Value(NamedTuple):
    """What a policy costs and brings, against the baseline."""

    cost: Interval  # mean difference, currency
    effect: Interval  # mean difference, sustained adopters
    per_adopter: float  # ratio of the two means; NaN unless the interval of the effect lies above 0
    low: float  # of a bootstrap with the same resamples for both means
    high: float  # infinite where the effect of a resample is not above 0


def value_for_money(cost: np.ndarray, effect: np.ndarray) -> Value:
    """Return the cost of an additional sustained adopter, of differences run by run."""
    cost, effect = np.asarray(cost, float), np.asarray(effect, float)
    there = ~(np.isnan(cost) | np.isnan(effect))
    cost, effect = cost[there], effect[there]
    costs, effects = bootstrap(cost), bootstrap(effect)
    if not effects.low > 0:
        return Value(costs, effects, np.nan, np.nan, np.nan)
    drawn = resamples(cost.size)
    below = effect[drawn].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(below > 0, cost[drawn].mean(axis=1) / below, np.inf)
    price = costs.estimate / effects.estimate
    low, high = about(price, *np.quantile(ratios, ENDS, method="nearest"))
    return Value(costs, effects, price, float(low), float(high))


def dominated(costs: np.ndarray, effects: np.ndarray) -> list[int]:
    """Return for each policy the number of one that dominates it by its means, or -1.

    Such a one costs no more and brings at least as much, and is strictly better in one of the two
    (Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes).
    """
    by = []
    for cost, effect in zip(costs, effects, strict=True):
        no_worse = (costs <= cost) & (effects >= effect)
        better = np.flatnonzero(no_worse & ((costs < cost) | (effects > effect)))
        by.append(int(better[effects[better].argmax()]) if better.size else -1)
    return by


def frontier(costs: np.ndarray, effects: np.ndarray) -> list[int]:
    """Return the policies worth their money at some budget, by their means, cheapest first.

    Left out are dominated policies, those with a NaN, and those that bring each further adopter for
    more than a dearer policy does (extended dominance; Drummond et al. 2015, as above).
    """
    by = dominated(costs, effects)
    known = [n for n in range(len(costs)) if by[n] < 0 and np.isfinite(costs[n] + effects[n])]
    kept: list[int] = []
    for n in sorted(known, key=lambda n: (costs[n], n)):
        if kept and effects[n] <= effects[kept[-1]]:
            continue  # costs and brings the same as one before
        while len(kept) > 1 and _price(costs, effects, kept[-2], kept[-1]) >= _price(
            costs, effects, kept[-1], n
        ):
            kept.pop()
        kept.append(n)
    return kept


def _price(costs: np.ndarray, effects: np.ndarray, low: int, high: int) -> float:
    """Return what each further adopter costs from one policy to another."""
    return float((costs[high] - costs[low]) / (effects[high] - effects[low]))


def acceptability(costs: np.ndarray, effects: np.ndarray, willingness: np.ndarray) -> np.ndarray:
    """Return (policies, prices) how probably each policy is worth most, at each willingness to pay.

    That is the share of bootstrap resamples of (policies, runs) in which its mean net benefit is
    the highest; ties go to the first (Fenwick et al. 2001, doi 10.1002/hec.635).
    """
    there = ~np.isnan(costs + effects).any(axis=0)
    costs, effects = costs[:, there], effects[:, there]
    if not costs.shape[1]:
        return np.full((costs.shape[0], len(willingness)), np.nan)
    drawn = resamples(costs.shape[1])
    cost, effect = costs[:, drawn].mean(axis=2), effects[:, drawn].mean(axis=2)
    out = np.zeros((costs.shape[0], len(willingness)))
    for column, price in enumerate(willingness):
        best = (price * effect - cost).argmax(axis=0)
        out[:, column] = np.bincount(best, minlength=costs.shape[0]) / RESAMPLES
    return out
