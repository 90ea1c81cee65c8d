"""A factorial design: what each axis changes on average over all combinations of the others."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import OUTCOMES, label
from sim.reports import words
from sim.reports.answer import Answer
from sim.studies.alignment import OUTCOME, Effect
from sim.studies.grid import Grid, ends
from sim.tables.layout import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.reports.html.plots import Group
    from sim.studies.result import Result

TOLD = (OUTCOME, "trust", "lapse_rate")
MOST_PAIRS = 3
SMALLEST = 0.005  # smaller ones read +0.00


class Pair(NamedTuple):
    """By how much the effect of one axis differs between the ends of another."""

    first: int
    second: int
    change: Interval


def differences(grid: Grid, axis: int, outcome: str) -> np.ndarray:
    """Return what an axis changes, (all combinations of the others..., replicates)."""
    y = grid.result.ensemble.outcomes[outcome][grid.points]
    low, high = ends(grid.axes[axis])
    changed: np.ndarray = np.take(y, high, axis=axis) - np.take(y, low, axis=axis)
    return changed


def over_combinations(x: np.ndarray) -> Interval:
    """Return the mean over combinations with the interval over replicates, which share luck."""
    return intervals.of_mean(intervals.means_of(x.reshape(-1, x.shape[-1]).T))


def main_effects(grid: Grid) -> list[Effect]:
    """Return the main effect of every axis with two values or more, largest first."""
    found = [
        # an average over many points: there are no two points at the ends
        Effect(axis, -1, -1, over_combinations(differences(grid, n, OUTCOME)))
        for n, axis in enumerate(grid.axes)
        if len(axis) > 1
    ]
    return sorted(found, key=lambda e: -abs(np.nan_to_num(e.change.estimate)))


def interactions(grid: Grid) -> list[Pair]:
    """Return how pairs of axes act together on sustained adoption, largest first."""
    several = [n for n, axis in enumerate(grid.axes) if len(axis) > 1]
    found = []
    for first, second in combinations(several, 2):
        x = differences(grid, first, OUTCOME)  # has lost the dimension of `first`, a lower one
        low, high = ends(grid.axes[second])
        x = np.take(x, high, axis=second - 1) - np.take(x, low, axis=second - 1)
        found.append(Pair(first, second, over_combinations(x)))
    return sorted(found, key=lambda p: -abs(np.nan_to_num(p.change.estimate)))


def helps(grid: Grid, number: int) -> float:
    """Return the share of the combinations of the others in which an axis raises the mean."""
    x = differences(grid, number, OUTCOME)
    return float((intervals.means_of(x) > 0).mean())


def answer(result: Result) -> Answer:
    """Return a table of main effects, and sentences with intervals."""
    grid = Grid(result)
    ensemble = result.ensemble
    found = main_effects(grid)
    heads = [label(name) for name in TOLD]
    rows = [["", "from", "to", *heads, "raises it in"]]
    for effect in found:
        number = grid.axes.index(effect.axis)
        low, high = (words.value(effect.axis.values[n]) for n in ends(effect.axis))
        also = (over_combinations(differences(grid, number, name)) for name in TOLD[1:])
        cells = [words.with_interval(change, sign=True) for change in (effect.change, *also)]
        share = 100 * helps(grid, number)
        rows.append([effect.axis.name, low, high, *cells, f"{share:.0f} %"])
    units = ", ".join(f"{head.lower()} in {OUTCOMES[name].unit}" for head, name in zip(heads, TOLD, strict=True))  # fmt: skip
    runs = (
        f"{len(ensemble.points):,} combinations x {words.runs(ensemble.replicates)}, seed {ensemble.seed}; "
        f"{result.luck}. Changes are averages over all combinations of the other factors, with "
        f"95 % intervals over runs ({units}). Last column: in how many combinations the factor "
        "raises mean sustained adoption."
    )
    return Answer(result.title, result.question, [runs, Table(rows), *sentences(grid, found)])


def sentences(grid: Grid, found: list[Effect]) -> list[str]:
    """Return the answer in sentences that follow from the effects."""
    if not found:
        return ["Every axis has one value only, so these runs show no change."]
    sure = [e for e in found if words.differs(e.change)]
    said = []
    if sure:
        best = sure[0]
        said.append(
            f"On average over all else, {best.axis.name} moves sustained adoption most: "
            f"{words.with_interval(best.change, sign=True)} between its ends."
        )
    else:
        said.append("No factor changes sustained adoption clearly, on average over all else.")
    unsure = [e.axis.name for e in found if not words.differs(e.change)]
    if sure and unsure:
        said.append(f"These runs show no clear effect, on average, of {', '.join(unsure)}.")
    pairs = [
        p
        for p in interactions(grid)
        if words.differs(p.change) and abs(p.change.estimate) >= SMALLEST
    ][:MOST_PAIRS]
    if pairs:
        told = "; ".join(
            f"the change by {grid.axes[p.first].name} differs by "
            f"{words.with_interval(p.change, sign=True)} from the lower to the higher end of "
            f"{grid.axes[p.second].name}"
            for p in pairs
        )
        said.append(f"Factors act together: {told}.")
    return [f"{n}. {text}" for n, text in enumerate(said, 1)]


def figures(result: Result) -> dict[str, Figure]:
    """Return the main effects."""
    from sim.reports.figures.alignment import effects_figure

    found = main_effects(Grid(result))
    return {"effects": effects_figure(result, found)} if found else {}


def plots(result: Result) -> list[Group]:
    """Return the figures of the report."""
    from sim.reports.html.figures import main_effects as draw

    found = main_effects(Grid(result))
    return [draw(result, found)] if found else []
