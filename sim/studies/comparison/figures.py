"""Figures of policies: changes against the baseline, months, costs, robustness, given worlds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.intervals import Interval, middle
from sim.analysis.robustness import in_all, regret
from sim.analysis.value import acceptability
from sim.outcomes.table import GOAL, OUTCOMES
from sim.reports import words
from sim.reports.figure import (
    Curve,
    Dots,
    Faint,
    Figure,
    Mark,
    Panel,
    Row,
    Rule,
    Scale,
    around,
    exact,
    mean_of_runs,
    of_100,
    rows_of,
    rows_panel,
    scale_of,
)
from sim.reports.month_figures import month_figure
from sim.studies.comparison.policy_effects import clear_steps, steps
from sim.studies.comparison.policy_runs import Comparison
from sim.studies.result import Result

PRICES = 200  # points of the acceptability curve
SEEN = 0.02  # a curve that stays below lies on the axis
MOST_PANELS = 6  # given worlds that are drawn
MOST_LINES = 5  # policies drawn month by month; more cannot be told apart
ROW = 0.34  # inches


def figures(result: Result) -> list[Figure]:
    """Return changes, months or robustness, and where known costs; or all given worlds."""
    c = result.compared
    if c.given:
        return given_figures(c)
    made = [changes_figure(c)]
    if c.worlds == 1:
        made.append(months_figure(c))
    elif in_all(c.samples(GOAL)).size:  # else all runs of one of them failed
        made.append(robustness_figure(c))
    return [*made, costs_figure(c)] if c.costs_known else made


def _changes(
    c: Comparison,
    name: str,
    title: str,
    caption: str,
    across: str,
    found: Sequence[tuple[str, list[tuple[int, Interval]]]],
    lines: int,
) -> Figure:
    """Return a panel of each of `found`: a head, and policies, each with what is drawn of it."""
    limits = around([of_100(x) for _, each in found for _, x in each])
    tips = "what", across.partition(",")[0]
    panels = []
    for head, each in found:
        told = [(n, x, words.per_100(x, sign=True)) for n, x in each]
        rows = [Row(c.titles[n], of_100(x), text, c.looks[n]) for n, x, text in told]
        panels.append(rows_panel(rows, across, tips=tips, title=head, limits=limits))
    return Figure(name, title, caption, panels, min(len(panels), 3), 1.0 + ROW * lines, "y")


def changes_figure(c: Comparison) -> Figure:
    """Return the changes of sustained adoption by month 60 and at the horizon."""
    found = [
        (f"By month {at.month}{', the end' if at.outcome == GOAL else ''}",
         [(n, c.change(n, at.outcome)) for n in c.order if n])
        for at in c.choices
    ]  # fmt: skip
    caption = (
        f"How many more of 100 professionals use the tool than with {c.baseline}; "
        f"{c.pairs} pairs of {c.each_is} with the same luck. Bars: 95 % intervals "
        "of the mean difference (bootstrap)."
    )
    across = f"more of 100 professionals than with {c.baseline}"
    return _changes(c, "changes", "What each changes", caption, across, found, len(c.titles))


def given_figures(c: Comparison) -> list[Figure]:
    """Return the changes, and how far each is behind the best, in each given world as far as they fit."""
    shown, order = c.given[:MOST_PANELS], c.given[0].order
    drawn = f" Drawn: {len(shown)} of {len(c.given)}." if len(c.given) > len(shown) else ""
    return [
        _changes(
            c, "changes", "What each changes under each of the conditions",
            f"How many more of 100 professionals use the tool than with {c.baseline}. Bars: 95 % "
            f"intervals.{drawn}",
            f"more of 100 professionals than with {c.baseline}",
            [(part.told, [(n, part.change(n)) for n in order if n]) for part in shown], len(order) - 1,
        ),
        _changes(
            c, "regret", "How far each is behind the best",
            f"How much more the best under the same conditions does. Bars: 95 % intervals.{drawn}",
            "behind the best, of 100 professionals",
            [(part.told, [(n, part.regret(n)) for n in order]) for part in shown], len(order),
        ),
    ]  # fmt: skip


def months_figure(c: Comparison) -> Figure:
    """Return the mean months of the baseline and the best, with their intervals."""
    paths = c.result.ensemble.paths
    drawn = sorted([0, *[n for n in c.order if n][: MOST_LINES - 1]])

    def marks_of(column: str, _: str) -> list[Mark]:
        curves: list[Mark] = []
        for n in drawn:
            found = mean_of_runs(paths[column][int(c.points[0, n])])
            curves.append(Curve(range(len(found)), found, c.looks[n], c.titles[n], c.titles[n]))
        return curves

    runs = words.runs(c.result.ensemble.replicates)
    caption = f"{runs} each. Bands: 95 % intervals of the mean."
    if len(c.names) > MOST_LINES:
        caption += f" Drawn: {c.baseline} and the best {MOST_LINES - 1} of {len(c.names) - 1}."
    return month_figure("scenarios", caption, marks_of, c.result.values["horizon"])


def robustness_figure(c: Comparison) -> Figure:
    """Return the distribution of sustained adoption over worlds, and of regret."""
    x, order = in_all(c.samples(GOAL)), list(reversed(c.order))
    names, looks = [c.titles[n] for n in order], [c.looks[n] for n in order]
    goal = float(c.result.values["outcome.sustained_threshold"])
    panels = []
    for title, found, rules in (
        ("Use at the end", x, [Rule(goal, dash="dashed")]),
        ("Behind the best", regret(x), []),
    ):
        most, half = [middle(x) for x in found[order]], np.quantile(found[order], [0.25, 0.75], 1)
        numbers = ([words.number(100 * x, 0) for x in spread[:3]] for spread in most)
        told = [f"{median} (middle 90 % {low} to {high})" for median, low, high in numbers]
        rows, tips = [exact(row) for row in range(len(order))], [("what", names), ("median", told)]
        dots = Dots(most, rows, looks, tips, list(zip(*half, strict=True)))
        panels.append(Panel(title, [*rules, dots], scale_of(OUTCOMES[GOAL].unit), rows_of(names)))
    caption = (
        f"{x.shape[1]} {c.each_is} {c.which}: median, middle 50 % and middle 90 % of them. Dashed: "
        f"{100 * goal:g} of 100, which counts as sustained. Behind the best: how much more the best in the same "
        "world does."
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
    return Figure("costs", "What it costs", caption, [_plane(c), _acceptability(c)], 1, 3.4)


def _plane(c: Comparison) -> Panel:
    names, others = c.titles[1:], range(1, len(c.titles))
    effects, costs = [c.value(n).effect for n in others], [c.value(n).cost for n in others]
    tips = [
        ("what", names),
        ("more users", [words.with_interval(i, sign=True) for i in effects]),
        (f"additional cost, {c.currency}",
         [f"{i.estimate:,.0f} ({i.low:,.0f} to {i.high:,.0f})" for i in costs]),
    ]  # fmt: skip
    marks: list[Mark] = [Rule(0), Rule(0, "y")]
    kept = [0, *(step.policy for step in clear_steps(c))]
    if len(kept) > 1:  # the way from the baseline over what each budget buys
        mean_costs, mean_effects = c.mean_money
        marks.append(Faint([(mean_effects[kept], mean_costs[kept])], 1.0, "dotted"))
    return Panel(
        "Cost and effect", [*marks, Dots(effects, costs, c.looks[1:], tips, names=names)],
        Scale(f"more users than with {c.baseline}, professionals"),
        Scale(f"additional cost, {c.currency}", thousands=True),
    )  # fmt: skip


def _prices(c: Comparison) -> np.ndarray:
    """Return prices of a user, from nothing to beyond the last at which another policy is worth most."""
    further = [step.further for step in reversed(steps(c, list(range(len(c.names)))))]
    known = [x.high if np.isfinite(x.high) else x.per_adopter for x in further]
    # where none brings users beyond chance: the least that one costs on average
    costs, effects = np.abs(c.mean_money)
    known += sorted(costs[effects > 0] / effects[effects > 0])
    largest = next((x for x in known if np.isfinite(x) and x > 0), 1.0)
    return np.linspace(0, 1.5 * largest, PRICES)


def _acceptability(c: Comparison) -> Panel:
    prices = _prices(c)
    costs, effects = c.money
    shares = acceptability(costs, effects, prices)
    marks = [
        Curve(prices, [exact(x) for x in share], look, title, title)
        for share, look, title in zip(shares, c.looks, c.titles, strict=True)
        if share.max() > SEEN
    ]
    return Panel(
        "Which is worth most", marks,
        Scale(f"{c.currency} that one more user is worth",
              (0, float(prices[-1])), thousands=True, each="price"),
        scale_of("share of bootstrap resamples", (0, 1)),
    )  # fmt: skip
