"""Policies over many uncertain worlds: how robust they are, and in which worlds one fails."""

from __future__ import annotations

import numpy as np

from sim.outcomes import prim
from sim.outcomes.intervals import of_share
from sim.outcomes.robustness import robustness
from sim.reports import words
from sim.studies.comparison.policies import GOAL, Comparison
from sim.studies.grid import is_numeric

FEWEST_WORLDS = 32  # below, boxes would be drawn around chance (assumption)
CLEARLY_DENSER = 0.15  # how much more often a policy must fail in a box to be told (assumption)


def threshold(c: Comparison) -> float:
    """Return the sustained adoption that counts as sustained."""
    return float(c.result.values["outcome.sustained_threshold"])


def robust(c: Comparison) -> list[list[str]]:
    """Return a table of regret, satisficing share and ranks, best first."""
    goal = threshold(c)
    rows = [["over all worlds", "mean regret", "90 % regret", f"reaches {goal:g}", "best in", "rank (middle 90 %)"]]  # fmt: skip
    found = robustness(c.by_world(GOAL), goal)
    for n in c.order:
        r = found[n]
        rows.append(
            [
                c.names[n],
                words.number(r.regret_mean),
                words.number(r.regret_90),
                words.percent(r.satisficing),
                words.percent(r.best),
                f"{words.number(r.rank_mean, 1)} ({r.rank_low:.0f} to {r.rank_high:.0f})",
            ]
        )
    return rows


def world_values(c: Comparison) -> tuple[list[str], np.ndarray]:
    """Return the varied parameters that are numbers, and (worlds, parameters) their values."""
    axes = [a for a in c.result.axes if a is not c.axis and is_numeric(a)]
    points = [c.result.ensemble.points[int(p)] for p in c.points[:, 0]]
    values = [[float(point.values[axis.paths[0]]) for axis in axes] for point in points]
    return [axis.name for axis in axes], np.array(values).reshape(len(points), len(axes))


def failing_box(c: Comparison, policy: int) -> prim.Box | None:
    """Return the box of worlds in which a policy misses the goal, if there is one to tell."""
    outcome = c.by_world(GOAL)[policy]
    there = ~np.isnan(outcome)
    _, x = world_values(c)
    if there.sum() < FEWEST_WORLDS or not x.size:
        return None
    fails = outcome[there] < threshold(c)
    box = prim.describe(x[there], fails)
    return None if box is None or box.density < fails.mean() + CLEARLY_DENSER else box


def box_words(names: list[str], box: prim.Box) -> str:
    """Return the limits of a box in words."""
    parts = []
    for k in box.restricted:
        low, high = box.limits[k]
        if np.isfinite(low) and np.isfinite(high):
            parts.append(f"{names[k]} is between {low:.3g} and {high:.3g}")
        elif np.isfinite(low):
            parts.append(f"{names[k]} is {low:.3g} or more")
        else:
            parts.append(f"{names[k]} is {high:.3g} or less")
    return " and ".join(parts)


def failing_worlds(c: Comparison, policy: int) -> list[str]:
    """Say how often a policy misses the goal, and where."""
    if c.worlds < 2:
        if c.singular != "policy":
            return []
        return [
            "All this is for one set of assumptions: uncertainty=assumptions tells in which "
            "worlds it fails."
        ]
    outcome = c.by_world(GOAL)[policy]
    outcome = outcome[~np.isnan(outcome)]
    missed = of_share(int((outcome < threshold(c)).sum()), outcome.size)
    text = f"{c.names[policy]} stays below {threshold(c):g} in {words.percent(missed)} of worlds"
    box = failing_box(c, policy)
    if box is None:
        return [text + "; no short list of conditions tells which."]
    names, _ = world_values(c)
    return [
        f"{text}, above all where {box_words(names, box)}: there it fails in "
        f"{100 * box.density:.0f} % of worlds ({100 * box.coverage:.0f} % of all its failures)."
    ]
