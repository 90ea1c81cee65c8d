"""The figures of the report: what the printed ones show, with values to hover over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import intervals
from sim.analysis.correlation import rank_correlation
from sim.analysis.intervals import Interval
from sim.reports import words
from sim.reports.figures.alignment import number_of
from sim.reports.figures.paths import PANELS, THIN_LINES
from sim.reports.figures.style import COLOURS, FAINT
from sim.reports.html.plots import (
    Group,
    band,
    colour_at,
    dots,
    mark_at,
    name_ticks,
    panel,
    rows_of,
    rule,
)
from sim.studies.alignment import effects, points_of
from sim.studies.effects import OUTCOME, Effect
from sim.studies.grid import is_numeric
from sim.studies.sampled import axis_values, point_means

if TYPE_CHECKING:
    from sim.studies.result import Result

MONTHS = "months since the start"
CHANGE = "change, share of HCPs"
EFFECT_ROW = 26  # pixels
EFFECTS_KEY = [("alignments", 0), ("processes", 1), ("several together", 2)]


def runs_of(result: Result) -> str:
    """Return the number of runs of each point in words."""
    return words.runs(result.ensemble.replicates)


def of_months(runs: np.ndarray) -> list[Interval]:
    """Return the mean of runs in each month, with its interval."""
    columns = (x.tolist() for x in intervals.of_columns(runs, (0, 1)))
    return [Interval(*month) for month in zip(*columns, strict=True)]


def paths(result: Result) -> list[Group]:
    """Return the months of one world: mean, its interval, most runs, some single runs."""
    made = []
    for name, title, unit in PANELS:
        runs = result.ensemble.paths[name][0]
        months = np.arange(runs.shape[1])
        good = runs[~np.isnan(runs).all(axis=1)]  # a failed run has no months
        view = panel(title, MONTHS, unit)
        if len(good):
            thin = good[:THIN_LINES].astype(np.float32)
            view.multi_line(
                [months] * len(thin), list(thin), line_color=FAINT, line_alpha=0.25, line_width=0.6
            )
            low, high = np.nanpercentile(good, [10, 90], axis=0)
            view.varea(months, low, high, fill_color=COLOURS[0], fill_alpha=0.13)
        band(view, range(len(months)), of_months(runs), 0, title, "month")
        made.append(view)
    caption = (
        f"{runs_of(result)}. Line: mean. Dark band: 95 % interval of the mean. "
        "Light band: 80 % of single runs. Grey: single runs."
    )
    return [Group("Month by month", caption, made, [])]


def bars(
    view: Any,
    changes: list[Interval],
    names: list[str],
    numbers: list[int],
    limits: Sequence[float] = (),
) -> None:
    """Draw changes with their intervals, one below the other.

    `numbers` are those of the looks; `limits` are numbers that the panel has to hold as well.
    """
    rows = range(len(changes))
    ends = [
        (i.estimate if np.isnan(i.low) else i.low, i.estimate if np.isnan(i.high) else i.high)
        for i in changes
    ]
    told = [words.with_interval(i, sign=True) for i in changes]
    dots(
        view,
        [(i.estimate, y) for y, i in enumerate(changes)],
        [(low, y, high, y) for y, (low, high) in enumerate(ends)],
        list(map(colour_at, numbers)),
        [("what", names), ("change", told)],
        8,
        list(map(mark_at, numbers)),
    )
    known = [*limits, *(x for bar in ends for x in bar if np.isfinite(x))]
    low, high = min([0.0, *known]), max([0.0, *known])
    room = 0.05 * ((high - low) or 1.0)
    view.x_range.start, view.x_range.end = low - room, high + room
    rule(view, 0)
    rows_of(view, len(changes))
    name_ticks(view.yaxis[0], rows, names)


def _effects(found: Sequence[Effect]) -> Any:
    """Return a panel of effects, the first on top."""
    found = found[::-1]
    view = panel("", CHANGE, "", None, 70 + EFFECT_ROW * len(found))
    bars(view, [e.change for e in found], [e.axis.name for e in found], list(map(number_of, found)))
    return view


def alignment(result: Result) -> list[Group]:
    """Return the effect of every axis, and the curves behind them."""
    view = _effects(effects(result))
    base = result.mean(OUTCOME, 0)
    curves = []
    for axis in (a for a in result.axes if len(a) > 1):
        means = [result.mean(OUTCOME, p) for p in points_of(result, axis)]
        x = list(axis.values) if is_numeric(axis) else list(range(len(axis)))
        curve = panel("", axis.name, "share of HCPs", height=200)
        rule(curve, base.estimate, "width", "dotted")
        band(curve, x, means, 0, "sustained adoption", axis.name)
        if not is_numeric(axis):
            name_ticks(curve.xaxis[0], x, [words.value(v) for v in axis.values])
        curves.append(curve)
    runs = f"{runs_of(result)} each"
    caption = (
        f"Change of sustained adoption between the ends of each axis, largest on top. {runs}, paired. "
        "Bars: 95 % intervals of the mean change."
    )
    along = (
        f"{runs}. Bands: 95 % intervals of the mean. Dotted: the base point, "
        f"{words.with_interval(base)}."
    )
    return [
        Group("What each factor changes", caption, [view], EFFECTS_KEY, False),
        Group("Sustained adoption along each factor", along, curves, []),
    ]


def main_effects(result: Result, found: Sequence[Effect]) -> Group:
    """Return what each axis changes on average over all combinations of the others."""
    caption = (
        "Change of sustained adoption between the ends of each axis, averaged over all "
        f"{len(result.ensemble.points):,} combinations, largest on top. {runs_of(result)} each. "
        "Bars: 95 % intervals of the mean change, over runs."
    )
    view = _effects(found)
    return Group("What each factor changes on average", caption, [view], EFFECTS_KEY, False)


def sampled(result: Result) -> list[Group]:
    """Return mean sustained adoption of each point over each axis."""
    means = point_means(result)
    found = [intervals.of_mean(runs, (0, 1)) for runs in result.ensemble.outcomes[OUTCOME]]
    told = [words.with_interval(i) for i in found]
    numbers = [str(n) for n in range(len(found))]
    made = []
    for axis in result.axes:
        x = axis_values(result, axis)
        r = words.with_interval(rank_correlation(x, means), sign=True)
        view = panel(f"rank correlation {r}", axis.name, "share of HCPs", height=230)
        bars = [(a, i.low, a, i.high) for a, i in zip(x, found, strict=True)]
        tips = [("point", numbers), (axis.name, [words.value(v) for v in x]),
                ("sustained adoption", told)]  # fmt: skip
        dots(view, list(zip(x, means, strict=True)), bars, [COLOURS[0]] * len(found), tips, 5)
        made.append(view)
    caption = f"{means.size} points, {runs_of(result)} each. Bars: 95 % intervals of the mean."
    return [Group("Sustained adoption over each axis", caption, made, [])]
