"""Figures on a page: the marks of `sim.reports.figure` drawn by Bokeh, with values to point at."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from typing import Any

import numpy as np
from bokeh.models import (
    BoxAnnotation,
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    Label,
    LinearColorMapper,
    NumeralTickFormatter,
    Span,
)
from bokeh.palettes import Cividis256
from bokeh.plotting import figure

from sim.reports import figure as data
from sim.reports import words
from sim.reports.looks import COLOURS, FAINT, INK, MOST_MARKS, apart, colour, text_colour

DASHES = ("solid", "dashed", "dotted", "dashdot")
MARKS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "x")
INCH = 88  # pixels of the height of a panel
LABEL_ROOM = 0.085  # of the height of a panel
LETTER_ROOM = 0.03  # of the width of the lines, for a letter right of them
LONGEST_LABEL = (25, 12)  # in up to two columns, and in more; longer ones are left to the key
LONGEST_NAME = 40  # at an axis
NAMES_ROOM = 1.2  # of the width of the points, for names right of them


def draw(content: data.Figure) -> list[Any]:
    """Return the panels of a figure, each as wide as its place in the page."""
    height = round(INCH * content.size[1])
    longest = LONGEST_LABEL[content.columns > 2]
    return [_panel(panel, height, longest) for panel in content.panels]


def _panel(panel: data.Panel, height: int, longest: int) -> Any:
    view = figure(
        title=plain(panel.title),
        x_axis_label=plain(panel.x.label),
        y_axis_label=plain(panel.y.label),
        x_axis_type="log" if panel.x.log else "auto",
        height=height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
        **({"x_range": panel.x.limits} if panel.x.limits else {}),
        **({"y_range": panel.y.limits} if panel.y.limits else {}),
    )
    view.title.text_color = INK
    view.title.text_font_size = "13px"
    view.outline_line_color = None
    view.grid.grid_line_color = "#e6e6e6"
    view.min_border_right = 14
    for axis, scale in ((view.xaxis[0], panel.x), (view.yaxis[0], panel.y)):
        _axis(axis, scale)
    for mark in panel.marks:
        _draw(view, mark, panel)
    _label_ends(view, panel.labelled, longest)
    return view


def _axis(axis: Any, scale: data.Scale) -> None:
    axis.axis_line_color = axis.major_tick_line_color = FAINT
    axis.minor_tick_line_color = None
    axis.axis_label_text_color = axis.major_label_text_color = INK
    axis.axis_label_text_font_style = "normal"
    axis.axis_label_text_font_size = axis.major_label_text_font_size = "11px"
    if scale.places:
        axis.ticker = FixedTicker(ticks=scale.places)
    if scale.names:
        names = [plain(_short(name)) for name in scale.names]
        axis.major_label_overrides = dict(zip(scale.places, names, strict=True))
    if scale.thousands:
        axis.formatter = NumeralTickFormatter(format="0,0")


def _draw(view: Any, mark: data.Mark, panel: data.Panel) -> None:
    match mark:
        case data.Curve():
            _curve(view, mark, panel.x)
        case data.Dots():
            _dots(view, mark)
            if mark.names:
                _name_dots(view, mark)
        case data.Heat():
            _heat(view, mark, panel)
        case data.Bars():
            bars = view.vbar(x="x", top="y", width=0.8, fill_color=colour(mark.look), line_color=None,
                             source=ColumnDataSource({"x": np.asarray(mark.x), "y": np.asarray(mark.heights)}))  # fmt: skip
            hover(view, bars, [(mark.name, "@y")])
        case data.Area():
            view.varea(
                *map(np.asarray, (mark.x, mark.low, mark.high)),
                fill_color=COLOURS[0],
                fill_alpha=0.13,
            )
        case data.Faint():
            xs, ys = ([np.asarray(line[k]) for line in mark.lines] for k in (0, 1))
            view.multi_line(xs, ys, line_color=FAINT, line_alpha=mark.alpha, line_dash=mark.dash,
                            line_width=0.6 if mark.alpha < 0.5 else 1)  # fmt: skip
        case data.Rule():
            _rule(view, mark)
        case data.Label():
            _write(view, (mark.x, mark.y), mark.text, mark.look, 2,
                   **({"y_offset": 6, "angle": 0.5} if mark.slanted else {}))  # fmt: skip


def _curve(view: Any, mark: data.Curve, x: data.Scale) -> None:
    columns: dict[str, Any] = {
        "x": np.asarray(mark.x, float),
        **{name: np.array([i[k] for i in mark.found]) for k, name in enumerate(("y", "low", "high"))},
        "at": [plain(x.told(value)) for value in mark.x],
        "told": [words.with_interval(i) for i in mark.found],
    }  # fmt: skip
    source = ColumnDataSource(columns)
    look = colour(mark.look)
    if np.isfinite(columns["low"]).any():
        view.varea("x", "low", "high", source=source, fill_color=look, fill_alpha=0.18)
    dash = DASHES[mark.look % len(DASHES)]
    view.line("x", "y", source=source, line_color=look, line_width=2, line_dash=dash)
    marks = view.scatter(
        "x", "y", source=source, fill_color=look, line_color=look, size=6,
        marker=MARKS[mark.look % len(MARKS)], alpha=1.0 if len(mark.x) <= MOST_MARKS else 0.0,
    )  # fmt: skip
    hover(view, marks, [(x.each or x.label, "@at"), (mark.name, "@told")])


def _dots(view: Any, mark: data.Dots) -> None:
    pairs = list(zip(mark.x, mark.y, strict=True))
    looks = [colour(look) for look in mark.looks]
    bars = [(x.low, y.estimate, x.high, y.estimate) for x, y in pairs]
    bars += [(x.estimate, y.low, x.estimate, y.high) for x, y in pairs]
    _segments(view, bars, looks * 2, 2)
    thick = zip(mark.middle, mark.y, strict=False)
    _segments(view, [(low, y.estimate, high, y.estimate) for (low, high), y in thick], looks, 7)
    columns: dict[str, Any] = {
        "x": [x.estimate for x in mark.x],
        "y": [y.estimate for y in mark.y],
        "colour": looks,
        "mark": [MARKS[look % len(MARKS)] for look in mark.looks],
    }
    columns |= {f"tip{n}": list(map(plain, values)) for n, (_, values) in enumerate(mark.tips)}
    points = view.scatter(
        "x", "y", source=ColumnDataSource(columns), size=5 if mark.small else 8, fill_color="colour",
        line_color="colour", marker="mark", line_width=1.5,
    )  # fmt: skip
    hover(view, points, [(name, f"@tip{n}") for n, (name, _) in enumerate(mark.tips)])
    for text, x, y, look in zip(mark.values, mark.x, mark.y, mark.looks, strict=False):
        end = x.high if np.isfinite(x.high) else x.estimate
        _write(view, (end, y.estimate), text, look)


def _segments(
    view: Any, bars: Sequence[tuple[float, ...]], colours: Sequence[str], width: int
) -> None:
    """Draw bars (x0, y0, x1, y1), those that are known."""
    known = [n for n, bar in enumerate(bars) if np.isfinite(bar).all()]
    if known:
        ends = np.array([bars[n] for n in known]).T
        each = [colours[n] for n in known]
        view.segment(*ends, line_color=each, line_alpha=0.6, line_width=width)


def _heat(view: Any, mark: data.Heat, panel: data.Panel) -> None:
    cells = [(i, j, e) for j, row in enumerate(mark.rows) for i, e in enumerate(row)]
    mapper = LinearColorMapper(Cividis256, low=0, high=1, nan_color="#dddddd")
    source = ColumnDataSource(
        {
            "x": np.array([i for i, _, _ in cells], float),
            "y": np.array([j for _, j, _ in cells], float),
            "mean": np.array([e.estimate for _, _, e in cells]),
            "at": [plain(f"{panel.x.told(i)}, {panel.y.told(j)}") for i, j, _ in cells],
            "told": [words.with_interval(e) for _, _, e in cells],
            "number": [data.short_number(e.estimate) for _, _, e in cells],
            "ink": ["white" if e.estimate < data.DARK else "black" for _, _, e in cells],
        }
    )
    drawn = view.rect(
        "x", "y", 1, 1, source=source, line_color="white",
        fill_color={"field": "mean", "transform": mapper},
    )  # fmt: skip
    if mark.numbered:
        view.text(
            "x", "y", text="number", source=source, text_color="ink", text_font_size="10px",
            text_align="center", text_baseline="middle",
        )  # fmt: skip
    hover(view, drawn, [(f"{panel.x.label}, {panel.y.label}", "@at"), (mark.name, "@told")])
    scale = ColorBar(color_mapper=mapper, width=8, padding=2, major_label_text_font_size="10px")
    view.add_layout(scale, "right")
    view.grid.grid_line_color = None


def _rule(view: Any, mark: data.Rule) -> None:
    if mark.until is not None:
        view.add_layout(
            BoxAnnotation(left=mark.at, right=mark.until, fill_color=FAINT, fill_alpha=0.15)
        )
    else:
        across = "height" if mark.of == "x" else "width"
        line = {"line_color": FAINT, "line_width": 1, "line_dash": mark.dash}
        view.add_layout(Span(location=mark.at, dimension=across, **line))
    if mark.label:
        _write(view, (mark.at, 4), mark.label, None, 0, y_units="screen", angle=pi / 2)


def hover(view: Any, marks: Any, tips: Sequence[tuple[str, str]]) -> None:
    """Say something about the mark under the pointer; `@name` is filled in, escaped."""
    shown = [(plain(name), value) for name, value in tips]
    view.add_tools(HoverTool(renderers=[marks], tooltips=shown, attachment="vertical"))


def plain(text: str) -> str:
    """Return text in which the library sees no formula: it would fetch a typesetter for it."""
    for mark in ("$$", "\\[", "\\]", "\\(", "\\)"):
        text = text.replace(mark, f"{mark[0]}\u200b{mark[1]}")
    return text


def _short(name: str, longest: int = LONGEST_NAME) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "\u2026"


def _write(
    view: Any, at: tuple[float, float], text: str, look: int | None, beside: int = 8, **options: Any
) -> None:
    """Write a word in the colour of its look."""
    view.add_layout(
        Label(
            x=at[0],
            y=at[1],
            x_offset=beside,
            text=plain(_short(text)),
            text_baseline="middle",
            text_color=text_colour(look),
            text_font_size="10px",
            **options,
        )
    )


def _label_ends(view: Any, curves: list[data.Curve], longest: int) -> None:
    """Write labels right of the last points, moved apart where they would overlap."""
    if not curves:
        return
    letters = max(len(curve.label) for curve in curves)
    first, last = curves[0].x[0], curves[0].x[-1]
    fits = letters <= longest
    width = (last - first) or 1.0
    view.x_range.start = first - 0.03 * width
    view.x_range.end = last + (LETTER_ROOM * letters if fits else 0.03) * width
    view.xaxis[0].bounds = (first, last)
    if not fits:
        return
    low, high = view.y_range.start, view.y_range.end
    room = LABEL_ROOM * (high - low)
    for n, y in apart([c.found[-1].estimate for c in curves], low, high - room / 2, room):
        _write(view, (last, y), curves[n].label, curves[n].look)


def _name_dots(view: Any, mark: data.Dots) -> None:
    """Name points at the right of a panel, each with a line; give it limits with room for them."""
    known = [n for n, (x, y) in enumerate(zip(mark.x, mark.y, strict=True))
             if np.isfinite([x.estimate, y.estimate]).all()]  # fmt: skip
    if not known:
        return
    xs, ys = ([found[n].estimate for n in known] for found in (mark.x, mark.y))
    ends = [mark.x[n].high for n in known if np.isfinite(mark.x[n].high)]
    left, right, bottom, top = min(0.0, *xs), max(0.0, *ends, *xs), min(0.0, *ys), max(0.0, *ys)
    width, height = (right - left) or 1.0, (top - bottom) or 1.0
    low, high = bottom - 0.08 * height, top + 0.12 * height
    view.x_range.start, view.x_range.end = left - 0.05 * width, right + NAMES_ROOM * width
    view.y_range.start, view.y_range.end = low, high
    beside = right + 0.1 * width
    for k, y in apart(ys, low, high, LABEL_ROOM * (high - low)):
        n = known[k]
        view.segment([xs[k]], [ys[k]], [beside], [y], line_width=1, line_alpha=0.5,
                     line_color=colour(mark.looks[n]))  # fmt: skip
        _write(view, (beside, y), mark.names[n], mark.looks[n], 3)
