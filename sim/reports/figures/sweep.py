"""Figures of a grid: lines along the first axis, and heatmaps over two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.figures.style import HEAT, band, describe, label_ends, new_figure

if TYPE_CHECKING:
    from sim.studies.grid import Grid

MEASURES = (
    ("sustained_adoption", "Sustained adoption", "share of HCPs"),
    ("trust", "Trust at the horizon", "mean, 0 to 1"),
    ("lapse_rate", "Lapse rate", "per year"),
    ("probability_sustained", "P(sustained)", "share of runs"),
)
MOST_PANELS = 4
MOST_LINES = 5


def few(n: int, most: int, base: int) -> list[int]:
    """Return at most so many positions, the base among them."""
    if n <= most:
        return list(range(n))
    chosen = set(np.linspace(0, n - 1, most).round().astype(int).tolist())
    return sorted(chosen | {base})


def estimate(grid: Grid, name: str, point: int) -> Interval:
    """Return an outcome, or the probability of sustained adoption, with its interval."""
    if name == "probability_sustained":
        return grid.result.probability_sustained(point)
    return grid.result.mean(name, point)


def positions(axis: Any) -> tuple[list[float], bool]:
    """Return where the values of an axis are drawn, and whether they are numbers."""
    numeric = all(isinstance(v, (int, float)) for v in axis.values)
    return (list(map(float, axis.values)) if numeric else list(range(len(axis)))), numeric


def _name_x(axes: Axes, axis: Any) -> None:
    places, numeric = positions(axis)
    axes.set_xlabel(axis.name)
    if not numeric:
        axes.set_xticks(places, [words.value(v) for v in axis.values])


def lines_figure(grid: Grid) -> Figure:
    """Return four measures (rows) along the first axis; lines: second axis, columns: third.

    Further axes stay at the base point. Bands are 95 % intervals of the mean (of the share for
    P(sustained)).
    """
    axes_of = grid.axes
    lines = few(len(axes_of[1]), MOST_LINES, grid.base[1]) if len(axes_of) > 1 else [0]
    columns = few(len(axes_of[2]), MOST_PANELS, grid.base[2]) if len(axes_of) > 2 else [0]
    single = len(columns) == 1
    rows = 2 if single else len(MEASURES)
    size = (9.5, 6.4) if single else (3.3 * len(columns) + 0.6, 9.2)
    figure, panels = new_figure(
        rows, 2 if single else len(columns), size, sharex=True, sharey=False if single else "row"
    )
    x, _ = positions(axes_of[0])
    order = np.argsort(x)
    xs = np.array(x)[order]
    for m, (name, title, unit) in enumerate(MEASURES):
        for c, column in enumerate(columns):
            panel = panels.flat[m] if single else panels[m, c]
            ends = []
            for number, line in enumerate(lines):
                fixed = {}
                if len(axes_of) > 1:
                    fixed["a1"] = line
                if len(axes_of) > 2:
                    fixed["a2"] = column
                found = [estimate(grid, name, p) for p in grid.along(0, **fixed)]
                middle, low, high = (np.array([e[k] for e in found])[order] for k in range(3))
                band(panel, xs, low, middle, high, number)
                ends.append(middle[-1])
            panel.set_ylim(0, None if name == "lapse_rate" else 1)
            if c == 0 or single:
                panel.set_ylabel(unit)
            panel.set_title(_panel_title(title, axes_of, column, m, single))
            if len(axes_of) > 1 and (single or c == len(columns) - 1):
                labels = [words.value(axes_of[1].values[n]) for n in lines]
                label_ends(panel, xs[-1], ends, labels)
    for panel in panels[-1]:
        _name_x(panel, axes_of[0])
    describe(figure, _caption(grid, lines))
    return figure


def _panel_title(title: str, axes: Any, column: int, measure: int, single: bool) -> str:
    if single or measure > 0:
        return title
    value = words.value(axes[2].values[column])
    return f"{title}\n{axes[2].name} = {value}"


def _caption(grid: Grid, lines: list[int]) -> str:
    text = (
        f"{grid.result.title}. Bands: 95 % intervals, {grid.result.ensemble.replicates} runs each."
    )
    if len(grid.axes) > 1:
        text += f"\nLines (labelled at their end): {grid.axes[1].name}"
    fixed = [
        f"{axis.name} = {words.value(axis.values[grid.base[n]])}"
        for n, axis in enumerate(grid.axes)
        if n > 2
    ]
    return text + (f". Held: {', '.join(fixed)}" if fixed else "")


def heatmap_figure(grid: Grid) -> Figure:
    """Return sustained adoption over the first axis (x) and the last of the shown ones (y)."""
    axes_of = grid.axes
    y_axis = 2 if len(axes_of) > 2 else 1
    panels_axis = 1 if len(axes_of) > 2 else None
    shown = (
        few(len(axes_of[panels_axis]), MOST_PANELS, grid.base[panels_axis])
        if panels_axis is not None
        else [0]
    )
    x, y = axes_of[0], axes_of[y_axis]
    figure, panels = new_figure(
        1,
        len(shown),
        (max(4.2, 0.36 * len(x) + 1) * len(shown) + 0.8, 0.55 * len(y) + 1.9),
        sharey=True,
    )
    image = None
    for panel, position in zip(panels.flat, shown, strict=True):
        fixed = {f"a{panels_axis}": position} if panels_axis is not None else {}
        means = np.array(
            [
                [
                    grid.result.mean(
                        "sustained_adoption", grid.point(**fixed, a0=i, **{f"a{y_axis}": j})
                    ).estimate
                    for i in range(len(x))
                ]
                for j in range(len(y))
            ]
        )
        image = panel.imshow(means, origin="lower", aspect="auto", cmap=HEAT, vmin=0, vmax=1)
        panel.set_xticks(range(len(x)), [words.value(v) for v in x.values])
        panel.set_yticks(range(len(y)), [words.value(v) for v in y.values])
        panel.set_xlabel(x.name)
        panel.grid(False)
        if panels_axis is not None:
            value = words.value(axes_of[panels_axis].values[position])
            panel.set_title(f"{axes_of[panels_axis].name} = {value}", fontsize=8.5)
        if means.size <= 60:
            for j, row in enumerate(means):
                for i, mean in enumerate(row):
                    panel.text(
                        i, j, f"{mean:.2f}".lstrip("0") if mean < 1 else "1",
                        ha="center", va="center", fontsize=7,
                        color="white" if mean < 0.6 else "black",
                    )  # fmt: skip
    panels[0, 0].set_ylabel(y.name)
    figure.colorbar(image, ax=panels, label="sustained adoption, share of HCPs", shrink=0.9)
    return figure
