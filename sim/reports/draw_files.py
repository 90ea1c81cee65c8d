"""Figures on paper: the marks of `sim.reports.figure` drawn by matplotlib, saved as PNG and SVG."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.lines import Line2D
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter, LogFormatter, MaxNLocator

from sim.analysis.intervals import Interval
from sim.ensembles.store.atomic import write_atomic
from sim.reports import figure as data
from sim.reports.looks import COLOURS, FAINT, INK, MOST_MARKS, colour, text_colour
from sim.reports.places import (
    BOLD,
    GAP,
    HEAD,
    LETTERS,
    LINE,
    TEXT,
    Word,
    height,
    room,
    row_name,
    standing,
    words_of,
    wrapped,
)
from sim.tables.version import __version__

Ends = tuple[float, float]  # of an axis
LINES = ("solid", "dashed", "dotted", "dashdot")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HEAT = "cividis"
CAPTION_LINE = 0.18  # inches
MARGIN = 0.04  # of what is drawn, beyond it
MOST_BARS = 300  # of small dots
DOTS_PER_INCH = 150

# Whatever a user's matplotlibrc says. Titles and names are a user's text: a $ in them is no mathematics
STYLE = {
    "font.size": TEXT,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "nasss-sim",
    "text.parse_math": False,
}
# Of letters that matplotlib's own font lacks: what Linux, Windows and macOS bring
OTHER_SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "Yu Gothic", "PingFang SC", "Hiragino Sans", "Arial Unicode MS",
)  # fmt: skip


@cache
def _families() -> list[str]:
    """Return the families of letters: what the first has not is looked for in the others that are here."""
    return ["sans-serif", *(name for name in OTHER_SCRIPTS if name in get_font_names())]


@contextmanager
def styled(**more: Any) -> Iterator[None]:
    """Return the context in which figures are made and saved; it leaves a user's own as they are."""
    with context(["default", STYLE | {"font.family": _families()} | more]), unwarned():
        yield


@contextmanager
def unwarned() -> Iterator[None]:
    """Return the context in which nothing is said of letters that no font here has: a box says it."""
    with catch_warnings():
        filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
        yield


class PlainLog(LogFormatter):
    """Numbers of a logarithmic axis as they are written, where matplotlib has mathematics."""

    def _num_to_string(self, x: float, vmin: float, vmax: float) -> str:
        return f"{x:g}"


class ShownFigure(Figure):
    """A figure that a notebook shows, also one that has not been told to use matplotlib."""

    def draw(self, renderer: Any) -> None:
        """Draw without a word about letters, also where a user saves it."""
        with unwarned():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        with styled():
            self.savefig(content, format="png")
        return content.getvalue()


def new_figure(rows: int, columns: int, size: tuple[float, float], **options: Any) -> Any:
    """Return a figure (without pyplot's global state) and its axes, shape (rows, columns)."""
    figure = ShownFigure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def describe(figure: Figure, text: str) -> None:
    """Say above all panels what they show."""
    figure.suptitle(text, fontsize=TEXT, color=INK, x=0.01, ha="left")


@styled()
def draw(content: data.Figure, heading: str = "") -> Figure:
    """Return a figure, with a caption above it that begins with `heading`."""
    panels, shared, columns = content.panels, content.shared, content.wide
    rows = -(-len(panels) // columns)
    said = ". ".join(filter(None, [heading, content.title, content.caption]))
    said = wrapped(said, data.WIDE)
    titles = [wrapped(panel.title, BOLD * room(content), 4) for panel in panels]
    names = [wrapped(panel.x.label, room(content)) for panel in panels]
    head = HEAD + sum(LINE / 72 * max(0, max(t.count("\n") for t in of)) for of in (titles, names))
    tall = rows * (height(content) / 72 + head) + CAPTION_LINE * len(said.splitlines())
    figure, axes = new_figure(rows, columns, (data.WIDE, tall))
    if said:
        describe(figure, said)
    views = axes.flat[: len(panels)]
    for view in axes.flat[len(panels) :]:
        view.set_visible(False)
    for n, (view, panel) in enumerate(zip(views, panels, strict=True)):
        below = "x" not in shared or n + columns >= len(panels)
        beside = "y" not in shared or n % columns == 0
        view.set_title(titles[n])
        view.set_xlabel(names[n] if below else "")
        view.set_ylabel(wrapped(panel.y.label, height(content) / 72) if beside else "")
        view.tick_params(labelbottom=below, labelleft=beside)  # else the next panel has the same
        if panel.x.log:
            view.set_xscale("log")
            view.xaxis.set_major_formatter(PlainLog())
            view.xaxis.set_minor_formatter(PlainLog())
        for mark in panel.marks:
            _draw(view, mark)
    words, ends = [words_of(panel) for panel in panels], _limits(content, views)
    for view, panel, limits, named in zip(views, panels, ends, words, strict=True):
        _axes(view, panel, *limits, bool(named))
    _key(figure, content, views)
    _name(figure, views, words, height(content))
    return figure


def _name(figure: Any, views: Any, words: Sequence[Sequence[Word]], high: float) -> None:
    """Write the words at the right of panels that are about so many points high; then lay out, and move them apart."""
    texts = [[_write(view, word.text, (view.get_xlim()[1], at), word.look, 3)
              for word, (at, _) in zip(named, standing(named, view.get_ylim(), high), strict=True)]
             for view, named in zip(views, words, strict=True)]  # fmt: skip
    figure.get_layout_engine().execute(figure)  # how high are the axes?
    for view, named, written in zip(views, words, texts, strict=True):
        points = 72 * view.get_window_extent().height / figure.dpi
        stands = standing(named, view.get_ylim(), points)
        for word, text, (at, led) in zip(named, written, stands, strict=True):
            text.xy = text.xy[0], at
            if led:
                leader = zip(word.point, text.xy, strict=True)
                view.plot(*leader, color=text_colour(word.look), linewidth=0.7, alpha=0.7)


def _limits(content: data.Figure, views: Any) -> list[tuple[Ends, Ends]]:
    """Return the limits of x and y of each panel, which hold all marks; those that share an axis have the same."""
    found: list[tuple[Ends, Ends]] = []
    for view, panel in zip(views, content.panels, strict=True):
        filled = any(isinstance(mark, data.Heat | data.Stack) for mark in panel.marks)
        view.use_sticky_edges = False
        view.margins(0 if filled else MARGIN)
        view.autoscale_view()
        found.append((panel.x.limits or view.get_xlim(), panel.y.limits or view.get_ylim()))

    def shared(axis: int, n: int) -> tuple[float, float]:
        if "xy"[axis] not in content.shared:
            return found[n][axis]
        row = n // content.wide * content.wide
        same = found if axis == 0 else found[row : row + content.wide]
        return min(one[axis][0] for one in same), max(one[axis][1] for one in same)

    def of_some_length(ends: Ends) -> Ends:  # where all marks stand at one end
        return ends[0], ends[1] if ends[1] > ends[0] else ends[0] + 1

    return [(of_some_length(shared(0, n)), of_some_length(shared(1, n))) for n in range(len(found))]


def _axes(view: Axes, panel: data.Panel, x: Ends, y: Ends, words: bool) -> None:
    """Draw the axes of a panel; that of x ends where its marks do, before any words."""
    view.set_xlim(x[0], x[1] + (GAP * (x[1] - x[0]) if words else 0))
    view.set_ylim(*y)
    view.spines["bottom"].set_bounds(*x)
    for scale, axis in ((panel.x, view.xaxis), (panel.y, view.yaxis)):
        if scale.thousands:
            axis.set_major_locator(MaxNLocator(5))
            axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
        if scale.shares:
            axis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g}"))
        if scale.names:
            axis.set_ticks(range(len(scale.names)), [*map(row_name, scale.names)])
        elif axis is view.xaxis and words:  # no number beyond the end of the axis
            axis.set_ticks([at for at in axis.get_majorticklocs() if x[0] <= at <= x[1]])


def _key(figure: Figure, content: data.Figure, views: Any) -> None:
    """Say what colours mean, where no label at the end of a line does."""
    for mark in content.panels[0].marks:
        if isinstance(mark, data.Heat):
            told, number = (
                data.scale_in(mark.unit).label,
                FuncFormatter(lambda x, _: f"{100 * x:g}"),
            )
            figure.colorbar(
                views[0].images[0], ax=figure.axes, label=told, shrink=0.9, format=number
            )
    if legend := content.legend:
        names = [row_name(name) for name, _ in legend]
        dots = [
            Line2D([], [], linestyle="", label=name, **_look(n))
            for name, (_, n) in zip(names, legend, strict=True)
        ]
        wide = [max(map(len, name.splitlines())) + 6 for name in names]  # with its mark
        line = data.WIDE * LETTERS
        columns = len(dots) if sum(wide) <= line else max(1, int(line / max(wide)))
        figure.legend(handles=dots, loc="outside lower right", ncols=columns)


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
            view.legend(fontsize=TEXT)
        case data.Area():
            view.fill_between(
                mark.x, mark.low, mark.high, color=COLOURS[0], alpha=0.15, linewidth=0
            )
        case data.Stack():
            for (low, high), face in zip(mark.edges, mark.colours, strict=True):
                view.fill_between(mark.x, low, high, color=face, edgecolor="white", linewidth=0.6)
        case data.Faint():
            lines = [np.stack(line, axis=1) for line in mark.lines]
            width = 0.5 if mark.alpha < 0.5 else 1.0
            view.add_collection(
                LineCollection(
                    lines, colors=FAINT, alpha=mark.alpha, linewidths=width, linestyles=mark.dash,
                    zorder=1.5,
                )
            )  # fmt: skip
        case data.Rule():
            _rule(view, mark)


def _write(
    view: Axes, text: str, at: tuple[float, float], look: int | None, beside: float = 6
) -> Any:
    """Write a word right of a point, also where that is outside of the panel."""
    return view.annotate(
        text, at, xytext=(beside, 0), textcoords="offset points", va="center", fontsize=TEXT,
        color=text_colour(look), annotation_clip=False,
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
        view.plot(across, up, linestyle="", markersize=3, alpha=0.7, **_look(mark.looks[0]))
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


def _heat(view: Axes, mark: data.Heat) -> None:
    means = np.array([[i.estimate for i in row] for row in mark.rows])
    view.imshow(means, origin="lower", aspect="auto", cmap=HEAT, vmin=0, vmax=1)
    view.grid(False)
    if mark.numbered:
        for (j, i), mean in np.ndenumerate(means):
            view.text(i, j, data.short_number(mean), ha="center", va="center", fontsize=TEXT - 1,
                      color="white" if mean < data.DARK else "black")  # fmt: skip


def _rule(view: Axes, mark: data.Rule) -> None:
    if mark.until is not None:
        view.axvspan(mark.at, mark.until, color=FAINT, alpha=0.15, linewidth=0, zorder=0)
    else:
        across = view.axvline if mark.of == "x" else view.axhline
        across(mark.at, color=FAINT, linewidth=0.9, linestyle=mark.dash)
    if mark.label:
        view.text(mark.at, 0.98, mark.label, transform=view.get_xaxis_transform(), fontsize=TEXT,
                  color=INK, rotation=90, va="top", ha="right")  # fmt: skip


@styled()
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
    with styled(**{"svg.fonttype": "path"}):
        draw(content).savefig(sink, format="svg", metadata=metadata)
    return "data:image/svg+xml;base64," + base64.b64encode(sink.getvalue()).decode("ascii")
