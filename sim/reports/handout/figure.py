"""The figure of a handout: adopters over the years, as data inside the page."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import matplotlib
import numpy as np

from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.reports.figures.paths import draw_runs
from sim.reports.figures.style import COLOURS, FAINT, new_figure
from sim.tables.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.studies.result import Result

SIZE = (7.0, 3.3)  # inches: as wide as the text of an A4 page
GAP = 0.065  # between labels, as a share of the height


def adopters_figure(result: Result) -> Figure:
    """Return the share of adopters over the years, with its bands named beside them."""
    figure, axes = new_figure(1, 1, SIZE)
    panel = axes[0, 0]
    runs = result.ensemble.paths["adopters"][0]
    years = np.arange(runs.shape[1]) / MONTHS_IN_YEAR
    drawn = draw_runs(panel, years, runs)
    panel.set_xlabel("years since the start")
    panel.set_ylabel("adopters, share of HCPs")
    panel.set_ylim(0, 1)
    panel.set_xlim(0, max(years[-1], 1 / MONTHS_IN_YEAR))
    _labels(panel, float(years[-1]), drawn[:, -1])
    return figure


def _labels(panel: Axes, x: float, ends: np.ndarray) -> None:
    """Name mean and bands right of the panel, at their height; moved apart where they meet."""
    mean, _, _, _, top = (0.5 if np.isnan(y) else float(y) for y in ends)
    mean = min(max(mean, GAP), 1 - 2 * GAP)
    said = [
        (max(top, mean + 1.5 * GAP), "80 % of single runs", FAINT),
        (mean + GAP / 2, "mean, and its", COLOURS[0]),
        (mean - GAP / 2, "95 % interval (dark)", COLOURS[0]),
    ]
    for y, text, colour in said:
        panel.annotate(
            text, (x, y), xytext=(6, 0), textcoords="offset points", color=colour, fontsize=8,
            va="center", annotation_clip=False,
        )  # fmt: skip


def picture(figure: Figure, title: str) -> str:
    """Return the figure as an address that holds its own data; letters are drawn, not looked up."""
    sink = io.BytesIO()
    metadata = {"Title": title, "Creator": f"nasss-sim {__version__}", "Date": None}
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        figure.savefig(sink, format="svg", metadata=metadata)
    return "data:image/svg+xml;base64," + base64.b64encode(sink.getvalue()).decode("ascii")
