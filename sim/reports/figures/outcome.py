"""A figure of any outcome that a user names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outcomes.table import OUTCOMES, label
from sim.reports import words
from sim.reports.figures.style import COLOURS, FAINT, band, describe, label_ends, new_figure
from sim.reports.figures.sweep import MOST_LINES, few
from sim.studies.grid import Grid, is_numeric
from sim.tables.errors import UserError
from sim.tables.settings import GRID_KINDS

if TYPE_CHECKING:
    from sim.studies.result import Result

MOST_ROWS = 40
COLUMNS = 3


def outcome_figure(result: Result, names: Sequence[str]) -> Figure:
    """Return one panel for each outcome.

    Over a grid of numbers, lines along the first axis, one for each value of the second. Else a
    row for each point: its mean with the 95 % interval, and its single runs in grey.

    Raises
    ------
    UserError
        If there are too many points for rows.
    """
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    lines = result.design_kind in GRID_KINDS and bool(result.axes) and is_numeric(result.axes[0])
    many = len(result.ensemble.points)
    if not lines and many > MOST_ROWS:
        raise UserError(
            f"plot({', '.join(names)}): {many} points are too many to draw one by one; "
            f"at most {MOST_ROWS}"
        )
    height = 3.2 if lines else 1.5 + 0.36 * many
    width = 4.6 if len(names) > 1 else 5.6
    figure, axes = new_figure(
        rows, columns, (width * columns, height * rows + 0.4), sharex=lines, sharey=not lines
    )
    grid = Grid(result) if lines else None
    for panel, name in zip(axes.flat, names, strict=False):
        _lines(panel, grid, name) if grid else _rows(panel, result, name)
        panel.set_title(label(name).replace(".", ": "))
    for panel in axes.flat[len(names) :]:
        panel.set_visible(False)
    runs = words.runs(result.ensemble.replicates)
    text = f"{result.title}. Means with 95 % intervals, {runs} each"
    if grid and len(grid.axes) > 1:
        text += f". Lines: {grid.axes[1].name}"
        held = grid.axes[2:]
        where = (
            f"{a.name} = {words.value(a.values[grid.base[n + 2]])}" for n, a in enumerate(held)
        )
        text += f"; held: {', '.join(where)}" if held else ""
    describe(figure, text + ("." if grid else "; grey: single runs."))
    return figure


def _lines(panel: Axes, grid: Grid, name: str) -> None:
    first, others = grid.axes[0], grid.axes[1:2]
    x = np.array(first.values, float)
    order = np.argsort(x)
    shown = few(len(others[0]), MOST_LINES, grid.base[1]) if others else [0]
    ends = []
    for number, line in enumerate(shown):
        points = grid.along(0, **({"a1": line} if others else {}))
        found = [grid.result.mean(name, p) for p in points]
        middle, low, high = (np.array([e[k] for e in found])[order] for k in range(3))
        band(panel, x[order], low, middle, high, number)
        ends.append(float(middle[-1]))
    panel.set_xlabel(first.name)
    panel.set_ylabel(_unit(name))
    bottom, top = OUTCOMES[name].bounds
    panel.set_ylim(bottom, top if np.isfinite(top) else None)
    if others:
        label_ends(panel, x[order][-1], ends, [words.value(others[0].values[n]) for n in shown])


def _rows(panel: Axes, result: Result, name: str) -> None:
    labels = _labels(result)
    for row in range(len(labels)):
        runs = result.outcome(name, row)
        panel.plot(runs, np.full(runs.size, row + 0.22), "|", color=FAINT, alpha=0.5, markersize=9)
        mean = result.mean(name, row)
        panel.plot([mean.low, mean.high], [row, row], color=COLOURS[0], linewidth=3)
        panel.plot(mean.estimate, row, "o", color=COLOURS[0], markersize=6)
    panel.set_yticks(range(len(labels)), labels)
    panel.set_ylim(len(labels) - 0.5, -0.5)
    panel.set_xlabel(_unit(name))


def _labels(result: Result) -> list[str]:
    """Name the points: by the value of the only axis, or by what they change."""
    if not result.axes:
        return ["all runs"]
    if len(result.axes) == 1:
        return [words.value(value) for value in result.axes[0].values]
    return [_setting(s) for s in result.ensemble.settings]


def _setting(setting: dict[str, Any]) -> str:
    return ", ".join(f"{path}={words.value(v)}" for path, v in setting.items()) or "base point"


def _unit(name: str) -> str:
    unit = OUTCOMES[name].unit
    if unit.startswith("["):
        return f"{unit.strip('[]').replace(', ', ' to ')}"
    return unit
