"""The figures of a comparison in the report, with values to hover over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.robustness import regret
from sim.reports import words
from sim.reports.figures.comparison import MOST_PANELS, SEEN
from sim.reports.figures.paths import PANELS
from sim.reports.figures.style import FAINT
from sim.reports.html.figures import CHANGE, EFFECT_ROW, MONTHS, bars, of_months, runs_of
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
)  # fmt: skip
from sim.studies.effects import OUTCOME

if TYPE_CHECKING:
    from sim.studies.comparison.policy_runs import Comparison


def comparison(c: Comparison) -> list[Group]:
    """Return changes against the baseline, costs, and months or robustness."""
    if c.given:
        return given(c)
    order = [n for n in reversed(c.order) if n]
    changes = [c.paired(OUTCOME, n).change for n in order]
    view = panel("", CHANGE, "", None, 70 + EFFECT_ROW * len(order))
    bars(view, changes, [c.names[n] for n in order], [c.looks[n] for n in order])
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
            [{n: p.regret(n) for n in order} for p in shown],
            "Regret: how much the best of the same given world is better.",
        ),
    ):
        made = []
        ends = [x for numbers in found for i in numbers.values() for x in i[:3] if np.isfinite(x)]
        for part, numbers in zip(shown, found, strict=True):
            view = panel(part.where, unit, "", None, 70 + EFFECT_ROW * len(numbers))
            bars(
                view, list(numbers.values()), [c.names[n] for n in numbers],
                [c.looks[n] for n in numbers], ends,
            )  # fmt: skip
            made.append(view)
        groups.append(Group(title, f"{told} Bars: 95 % intervals.{more}", made, [], wide=True))
    return groups


def costs(c: Comparison) -> Group:
    """Return the cost-effectiveness plane and the acceptability curve."""
    unit = c.currency
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
    plane.line(*c.frontier_line, line_color=FAINT, line_dash="dotted")
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


def scenarios(c: Comparison) -> Group:
    """Return the mean months of named scenarios with their intervals."""
    made = []
    names, numbers = [line.name for line in c.lines], [line.number for line in c.lines]
    for name, title, unit in PANELS:
        view = panel(title, MONTHS, unit)
        ends = []
        for number, scenario, point in c.lines:
            found = of_months(c.result.ensemble.paths[name][point])
            band(view, range(len(found)), found, number, scenario, "month")
            ends.append(found[-1].estimate)
        last = len(found) - 1
        view.x_range.start, view.x_range.end = -0.03 * last, 1.75 * last
        view.xaxis[0].bounds = 0, last
        label_ends(view, last, ends, names, 1, numbers, LONGEST_NAME)
        made.append(view)
    caption = f"{runs_of(c.result)} each. Bands: 95 % intervals of the mean.{c.left_out}"
    key = [(line.name, line.number) for line in c.lines]
    return Group("Month by month", caption, made, key, wide=True)


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
