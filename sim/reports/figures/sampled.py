"""Points of a sampled space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.analysis import intervals
from sim.analysis.correlation import rank_correlation
from sim.reports import words
from sim.reports.figures.style import COLOURS, FAINT, describe, new_figure
from sim.studies.sampled import OUTCOME, axis_values, point_means

if TYPE_CHECKING:
    from sim.studies.result import Result

COLUMNS = 4
MOST_BARS = 300


def points_figure(result: Result) -> Figure:
    """Return mean sustained adoption of each point over each axis; bars are 95 % intervals."""
    axes_of = result.axes
    columns = min(COLUMNS, len(axes_of))
    rows = -(-len(axes_of) // columns)
    figure, panels = new_figure(rows, columns, (2.9 * columns, 2.6 * rows + 0.3), sharey=True)
    means = point_means(result)
    outcomes = result.ensemble.outcomes[OUTCOME]
    for panel, axis in zip(panels.flat, axes_of, strict=False):
        x = axis_values(result, axis)
        if means.size <= MOST_BARS:
            bars = [intervals.of_mean(runs, (0, 1)) for runs in outcomes]
            panel.vlines(
                x, [b.low for b in bars], [b.high for b in bars], color=FAINT, alpha=0.4, lw=0.8
            )
        panel.plot(x, means, "o", color=COLOURS[0], markersize=3, alpha=0.7)
        if axis.logarithmic:
            panel.set_xscale("log")
        r = rank_correlation(x, means)
        panel.set_title(f"rank correlation {words.with_interval(r, sign=True)}", fontsize=8)
        panel.set_xlabel(axis.name, fontsize=8)
        panel.set_ylim(0, 1)
    for panel in panels.flat[len(axes_of) :]:
        panel.set_visible(False)
    for row in panels:
        row[0].set_ylabel("sustained adoption,\nshare of HCPs")
    describe(
        figure,
        f"{result.title}: {means.size} points, {result.ensemble.replicates} runs each. "
        "Bars: 95 % intervals of the mean.",
    )
    return figure
