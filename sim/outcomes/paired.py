"""Policies against a baseline, run by run under the same luck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.outcomes.intervals import CONFIDENCE, Interval, of_share

RESAMPLES = 2_000
# Which resamples are drawn is no luck of the model: the same numbers give the same interval.
BOOTSTRAP_SEED = 20_260_101


class Paired(NamedTuple):
    """A policy against the baseline in one outcome.

    Attributes
    ----------
    change : Interval
        Mean of policy less baseline; 95 % interval of the mean by bootstrap over replicates.
    better : Interval
        Share of replicates in which the policy is better; a tie counts half. Wilson's interval.
    saved : float
        Share of the variance of the difference that the common luck takes away, compared with
        independent seeds; NaN with one run or where nothing varies.
    """

    change: Interval
    better: Interval
    saved: float


def resamples(runs: int) -> np.ndarray:
    """Return (RESAMPLES, runs) numbers of runs drawn with replacement."""
    return np.random.default_rng(BOOTSTRAP_SEED).integers(0, runs, (RESAMPLES, runs))


def bootstrap(x: np.ndarray, quantile: float | None = None) -> Interval:
    """Return the mean of runs with the percentile interval of its bootstrap.

    Parameters
    ----------
    x : (runs,) float
        NaNs are left out and not counted.
    quantile : float, optional
        Of this quantile of the runs, not of their mean.

    Notes
    -----
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13. The interval is NaN
    for one run.
    """
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    if x.size == 0:
        return Interval(np.nan, np.nan, np.nan, 0)

    def of(sample: np.ndarray) -> np.ndarray:
        means: np.ndarray = sample.mean(axis=-1)
        return means if quantile is None else np.quantile(sample, quantile, axis=-1)

    found = float(of(x))
    if x.size == 1:
        return Interval(found, np.nan, np.nan, 1)
    low, high = np.quantile(of(x[resamples(x.size)]), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(found, float(low), float(high), x.size)


def compared(policy: np.ndarray, baseline: np.ndarray, direction: int) -> Paired:
    """Compare two points, replicate by replicate.

    Parameters
    ----------
    policy, baseline : (runs,) float
        Replicate r of both has the same luck. Pairs with a NaN are left out.
    direction : {1, -1, 0}
        Whether more or less is better; 0 if neither is, then `better` counts what is higher.
    """
    policy, baseline = np.asarray(policy, float), np.asarray(baseline, float)
    there = ~(np.isnan(policy) | np.isnan(baseline))
    a, b = policy[there], baseline[there]
    difference = (a - b) * (direction or 1)
    wins = (difference > 0).sum() + (difference == 0).sum() / 2
    saved = np.nan
    if a.size > 1 and a.var() + b.var() > 0:
        saved = float(1 - (a - b).var() / (a.var() + b.var()))
    return Paired(bootstrap(a - b), of_share(float(wins), a.size), saved)


class Value(NamedTuple):
    """What a policy costs and brings, against the baseline.

    Attributes
    ----------
    cost, effect : Interval
        Mean differences: currency; sustained adopters.
    per_adopter : float
        Cost of one additional sustained adopter, the ratio of the two means; NaN unless the
        effect's interval lies above 0.
    low, high : float
        Its bootstrap interval, from the same resamples for both means; infinite where the effect
        of a resample is not above 0.
    """

    cost: Interval
    effect: Interval
    per_adopter: float
    low: float
    high: float


def value_for_money(cost: np.ndarray, effect: np.ndarray) -> Value:
    """Return the cost of an additional sustained adopter.

    Parameters
    ----------
    cost, effect : (runs,) float
        Differences of policy and baseline, run by run. Runs with a NaN are left out.
    """
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
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail], method="nearest")
    return Value(costs, effects, costs.estimate / effects.estimate, float(low), float(high))


def dominated(costs: np.ndarray, effects: np.ndarray) -> list[int]:
    """Return for each policy the number of one that dominates it, or -1.

    Parameters
    ----------
    costs, effects : (policies,) float
        Means; the baseline may be one of them.

    Notes
    -----
    A policy is dominated if another costs no more and brings at least as much, and is strictly
    better in one of the two (Drummond et al. 2015, Methods for the Economic Evaluation of Health
    Care Programmes).
    """
    by = []
    for n in range(len(costs)):
        better = [
            m
            for m in range(len(costs))
            if costs[m] <= costs[n]
            and effects[m] >= effects[n]
            and (costs[m] < costs[n] or effects[m] > effects[n])
        ]
        by.append(max(better, key=lambda m: effects[m]) if better else -1)
    return by


def acceptability(costs: np.ndarray, effects: np.ndarray, willingness: np.ndarray) -> np.ndarray:
    """Return for each policy how probably it is worth most, at each willingness to pay.

    Parameters
    ----------
    costs, effects : (policies, runs) float
        Run r of all policies has the same luck.
    willingness : (prices,) float
        What one additional sustained adopter is worth.

    Returns
    -------
    (policies, prices) float
        Share of bootstrap resamples in which the mean net benefit is the highest; sums to 1 over
        policies (Fenwick et al. 2001, doi 10.1002/hec.635). Ties go to the first.
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
