"""A factorial design: what each axis changes on average over all combinations of the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis import intervals, pooled
from sim.analysis.intervals import Interval
from sim.outcomes.table import GOAL, OUTCOMES
from sim.reports import titles, words
from sim.reports.answer import Answer, Number
from sim.reports.figure import Figure
from sim.studies.effect_figures import effects_figure
from sim.studies.effects import (
    Effect,
    most_first,
    numbered,
    parted,
)
from sim.studies.grid import Grid, between_ends, ends
from sim.studies.headline import over_points
from sim.tables.layout import Table

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result

ALSO = ("trust", "lapse_rate")
MOST_PAIRS = 3
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


def _change(grid: Grid, axis: int, outcome: str) -> Interval:
    """Return what an axis changes over all combinations, with the interval over replicates."""
    over = OUTCOMES[outcome].over
    if not over:
        return over_combinations(grid.changes(axis, outcome))
    columns = grid.result.ensemble.outcomes

    def at(end: int) -> tuple[np.ndarray, np.ndarray]:
        points = np.take(grid.points, end, axis=axis).ravel()
        return pooled.rows(columns[outcome][points].T, columns[over][points].T)

    low, high = map(at, ends(grid.axes[axis]))
    return pooled.of_difference(*high, *low)


def over_combinations(x: np.ndarray) -> Interval:
    """Return the mean over combinations with the interval over replicates, which share luck."""
    return intervals.of_mean(intervals.means_of(x.reshape(-1, x.shape[-1]).T))


def main_effects(grid: Grid) -> list[MainEffect]:
    """Return the main effect of every axis with two values or more, largest first."""
    found = []
    for n in _several(grid):
        axis, x = grid.axes[n], grid.changes(n, GOAL)
        also = [_change(grid, n, name) for name in ALSO]
        raises = intervals.means_of(x) > 0
        start, end = (
            titles.value_short(axis.name, axis.values[at], grid.result.policies)
            for at in ends(axis)
        )
        found.append(MainEffect(axis, over_combinations(x), start, end, also, float(raises.mean())))
    return most_first(found, size=True)


def _several(grid: Grid) -> list[int]:
    return [n for n, axis in enumerate(grid.axes) if len(axis) > 1]


def interactions(grid: Grid) -> list[Interaction]:
    """Return how pairs of axes act together on sustained adoption, largest first."""
    found = []
    for first, second in combinations(_several(grid), 2):
        x = grid.changes(first, GOAL)  # has lost the dimension of `first`, a lower one
        change = over_combinations(between_ends(grid.axes[second], x, second - 1))
        found.append(Interaction(grid.axes[first], grid.axes[second], change))
    return sorted(found, key=lambda pair: -abs(np.nan_to_num(pair.change.estimate)))


def answer(result: Result) -> Answer:
    """Return a table of main effects, and sentences with intervals."""
    grid, ensemble = Grid(result), result.ensemble
    found, together = main_effects(grid), interactions(grid)
    names = (GOAL, *ALSO)
    rows = [["", "from", "to", *(titles.short(name) for name in names), "raises it in"]]
    for effect in found:
        cells = [words.with_interval(change, sign=True) for change in effect.also]
        share = words.share(effect.raises)
        rows.append(
            [titles.short(effect.axis.name), effect.start, effect.end, effect.told, *cells, share]
        )
    units = ", ".join(f"{OUTCOMES[name].title.lower()} in {OUTCOMES[name].unit}" for name in ALSO)
    several = words.drawn(ensemble.replicates, "In brackets: 95 % intervals over runs.")
    runs = (
        f"{len(ensemble.points):,} combinations x {words.runs(ensemble.replicates)}, seed "
        f"{ensemble.seed}; {result.luck}. Changes are averages over all combinations of the other "
        f"factors: of adoption, how many more (+) or fewer (-) of 100 professionals; {units}. {several} "
        "Last column: in how many combinations the factor raises mean sustained adoption."
    )
    head, numbers = over_points(result, "combinations")
    told = numbered(sentences(found, together)) if found else [NO_CHANGE]
    numbers |= {e.axis.name: Number(e.change, OUTCOMES[GOAL].unit) for e in found}
    return Answer(result.title, result.question, [*head, runs, Table(rows), *told], numbers=numbers)


def sentences(found: list[MainEffect], together: list[Interaction]) -> list[str]:
    """Return what follows from the effects and interactions."""
    clear, unclear = parted(found)
    first, one_run = found[0], found[0].change.runs == 1
    chance = " Each combination was run once: what of all this is chance is not known."
    said = ["No factor changes sustained adoption clearly, on average over all else."]
    if clear or one_run:
        said = [
            f"On average over all else, {first.name} from {first.start} to {first.end} changes "
            f"most: {first.more}.{chance if one_run else ''}"
        ]
    if clear and unclear:
        names = ", ".join(effect.name for effect in unclear)
        said.append(f"These runs show no clear effect, on average, of {names}.")
    pairs = [
        f"the change by {a.name} is {words.more_of_100(change)} at the higher end of {b.name} than at the "
        "lower"
        for a, b, change in together
        if words.differs(change)
    ]
    if pairs:
        said.append(f"Factors act together: {'; '.join(pairs[:MOST_PAIRS])}.")
    return said


def figures(result: Result) -> list[Figure]:
    """Return the main effects."""
    found = main_effects(Grid(result))
    what = (
        "Change of sustained adoption between the ends of each axis, averaged over all "
        f"{len(result.ensemble.points):,} combinations, largest on top"
    )
    title = "What each factor changes on average"
    return [effects_figure(result, title, what, "over runs", found)] if found else []
