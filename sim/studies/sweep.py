"""A grid of values: what the first axis changes, and what that hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import intervals
from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.answer import Answer
from sim.studies.grid import Grid, ends
from sim.tables.layout import Table
from sim.tables.messages import counted
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import GRID_KINDS, SAMPLED_KINDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.design.axes import Axis
    from sim.reports.html.plots import Group
    from sim.studies.result import Result

KEEP_PATHS = False
KEEP_ORGANISATIONS = False
MOST_ROWS = 11
MOST_VALUES = 5
OUTCOME = "sustained_adoption"


def _other(kind: str) -> Any:
    """Return the study that answers designs that are no grid; None for a grid."""
    if kind in GRID_KINDS and kind != "factorial":
        return None
    from sim.studies import alignment, factorial, sampled

    if kind == "factorial":
        return factorial
    return sampled if kind in SAMPLED_KINDS else alignment


def answer(result: Result) -> Answer:
    """Return a table along the first axis, and sentences with intervals."""
    other = _other(result.design_kind)
    if other is not None:
        return other.answer(result)
    grid = Grid(result)
    ensemble = result.ensemble
    shape = " x ".join(str(len(axis)) for axis in grid.axes)
    runs = (
        f"{counted(len(ensemble.points), 'point')} ({shape}) x {words.runs(ensemble.replicates)}, seed "
        f"{ensemble.seed}; {result.luck}. In brackets: 95 % intervals."
    )
    blocks: list[str | Table] = [runs, table_along(grid, 0), *sentences(grid)]
    return Answer(result.title, result.question, blocks)


def table_along(grid: Grid, axis: int) -> Table:
    """Return the main outcomes along an axis, the others at the base."""
    result = grid.result
    rows = [[grid.axes[axis].name, "sustained adoption", "P(sustained)", "trust", "lapses a year"]]
    points = grid.along(axis)
    for n in shown(len(points)):
        rows.append(
            [
                words.value(grid.axes[axis].values[n]),
                words.with_interval(result.mean(OUTCOME, points[n])),
                words.percent(result.probability_sustained(points[n])),
                words.with_interval(result.mean("trust", points[n])),
                words.with_interval(result.mean("lapse_rate", points[n])),
            ]
        )
    note = f"(at {_base_words(grid, axis)})" if len(grid.axes) > 1 else ""
    return Table(rows, note=note)


def shown(n: int) -> list[int]:
    """Return at most so many evenly spread positions of n."""
    return sorted(set(np.linspace(0, n - 1, min(n, MOST_ROWS)).round().astype(int).tolist()))


def change(grid: Grid, axis: int, outcome: str = OUTCOME, **fixed: int) -> Interval:
    """Return the paired change of an outcome from an axis' lowest to its highest value."""
    low, high = ends(grid.axes[axis])
    points = grid.along(axis, **fixed)
    return grid.result.difference(outcome, points[high], points[low])


def interaction(grid: Grid, axis: int, other: int) -> Interval:
    """Return by how much the change along `axis` differs between the ends of `other`."""
    low, high = ends(grid.axes[axis])
    at = []
    for position in ends(grid.axes[other]):
        points = grid.along(axis, **{f"a{other}": position})
        at.append(
            grid.result.outcome(OUTCOME, points[high]) - grid.result.outcome(OUTCOME, points[low])
        )
    return intervals.of_difference(at[1], at[0])


def sentences(grid: Grid) -> list[str]:
    """Return two or more sentences that answer the question."""
    result, first = grid.result, grid.axes[0]
    if len(first) < 2:
        return [f"{first.name} has one value only, so these runs show no change along it."]
    low, high = ends(first)
    points = grid.along(0)
    effect = change(grid, 0)
    rest = f"At {_base_words(grid, 0)}, it" if len(grid.axes) > 1 else "It"
    said = [
        f"1. {_raising(first)} {words.changes(effect, 'sustained adoption')}. {rest} goes "
        f"from {words.with_interval(result.mean(OUTCOME, points[low]))} to "
        f"{words.with_interval(result.mean(OUTCOME, points[high]))}, a change of "
        f"{words.with_interval(effect, sign=True)}; P(sustained) goes "
        f"from {words.percent(result.probability_sustained(points[low]))} to "
        f"{words.percent(result.probability_sustained(points[high]))}, mean trust changes by "
        f"{words.with_interval(change(grid, 0, 'trust'), sign=True)}."
    ]
    for other in range(1, len(grid.axes)):
        if len(grid.axes[other]) > 1:
            said.append(f"{other + 1}. {_moderation(grid, other)}")
    return said


def _moderation(grid: Grid, other: int) -> str:
    """Say what another axis does, at the base and where it does most, and to the first axis."""
    axis, first = grid.axes[other], grid.axes[0]
    own = change(grid, other)
    along = [change(grid, other, a0=n) for n in range(len(first))]
    most = max(range(len(along)), key=lambda n: abs(along[n].estimate))
    text = (
        f"{_raising(axis)} {words.changes(own, 'sustained adoption')} at "
        f"{_base_words(grid, other)}: {words.with_interval(own, sign=True)}, and mean trust by "
        f"{words.with_interval(change(grid, other, 'trust'), sign=True)}."
    )
    if most != grid.base[0]:
        text += (
            f" It does most at {first.name} {words.value(first.values[most])}: "
            f"{words.with_interval(along[most], sign=True)}."
        )
    at = ", ".join(
        f"{words.with_interval(change(grid, 0, OUTCOME, **{f'a{other}': n}), sign=True)} at "
        f"{words.value(axis.values[n])}"
        for n in _few(len(axis))
    )
    more = interaction(grid, 0, other)
    verdict = "a difference of" if words.differs(more) else "no clear difference:"
    return (
        f"{text} What the whole range of {first.name} changes is {at} of {axis.name}; from "
        f"lowest to highest {verdict} {words.with_interval(more, sign=True)}."
    )


def _few(n: int) -> list[int]:
    return sorted(set(np.linspace(0, n - 1, min(n, MOST_VALUES)).round().astype(int).tolist()))


def _raising(axis: Axis) -> str:
    low, high = (words.value(axis.values[n]) for n in ends(axis))
    return f"Moving {axis.name} from {low} to {high}{_meaning(axis)}"


def _meaning(axis: Axis) -> str:
    parameter = PARAMETERS.get(axis.name)
    return f" ({parameter.meaning})" if parameter else ""


def _base_words(grid: Grid, without: int) -> str:
    return (
        ", ".join(
            f"{axis.name} {words.value(axis.values[grid.base[n]])}"
            for n, axis in enumerate(grid.axes)
            if n != without
        )
        or "the base point"
    )


def figures(result: Result) -> dict[str, Figure]:
    """Return the lines and, for two axes or more, a heatmap."""
    other = _other(result.design_kind)
    if other is not None:
        return other.figures(result)
    from sim.reports.figures.sweep import heatmap_figure, lines_figure

    grid = Grid(result)
    made = {"sweep": lines_figure(grid)}
    if len(grid.axes) > 1:
        made["heatmap"] = heatmap_figure(grid)
    return made


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return no table beside the summary."""
    return {}


def plots(result: Result) -> list[Group]:
    """Return the figures of the report."""
    other = _other(result.design_kind)
    if other is not None:
        groups: list[Group] = other.plots(result)
        return groups
    from sim.reports.html.sweep import sweep

    return sweep(Grid(result))
