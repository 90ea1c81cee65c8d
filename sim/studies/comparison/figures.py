"""Figures of policies: changes against the baseline, months, costs, robustness, given worlds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.intervals import Interval
from sim.analysis.robustness import regret
from sim.outcomes.table import GOAL, MIDWAY
from sim.reports import words
from sim.reports.figure import (
    Curve,
    Dots,
    Faint,
    Figure,
    Mark,
    Panel,
    Rule,
    Scale,
    around,
    exact,
    mean_of_runs,
    rows_of,
)
from sim.reports.month_figures import month_figure
from sim.studies.comparison.policy_runs import Comparison

SEEN = 0.02  # a curve that stays below lies on the axis
MOST_PANELS = 6  # given worlds that are drawn
ROW = 0.34  # inches


def figures(c: Comparison) -> list[Figure]:
    """Return changes, months or robustness, and where known costs; or all given worlds."""
    if c.given:
        return [given_changes_figure(c), given_regret_figure(c)]
    made = [changes_figure(c), months_figure(c) if c.worlds == 1 else robustness_figure(c)]
    return [*made, costs_figure(c)] if c.costs_known else made


def _policies(
    c: Comparison,
    title: str,
    unit: str,
    found: dict[int, Interval],
    limits: tuple[float, float],
) -> Panel:
    """Return a number of every policy with its interval, from bottom to top."""
    names = [c.names[n] for n in found]
    changes = list(found.values())
    told = [words.with_interval(i, sign=True) for i in changes]
    dots = Dots(changes, [exact(row) for row in range(len(found))], [c.looks[n] for n in found],
                [("what", names), (unit.partition(",")[0], told)])  # fmt: skip
    return Panel(title, [Rule(0), dots], Scale(unit, limits), rows_of(names))


def changes_figure(c: Comparison) -> Figure:
    """Return the changes of sustained adoption by month 60 and at the horizon."""
    midway = f"{GOAL}.month_{MIDWAY}"
    outcomes = [(GOAL, "Sustained adoption at the horizon")]
    if np.isfinite(c.runs(midway, 0)).any():
        outcomes.insert(0, (midway, f"Sustained adoption by month {MIDWAY}"))
    order = [n for n in reversed(c.order) if n]
    found = [{n: c.paired(outcome, n).change for n in order} for outcome, _ in outcomes]
    limits = around([i for changes in found for i in changes.values()])
    unit = f"change from {c.baseline}, share of HCPs"
    panels = [
        _policies(c, title, unit, changes, limits)
        for (_, title), changes in zip(outcomes, found, strict=True)
    ]
    pairs = c.paired(GOAL, 1).change.runs
    caption = (
        f"Change of sustained adoption from {c.baseline}, paired {c.by} ({pairs} "
        f"{'worlds' if c.worlds > 1 else 'runs'}). Bars: 95 % intervals of the mean difference "
        "(bootstrap)."
    )
    height = 1.0 + ROW * len(c.names)
    return Figure("changes", "What each changes", caption, panels, len(panels), height, "y")


def _given_figure(
    c: Comparison, name: str, title: str, told: str, unit: str, found: Sequence[dict[int, Interval]]
) -> Figure:
    """Return a panel for each given world, as far as they fit."""
    shown = found[:MOST_PANELS]
    limits = around([i for numbers in shown for i in numbers.values()])
    panels = [
        _policies(c, part.where, unit, numbers, limits)
        for part, numbers in zip(c.given, shown, strict=False)
    ]
    more = f" Drawn: {len(shown)} of {len(found)}." if len(found) > len(shown) else ""
    caption = f"{told} Bars: 95 % intervals.{more}"
    columns = min(len(panels), 3)
    return Figure(name, title, caption, panels, columns, 1.0 + ROW * len(shown[0]), "y")


def given_changes_figure(c: Comparison) -> Figure:
    """Return the changes of sustained adoption in each given world."""
    order = [n for n in reversed(c.given[0].order) if n]
    return _given_figure(
        c, "changes", "What each changes in each given world",
        f"Change of sustained adoption from {c.baseline}, paired.",
        f"change from {c.baseline}, share of HCPs",
        [{n: part.paired(GOAL, n).change for n in order} for part in c.given],
    )  # fmt: skip


def given_regret_figure(c: Comparison) -> Figure:
    """Return the regret of each policy in each given world."""
    order = list(reversed(c.given[0].order))
    return _given_figure(
        c, "regret", "Regret in each given world",
        "Regret: how much the best of the same given world is better.", "regret, share of HCPs",
        [{n: part.regret(n) for n in order} for part in c.given],
    )  # fmt: skip


def months_figure(c: Comparison) -> Figure:
    """Return the mean months of the baseline and the best, with their intervals."""
    paths = c.result.ensemble.paths

    def marks_of(column: str, _: str) -> list[Mark]:
        curves: list[Mark] = []
        for look, name, point in c.lines:
            found = mean_of_runs(paths[column][point])
            curves.append(Curve(range(len(found)), found, look, name, name))
        return curves

    runs = words.runs(c.result.ensemble.replicates)
    caption = f"{runs} each. Bands: 95 % intervals of the mean.{c.left_out}"
    key = [(line.name, line.number) for line in c.lines]
    return month_figure("scenarios", caption, marks_of, c.result.values["horizon"], key)


def robustness_figure(c: Comparison) -> Figure:
    """Return the distribution of sustained adoption over worlds, and of regret."""
    x = c.goal_by_world
    order = list(reversed(c.order))
    names, looks = [c.names[n] for n in order], [c.looks[n] for n in order]
    panels = []
    for title, found in (("Sustained adoption over the worlds", x), ("Regret", regret(x))):
        low, first, middle, third, high = np.quantile(
            found[order], [0.05, 0.25, 0.5, 0.75, 0.95], axis=1
        )
        told = [
            f"{words.number(m)} (middle 90 % of worlds {words.number(a)} to {words.number(b)})"
            for m, a, b in zip(middle, low, high, strict=True)
        ]
        runs = [found.shape[1]] * len(order)
        dots = Dots(
            list(map(Interval, middle, low, high, runs)), [exact(row) for row in range(len(order))],
            looks, [("what", names), ("median", told)], list(zip(first, third, strict=True)),
        )  # fmt: skip
        panels.append(Panel(title, [dots], Scale("share of HCPs"), rows_of(names)))
    goal = float(c.result.values["outcome.sustained_threshold"])
    panels[0] = Panel(
        panels[0].title, [Rule(goal, dash="dashed"), *panels[0].marks], panels[0].x, panels[0].y
    )
    caption = (
        f"{x.shape[1]} worlds: median, middle 50 % and middle 90 % of them. Dashed: {goal:g}, what "
        "counts as sustained. Regret: how much the best policy of each world is better than this "
        "one."
    )
    height = 1.0 + ROW * len(order)
    return Figure("robustness", "How robust it is", caption, panels, 2, height, "y")


def costs_figure(c: Comparison) -> Figure:
    """Return the cost-effectiveness plane and the acceptability curve."""
    caption = (
        f"Against {c.baseline}, discounted. First: means with 95 % intervals (bootstrap); dotted: "
        "what each budget buys. Second: how probably each is worth most, if one additional "
        "sustained adopter is worth so much."
    )
    panels = [_plane(c), _acceptability(c)]
    return Figure("costs", "What it costs", caption, panels, 1, 3.4)


def _plane(c: Comparison) -> Panel:
    others = range(1, len(c.names))
    values = [c.value(n) for n in others]
    names = [c.names[n] for n in others]
    effects, costs = [v.effect for v in values], [v.cost for v in values]
    tips = [
        ("what", names),
        ("additional sustained adopters", [words.with_interval(i, sign=True) for i in effects]),
        (f"additional cost, {c.currency}",
         [f"{i.estimate:,.0f} ({i.low:,.0f} to {i.high:,.0f})" for i in costs]),
    ]  # fmt: skip
    way = Faint([c.frontier_line], 1.0, "dotted")
    dots = Dots(effects, costs, [c.looks[n] for n in others], tips, names=names)
    return Panel(
        "Cost and effect", [Rule(0), Rule(0, "y"), way, dots],
        Scale(f"additional sustained adopters against {c.baseline}, HCPs"),
        Scale(f"additional cost, {c.currency}", thousands=True),
    )  # fmt: skip


def _acceptability(c: Comparison) -> Panel:
    prices, shares = c.acceptability
    marks: list[Mark] = []
    for n, share in enumerate(shares):
        if share.max() > SEEN:
            found = [exact(x) for x in share]
            marks.append(Curve(prices, found, c.looks[n], c.names[n], c.names[n]))
    return Panel(
        "Worth most, at each willingness to pay", marks,
        Scale(f"{c.currency} for one additional sustained adopter",
              (0, float(prices[-1])), thousands=True, each="price"),
        Scale("share of bootstrap resamples", (0, 1)),
    )  # fmt: skip
