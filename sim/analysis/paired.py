"""Policies against a baseline, run by run under the same luck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis import pooled
from sim.analysis.intervals import Interval, bootstrap, of_share

ROUNDING = 1e-12  # by so much sums of the same numbers may differ in another order: no difference


class Paired(NamedTuple):
    """A policy against the baseline in one outcome."""

    change: Interval  # mean of policy less baseline; interval by bootstrap over replicates
    # share of replicates in which the policy is better, a tie counts half; Wilson's interval
    better: Interval
    # share of the variance of the difference that common luck takes away; NaN if nothing varies
    saved: float


def compared(
    policy: np.ndarray,
    baseline: np.ndarray,
    direction: int,
    over: tuple[np.ndarray, np.ndarray] | None = None,
) -> Paired:
    """Compare two points by their outcome in each replicate, which has the same luck in both.

    Pairs with a NaN are left out. If no direction is better (0), `better` counts what is higher.
    The change is pooled where both outcomes are rates `over` something.
    """
    policy, baseline = np.asarray(policy, float), np.asarray(baseline, float)
    there = ~(np.isnan(policy) | np.isnan(baseline))
    a, b = policy[there], baseline[there]
    tied = np.isclose(a, b, rtol=ROUNDING, atol=ROUNDING)
    wins = ((a - b) * (direction or 1) > 0)[~tied].sum() + tied.sum() / 2
    saved = np.nan
    if not all(np.allclose(x, x[:1], rtol=ROUNDING, atol=ROUNDING) for x in (a, b)):
        saved = float(1 - (a - b).var() / (a.var() + b.var()))
    if over is None:
        change = bootstrap(a - b)
    else:
        change = pooled.of_difference(policy, over[0], baseline, over[1])
    return Paired(change, of_share(float(wins), a.size), saved)
