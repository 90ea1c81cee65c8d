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

from sim.outcomes.intervals import Interval
from sim.reports import words
from sim.reports.figures.style import COLOURS, FAINT, INK

DASHES = ("solid", "dashed", "dotted", "dashdot")
MARKS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "x")
HEIGHT = 260  # pixels
LABEL_ROOM = 0.085  # of the height of a panel
MOST_MARKS = 15
LONGEST_LABEL = 5
LONGEST_NAME = 40  # at an axis


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
    """

    title: str
    caption: str
    panels: list[Any]
    key: list[tuple[str, int]]
    dashed: bool = True


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
) -> None:
    """Draw points with what is said about each, and bars (x0, y0, x1, y1), one or more a point."""
    each = [colours[n % len(colours)] for n in range(len(bars))]
    made.segment(
        [b[0] for b in bars], [b[1] for b in bars], [b[2] for b in bars], [b[3] for b in bars],
        line_color=each, line_width=2, line_alpha=0.6,
    )  # fmt: skip
    columns: dict[str, Any] = {
        "x": np.array([p[0] for p in at], float),
        "y": np.array([p[1] for p in at], float),
        "colour": list(colours),
    }
    columns |= {f"tip{n}": list(values) for n, (_, values) in enumerate(tips)}
    marks = made.scatter(
        "x", "y", source=ColumnDataSource(columns), size=size, fill_color="colour",
        line_color="colour",
    )  # fmt: skip
    hover(made, marks, [(name, f"@tip{n}") for n, (name, _) in enumerate(tips)])


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
    made: Any, x: float, heights: Sequence[float], labels: Sequence[str], top: float
) -> None:
    """Write labels right of the last point, moved apart where they would overlap.

    Labels too long for the margin are left to the key of the group.
    """
    if not labels or max(map(len, labels)) > LONGEST_LABEL:
        return
    order = sorted((n for n in range(len(labels)) if np.isfinite(heights[n])),
                   key=lambda n: heights[n])  # fmt: skip
    placed: list[float] = []
    for n in order:
        placed.append(max(heights[n], placed[-1] + LABEL_ROOM * top) if placed else heights[n])
    shift = float(np.mean([heights[n] for n in order]) - np.mean(placed)) if order else 0.0
    if placed:
        low = LABEL_ROOM / 2 * top
        shift = max(low - placed[0], min(top - placed[-1], shift))
    for n, y in zip(order, placed, strict=True):
        made.add_layout(
            Label(
                x=x,
                y=y + shift,
                x_offset=8,
                text=plain(labels[n]),
                text_baseline="middle",
                text_color=COLOURS[n % len(COLOURS)],
                text_font_size="11px",
            )  # fmt: skip
        )


def rule(made: Any, at: float, dimension: str = "height", dash: str = "solid") -> None:
    """Draw a line across the panel."""
    made.add_layout(
        Span(location=at, dimension=dimension, line_color=FAINT, line_width=1, line_dash=dash)
    )


def name_ticks(axis: Any, positions: Sequence[float], names: Sequence[str]) -> None:
    """Write names instead of numbers at an axis."""
    axis.ticker = FixedTicker(ticks=list(map(float, positions)))
    axis.major_label_overrides = dict(
        zip(map(float, positions), [plain(_short(n)) for n in names], strict=True)
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "\u2026"
