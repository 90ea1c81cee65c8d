"""Figures on paper: the marks of `sim.reports.figure` drawn by matplotlib, saved as PNG and SVG."""

from __future__ import annotations

import base64
import io
import json
import textwrap
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.intervals import Interval
from sim.ensembles.store.atomic import write_atomic
from sim.reports import figure as data
from sim.reports.looks import COLOURS, FAINT, INK, MOST_MARKS, apart, colour, text_colour
from sim.tables.version import __version__

LINES = ("solid", "dashed", "dotted", "dashdot")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HEAT = "cividis"
LABEL_ROOM = 0.085  # of the height of a panel, for a label at the end of a line
NAME_ROOM = 0.06  # the same, for the name of a point
CHARACTERS = 14  # of the caption, per inch
CAPTION_LINE = 0.17  # inches
SMALL = 3.0  # inches; narrower panels have smaller words
MOST_BARS = 300  # of small dots
DOTS_PER_INCH = 150

matplotlib.rcParams.update(
    {
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "axes.grid": True,
        "grid.color": "#e6e6e6",
        "grid.linewidth": 0.7,
        "legend.frameon": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "nasss-sim",
    }
)


class ShownFigure(Figure):
    """A figure that a notebook shows, also one that has not been told to use matplotlib."""

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.savefig(content, format="png")
        return content.getvalue()


def new_figure(rows: int, columns: int, size: tuple[float, float], **options: Any) -> Any:
    """Return a figure (without pyplot's global state) and its axes, shape (rows, columns)."""
    figure = ShownFigure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def describe(figure: Figure, text: str) -> None:
    """Say above all panels what they show."""
    figure.suptitle(text, fontsize=9, color=INK, x=0.01, ha="left")


def draw(content: data.Figure, heading: str = "") -> Figure:
    """Return a figure, with a caption above it that begins with `heading`."""
    panels, shared = content.panels, content.shared
    columns = min(content.columns, len(panels))
    rows = -(-len(panels) // columns)
    width, height = columns * content.size[0], rows * content.size[1]
    said = ". ".join(filter(None, [heading, content.title, content.caption]))
    longest = int(CHARACTERS * width)
    lines = [line for text in said.splitlines() for line in textwrap.wrap(text, longest)]
    figure, axes = new_figure(
        rows, columns, (width, height + CAPTION_LINE * len(lines)),
        sharex="x" in shared, sharey="row" if "y" in shared else False,
    )  # fmt: skip
    views = axes.flat[: len(panels)]
    for view in axes.flat[len(panels) :]:
        view.set_visible(False)
    for n, (view, panel) in enumerate(zip(views, panels, strict=True)):
        below = "x" not in shared or n + columns >= len(panels)
        beside = "y" not in shared or n % columns == 0
        _axes(view, panel, below, beside, content.size[0] < SMALL)
        for mark in panel.marks:
            _draw(view, mark)
    for n, (view, panel) in enumerate(zip(views, panels, strict=True)):
        _limits(view, panel)  # final now: words can find their places
        if "y" not in shared or n % columns == columns - 1 or n == len(panels) - 1:
            _label_ends(view, panel.labelled)
        for mark in panel.marks:
            if isinstance(mark, data.Dots) and mark.names:
                _name_dots(view, mark)
    _key(figure, content, views)
    if lines:
        describe(figure, "\n".join(lines))
    return figure


def _axes(view: Axes, panel: data.Panel, below: bool, beside: bool, small: bool) -> None:
    """Name a panel and its axes; these not where the panel below, or beside, has the same."""
    size: dict[str, Any] = {"fontsize": 8} if small else {}
    view.set_title(panel.title, **size)
    view.set_xlabel(panel.x.label if below else "", **size)
    view.set_ylabel(panel.y.label if beside else "")
    view.tick_params(labelbottom=below)
    if panel.x.log:
        view.set_xscale("log")
    for scale, axis in ((panel.x, view.xaxis), (panel.y, view.yaxis)):
        if scale.places:
            axis.set_ticks(scale.places, scale.names or None)
        if scale.thousands:
            axis.set_major_locator(MaxNLocator(5))
            axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))


def _limits(view: Axes, panel: data.Panel) -> None:
    if panel.x.limits:
        view.set_xlim(*panel.x.limits)
    if panel.y.limits:
        view.set_ylim(*panel.y.limits)


def _key(figure: Figure, content: data.Figure, views: Any) -> None:
    """Say what colours mean, where no label at the end of a line does."""
    for mark in content.panels[0].marks:
        if isinstance(mark, data.Heat):
            scale, told = views[0].images[0], f"{mark.name}, {mark.unit}"
            figure.colorbar(scale, ax=figure.axes, label=told, shrink=0.9)
    if content.key and not content.lined:
        dots = [Line2D([], [], linestyle="", label=name, **_look(n)) for name, n in content.key]
        figure.legend(handles=dots, loc="outside lower right", ncols=len(dots))


def _look(number: int) -> dict[str, Any]:
    """Return colour and marker of a look."""
    face = colour(number) if number < len(COLOURS) else "white"
    return {
        "color": colour(number),
        "marker": MARKERS[number % len(MARKERS)],
        "markerfacecolor": face,
    }


def _draw(view: Axes, mark: data.Mark) -> None:
    match mark:
        case data.Curve():
            _curve(view, mark)
        case data.Dots():
            _dots(view, mark)
        case data.Heat():
            _heat(view, mark)
        case data.Bars():
            view.bar(mark.x, mark.heights, color=colour(mark.look), label=mark.name)
            view.legend(fontsize=8)
        case data.Area():
            view.fill_between(
                mark.x, mark.low, mark.high, color=COLOURS[0], alpha=0.15, linewidth=0
            )
        case data.Faint():
            lines = [np.stack(line, axis=1) for line in mark.lines]
            width = 0.5 if mark.alpha < 0.5 else 1.0
            view.add_collection(
                LineCollection(
                    lines, colors=FAINT, alpha=mark.alpha, linewidths=width, linestyles=mark.dash,
                    zorder=1.5,
                )
            )  # fmt: skip
            view.autoscale_view()
        case data.Rule():
            _rule(view, mark)
        case data.Label():
            slanted = {"rotation": 30, "rotation_mode": "anchor"} if mark.slanted else {}
            _write(view, mark.text, (mark.x, mark.y), mark.look, (2, 5) if slanted else (6, 0),
                   va="baseline" if slanted else "center", **slanted)  # fmt: skip


def _write(
    view: Axes,
    text: str,
    at: tuple[float, float],
    look: int | None,
    beside: tuple[float, float] = (6, 0),
    va: str = "center",
    **options: Any,
) -> None:
    """Write a word beside a point, also where that is outside of the panel."""
    view.annotate(
        text, at, xytext=beside, textcoords="offset points", va=va, fontsize=8,
        color=text_colour(look), annotation_clip=False, **options,
    )  # fmt: skip


def _curve(view: Axes, mark: data.Curve) -> None:
    middle, low, high = (np.array([i[k] for i in mark.found]) for k in range(3))
    look, alpha = colour(mark.look), 0.5 if mark.strong else 0.18
    view.fill_between(mark.x, low, high, color=look, alpha=alpha, linewidth=0)
    view.plot(
        mark.x, middle, color=look, linestyle=LINES[mark.look % len(LINES)], markersize=3.5,
        marker=MARKERS[mark.look % len(MARKERS)] if len(mark.x) <= MOST_MARKS else None,
        linewidth=1.8 if mark.strong else 1.6,
    )  # fmt: skip


def _bar(found: Interval) -> list[list[float]] | None:
    """Return how far an interval goes below and above its estimate; None if it is not known."""
    low, high = found.estimate - found.low, found.high - found.estimate
    if not np.isfinite(low) and not np.isfinite(high):
        return None
    return [[low if np.isfinite(low) else 0.0], [high if np.isfinite(high) else 0.0]]


def _dots(view: Axes, mark: data.Dots) -> None:
    if mark.small:
        across, up = ([i.estimate for i in found] for found in (mark.x, mark.y))
        if len(across) <= MOST_BARS:
            low, high = ([i[k] for i in mark.y] for k in (1, 2))
            view.vlines(across, low, high, color=FAINT, alpha=0.4, linewidth=0.8)
        view.plot(across, up, "o", color=colour(mark.looks[0]), markersize=3, alpha=0.7)
        return
    ends, width = (0, 1.0) if mark.middle else (3, 1.5)
    for n, (x, y, look) in enumerate(zip(mark.x, mark.y, mark.looks, strict=True)):
        view.errorbar(
            [x.estimate], [y.estimate], xerr=_bar(x), yerr=_bar(y), linestyle="", capsize=ends,
            elinewidth=width, **_look(look),
        )  # fmt: skip
        if mark.middle:
            view.plot(mark.middle[n], [y.estimate] * 2, color=colour(look), linewidth=5,
                      alpha=0.6, solid_capstyle="butt", zorder=1.8)  # fmt: skip
        if mark.values:
            end = x.high if np.isfinite(x.high) else x.estimate
            _write(view, mark.values[n], (end, y.estimate), look)


def _name_dots(view: Axes, mark: data.Dots) -> None:
    """Name points right of the panel, each with a line to its point."""
    low, high = view.get_ylim()
    points = [(x.estimate, y.estimate) for x, y in zip(mark.x, mark.y, strict=True)]
    heights = [(y - low) / (high - low) if np.isfinite(x) else np.nan for x, y in points]
    for n, y in apart(heights, 0.0, 1.0, NAME_ROOM):
        line = {"color": colour(mark.looks[n]), "linewidth": 0.6, "alpha": 0.6, "arrowstyle": "-"}
        view.annotate(
            mark.names[n], points[n], (1.03, y), textcoords="axes fraction", va="center",
            fontsize=8, color=text_colour(mark.looks[n]), annotation_clip=False, arrowprops=line,
        )  # fmt: skip


def _label_ends(view: Axes, curves: list[data.Curve]) -> None:
    """Write labels right of the last points, moved apart where they would overlap."""
    low, high = view.get_ylim()
    ends = [curve.found[-1].estimate for curve in curves]
    for n, y in apart(ends, low, high, LABEL_ROOM * (high - low)):
        _write(view, curves[n].label, (curves[n].x[-1], y), curves[n].look)


def _heat(view: Axes, mark: data.Heat) -> None:
    means = np.array([[i.estimate for i in row] for row in mark.rows])
    view.imshow(means, origin="lower", aspect="auto", cmap=HEAT, vmin=0, vmax=1)
    view.grid(False)
    if mark.numbered:
        for (j, i), mean in np.ndenumerate(means):
            view.text(i, j, data.short_number(mean), ha="center", va="center", fontsize=7,
                      color="white" if mean < data.DARK else "black")  # fmt: skip


def _rule(view: Axes, mark: data.Rule) -> None:
    if mark.until is not None:
        view.axvspan(mark.at, mark.until, color=FAINT, alpha=0.15, linewidth=0, zorder=0)
    else:
        across = view.axvline if mark.of == "x" else view.axhline
        across(mark.at, color=FAINT, linewidth=0.9, linestyle=mark.dash)
    if mark.label:
        view.text(mark.at, 0.98, mark.label, transform=view.get_xaxis_transform(), fontsize=7,
                  color=INK, rotation=90, va="top", ha="right")  # fmt: skip


def save_figure(figure: Figure, stem: Path, title: str, stamp: dict[str, str]) -> None:
    """Write `stem.png` and `stem.svg`; `stamp` (identity, seed, model) goes into their metadata."""
    description = json.dumps({"nasss_sim": __version__, **stamp})
    png = {"Title": title, "Description": description, "Software": f"nasss-sim {__version__}"}
    svg = {"Title": title, "Description": description, "Creator": png["Software"], "Date": None}
    for ending, metadata in (("png", png), ("svg", svg)):
        sink = io.BytesIO()
        if ending == "svg":  # room for labels was made for the first
            figure.set_layout_engine("none")
        figure.savefig(sink, format=ending, dpi=DOTS_PER_INCH, metadata=metadata)
        write_atomic(stem.with_suffix(f".{ending}"), sink.getvalue())


def picture(content: data.Figure, title: str) -> str:
    """Return a figure as an address that holds its own data; letters are drawn, not looked up."""
    sink = io.BytesIO()
    metadata = {"Title": title, "Creator": f"nasss-sim {__version__}", "Date": None}
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        draw(content).savefig(sink, format="svg", metadata=metadata)
    return "data:image/svg+xml;base64," + base64.b64encode(sink.getvalue()).decode("ascii")
