"""The marks of a figure, each drawn into its panel by matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from sim.analysis.intervals import Interval
from sim.reports import figure as data
from sim.reports.looks import COLOURS, FAINT, INK, MOST_MARKS, colour, text_colour
from sim.reports.places import TEXT

LINES = ("solid", "dashed", "dotted", "dashdot")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HEAT, DARK = "cividis", 0.6  # shares below have dark cells
MOST_BARS = 300  # of small dots


def look_of(number: int) -> dict[str, Any]:
    """Return colour and marker of a look."""
    face = colour(number) if number < len(COLOURS) else "white"
    return {
        "color": colour(number),
        "marker": MARKERS[number % len(MARKERS)],
        "markerfacecolor": face,
    }


def draw_mark(view: Axes, mark: data.Mark) -> None:
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


def write(
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
        view.plot(across, up, linestyle="", markersize=3, alpha=0.7, **look_of(mark.looks[0]))
        return
    ends, width = (0, 1.0) if mark.middle else (3, 1.5)
    for n, (x, y, look) in enumerate(zip(mark.x, mark.y, mark.looks, strict=True)):
        view.errorbar(
            [x.estimate], [y.estimate], xerr=_bar(x), yerr=_bar(y), linestyle="", capsize=ends,
            elinewidth=width, **look_of(look),
        )  # fmt: skip
        if mark.middle:
            view.plot(mark.middle[n], [y.estimate] * 2, color=colour(look), linewidth=5,
                      alpha=0.6, solid_capstyle="butt", zorder=1.8)  # fmt: skip
        if mark.values:
            end = x.high if np.isfinite(x.high) else x.estimate
            write(view, mark.values[n], (end, y.estimate), look)


def _heat(view: Axes, mark: data.Heat) -> None:
    means = np.array([[i.estimate for i in row] for row in mark.rows])
    view.imshow(means, origin="lower", aspect="auto", cmap=HEAT, vmin=0, vmax=1)
    view.grid(False)
    if mark.numbered:
        for (j, i), mean in np.ndenumerate(means):
            view.text(i, j, "" if np.isnan(mean) else f"{100 * mean:.0f}", ha="center", va="center",
                      fontsize=TEXT - 1, color="white" if mean < DARK else "black")  # fmt: skip


def _rule(view: Axes, mark: data.Rule) -> None:
    if mark.until is not None:
        view.axvspan(mark.at, mark.until, color=FAINT, alpha=0.15, linewidth=0, zorder=0)
    else:
        across = view.axvline if mark.of == "x" else view.axhline
        across(mark.at, color=FAINT, linewidth=0.9, linestyle=mark.dash)
    if mark.label:
        view.text(mark.at, 0.98, mark.label, transform=view.get_xaxis_transform(), fontsize=TEXT,
                  color=INK, rotation=90, va="top", ha="right")  # fmt: skip
