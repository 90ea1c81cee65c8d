"""The figures of the report: what the printed ones show, with values to hover over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outcomes import intervals
from sim.outcomes.intervals import Interval
from sim.outcomes.robustness import regret
from sim.outcomes.value import frontier
from sim.reports import words
from sim.reports.figures.alignment import number_of
from sim.reports.figures.comparison import MOST_PANELS, SEEN
from sim.reports.figures.paths import PANELS, THIN_LINES
from sim.reports.figures.style import COLOURS, FAINT
from sim.reports.html.plots import (
    LONGEST_NAME,
    Group,
    band,
    colour_at,
    curve_of,
    dots,
    label_ends,
    label_points,
    mark_at,
    name_ticks,
    panel,
    rows_of,
    rule,
    thousands,
    write,
)
from sim.studies.alignment import OUTCOME, Effect, effects, points_of
from sim.studies.comparison.budget import means
from sim.studies.comparison.given import regret as regret_in
from sim.studies.grid import is_numeric
from sim.studies.sampled import axis_values, point_means, rank_correlation

if TYPE_CHECKING:
    from sim.studies.comparison.policies import Comparison
    from sim.studies.result import Result

MONTHS = "months since the start"
CHANGE = "change, share of HCPs"
EFFECT_ROW = 26  # pixels
EFFECTS_KEY = [("alignments", 0), ("processes", 1), ("several together", 2)]


def _runs(result: Result) -> str:
    return words.runs(result.ensemble.replicates)


def _of_months(runs: np.ndarray) -> list[Interval]:
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
        band(view, range(len(months)), _of_months(runs), 0, title, "month")
        made.append(view)
    caption = (
        f"{_runs(result)}. Line: mean. Dark band: 95 % interval of the mean. "
        "Light band: 80 % of single runs. Grey: single runs."
    )
    return [Group("Month by month", caption, made, [])]


def scenarios(c: Comparison) -> Group:
    """Return the mean months of named scenarios with their intervals."""
    made = []
    names, numbers = [line.name for line in c.lines], [line.number for line in c.lines]
    for name, title, unit in PANELS:
        view = panel(title, MONTHS, unit)
        ends = []
        for number, scenario, point in c.lines:
            found = _of_months(c.result.ensemble.paths[name][point])
            band(view, range(len(found)), found, number, scenario, "month")
            ends.append(found[-1].estimate)
        last = len(found) - 1
        view.x_range.start, view.x_range.end = -0.03 * last, 1.75 * last
        view.xaxis[0].bounds = 0, last
        label_ends(view, last, ends, names, 1, numbers, LONGEST_NAME)
        made.append(view)
    caption = f"{_runs(c.result)} each. Bands: 95 % intervals of the mean.{c.left_out}"
    key = [(line.name, line.number) for line in c.lines]
    return Group("Month by month", caption, made, key, wide=True)


def comparison(c: Comparison) -> list[Group]:
    """Return changes against the baseline, costs, and months or robustness."""
    if c.given:
        return given(c)
    order = [n for n in reversed(c.order) if n]
    changes = [c.paired(OUTCOME, n).change for n in order]
    view = panel("", CHANGE, "", None, 70 + EFFECT_ROW * len(order))
    _bars(view, changes, [c.names[n] for n in order], [c.looks[n] for n in order])
    caption = (
        f"Change of sustained adoption from {c.baseline}, paired {c.by}. Bars: 95 % intervals "
        "of the mean difference."
    )
    groups = [Group("What each changes", caption, [view], [])]
    groups.append(scenarios(c) if c.worlds == 1 else over_worlds(c))
    if c.costs_known:
        groups.append(costs(c))
    return groups


def given(c: Comparison) -> list[Group]:
    """Return changes and regret in each given world, a panel for each."""
    shown = c.given[:MOST_PANELS]
    order = list(reversed(shown[0].order))
    more = f" Drawn: {len(shown)} of {len(c.given)}." if len(c.given) > len(shown) else ""
    groups = []
    for title, unit, found, told in (
        (
            "What each changes in each given world",
            CHANGE,
            [{n: p.paired(OUTCOME, n).change for n in order if n} for p in shown],
            f"Change of sustained adoption from {c.baseline}, paired.",
        ),
        (
            "Regret in each given world",
            "regret, share of HCPs",
            [{n: regret_in(p, n) for n in order} for p in shown],
            "Regret: how much the best of the same given world is better.",
        ),
    ):
        made = []
        ends = [x for numbers in found for i in numbers.values() for x in i[:3] if np.isfinite(x)]
        for part, numbers in zip(shown, found, strict=True):
            view = panel(part.where, unit, "", None, 70 + EFFECT_ROW * len(numbers))
            _bars(
                view, list(numbers.values()), [c.names[n] for n in numbers],
                [c.looks[n] for n in numbers], ends,
            )  # fmt: skip
            made.append(view)
        groups.append(Group(title, f"{told} Bars: 95 % intervals.{more}", made, [], wide=True))
    return groups


def costs(c: Comparison) -> Group:
    """Return the cost-effectiveness plane and the acceptability curve."""
    unit = str(c.result.values["cost.currency"])
    others = range(1, len(c.names))
    values = [c.value(n) for n in others]
    plane = panel(
        "Cost and effect", "additional sustained adopters, HCPs", f"additional cost, {unit}", None,
        340,
    )  # fmt: skip
    at = [(v.effect.estimate, v.cost.estimate) for v in values]
    across = [(v.effect.low, y, v.effect.high, y) for v, (_, y) in zip(values, at, strict=True)]
    up = [(x, v.cost.low, x, v.cost.high) for v, (x, _) in zip(values, at, strict=True)]
    tips = [
        ("what", [c.names[n] for n in others]),
        (
            "additional sustained adopters",
            [words.with_interval(v.effect, sign=True) for v in values],
        ),
        (
            f"additional cost, {unit}",
            [f"{v.cost.estimate:,.0f} ({v.cost.low:,.0f} to {v.cost.high:,.0f})" for v in values],
        ),
    ]
    numbers = [c.looks[n] for n in others]
    dots(
        plane, at, across + up, list(map(colour_at, numbers)), tips, 8, list(map(mark_at, numbers))
    )
    rule(plane, 0)
    rule(plane, 0, "width")
    costs, effects = means(c)
    kept = frontier(costs, effects)
    plane.line(effects[kept], costs[kept], line_color=FAINT, line_dash="dotted")
    far = max((v.effect.high for v in values if np.isfinite(v.effect.high)), default=0.0)
    label_points(plane, at, [c.names[n] for n in others], numbers, far)
    thousands(plane.yaxis[0])
    prices, shares = c.acceptability
    curve = panel(
        "Worth most, at each willingness to pay",
        f"{unit} for an additional sustained adopter",
        "share of resamples",
        (0, 1.3),
        340,
    )
    for n in range(len(c.names)):
        if shares[n].max() > SEEN:
            curve_of(curve, prices, shares[n], c.looks[n], c.names[n], "price")
            top = np.flatnonzero(shares[n] == shares[n].max())
            spot = float(prices[top[len(top) // 2]]), float(shares[n].max())
            write(curve, spot, c.names[n], c.looks[n], 2, y_offset=6, angle=0.5)
    curve.yaxis[0].ticker = [0, 0.25, 0.5, 0.75, 1]
    curve.x_range.start, curve.x_range.end = 0, 1.4 * float(prices[-1])
    thousands(curve.xaxis[0])
    caption = (
        f"Against {c.baseline}, discounted. First: means with 95 % intervals (bootstrap); dotted: what each budget buys. Second: "
        "how probably each is worth most, if one additional sustained adopter is worth so much."
    )
    return Group("What it costs", caption, [plane, curve], [])


def over_worlds(c: Comparison) -> Group:
    """Return sustained adoption and regret over the worlds, policy by policy."""
    x = c.goal_by_world
    order = list(reversed(c.order))
    names = [c.names[n] for n in order]
    made = []
    for title, found in (("Sustained adoption", x), ("Regret", regret(x))):
        low, first, middle, third, high = np.quantile(
            found[order], [0.05, 0.25, 0.5, 0.75, 0.95], axis=1
        )
        view = panel(title, "share of HCPs", "", None, 70 + EFFECT_ROW * len(order))
        rows = range(len(order))
        told = [
            f"{words.number(m)} (middle 90 % of worlds {words.number(a)} to {words.number(b)})"
            for m, a, b in zip(middle, low, high, strict=True)
        ]
        dots(
            view,
            list(zip(middle, rows, strict=True)),
            [(a, y, b, y) for a, y, b in zip(low, rows, high, strict=True)]
            + [(a, y, b, y) for a, y, b in zip(first, rows, third, strict=True)],
            [colour_at(c.looks[n]) for n in order],
            [("what", names), ("median", told)],
            8,
            [mark_at(c.looks[n]) for n in order],
            len(order),
        )
        rows_of(view, len(order))
        name_ticks(view.yaxis[0], rows, names)
        made.append(view)
    rule(made[0], float(c.result.values["outcome.sustained_threshold"]), dash="dashed")
    caption = (
        f"{x.shape[1]} worlds: median, middle 50 % and middle 90 % of them. Dashed: what counts as "
        "sustained. Regret: how much the best policy of each world is better than this one."
    )
    return Group("How robust it is", caption, made, [])


def _bars(
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


def _effects(found: list[Effect]) -> Any:
    """Return a panel of effects, the first on top."""
    found = found[::-1]
    view = panel("", CHANGE, "", None, 70 + EFFECT_ROW * len(found))
    _bars(
        view, [e.change for e in found], [e.axis.name for e in found], list(map(number_of, found))
    )
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
    runs = f"{_runs(result)} each"
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


def main_effects(result: Result, found: list[Effect]) -> Group:
    """Return what each axis changes on average over all combinations of the others."""
    caption = (
        "Change of sustained adoption between the ends of each axis, averaged over all "
        f"{len(result.ensemble.points):,} combinations, largest on top. {_runs(result)} each. "
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
    caption = f"{means.size} points, {_runs(result)} each. Bars: 95 % intervals of the mean."
    return [Group("Sustained adoption over each axis", caption, made, [])]
