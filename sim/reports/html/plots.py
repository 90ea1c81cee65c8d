"""Figures with values to hover over, in the look of the printed figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    Label,
    NumeralTickFormatter,
    Span,
)
from bokeh.plotting import figure

from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.figures.style import COLOURS, FAINT, INK, apart, text_colour

DASHES = ("solid", "dashed", "dotted", "dashdot")
MARKS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "x")
HEIGHT = 260  # pixels
LABEL_ROOM = 0.085  # of the height of a panel
MOST_MARKS = 15
LONGEST_LABEL = 5
LONGEST_NAME = 40  # at an axis
NAMES_ROOM = 1.2  # of the width of the points, for names right of them


class Group(NamedTuple):
    """Panels that are read together.

    Attributes
    ----------
    title, caption : str
    panels : list of Bokeh figures
    key : list of (str, int)
        What colours mean: a name and its number.
    dashed : bool
        Whether the numbered lines differ in their dashes as well.
    wide : bool
        Whether panels need room for names in them.
    """

    title: str
    caption: str
    panels: list[Any]
    key: list[tuple[str, int]]
    dashed: bool = True
    wide: bool = False


def panel(
    title: str, x: str, y: str, limits: tuple[float, float] | None = (0, 1), height: int = HEIGHT
) -> Any:
    """Return an empty panel as wide as its place in the page."""
    made = figure(
        title=plain(title),
        x_axis_label=plain(x),
        y_axis_label=plain(y),
        height=height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
        **({"y_range": limits} if limits else {}),
    )
    made.title.text_color = INK
    made.title.text_font_size = "13px"
    made.outline_line_color = None
    for axis in made.axis:
        axis.axis_line_color = axis.major_tick_line_color = FAINT
        axis.minor_tick_line_color = None
        axis.axis_label_text_color = axis.major_label_text_color = INK
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "11px"
    made.grid.grid_line_color = "#e6e6e6"
    made.min_border_right = 14
    return made


def band(
    made: Any, x: Sequence[Any], found: Sequence[Interval], number: int, name: str, said: str
) -> None:
    """Draw a line with its 95 % band; `said` names what x is in the hover text."""
    colour = COLOURS[number % len(COLOURS)]
    columns = {
        "x": np.asarray(x, float),
        "y": np.array([i.estimate for i in found]),
        "low": np.array([i.low for i in found]),
        "high": np.array([i.high for i in found]),
        "at": [words.value(v) if not isinstance(v, str) else v for v in x],
        "told": [words.with_interval(i) for i in found],
    }
    source = ColumnDataSource(columns)
    made.varea("x", "low", "high", source=source, fill_color=colour, fill_alpha=0.18)
    made.line(
        "x", "y", source=source, line_color=colour, line_width=2,
        line_dash=DASHES[number % len(DASHES)],
    )  # fmt: skip
    marks = made.scatter(
        "x", "y", source=source, fill_color=colour, line_color=colour, size=6,
        marker=MARKS[number % len(MARKS)], alpha=1.0 if len(x) <= MOST_MARKS else 0.0,
    )  # fmt: skip
    hover(made, marks, [(said, "@at"), (name, "@told")])


def curve_of(made: Any, x: np.ndarray, y: np.ndarray, number: int, name: str, said: str) -> None:
    """Draw a line without a band; `said` names what x is in the hover text."""
    colour = COLOURS[number % len(COLOURS)]
    columns = {"x": x, "y": y, "at": [f"{v:,.0f}" for v in x], "told": [words.number(v) for v in y]}
    source = ColumnDataSource(columns)
    made.line(
        "x", "y", source=source, line_color=colour, line_width=2,
        line_dash=DASHES[number % len(DASHES)],
    )  # fmt: skip
    marks = made.scatter("x", "y", source=source, size=6, alpha=0.0)
    hover(made, marks, [(said, "@at"), (name, "@told")])


def thousands(axis: Any) -> None:
    """Write large numbers with commas."""
    axis.formatter = NumeralTickFormatter(format="0,0")


def dots(
    made: Any,
    at: Sequence[tuple[float, float]],
    bars: Sequence[tuple[float, float, float, float]],
    colours: Sequence[str],
    tips: Sequence[tuple[str, Sequence[str]]],
    size: int = 8,
    marks: Sequence[str] = (),
    thick: int = 0,
) -> None:
    """Draw points with what is said about each, and bars (x0, y0, x1, y1), one or more a point.

    `marks` are the shapes of the points; circles if there are none. The last `thick` bars are so.
    """
    each = [colours[n % len(colours)] for n in range(len(bars))]
    made.segment(
        [b[0] for b in bars], [b[1] for b in bars], [b[2] for b in bars], [b[3] for b in bars],
        line_color=each, line_alpha=0.6,
        line_width=[7 if n >= len(bars) - thick else 2 for n in range(len(bars))],
    )  # fmt: skip
    columns: dict[str, Any] = {
        "x": np.array([p[0] for p in at], float),
        "y": np.array([p[1] for p in at], float),
        "colour": list(colours),
        "mark": list(marks) or ["circle"] * len(at),
    }
    columns |= {f"tip{n}": list(values) for n, (_, values) in enumerate(tips)}
    points = made.scatter(
        "x", "y", source=ColumnDataSource(columns), size=size, fill_color="colour",
        line_color="colour", marker="mark", line_width=1.5,
    )  # fmt: skip
    hover(made, points, [(name, f"@tip{n}") for n, (name, _) in enumerate(tips)])


def colour_at(number: int) -> str:
    """Return the colour of a look."""
    return COLOURS[number % len(COLOURS)]


def mark_at(number: int) -> str:
    """Return the mark of a look."""
    return MARKS[number % len(MARKS)]


def hover(made: Any, marks: Any, tips: Sequence[tuple[str, str]]) -> None:
    """Say something about the mark under the pointer; `@name` is filled in, escaped."""
    shown = [(plain(name), value) for name, value in tips]
    made.add_tools(HoverTool(renderers=[marks], tooltips=shown, attachment="vertical"))


def plain(text: str) -> str:
    """Return text in which the library sees no formula: it would fetch a typesetter for it."""
    for mark in ("$$", "\\[", "\\]", "\\(", "\\)"):
        text = text.replace(mark, f"{mark[0]}\u200b{mark[1]}")
    return text


def label_ends(
    made: Any,
    x: float,
    heights: Sequence[float],
    labels: Sequence[str],
    top: float,
    numbers: Sequence[int] | None = None,
    longest: int = LONGEST_LABEL,
) -> None:
    """Write labels right of the last point, moved apart where they would overlap.

    Labels longer than `longest` are left to the key of the group. `numbers` are those of the looks.
    """
    if not labels or max(map(len, labels)) > longest:
        return
    room = LABEL_ROOM * top
    for n, y in apart(heights, 0.0, top - room / 2, room):
        number = n if numbers is None else numbers[n]
        write(made, (x, y), labels[n], number)


def write(
    made: Any, at: tuple[float, float], text: str, number: int, x_offset: int = 8, **options: Any
) -> None:
    """Write a name in the colour of its look."""
    made.add_layout(
        Label(
            x=at[0],
            y=at[1],
            x_offset=x_offset,
            text=plain(_short(text)),
            text_baseline="middle",
            text_color=text_colour(number),
            text_font_size="10px",
            **options,
        )
    )


def label_points(
    made: Any,
    points: Sequence[tuple[float, float]],
    labels: Sequence[str],
    numbers: Sequence[int],
    beyond: float = 0.0,
) -> None:
    """Name points at the right of a panel, each with a line to its point.

    `numbers` are those of the looks; the names stand right of `beyond`, where the last bar ends.
    The panel gets limits with room for the names.
    """
    known = [n for n, point in enumerate(points) if np.isfinite(point).all()]
    if not known:
        return
    xs, ys = ([points[n][k] for n in known] for k in (0, 1))
    left, right, bottom, top = min(0.0, *xs), max(0.0, beyond, *xs), min(0.0, *ys), max(0.0, *ys)
    width, height = (right - left) or 1.0, (top - bottom) or 1.0
    low, high = bottom - 0.08 * height, top + 0.12 * height
    made.x_range.start, made.x_range.end = left - 0.05 * width, right + NAMES_ROOM * width
    made.y_range.start, made.y_range.end = low, high
    at = right + 0.1 * width
    for k, y in apart(ys, low, high, LABEL_ROOM * (high - low)):
        n = known[k]
        made.segment(
            [points[n][0]], [points[n][1]], [at], [y], line_width=1, line_alpha=0.5,
            line_color=COLOURS[numbers[n] % len(COLOURS)],
        )  # fmt: skip
        write(made, (at, y), labels[n], numbers[n], 3)


def rule(made: Any, at: float, dimension: str = "height", dash: str = "solid") -> None:
    """Draw a line across the panel."""
    made.add_layout(
        Span(location=at, dimension=dimension, line_color=FAINT, line_width=1, line_dash=dash)
    )


def rows_of(made: Any, rows: int) -> None:
    """Give a panel of rows room above the first and below the last one."""
    made.y_range.start, made.y_range.end = -0.6, rows - 0.4


def name_ticks(axis: Any, positions: Sequence[float], names: Sequence[str]) -> None:
    """Write names instead of numbers at an axis."""
    axis.ticker = FixedTicker(ticks=list(map(float, positions)))
    axis.major_label_overrides = dict(
        zip(map(float, positions), [plain(_short(n)) for n in names], strict=True)
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "\u2026"
