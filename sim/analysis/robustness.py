"""Policies over many uncertain worlds: regret, satisficing, stability of ranks, where one fails."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.analysis import prim
from sim.analysis.intervals import NOTHING, Interval, bootstrap, of_share

FEWEST_WORLDS = 32  # below, boxes would be drawn around chance (assumption)
LARGEST = 2 / 3  # share of the worlds; a box of more hardly narrows them (assumption)
CLEARLY_DENSER = 0.15  # how much more often a policy must fail in a box to be told (assumption)


class Robustness(NamedTuple):
    """How one policy does over the worlds.

    Regret: Savage 1951, doi 10.1080/01621459.1951.10500768, in the unit of the outcome; intervals
    by bootstrap over worlds. Satisficing: Starr 1963; Simon 1956. Rank 1 is best.
    """

    regret_mean: Interval  # of how much the best policy of each world is better
    regret_90: Interval  # its 90 % quantile
    satisficing: Interval  # share of worlds in which the outcome reaches the goal
    best: Interval  # share of worlds in which no other policy is better
    rank_mean: float
    rank_low: float  # the middle 90 % of worlds lie between these two
    rank_high: float


# Of a share: what lies beyond is the order of a sum, and equal policies have equal ranks
DIGITS = 12


def in_all(outcome: np.ndarray) -> np.ndarray:
    """Return (policies, worlds) without worlds in which a policy has no number."""
    return outcome[:, ~np.isnan(outcome).any(axis=0)]


def regret(outcome: np.ndarray) -> np.ndarray:
    """Return how much the best policy of each world is better; both (policies, worlds)."""
    return outcome.max(axis=0) - outcome if outcome.size else outcome


def worst_tenth(x: np.ndarray) -> np.ndarray:
    """Return the mean of the lowest tenth, at least one, of the last axis; no NaNs.

    The conditional value at risk (Rockafellar & Uryasev 2000, doi 10.21314/JOR.2000.038).
    """
    least = math.ceil(x.shape[-1] / 10)
    made: np.ndarray = np.sort(x, axis=-1)[..., :least].mean(axis=-1)
    return made


def robustness(outcome: np.ndarray, goal: float) -> list[Robustness]:
    """Return how each of (policies, worlds) does; worlds with a NaN are left out, more is better."""
    x = in_all(outcome)
    n = x.shape[1]
    if n == 0:
        none = Robustness(NOTHING, NOTHING, NOTHING, NOTHING, np.nan, np.nan, np.nan)
        return [none] * len(outcome)
    regrets = regret(x)
    # equal outcomes share the mean of their ranks
    near = np.round(x, DIGITS)
    above = (near[None] > near[:, None]).sum(axis=1)
    equal = (near[None] == near[:, None]).sum(axis=1)
    rank = above + (equal + 1) / 2
    return [
        Robustness(
            bootstrap(lost),
            bootstrap(lost, 0.9),
            of_share(int((own >= goal).sum()), n),
            of_share(int((lost.round(DIGITS) == 0).sum()), n),
            float(places.mean()),
            *np.quantile(places, [0.05, 0.95]).tolist(),
        )
        for own, lost, places in zip(x, regrets, rank, strict=True)
    ]


def failing_box(
    x: np.ndarray, outcome: np.ndarray, goal: float, base: np.ndarray | None = None
) -> prim.Box | None:
    """Return the box of (worlds, parameters) in which an outcome misses the goal, if there is one.

    Only parameters that go with the outcome are peeled: see `prim.screened`. A box that holds most
    worlds, or the `base` from which they were drawn, tells of no special conditions: None.
    """
    there = ~np.isnan(outcome)
    if there.sum() < FEWEST_WORLDS or not x.size:
        return None
    x, outcome = x[there], outcome[there]
    chosen = prim.screened(x, outcome)
    fails = outcome < goal
    box = prim.describe(x[:, chosen], fails)
    if box is None or box.density < fails.mean() + CLEARLY_DENSER:
        return None
    limits = np.tile([-np.inf, np.inf], (x.shape[1], 1))
    limits[chosen] = box.limits
    if box.mass > LARGEST or (base is not None and prim.inside(base[None], limits)[0]):
        return None
    return box._replace(limits=limits)
