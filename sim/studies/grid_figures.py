"""Figures of a grid: lines along its first axis, cells over two axes, and any outcome by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from sim.analysis.intervals import Interval
from sim.outcomes.table import GOAL, OUTCOMES
from sim.reports import titles, words
from sim.reports.figure import (
    WIDE,
    Curve,
    Dots,
    Faint,
    Figure,
    Heat,
    Panel,
    Scale,
    exact,
    rows_of,
    scale_of,
)
from sim.studies.grid import Grid, spread
from sim.studies.result import Result
from sim.tables.errors import UserError
from sim.tables.settings import GRID_KINDS

REACHED = "probability_sustained"
MEASURES = (GOAL, REACHED, "trust", "lapse_rate")
MOST_PANELS = 4
MOST_LINES = 5
MOST_ROWS = 40  # points drawn one below the other
CELL = 0.33  # inches of a cell with a number
TICK = 0.11  # of a row: half the height of a single run


def _shown(grid: Grid, axis: int, most: int) -> list[int]:
    """Return at most so many positions on an axis, and that of the base."""
    if len(grid.axes) <= axis:
        return [0]
    return sorted({*spread(len(grid.axes[axis]), most), grid.base[axis]})


def _at(grid: Grid, axis: int, position: int) -> str:
    return f"{titles.short(grid.axes[axis].name)}: {grid.value(axis, position)}"


def _estimate(grid: Grid, name: str, point: int) -> Interval:
    if name == REACHED:
        return grid.result.probability_sustained(point)
    return grid.result.mean(name, point)


def _curves(grid: Grid, name: str, column: int) -> list[Curve]:
    """Return an outcome along the first axis, a line for each value of the second, at one of the third."""
    first, title = grid.axes[0], titles.title(name)
    x = np.array(first.values, float) if first.numeric else np.arange(len(first))
    order = np.argsort(x)
    curves = []
    for look, line in enumerate(_shown(grid, 1, MOST_LINES)):
        points = grid.along(0, {1: line, 2: column})
        found = [_estimate(grid, name, points[n]) for n in order]
        several = len(grid.axes) > 1
        told = f"{title}, {_at(grid, 1, line)}" if several else title
        ending = grid.value(1, line) if several else ""
        curves.append(Curve(x[order], found, look, told, ending))
    return curves


def _caption(grid: Grid, columns: bool) -> str:
    runs = grid.result.ensemble.replicates
    text = f"{words.runs(runs)} at each point. {words.drawn(runs, 'Bands: 95 % intervals.')}"
    if len(grid.axes) > 1:
        text += f" Lines: {titles.title(grid.axes[1].name)}."
    drawn = 3 if columns else 2
    held = "; ".join(_at(grid, n, grid.base[n]) for n in range(drawn, len(grid.axes)))
    return f"{text} Held: {held}." if held else text


def lines_figures(grid: Grid) -> list[Figure]:
    """Return four measures along the first axis (lines: second, columns: third); with columns in two figures."""
    columns, caption = _shown(grid, 2, MOST_PANELS), _caption(grid, columns=True)
    title = f"What changes with: {titles.title(grid.axes[0].name)}"
    panels = {name: _panels(grid, name, columns) for name in MEASURES}
    if len(columns) == 1:
        return [Figure("sweep", title, caption, [*chain(*panels.values())], 2, 2.6, "x")]
    return [
        Figure(
            file, f"{titles.title(names[0])}: {title}", caption,
            [panel for name in names for panel in panels[name]], len(columns), 2.0, "xy",
        )
        for file, names in (("sweep", MEASURES[:2]), ("sweep_trust", MEASURES[2:]))
    ]  # fmt: skip


def _panels(grid: Grid, name: str, columns: Sequence[int]) -> list[Panel]:
    """Return an outcome along the first axis, at each of these positions on the third."""
    found = [_curves(grid, name, column) for column in columns]
    title, several = titles.title(name), len(columns) > 1
    up = scale_of(_unit(name), _limits(name, found))
    up = replace(up, label=f"{title}\n{up.label}") if several else up
    across = Scale(titles.title(grid.axes[0].name), names=grid.values(0))
    if grid.axes[0].numeric:
        across = titles.of_scale(grid.axes[0].name, each=titles.short(grid.axes[0].name))
    return [
        Panel(_at(grid, 2, column) if several else title, curves, across, up)
        for column, curves in zip(columns, found, strict=True)
    ]


def _limits(name: str, found: list[list[Curve]]) -> tuple[float, float]:
    """Return the ends of y: those that an outcome can have, or the highest that is found."""
    low, high = OUTCOMES[name].bounds if name in OUTCOMES else (0.0, 1.0)
    if np.isfinite(high):
        return low, high
    each = [i for curves in found for curve in curves for i in curve.found]
    known = [x for i in each for x in (i.estimate, i.high) if np.isfinite(x)]
    return low, 1.05 * max([*known, 0.01])


def heat_figure(grid: Grid) -> Figure:
    """Return sustained adoption over the first axis (x) and the last of the shown ones (y)."""
    above = 2 if len(grid.axes) > 2 else 1
    x, y = grid.axes[0], grid.axes[above]
    panels = []
    # of two axes the second is drawn, and not cut through: `above` replaces its position
    for position in _shown(grid, 1, MOST_PANELS) if above == 2 else [0]:
        places = [[{1: position, 0: i, above: j} for i in range(len(x))] for j in range(len(y))]
        rows = [[grid.result.mean(GOAL, grid.point(at)) for at in row] for row in places]
        title = _at(grid, 1, position) if above == 2 else titles.title(GOAL)
        heat = Heat(rows, titles.title(GOAL).lower(), words.unit(_unit(GOAL)))
        scales = (Scale(titles.short(grid.axes[n].name), names=grid.values(n)) for n in (0, above))
        panels.append(Panel(title, [heat], *scales))
    by = " and ".join(titles.short_in_sentence(axis.name) for axis in (x, y))
    return Figure(
        "heatmap", f"{titles.title(GOAL)}, by {by}",
        "Of 100 professionals, mean of the runs.", panels,
        max(1, int(WIDE / (CELL * len(x) + 1))), 0.32 * len(y) + 1.0, "xy",
    )  # fmt: skip


def outcome_figure(result: Result, names: Sequence[str]) -> Figure:
    """Return one panel for each outcome: lines along an axis of numbers, else a row a point.

    Raises UserError if there are too many points for rows.
    """
    points = len(result.ensemble.points)
    columns = min(3, len(names))
    runs = result.ensemble.replicates
    caption = f"{words.runs(runs)} each. {words.drawn(runs, 'Means with 95 % intervals; grey: single runs.')}"
    if result.design_kind in GRID_KINDS and result.axes and result.axes[0].numeric:
        grid = Grid(result)
        caption = _caption(grid, columns=False)
        panels = [panel for name in names for panel in _panels(grid, name, grid.base[2:3] or [0])]
        return Figure("outcomes", "", caption, panels, columns, 2.6, "x")
    if points > MOST_ROWS:
        raise UserError(
            f"plot({', '.join(names)}): {points} points are too many to draw one by one; "
            f"at most {MOST_ROWS}"
        )
    rows = [_rows(result, name) for name in names]
    return Figure("outcomes", "", caption, rows, columns, 1.0 + 0.36 * points, "y")


def _rows(result: Result, name: str) -> Panel:
    """Return the points one below the other: mean, interval, and single runs above it."""
    labels = _labels(result)
    places = [len(labels) - 1 - point for point in range(len(labels))]
    means = [result.mean(name, point) for point in range(len(labels))]
    runs = [
        ((run, run), (place + 0.22 - TICK, place + 0.22 + TICK))
        for point, place in enumerate(places)
        for run in result.outcome(name, point)
    ]
    told = [words.in_unit(mean, _unit(name)) for mean in means]
    dots = Dots(means, [exact(place) for place in places], [0] * len(means),
                [("what", labels), ("mean", told)])  # fmt: skip
    return Panel(
        titles.title(name), [Faint(runs, 0.6), dots], scale_of(_unit(name)), rows_of(labels[::-1])
    )  # fmt: skip


def _labels(result: Result) -> list[str]:
    """Name the points: by the value of the only axis, or by what they change."""
    if not result.axes:
        return ["all runs"]
    if len(result.axes) == 1:
        (axis,) = result.axes
        return [titles.value_short(axis.name, x, result.policies) for x in axis.values]
    return [
        titles.settings_told(setting, result.policies) or "base point"
        for setting in result.ensemble.settings
    ]


def _unit(name: str) -> str:
    return OUTCOMES[name].unit if name in OUTCOMES else "share of runs"
