"""Policies over many uncertain worlds: how robust they are, and in which worlds one fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis import prim
from sim.analysis.intervals import of_share
from sim.analysis.robustness import robustness
from sim.outcomes.table import OUTCOMES
from sim.reports import words
from sim.studies.comparison.policies import GOAL, Comparison
from sim.studies.grid import is_numeric
from sim.tables.parameters import PARAMETERS

FEWEST_WORLDS = 32  # below, boxes would be drawn around chance (assumption)
CLEARLY_DENSER = 0.15  # how much more often a policy must fail in a box to be told (assumption)


UNIT = OUTCOMES[GOAL].unit
ROBUST_NOTE = (
    f"Regret, {UNIT}: how much higher the sustained adoption of the best of each world is; 0 where "
    "this is the best. In brackets: 95 % intervals (bootstrap over worlds; of shares Wilson's), and "
    "of ranks the middle 90 % of worlds. Rank 1 is best. The best of a world is the best of a few means, so regret "
    "is a little too large; more replicates make it smaller."
)


def threshold(c: Comparison) -> float:
    """Return the sustained adoption that counts as sustained."""
    point = c.result.ensemble.points[int(c.points[0, 0])]
    return float(point.values["outcome.sustained_threshold"])


def robust(c: Comparison) -> list[list[str]]:
    """Return a table of regret, satisficing share and ranks, best first."""
    goal = threshold(c)
    rows = [
        [c.singular, f"mean regret, {UNIT}", "regret in 90 % of worlds at most", f"reaches {goal:g} in",
         "best in", "mean rank"]
    ]  # fmt: skip
    found = robustness(c.by_world(GOAL), goal)
    for n in c.order:
        r = found[n]
        rows.append(
            [
                c.names[n],
                words.with_interval(r.regret_mean),
                words.with_interval(r.regret_90),
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
    x, outcome = x[there], outcome[there]
    chosen = prim.screened(x, outcome)
    fails = outcome < threshold(c)
    box = prim.describe(x[:, chosen], fails)
    if box is None or box.density < fails.mean() + CLEARLY_DENSER:
        return None
    limits = np.tile([-np.inf, np.inf], (x.shape[1], 1))
    limits[chosen] = box.limits
    return box._replace(limits=limits)


def box_words(names: list[str], box: prim.Box, values: Mapping[str, Any] | None = None) -> str:
    """Return the limits of a box in words, with what each parameter means."""
    parts = []
    for k in box.restricted:
        low, high = box.limits[k]
        if np.isfinite(low) and np.isfinite(high):
            limits = f"is between {low:.3g} and {high:.3g}"
        else:
            limits = f"is {low:.3g} or more" if np.isfinite(low) else f"is {high:.3g} or less"
        parts.append(f"{_meaning(names[k], values or {})} {limits}")
    return "; and ".join(parts)


def _meaning(name: str, values: Mapping[str, Any]) -> str:
    """Return what a parameter means, with its unit and its name; the name where it is none."""
    parameter = PARAMETERS.get(name)
    if parameter is None:
        return name
    unit = f", {parameter.unit}" if parameter.unit else ""
    base = f"; as configured: {words.value(values[name])}" if name in values else ""
    return f"\u201c{parameter.meaning}\u201d ({name}{unit}{base})"


def failing_worlds(c: Comparison, policy: int) -> list[str]:
    """Say how often a policy misses the goal, and where."""
    if c.worlds < 2:
        if c.singular != "policy":
            return []
        return [
            "Where it fails is not known: all this is for one set of assumptions. The same command "
            "with uncertainty=assumptions replicates=4 tells in which worlds it fails."
        ]
    outcome = c.by_world(GOAL)[policy]
    outcome = outcome[~np.isnan(outcome)]
    misses = int((outcome < threshold(c)).sum())
    missed = of_share(misses, outcome.size)
    place = f" ({c.where})" if c.where else ""
    text = (
        f"Where it fails{place}: {c.names[policy]} stays below {threshold(c):g} in "
        f"{words.percent(missed)} of worlds"
    )
    if not misses:
        return [text + "."]
    box = failing_box(c, policy)
    if box is None:
        return [
            text
            + f"; no short list of conditions tells which. More worlds may: worlds={2 * c.worlds}."
        ]
    names, _ = world_values(c)
    return [
        f"{text}. It does so above all where {box_words(names, box, c.result.values)}. There it fails in "
        f"{100 * box.density:.0f} % of worlds; these are {100 * box.coverage:.0f} % of all its "
        "failures."
    ]
