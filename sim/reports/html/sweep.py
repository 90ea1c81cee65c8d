"""The figures of a grid in the report: lines along the first axis, and a heatmap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.models import ColorBar, ColumnDataSource, LinearColorMapper
from bokeh.palettes import Cividis256

from sim.reports import words
from sim.reports.figures.sweep import (
    MEASURES,
    MOST_LINES,
    MOST_PANELS,
    estimate,
    few,
    positions,
)  # fmt: skip
from sim.reports.html.plots import Group, band, hover, label_ends, name_ticks, panel

if TYPE_CHECKING:
    from sim.analysis.intervals import Interval
    from sim.design.axes import Axis
    from sim.studies.grid import Grid

CELL = 34  # pixels
MOST_NUMBERS = 60
ROOM = 0.14  # right of the lines, for their labels


def sweep(grid: Grid) -> list[Group]:
    """Return a group of panels for each measure, and the heatmap of sustained adoption."""
    columns = _shown(grid, 2, MOST_PANELS)
    groups = []
    together = []
    for measure in MEASURES:
        found = [_found(grid, measure[0], c) for c in columns]
        top = _top(measure[0], found)
        if len(columns) == 1:
            together.append(_lines(grid, measure, measure[1], found[0], top))
            continue
        views = [
            _lines(grid, measure, _at(grid.axes[2], c), lines, top)
            for c, lines in zip(columns, found, strict=True)
        ]
        groups.append(Group(measure[1], _caption(grid), views, _key(grid)))
    if together:
        groups.append(Group(f"Along {grid.axes[0].name}", _caption(grid), together, _key(grid)))
    return [*groups, _heatmap(grid)] if len(grid.axes) > 1 else groups


def _shown(grid: Grid, axis: int, most: int) -> list[int]:
    return few(len(grid.axes[axis]), most, grid.base[axis]) if len(grid.axes) > axis else [0]


def _at(axis: Axis, position: int) -> str:
    return f"{axis.name} = {words.value(axis.values[position])}"


def _key(grid: Grid) -> list[tuple[str, int]]:
    if len(grid.axes) < 2:
        return []
    return [(_at(grid.axes[1], p), n) for n, p in enumerate(_shown(grid, 1, MOST_LINES))]


def _caption(grid: Grid) -> str:
    runs = f"{words.runs(grid.result.ensemble.replicates)} at each point. Bands: 95 % intervals."
    held = ", ".join(_at(a, grid.base[n]) for n, a in enumerate(grid.axes) if n > 2)
    return f"{runs} Held: {held}." if held else runs


def _top(name: str, found: list[list[list[Interval]]]) -> float:
    """Return the upper end of y: the same in all panels of a measure."""
    if name != "lapse_rate":
        return 1.0
    all_of = [i for panel_of in found for line in panel_of for i in line]
    known = [x for i in all_of for x in (i.estimate, i.high) if np.isfinite(x)]
    return 1.05 * max([*known, 0.01])


def _found(grid: Grid, name: str, column: int) -> list[list[Interval]]:
    """Return an outcome along the first axis, for each line of a panel."""
    lines = []
    for line in _shown(grid, 1, MOST_LINES):
        fixed = {f"a{n}": p for n, p in ((1, line), (2, column)) if len(grid.axes) > n}
        lines.append([estimate(grid, name, point) for point in grid.along(0, **fixed)])
    return lines


def _lines(
    grid: Grid, measure: tuple[str, str, str], title: str, found: list[list[Interval]], top: float
) -> Any:
    axis = grid.axes[0]
    x, numeric = positions(axis)
    order = [int(n) for n in np.argsort(x)]
    xs = [x[n] for n in order]
    view = panel(title, axis.name, measure[2], (0, top))
    names = [name for name, _ in _key(grid)] or [""]
    for number, (name, row) in enumerate(zip(names, found, strict=True)):
        said = f"{measure[1]}, {name}" if name else measure[1]
        band(view, xs, [row[n] for n in order], number, said, axis.name)
    if not numeric:
        name_ticks(view.xaxis[0], x, [words.value(v) for v in axis.values])
    if len(grid.axes) > 1:
        labels = [words.value(grid.axes[1].values[n]) for n in _shown(grid, 1, MOST_LINES)]
        width = (xs[-1] - xs[0]) or 1.0
        view.x_range.start, view.x_range.end = xs[0] - 0.03 * width, xs[-1] + ROOM * width
        label_ends(view, xs[-1], [row[order[-1]].estimate for row in found], labels, top)
    return view


def _heatmap(grid: Grid) -> Group:
    """Return sustained adoption over the first axis (x) and the last of the shown ones (y)."""
    y_axis = 2 if len(grid.axes) > 2 else 1
    views = []
    if y_axis == 2:
        for position in _shown(grid, 1, MOST_PANELS):
            views.append(_cells(grid, y_axis, {"a1": position}, _at(grid.axes[1], position)))
    else:
        views.append(_cells(grid, y_axis, {}, ""))
    return Group("Sustained adoption over two axes", "Share of HCPs, mean of the runs.", views, [])


def _cells(grid: Grid, y_axis: int, fixed: dict[str, int], title: str) -> Any:
    x, y = grid.axes[0], grid.axes[y_axis]
    view = panel(title, x.name, y.name, None, 110 + CELL * len(y))
    places = [(i, j) for j in range(len(y)) for i in range(len(x))]
    found = [
        estimate(grid, "sustained_adoption", grid.point(**fixed, a0=i, **{f"a{y_axis}": j}))
        for i, j in places
    ]
    mapper = LinearColorMapper(Cividis256, low=0, high=1, nan_color="#dddddd")
    source = ColumnDataSource(
        {
            "x": np.array([i for i, _ in places], float),
            "y": np.array([j for _, j in places], float),
            "mean": np.array([e.estimate for e in found]),
            "at": [f"{words.value(x.values[i])}, {words.value(y.values[j])}" for i, j in places],
            "told": [words.with_interval(e) for e in found],
            "number": ["" if np.isnan(e.estimate) else words.number(e.estimate).lstrip("0")
                       if e.estimate < 0.995 else "1" for e in found],
            "ink": ["black" if not e.estimate < 0.6 else "white" for e in found],
        }
    )  # fmt: skip
    cells = view.rect(
        "x", "y", 1, 1, source=source, line_color="white",
        fill_color={"field": "mean", "transform": mapper},
    )  # fmt: skip
    if len(places) <= MOST_NUMBERS:
        view.text(
            "x", "y", text="number", source=source, text_color="ink", text_font_size="10px",
            text_align="center", text_baseline="middle",
        )  # fmt: skip
    hover(view, cells, [(f"{x.name}, {y.name}", "@at"), ("sustained adoption", "@told")])
    view.add_layout(ColorBar(color_mapper=mapper, width=8, padding=2, major_label_text_font_size="10px"), "right")  # fmt: skip
    view.grid.grid_line_color = None
    name_ticks(view.xaxis[0], range(len(x)), [words.value(v) for v in x.values])
    name_ticks(view.yaxis[0], range(len(y)), [words.value(v) for v in y.values])
    return view
