"""Figures of one factor at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim.reports import words
from sim.reports.figures.style import COLOURS, FAINT, new_figure
from sim.studies.alignment import effects, points_of
from sim.studies.effects import OUTCOME, Effect
from sim.studies.grid import ends, is_numeric

if TYPE_CHECKING:
    from sim.studies.result import Result


def effects_figure(result: Result, found: Sequence[Effect] | None = None) -> Figure:
    """Return the change of sustained adoption between the ends of each axis, with intervals.

    Each alone from the base point, unless other effects are `found`, largest first.
    """
    found = (effects(result) if found is None else found)[::-1]
    figure, axes = new_figure(1, 1, (8, 0.38 * len(found) + 1.4))
    panel = axes[0, 0]
    for y, effect in enumerate(found):
        change = effect.change
        colour = COLOURS[number_of(effect)]
        panel.plot([change.low, change.high], [y, y], color=colour, linewidth=2.2)
        panel.plot(change.estimate, y, "o", color=colour, markersize=5)
        panel.annotate(
            words.signed(change.estimate),
            (change.high, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=colour,
        )
    panel.axvline(0, color=FAINT, linewidth=0.8)
    panel.set_yticks(range(len(found)), [range_of(effect) for effect in found])
    panel.set_xlabel("change of sustained adoption (share of HCPs), paired, with 95 % interval")
    panel.margins(x=0.12)
    panel.set_title(f"{result.title}, {result.ensemble.replicates} runs each")
    return figure


def number_of(effect: Effect) -> int:
    """Return the number of the look of an effect: alignments, processes, several together."""
    if effect.together:
        return 2
    return 1 if effect.axis.name.startswith("process.") else 0


def range_of(effect: Effect) -> str:
    """Return an axis with the ends between which its effect is."""
    axis = effect.axis
    low, high = (words.value(axis.values[n]) for n in ends(axis))
    return f"{axis.name}  {low} to {high}"


def curves_figure(result: Result) -> Figure:
    """Return sustained adoption along each axis, with bands, beside the base point."""
    axes_of = [axis for axis in result.axes if len(axis) > 1]
    columns = min(4, max(1, len(axes_of)))
    rows = -(-len(axes_of) // columns)
    figure, panels = new_figure(rows, columns, (2.6 * columns, 2.2 * rows + 0.4), sharey=True)
    base = result.mean(OUTCOME, 0).estimate
    for panel, axis in zip(panels.flat, axes_of, strict=False):
        found = [result.mean(OUTCOME, p) for p in points_of(result, axis)]
        x = np.array(axis.values, float) if is_numeric(axis) else np.arange(len(axis))
        middle, low, high = (np.array([e[k] for e in found]) for k in range(3))
        panel.axhline(base, color=FAINT, linewidth=0.8, linestyle=":")
        panel.fill_between(x, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
        panel.plot(x, middle, color=COLOURS[0], marker="o", markersize=3, linewidth=1.4)
        panel.set_title(axis.name.replace(".", ".\n", 1), fontsize=8)
        panel.set_ylim(0, 1)
        if not is_numeric(axis):
            panel.set_xticks(x, [words.value(v) for v in axis.values])
    for panel in panels.flat[len(axes_of) :]:
        panel.set_visible(False)
    for row in panels:
        row[0].set_ylabel("sustained adoption,\nshare of HCPs")
    figure.suptitle(
        "Bands: 95 % intervals of the mean. Dotted: base point.", fontsize=9, color=FAINT
    )
    return figure
