"""A factorial design: what each axis changes on average over all combinations of the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.outcomes.table import GOAL, OUTCOMES, label
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Figure
from sim.studies.effect_figures import effects_figure
from sim.studies.effects import (
    Effect,
    largest_first,
    numbered,
    numbers_of,
    parted,
    start_of_row,
)
from sim.studies.grid import Grid, ends
from sim.tables.layout import Table

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result

ALSO = ("trust", "lapse_rate")
MOST_PAIRS = 3
SMALLEST = 0.005  # smaller ones read +0.00
NO_CHANGE = "Every axis has one value only, so these runs show no change."


@dataclass(frozen=True)
class MainEffect(Effect):
    """What an axis changes on average over all combinations of the others."""

    also: list[Interval]  # changes of the outcomes of ALSO
    raises: float  # share of the combinations in which it raises mean sustained adoption


class Interaction(NamedTuple):
    """By how much the effect of one axis on sustained adoption differs between another's ends."""

    first: Axis
    second: Axis
    change: Interval


def differences(grid: Grid, axis: int, outcome: str) -> np.ndarray:
    """Return what an axis changes, (all combinations of the others..., replicates)."""
    return _between_ends(grid, axis, grid.result.ensemble.outcomes[outcome][grid.points], axis)


def _between_ends(grid: Grid, number: int, x: np.ndarray, dimension: int) -> np.ndarray:
    low, high = ends(grid.axes[number])
    changed: np.ndarray = np.take(x, high, axis=dimension) - np.take(x, low, axis=dimension)
    return changed


def over_combinations(x: np.ndarray) -> Interval:
    """Return the mean over combinations with the interval over replicates, which share luck."""
    return intervals.of_mean(intervals.means_of(x.reshape(-1, x.shape[-1]).T))


def main_effects(grid: Grid) -> list[MainEffect]:
    """Return the main effect of every axis with two values or more, largest first."""
    found = []
    for n in _several(grid):
        x = differences(grid, n, GOAL)
        also = [over_combinations(differences(grid, n, name)) for name in ALSO]
        raises = float((intervals.means_of(x) > 0).mean())
        found.append(MainEffect(grid.axes[n], over_combinations(x), also, raises))
    return largest_first(found)


def _several(grid: Grid) -> list[int]:
    return [n for n, axis in enumerate(grid.axes) if len(axis) > 1]


def interactions(grid: Grid) -> list[Interaction]:
    """Return how pairs of axes act together on sustained adoption, largest first."""
    found = []
    for first, second in combinations(_several(grid), 2):
        x = differences(grid, first, GOAL)  # has lost the dimension of `first`, a lower one
        change = over_combinations(_between_ends(grid, second, x, second - 1))
        found.append(Interaction(grid.axes[first], grid.axes[second], change))
    return sorted(found, key=lambda pair: -abs(np.nan_to_num(pair.change.estimate)))


def answer(result: Result) -> Answer:
    """Return a table of main effects, and sentences with intervals."""
    grid, ensemble = Grid(result), result.ensemble
    found, together = main_effects(grid), interactions(grid)
    names = (GOAL, *ALSO)
    rows = [["", "from", "to", *map(label, names), "raises it in"]]
    for effect in found:
        cells = [words.with_interval(change, sign=True) for change in effect.also]
        share = f"{100 * effect.raises:.0f} %"
        rows.append([*start_of_row(effect.axis), effect.told, *cells, share])
    units = ", ".join(f"{label(name).lower()} in {OUTCOMES[name].unit}" for name in names)
    runs = (
        f"{len(ensemble.points):,} combinations x {words.runs(ensemble.replicates)}, seed "
        f"{ensemble.seed}; {result.luck}. Changes are averages over all combinations of the other "
        f"factors, with 95 % intervals over runs ({units}). Last column: in how many combinations "
        "the factor raises mean sustained adoption."
    )
    told = numbered(sentences(found, together)) if found else [NO_CHANGE]
    return Answer(
        result.title, result.question, [runs, Table(rows), *told], numbers=numbers_of(found)
    )


def sentences(found: list[MainEffect], together: list[Interaction]) -> list[str]:
    """Return what follows from the effects and interactions."""
    clear, unclear = parted(found)
    if clear:
        said = [
            f"On average over all else, {clear[0].axis.name} moves sustained adoption most: "
            f"{clear[0].told} between its ends."
        ]
    else:
        said = ["No factor changes sustained adoption clearly, on average over all else."]
    if clear and unclear:
        names = ", ".join(effect.axis.name for effect in unclear)
        said.append(f"These runs show no clear effect, on average, of {names}.")
    pairs = [
        f"the change by {first.name} differs by {words.with_interval(change, sign=True)} from the "
        f"lower to the higher end of {second.name}"
        for first, second, change in together
        if words.differs(change) and abs(change.estimate) >= SMALLEST
    ]
    if pairs:
        said.append(f"Factors act together: {'; '.join(pairs[:MOST_PAIRS])}.")
    return said


def figures(result: Result) -> list[Figure]:
    """Return the main effects."""
    found = main_effects(Grid(result))
    caption = (
        "Change of sustained adoption between the ends of each axis, averaged over all "
        f"{len(result.ensemble.points):,} combinations, largest on top. "
        f"{words.runs(result.ensemble.replicates)} each. Bars: 95 % intervals of the mean change, "
        "over runs."
    )
    title = "What each factor changes on average"
    return [effects_figure(title, caption, found)] if found else []
