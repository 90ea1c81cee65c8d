"""One look for all figures: colour-blind safe, readable in grey, direct labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe & Ito 2008, ordered by lightness so that lines differ in grey as well; then Tol's muted
# scheme (2021), for comparisons of many
COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"),
    *("#882255", "#999933", "#332288", "#44AA99", "#AA4499"),
)
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, FAINT = "#222222", "#777777"
HEAT = "cividis"
LABEL_ROOM = 0.06  # of the height of a panel, for labels of points
READABLE = 4.5  # contrast of text to white paper: WCAG 2.1, level AA

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
        from io import BytesIO

        content = BytesIO()
        self.savefig(content, format="png")
        return content.getvalue()


def new_figure(rows: int, columns: int, size: tuple[float, float], **options: Any) -> Any:
    """Return a figure (without pyplot's global state) and its axes, shape (rows, columns)."""
    figure = ShownFigure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, np.atleast_2d(figure.subplots(rows, columns, squeeze=False, **options))


def contrast(colour: str) -> float:
    """Return the contrast of a colour to white, from 1 to 21, as WCAG 2.1 defines it."""
    parts = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05))


def text_colour(number: int) -> str:
    """Return the colour of a look, as dark as words need that are read in grey or on paper."""
    colour = COLOURS[number % len(COLOURS)]
    while contrast(colour) < READABLE:
        darker = (int(0.96 * int(colour[n : n + 2], 16)) for n in (1, 3, 5))
        colour = "#" + "".join(f"{part:02X}" for part in darker)
    return colour


def describe(figure: Figure, text: str) -> None:
    """Say above all panels what they show."""
    figure.suptitle(text, fontsize=9, color=INK, x=0.01, ha="left")


def band(
    axes: Axes, x: Any, low: Any, middle: Any, high: Any, number: int, label: str = ""
) -> None:
    """Draw a line with its band, in the look of the numbered series."""
    colour = COLOURS[number % len(COLOURS)]
    axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(
        x,
        middle,
        color=colour,
        linestyle=LINES[number % len(LINES)],
        marker=MARKERS[number % len(MARKERS)] if len(x) <= 15 else None,
        markersize=3.5,
        linewidth=1.6,
        label=label,
    )


def apart(heights: Sequence[float], low: float, high: float, gap: float) -> list[tuple[int, float]]:
    """Return (number, height) of labels, lowest first, at least `gap` apart from `low` to `high`.

    The least moves that keep a gap: those of an increasing fit to the heights less the gaps. So a
    label far from all others stays at its line.
    """
    order = sorted(
        (n for n in range(len(heights)) if np.isfinite(heights[n])), key=lambda n: heights[n]
    )
    if not order:
        return []
    from scipy.optimize import isotonic_regression

    gaps = gap * np.arange(len(order))
    bottom = low + gap / 2  # not on the axis, and not out of the panel, into the next one
    least = isotonic_regression(np.array([heights[n] for n in order]) - gaps).x
    placed = np.clip(least, bottom, max(bottom, high - gaps[-1])) + gaps
    return [(n, float(y)) for n, y in zip(order, placed, strict=True)]


def label_ends(
    axes: Axes,
    x: float,
    heights: list[float],
    labels: list[str],
    numbers: list[int] | None = None,
) -> None:
    """Write labels right of the last point, moved apart where they would overlap.

    `numbers` are those of the series, where not all of them are drawn.
    """
    low, high = axes.get_ylim()
    for n, y in apart(heights, low, high, (high - low) * 0.085):
        axes.annotate(
            labels[n],
            (x, y),
            xytext=(6, 0),
            textcoords="offset points",
            color=text_colour(n if numbers is None else numbers[n]),
            fontsize=8,
            va="center",
            annotation_clip=False,
        )


def label_points(
    axes: Axes, points: list[tuple[float, float]], labels: list[str], numbers: list[int]
) -> None:
    """Name points right of the panel, each with a line to its point, where no label covers another.

    `numbers` are those of the series. Call it when the limits of the panel are final.
    """
    low, high = axes.get_ylim()
    known = [n for n, point in enumerate(points) if np.isfinite(point).all()]
    known.sort(key=lambda n: points[n][1])
    heights = np.array([(points[n][1] - low) / (high - low) for n in known])
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + LABEL_ROOM)
    if len(heights) and heights[-1] > 1:  # back into the panel, as far as they fit
        heights -= min(heights[-1] - 1, heights[0])
    for n, y in zip(known, heights, strict=True):
        colour = COLOURS[numbers[n] % len(COLOURS)]
        axes.annotate(
            labels[n],
            points[n],
            (1.03, y),
            textcoords="axes fraction",
            va="center",
            fontsize=8,
            color=text_colour(numbers[n]),
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "alpha": 0.6},
        )
