"""What policies cost, and what each budget buys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import means_of
from sim.analysis.value import Value, frontier, value_for_money
from sim.outcomes.table import OUTCOMES
from sim.reports import words
from sim.studies.comparison.plan import plan, titled
from sim.studies.comparison.policies import GOAL, Comparison
from sim.tables.layout import Table


class Step(NamedTuple):
    """From one policy of the frontier to the next.

    Attributes
    ----------
    policy, after : int
        Numbers of the two policies.
    further : Value
        What the dearer one costs and brings beyond the other.
    """

    policy: int
    after: int
    further: Value


def money(x: float, unit: str = "") -> str:
    """Return an amount in words, rounded to three digits."""
    if not np.isfinite(x):
        return words.NO_NUMBER
    rounded = float(f"{x:.3g}")
    return f"{rounded:,.0f} {unit}".rstrip()


def means(c: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Return mean additional cost and mean additional sustained adopters of every policy."""
    pairs = [c.money(n) for n in range(len(c.names))]
    costs, effects = (np.array([float(means_of(x[k])) for x in pairs]) for k in (0, 1))
    return costs, effects


def line(c: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Return additional adopters and cost along the frontier, to be drawn."""
    costs, effects = means(c)
    kept = frontier(costs, effects)
    return effects[kept], costs[kept]


def more_than(cost: float, unit: str, than: str) -> str:
    """Return what something costs beyond another in words; what saves money costs less."""
    return f"{money(abs(cost), unit)} {'less' if cost < 0 else 'more'} than {than}"


def steps(c: Comparison, among: Sequence[int] | None = None) -> list[Step]:
    """Return the way along the frontier, from the cheapest policy to the dearest.

    `among` are the policies that may stand on it; all of them unless given.
    """
    chosen = list(range(len(c.names)) if among is None else among)
    found = []
    kept = frontier(*(x[chosen] for x in means(c)))
    for low, high in pairwise(chosen[n] for n in kept):
        costs, effects = (a - b for a, b in zip(c.money(high), c.money(low), strict=True))
        found.append(Step(high, low, value_for_money(costs, effects)))
    return found


def clear_steps(c: Comparison) -> list[Step]:
    """Return such a way from the baseline on which each step brings adopters beyond chance.

    Empty if the baseline is not its start: then more adopters are to be had without more money.
    """
    among = [0, *(n for n in range(1, len(c.names)) if c.value(n).effect.low > 0)]
    while True:
        found = steps(c, among)
        if not found or found[0].after != 0:
            return []
        unclear = [step.policy for step in found if not step.further.effect.low > 0]
        if not unclear:
            return found
        among.remove(unclear[0])


def price(value: Value, unit: str = "") -> str:
    """Return the cost of an additional sustained adopter with its interval."""
    if np.isnan(value.effect.low):  # one run, or none: nothing is known of chance
        return words.NO_NUMBER
    if np.isfinite(value.per_adopter) and value.per_adopter > 0:
        high = money(value.high, unit) if np.isfinite(value.high) else "no upper limit"
        return f"{money(value.per_adopter, unit)} ({money(value.low)} to {high})"
    return "no adopters beyond chance" if value.cost.estimate > 0 else "-"


def price_told(value: Value, unit: str) -> str:
    """Return a sentence with that cost; empty where there is none."""
    if not value.per_adopter > 0:
        return ""
    each, interval = price(value, unit).split(" (")
    return f" That is {each} for each additional sustained adopter ({interval}."


def budget_table(c: Comparison) -> Table | None:
    """Return what each budget buys; None where money is no question."""
    found = steps(c)
    if len(found) < 2:
        return None
    unit = c.currency
    rows = [
        [c.singular, f"additional cost, {unit}", "further sustained adopters, HCPs",
         f"{unit} per further adopter", "further than"]
    ]  # fmt: skip
    for step in found:
        rows.append(
            [c.names[step.policy], money(c.value(step.policy).cost.estimate),
             words.with_interval(step.further.effect, 0, sign=True), price(step.further),
             c.names[step.after]]
        )  # fmt: skip
    return Table(
        rows,
        "What each budget buys:",
        f"Each {c.singular} is compared with the next cheaper one of this table. Left out: those that are "
        "dominated, and those that bring each further adopter for more than a dearer one does.",
        text_last=True,
    )


def budget_sentences(c: Comparison) -> list[str]:
    """Say what little money buys, and what more of it buys, if the best is not the cheapest."""
    found = clear_steps(c)
    if not found or found[0].policy == c.order[0]:
        return []
    unit, cheapest = c.currency, found[0].policy
    change = words.with_interval(c.paired(GOAL, cheapest).change, sign=True)
    little = (
        f"If money is short: {titled(c, cheapest)} brings an additional sustained adopter for the "
        f"least. It changes sustained adoption by {change} {OUTCOMES[GOAL].unit} and costs "
        f"{more_than(c.value(cheapest).cost.estimate, unit, c.baseline)}."
        f"{price_told(c.value(cheapest), unit)} {plan(c, cheapest)}".rstrip()
    )
    if not found[1:]:
        return [little]
    more = "; ".join(
        f"{c.names[step.policy]}, {money(c.value(step.policy).cost.estimate, unit)} in total: "
        f"{price(step.further, unit)} for each"
        for step in found[1:]
    )
    return [little, f"With more money, what further sustained adopters cost: {more}."]
