"""The path of one world, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim.analysis import intervals
from sim.reports.figures.style import COLOURS, FAINT, band, describe, label_ends, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.studies.comparison.policy_runs import Line
    from sim.studies.result import Result

PANELS = (
    ("adopters", "Adopters", "share of HCPs"),
    ("lapsed", "Lapsed (stopped using)", "share of HCPs"),
    ("trust", "Trust", "mean of HCPs, 0 to 1"),
    ("running", "Organisations running the tool", "share of organisations"),
)
THIN_LINES = 25


def _four_panels(size: tuple[float, float]) -> tuple[Figure, dict[str, Axes]]:
    """Return a figure of the four quantities by month, and quantity -> its panel."""
    figure, axes = new_figure(2, 2, size, sharex=True)
    panels = dict(zip((name for name, _, _ in PANELS), axes.flat, strict=True))
    for name, title, unit in PANELS:
        panels[name].set_title(title)
        panels[name].set_ylabel(unit)
        panels[name].set_ylim(0, 1)
    for panel in axes[-1]:
        panel.set_xlabel("months since the start")
    return figure, panels


def paths_figure(result: Result) -> Figure:
    """Return four panels: mean with its 95 % interval, 80 % of single runs, some single runs."""
    figure, panels = _four_panels((9, 6.2))
    for name, panel in panels.items():
        runs = result.ensemble.paths[name][0]
        draw_runs(panel, np.arange(runs.shape[1]), runs)
    runs_words = f"{result.ensemble.replicates} runs"
    describe(
        figure,
        f"{result.title}, {runs_words}: mean and its 95 % interval (dark), 80 % of runs (light), "
        "single runs (grey)",
    )
    return figure


def history_figure(title: str, paths: Mapping[str, np.ndarray]) -> Figure:
    """Return four panels of one run, which has no intervals.

    Parameters
    ----------
    title : str
    paths : mapping of str to (months + 1,) float
        The columns that the panels show.
    """
    figure, panels = _four_panels((9, 6.2))
    for name, panel in panels.items():
        panel.plot(np.arange(len(paths[name])), paths[name], color=COLOURS[0], linewidth=1.8)
    describe(figure, f"{title}. One run, so there are no intervals.")
    return figure


def draw_runs(panel: Axes, x: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Draw a mean with its 95 % interval, 80 % of single runs, and some single runs.

    Parameters
    ----------
    panel : Axes
    x : (months,)
    runs : (replicates, months)

    Returns
    -------
    (5, months)
        Mean, ends of its interval, ends of the 80 %; NaN where there is none.
    """
    good = runs[~np.isnan(runs).all(axis=1)]  # a failed run has no months
    most = np.full((2, len(x)), np.nan)
    if len(good):
        panel.plot(x, good[:THIN_LINES].T, color=FAINT, alpha=0.25, linewidth=0.5)
        most = np.nanpercentile(good, [10, 90], axis=0)
        panel.fill_between(x, *most, color=COLOURS[0], alpha=0.15, linewidth=0)
    mean, low, high, _ = intervals.of_columns(runs, (0, 1))
    panel.fill_between(x, low, high, color=COLOURS[0], alpha=0.5, linewidth=0)
    panel.plot(x, mean, color=COLOURS[0], linewidth=1.8)
    return np.vstack([mean, low, high, most])


def scenarios_figure(result: Result, lines: Sequence[Line], left_out: str = "") -> Figure:
    """Return four panels: means of named scenarios with their 95 % intervals."""
    figure, panels = _four_panels((9.5, 6.2))
    names, numbers = [line.name for line in lines], [line.number for line in lines]
    for name, panel in panels.items():
        ends = []
        months = np.arange(0)
        for number, _, point in lines:
            runs = result.ensemble.paths[name][point]
            months = np.arange(runs.shape[1])
            middle, low, high, _ = intervals.of_columns(runs, (0, 1))
            band(panel, months, low, middle, high, number)
            ends.append(float(middle[-1]))
        label_ends(panel, float(months[-1]), ends, names, numbers)
    describe(
        figure,
        f"{result.ensemble.replicates} runs each. Bands: 95 % intervals of the mean.{left_out}",
    )
    return figure
