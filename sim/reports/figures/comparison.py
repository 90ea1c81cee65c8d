"""Figures of policies: changes against the baseline, costs, robustness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.robustness import regret
from sim.outcomes.table import MIDWAY
from sim.reports.figures.style import (
    COLOURS,
    FAINT,
    LINES,
    MARKERS,
    describe,
    label_points,
    new_figure,
    text_colour,
)

if TYPE_CHECKING:
    from sim.analysis.intervals import Interval
    from sim.studies.comparison.policy_runs import Comparison

SEEN = 0.02  # a curve that stays below lies on the axis
GOAL = "sustained_adoption"
MOST_PANELS = 6  # given worlds that are drawn


def look(c: Comparison, policy: int) -> dict[str, Any]:
    """Return colour and marker of a policy: the same in every figure."""
    number = c.looks[policy]
    return {
        "color": COLOURS[number % len(COLOURS)],
        "marker": MARKERS[number % len(MARKERS)],
        "markerfacecolor": COLOURS[number % len(COLOURS)] if number < len(COLOURS) else "white",
    }


def _dots(
    axes: Axes, c: Comparison, found: dict[int, Interval], title: str, unit: str, order: list[int]
) -> None:
    """Draw a number of every policy with its interval; `order` is from bottom to top."""
    for height, n in enumerate(order):
        x = found[n]
        low = x.estimate - x.low if np.isfinite(x.low) else 0.0
        high = x.high - x.estimate if np.isfinite(x.high) else 0.0
        axes.errorbar(
            [x.estimate], [height], xerr=[[low], [high]], linestyle="", capsize=3, **look(c, n)
        )
    axes.axvline(0, color=FAINT, linewidth=1)
    axes.set_yticks(range(len(order)), [c.names[n] for n in order])
    axes.set_title(title)
    axes.set_xlabel(unit)


def _given_figure(c: Comparison, told: str, unit: str, found: list[dict[int, Interval]]) -> Figure:
    """Return a panel for each given world, as far as they fit."""
    order = list(reversed([n for n in c.given[0].order if n in found[0]]))
    shown = list(zip(c.given, found, strict=True))[:MOST_PANELS]
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    size = (1.5 + 3.6 * columns, rows * (1.5 + 0.34 * len(order)))
    figure, axes = new_figure(rows, columns, size, sharey=True, sharex=True)
    for panel, (part, numbers) in zip(axes.ravel(), shown, strict=False):
        _dots(panel, c, numbers, part.where, unit, order)
        panel.tick_params(labelbottom=True)
    for panel in axes.ravel()[len(shown) :]:
        panel.set_visible(False)
    left = f" Drawn: {len(shown)} of {len(found)} given worlds." if len(found) > len(shown) else ""
    describe(figure, f"{told}{left}")
    return figure


def given_changes_figure(c: Comparison) -> Figure:
    """Return the changes of sustained adoption in each given world."""
    found = [{n: p.paired(GOAL, n).change for n in range(1, len(c.names))} for p in c.given]
    told = f"{c.result.title}: paired differences with 95 % intervals, in each given world."
    return _given_figure(c, told, f"change from {c.baseline}, share of HCPs", found)


def given_regret_figure(c: Comparison) -> Figure:
    """Return the regret of each policy in each given world."""
    found = [{n: p.regret(n) for n in range(len(c.names))} for p in c.given]
    told = f"{c.result.title}: how much the best of each given world is better, 95 % intervals."
    return _given_figure(c, told, "regret, share of HCPs", found)


def changes_figure(c: Comparison) -> Figure:
    """Return the changes of sustained adoption by month 60 and at the horizon."""
    midway = f"{GOAL}.month_{MIDWAY}"
    outcomes = [(GOAL, "Sustained adoption at the horizon")]
    if np.isfinite(c.runs(midway, 0)).any():
        outcomes.insert(0, (midway, f"Sustained adoption by month {MIDWAY}"))
    height = 1.8 + 0.34 * len(c.names)
    figure, axes = new_figure(1, len(outcomes), (4.9 * len(outcomes), height), sharey=True)
    for panel, (outcome, title) in zip(axes[0], outcomes, strict=True):
        order = [n for n in reversed(c.order) if n]
        found = {n: c.paired(outcome, n).change for n in order}
        _dots(panel, c, found, title, f"change from {c.baseline}, share of HCPs", order)
    describe(
        figure,
        f"{c.result.title}: paired differences with 95 % intervals of the mean (bootstrap), "
        f"{c.paired(GOAL, 1).change.runs} {'worlds' if c.worlds > 1 else 'runs'}",
    )
    return figure


def costs_figure(c: Comparison) -> Figure:
    """Return the cost-effectiveness plane and the acceptability curve."""
    unit = c.currency
    figure, axes = new_figure(1, 2, (11.5, 4.6))
    plane, curve = axes[0]
    for n in range(1, len(c.names)):
        value = c.value(n)
        bars = [[[x.estimate - x.low], [x.high - x.estimate]] for x in (value.effect, value.cost)]
        usable = all(np.isfinite(bar).all() for bar in bars)
        plane.errorbar(
            [value.effect.estimate], [value.cost.estimate],
            xerr=bars[0] if usable else None, yerr=bars[1] if usable else None,
            linestyle="", capsize=2, **look(c, n),
        )  # fmt: skip
    plane.axvline(0, color=FAINT, linewidth=1)
    plane.axhline(0, color=FAINT, linewidth=1)
    plane.plot(*c.frontier_line, color=FAINT, linewidth=1, linestyle=":", zorder=0)
    plane.margins(x=0.08, y=0.1)
    spots = [(c.value(n).effect.estimate, c.value(n).cost.estimate) for n in range(1, len(c.names))]
    label_points(plane, spots, c.names[1:], c.looks[1:])
    plane.set_title("Cost and effect (dotted: what each budget buys)")
    plane.set_xlabel(f"additional sustained adopters against {c.baseline}")
    plane.set_ylabel(f"additional cost, {unit}, discounted")
    prices, shares = c.acceptability
    shown = [n for n in range(len(c.names)) if shares[n].max() > SEEN]
    for n in shown:
        curve.plot(
            prices, shares[n], color=look(c, n)["color"], linestyle=LINES[c.looks[n] % len(LINES)]
        )
    for n in shown:  # named where it is most probably worth most
        top = np.flatnonzero(shares[n] == shares[n].max())
        curve.annotate(
            c.names[n], (float(prices[top[len(top) // 2]]), float(shares[n].max())),
            xytext=(2, 5), textcoords="offset points", ha="left", fontsize=8,
            rotation=30, rotation_mode="anchor", color=text_colour(c.looks[n]),
            annotation_clip=False,
        )  # fmt: skip
    curve.set_ylim(0, 1.28)
    curve.set_yticks([0, 0.25, 0.5, 0.75, 1])
    curve.set_title("Acceptability: worth most, at each willingness to pay")
    curve.xaxis.set_major_locator(MaxNLocator(5))
    curve.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    plane.yaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    curve.set_xlabel(f"{unit} for one additional sustained adopter")
    curve.set_ylabel("share of bootstrap resamples")
    return figure


def robustness_figure(c: Comparison) -> Figure:
    """Return the distribution of sustained adoption over worlds, and of regret."""
    x = c.goal_by_world
    figure, axes = new_figure(1, 2, (10, 1.8 + 0.36 * len(c.names)), sharey=True)
    order = list(reversed(c.order))
    for panel, values, title in (
        (axes[0, 0], x, "Sustained adoption over the worlds"),
        (axes[0, 1], regret(x), "Regret: the best policy of each world less this"),
    ):
        for height, n in enumerate(order):
            low, first, middle, third, high = np.quantile(values[n], [0.05, 0.25, 0.5, 0.75, 0.95])
            colour = look(c, n)["color"]
            panel.plot([low, high], [height] * 2, color=colour, linewidth=1)
            panel.plot(
                [first, third],
                [height] * 2,
                color=colour,
                linewidth=5,
                alpha=0.6,
                solid_capstyle="butt",
            )
            panel.plot([middle], [height], linestyle="", **look(c, n))
        panel.set_yticks(range(len(order)), [c.names[n] for n in order])
        panel.set_title(title)
        panel.set_xlabel("share of HCPs")
    goal = float(c.result.values["outcome.sustained_threshold"])
    axes[0, 0].axvline(goal, color=FAINT, linewidth=1)
    describe(
        figure,
        f"{x.shape[1]} worlds; median, middle 50 % (thick) and middle 90 % (thin). The line is at "
        f"{goal:g}.",
    )
    return figure
