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
from sim.studies.comparison.findings import clear_steps
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
    names = [c.titles[n] for n in found]
    changes = list(found.values())
    told = [words.with_interval(i, sign=True) for i in changes]
    dots = Dots(changes, [exact(row) for row in range(len(found))], [c.looks[n] for n in found],
                [("what", names), (unit.partition(",")[0], told)])  # fmt: skip
    return Panel(title, [Rule(0), dots], Scale(unit, limits), rows_of(names))


def changes_figure(c: Comparison) -> Figure:
    """Return the changes of sustained adoption by month 60 and at the horizon."""
    midway = f"{GOAL}.month_{MIDWAY}"
    outcomes = [(GOAL, f"By month {_end(c)}, the end")]
    if np.isfinite(c.runs(midway, 0)).any() and _end(c) > MIDWAY:
        outcomes.insert(0, (midway, f"By month {MIDWAY}"))
    order = [n for n in reversed(c.order) if n]
    found = [{n: c.paired(outcome, n).change for n in order} for outcome, _ in outcomes]
    limits = around([i for changes in found for i in changes.values()])
    panels = [
        _policies(c, title, _change_from(c), changes, limits)
        for (_, title), changes in zip(outcomes, found, strict=True)
    ]
    pairs = c.paired(GOAL, 1).change.runs
    caption = (
        f"How many more professionals use the tool than with {c.baseline}, as a share; {pairs} pairs "
        f"of {c.each_is} with the same luck. Bars: 95 % intervals of the mean difference (bootstrap)."
    )
    height = 1.0 + ROW * len(c.titles)
    return Figure("changes", "What each changes", caption, panels, len(panels), height, "y")


def _end(c: Comparison) -> int:
    return int(max(c.values_of("horizon")))


def _change_from(c: Comparison) -> str:
    return f"change from {c.baseline}, share of professionals"


def _given_figure(
    c: Comparison, name: str, title: str, told: str, unit: str, found: Sequence[dict[int, Interval]]
) -> Figure:
    """Return a panel for each given world, as far as they fit."""
    shown = found[:MOST_PANELS]
    limits = around([i for numbers in shown for i in numbers.values()])
    panels = [
        _policies(c, part.told, unit, numbers, limits)
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
        c, "changes", "What each changes under each of the conditions",
        f"How many more professionals use the tool than with {c.baseline}, as a share.",
        _change_from(c),
        [{n: part.paired(GOAL, n).change for n in order} for part in c.given],
    )  # fmt: skip


def given_regret_figure(c: Comparison) -> Figure:
    """Return the regret of each policy in each given world."""
    order = list(reversed(c.given[0].order))
    return _given_figure(
        c, "regret", "How far each is behind the best",
        "How much more the best under the same conditions does.", "behind the best, share of professionals",
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
    names, looks = [c.titles[n] for n in order], [c.looks[n] for n in order]
    panels = []
    for title, found in (
        ("Use at the end", x),
        ("Behind the best", regret(x)),
    ):
        low, first, middle, third, high = np.quantile(
            found[order], [0.05, 0.25, 0.5, 0.75, 0.95], axis=1
        )
        told = [
            f"{words.number(m)} (middle 90 % {words.number(a)} to {words.number(b)})"
            for m, a, b in zip(middle, low, high, strict=True)
        ]
        runs = [found.shape[1]] * len(order)
        dots = Dots(
            list(map(Interval, middle, low, high, runs)), [exact(row) for row in range(len(order))],
            looks, [("what", names), ("median", told)], list(zip(first, third, strict=True)),
        )  # fmt: skip
        panels.append(Panel(title, [dots], Scale("share of professionals"), rows_of(names)))
    goal = float(c.result.values["outcome.sustained_threshold"])
    panels[0] = Panel(
        panels[0].title, [Rule(goal, dash="dashed"), *panels[0].marks], panels[0].x, panels[0].y
    )
    caption = (
        f"{x.shape[1]} sets of assumptions: median, middle 50 % and middle 90 % of them. Dashed: "
        f"{goal:g}, which counts as sustained. Behind the best: how much more the best under the "
        "same assumptions does."
    )
    height = 1.0 + ROW * len(order)
    return Figure("robustness", "How robust it is", caption, panels, 2, height, "y")


def costs_figure(c: Comparison) -> Figure:
    """Return the cost-effectiveness plane and the acceptability curve."""
    caption = (
        f"Against {c.baseline}, discounted. First: means with 95 % intervals (bootstrap); dotted: "
        "what each budget buys. Second: how probably each is worth most, if one more user is worth "
        "so much."
    )
    panels = [_plane(c), _acceptability(c)]
    return Figure("costs", "What it costs", caption, panels, 1, 3.4)


def _plane(c: Comparison) -> Panel:
    others = range(1, len(c.titles))
    values = [c.value(n) for n in others]
    names = [c.titles[n] for n in others]
    effects, costs = [v.effect for v in values], [v.cost for v in values]
    tips = [
        ("what", names),
        ("more users", [words.with_interval(i, sign=True) for i in effects]),
        (f"additional cost, {c.currency}",
         [f"{i.estimate:,.0f} ({i.low:,.0f} to {i.high:,.0f})" for i in costs]),
    ]  # fmt: skip
    dots = Dots(effects, costs, [c.looks[n] for n in others], tips, names=names)
    return Panel(
        "Cost and effect", [Rule(0), Rule(0, "y"), *_ladder(c), dots],
        Scale(f"more users than with {c.baseline}, professionals"),
        Scale(f"additional cost, {c.currency}", thousands=True),
    )  # fmt: skip


def _ladder(c: Comparison) -> list[Mark]:
    """Return the way from the baseline over what each budget buys; nothing where there is none."""
    kept = [0, *(step.policy for step in clear_steps(c))]
    costs, effects = c.mean_money
    return [Faint([(effects[kept], costs[kept])], 1.0, "dotted")] if len(kept) > 1 else []


def _acceptability(c: Comparison) -> Panel:
    prices, shares = c.acceptability
    marks: list[Mark] = []
    for n, share in enumerate(shares):
        if share.max() > SEEN:
            found = [exact(x) for x in share]
            marks.append(Curve(prices, found, c.looks[n], c.titles[n], c.titles[n]))
    return Panel(
        "Which is worth most", marks,
        Scale(f"{c.currency} that one more user is worth",
              (0, float(prices[-1])), thousands=True, each="price"),
        Scale("share of bootstrap resamples", (0, 1)),
    )  # fmt: skip
