"""Figures on paper: the panels of `sim.reports.figure` laid out by matplotlib, saved as PNG and SVG."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.ensembles.store.atomic import write_atomic
from sim.reports import figure as data
from sim.reports.draw_marks import draw_mark, look_of, write
from sim.reports.figure_style import HUNDRED, PlainLog, describe, new_figure, styled
from sim.reports.looks import text_colour
from sim.reports.places import (
    BOLD,
    GAP,
    HEAD,
    LETTERS,
    LINE,
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
CAPTION_LINE = 0.18  # inches
MARGIN = 0.04  # of what is drawn, beyond it
DOTS_PER_INCH = 150


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
            times = 100 if panel.x.hundred else 1
            view.xaxis.set_major_formatter(PlainLog(times))
            view.xaxis.set_minor_formatter(PlainLog(times))
        for mark in panel.marks:
            draw_mark(view, mark)
    words, ends = [words_of(panel) for panel in panels], _limits(content, views)
    for n, (view, panel, limits) in enumerate(zip(views, panels, ends, strict=True)):
        # what is read one beneath the other on the same axis ends at the same place
        beneath = range(n % columns, len(panels), columns) if panel.x.limits else ()
        named = words[n] or any(words[m] for m in beneath if panels[m].x == panel.x)
        _axes(view, panel, *limits, bool(named))
    _key(figure, content, views)
    _name(figure, views, words, height(content))
    return figure


def _name(figure: Any, views: Any, words: Sequence[Sequence[Word]], high: float) -> None:
    """Write the words at the right of panels that are about so many points high; then lay out, and move them apart."""
    texts = [[write(view, word.text, (view.get_xlim()[1], at), word.look, 3)
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
        if scale.hundred and not scale.log:
            axis.set_major_formatter(HUNDRED)
        if scale.names:
            axis.set_ticks(range(len(scale.names)), [*map(row_name, scale.names)])
        elif axis is view.xaxis and words:  # no number beyond the end of the axis
            axis.set_ticks([at for at in axis.get_majorticklocs() if x[0] <= at <= x[1]])


def _key(figure: Figure, content: data.Figure, views: Any) -> None:
    """Say what colours mean, where no label at the end of a line does."""
    for mark in content.panels[0].marks:
        if isinstance(mark, data.Heat):
            scale, told = views[0].images[0], mark.unit
            figure.colorbar(scale, ax=figure.axes, label=told, shrink=0.9, format=HUNDRED)
    if legend := content.legend:
        names = [row_name(name) for name, _ in legend]
        dots = [
            Line2D([], [], linestyle="", label=name, **look_of(n))
            for name, (_, n) in zip(names, legend, strict=True)
        ]
        wide = [max(map(len, name.splitlines())) + 6 for name in names]  # with its mark
        line = data.WIDE * LETTERS
        columns = len(dots) if sum(wide) <= line else max(1, int(line / max(wide)))
        figure.legend(handles=dots, loc="outside lower right", ncols=columns)


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
