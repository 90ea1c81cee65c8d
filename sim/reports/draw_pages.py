"""Figures on a page: the marks of `sim.reports.figure` drawn by Bokeh, with values to point at."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from typing import Any

import numpy as np
from bokeh.models import (
    BasicTicker,
    BoxAnnotation,
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    Label,
    LinearAxis,
    LinearColorMapper,
    NumeralTickFormatter,
    Span,
)
from bokeh.palettes import Cividis256
from bokeh.plotting import figure

from sim.reports import figure as data
from sim.reports import words
from sim.reports.looks import COLOURS, FAINT, INK, MOST_MARKS, colour, text_colour
from sim.reports.places import BOLD, TEXT, Places, height, limits, places, wrapped

DASHES = ("solid", "dashed", "dotted", "dashdot")
MARKS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "x")
POINT = 4 / 3  # pixels
NARROWEST = 3.2  # inches of a panel beside others
WORDS = f"{TEXT}pt"
LONGEST_NAME = 40  # letters at an axis
# Of points that lie over each other, one is told; before Bokeh 3.7 all of them, in one box
ONE = {"limit": 1} if "limit" in HoverTool.properties() else {}


def draw(content: data.Figure) -> list[Any]:
    """Return the panels of a figure, each as wide as its place in the page."""
    high = height(content)
    found = zip(content.panels, limits(content), strict=True)
    across = NARROWEST if content.wide > 1 else data.WIDE
    return [_panel(panel, places(panel, ends, high), high, across) for panel, ends in found]


def _panel(panel: data.Panel, place: Places, high: float, across: float) -> Any:
    view = figure(
        title=plain(wrapped(panel.title, BOLD * across)),
        x_axis_label=plain(panel.x.label),
        y_axis_label=plain(wrapped(panel.y.label, high / 72)),
        x_axis_type="log" if panel.x.log else "auto",
        frame_height=round(high * POINT),
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools="",
        x_range=place.x,
        y_range=place.y,
    )
    view.title.text_color = INK
    view.title.text_font_size = "10pt"
    view.outline_line_color = None
    view.grid.grid_line_color = "#e6e6e6"
    view.min_border_right = 14
    for axis, scale in ((view.xaxis[0], panel.x), (view.yaxis[0], panel.y)):
        _axis(axis, scale)
    for mark in panel.marks:
        _draw(view, mark, panel)
    if place.words:
        _words(view, place)
    _hover_lines(view, panel, place)
    return view


def _axis(axis: Any, scale: data.Scale) -> None:
    axis.axis_line_color = axis.major_tick_line_color = FAINT
    axis.minor_tick_line_color = None
    axis.axis_label_text_color = axis.major_label_text_color = INK
    axis.axis_label_text_font_style = "normal"
    axis.axis_label_text_font_size = axis.major_label_text_font_size = WORDS
    if scale.places:
        axis.ticker = FixedTicker(ticks=scale.places)
    if scale.names:
        names = [plain(_short(name)) for name in scale.names]
        axis.major_label_overrides = dict(zip(scale.places, names, strict=True))
    if scale.thousands:
        axis.formatter = NumeralTickFormatter(format="0,0")
        axis.ticker = BasicTicker(desired_num_ticks=4)  # they are long


def _words(view: Any, place: Places) -> None:
    """Write the words at the right, with lines to them; an axis makes as much room as they need."""
    view.xaxis[0].bounds = view.xgrid[0].bounds = place.x[0], place.end
    heights = [word.height for word in place.words]
    texts = {word.height: plain(word.text) for word in place.words}
    axis = LinearAxis(ticker=FixedTicker(ticks=heights), major_label_overrides=texts)
    axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = None
    axis.major_label_text_color, axis.major_label_text_font_size = INK, WORDS
    axis.major_label_standoff = 0
    view.add_layout(axis, "right")
    for word in place.words:
        ends = np.transpose([word.point, (place.edge, word.height)])
        view.line(*ends, line_color=text_colour(word.look), line_alpha=0.8)


def _draw(view: Any, mark: data.Mark, panel: data.Panel) -> None:
    match mark:
        case data.Curve():
            _curve(view, mark)
        case data.Dots():
            _dots(view, mark)
        case data.Heat():
            _heat(view, mark, panel)
        case data.Bars():
            view.vbar(x=np.asarray(mark.x), top=np.asarray(mark.heights), width=0.8,
                      fill_color=colour(mark.look), line_color=None, legend_label=plain(mark.name))  # fmt: skip
        case data.Area():
            view.varea(
                *map(np.asarray, (mark.x, mark.low, mark.high)),
                fill_color=COLOURS[0],
                fill_alpha=0.13,
            )
        case data.Stack():
            for (low, high), face in zip(mark.edges, mark.colours, strict=True):
                view.varea(np.asarray(mark.x), low, high, fill_color=face)
                view.line(np.asarray(mark.x), high, line_color="white", line_width=0.8)
        case data.Faint():
            xs, ys = ([np.asarray(line[k]) for line in mark.lines] for k in (0, 1))
            view.multi_line(xs, ys, line_color=FAINT, line_alpha=mark.alpha, line_dash=mark.dash,
                            line_width=0.6 if mark.alpha < 0.5 else 1)  # fmt: skip
        case data.Rule():
            _rule(view, mark)


def _curve(view: Any, mark: data.Curve) -> None:
    x, look = np.asarray(mark.x, float), colour(mark.look)
    middle, low, high = np.array([i[:3] for i in mark.found], float).T
    if np.isfinite(low).any():
        view.varea(x, low, high, fill_color=look, fill_alpha=0.18)
    view.line(x, middle, line_color=look, line_width=2, line_dash=DASHES[mark.look % len(DASHES)])
    if len(x) <= MOST_MARKS:
        view.scatter(x, middle, fill_color=look, line_color=look, size=6,
                     marker=MARKS[mark.look % len(MARKS)])  # fmt: skip


def _hover_lines(view: Any, panel: data.Panel, place: Places) -> None:
    """Tell all lines, areas and bars of a panel in one box, wherever its x is pointed at."""
    told: dict[str, dict[float, str]] = {}
    for mark in panel.marks:
        match mark:
            case data.Curve():
                said = (words.with_interval(i) for i in mark.found)
                told[mark.name] = dict(zip(map(float, mark.x), said, strict=True))
            case data.Stack():
                for name, share in zip(reversed(mark.names), reversed(mark.shares), strict=True):
                    told[name] = {float(x): f"{s:.1f}" for x, s in zip(mark.x, share, strict=True)}
            case data.Bars():
                told[mark.name] = {
                    float(x): f"{h:g}" for x, h in zip(mark.x, mark.heights, strict=True)
                }
    if not told:
        return
    every = sorted(set().union(*told.values()))
    columns: dict[str, Any] = {
        "x": np.array(every),
        "y": np.full(len(every), sum(place.y) / 2),
        "at": [plain(panel.x.told(x)) for x in every],
    }
    columns |= {
        f"tip{n}": [plain(one.get(x, "")) for x in every] for n, one in enumerate(told.values())
    }
    line = view.line("x", "y", source=ColumnDataSource(columns), line_alpha=0)
    tips = [
        (panel.x.each or panel.x.label, "@at"),
        *((name, f"@tip{n}") for n, name in enumerate(told)),
    ]
    hover(view, line, tips, mode="vline", line_policy="nearest", point_policy="follow_mouse")


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
    hover(view, points, [(name, f"@tip{n}") for n, (name, _) in enumerate(mark.tips)], **ONE)
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
            "x", "y", text="number", source=source, text_color="ink", text_font_size=WORDS,
            text_align="center", text_baseline="middle",
        )  # fmt: skip
    hover(view, drawn, [(f"{panel.x.label}, {panel.y.label}", "@at"), (mark.name, "@told")])
    scale = ColorBar(color_mapper=mapper, width=8, padding=2, major_label_text_font_size=WORDS,
                     title=plain(mark.unit), title_text_font_size=WORDS)  # fmt: skip
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


def hover(view: Any, marks: Any, tips: Sequence[tuple[str, str]], **options: Any) -> None:
    """Say something about the mark under the pointer; `@name` is filled in, escaped."""
    shown = [(plain(name), value) for name, value in tips]
    view.add_tools(HoverTool(renderers=[marks], tooltips=shown, attachment="vertical", **options))


def plain(text: str) -> str:
    """Return text in which the library sees no formula: it would fetch a typesetter for it."""
    for mark in ("$$", "\\[", "\\]", "\\(", "\\)"):
        text = text.replace(mark, f"{mark[0]}\u200b{mark[1]}")
    return text


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "\u2026"


def _write(
    view: Any, at: tuple[float, float], text: str, look: int | None, beside: int = 8, **options: Any
) -> None:
    """Write a word right of a point, in the colour of its look."""
    view.add_layout(
        Label(
            x=at[0],
            y=at[1],
            x_offset=beside,
            text=plain(text),
            text_baseline="middle",
            text_color=text_colour(look),
            text_font_size=WORDS,
            **options,
        )
    )
