"""Policies in worlds that somebody listed: told one by one, for a list is no sample.

Nothing is averaged over the listed values, and no interval is stated over them: how likely each is,
nobody said. Within each, everything is as in a comparison of one world. Over them there are counts,
and the largest regret (Savage 1951, doi 10.1080/01621459.1951.10500768).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.intervals import Interval
from sim.outcomes.table import OUTCOMES
from sim.reports import words
from sim.reports.answer import Answer
from sim.studies.comparison.budget import money, price
from sim.studies.comparison.plan import plan, titled, titles
from sim.studies.comparison.policies import GOAL, Comparison
from sim.studies.comparison.recommend import (
    horizon,
    mean,
    moved_sentence,
    nothing,
    probability,
    span,
)
from sim.studies.comparison.uncertain import failing_worlds, robust, threshold
from sim.tables.layout import Table

MOST_WORLDS = 12  # told; all stand in comparison.csv
MOST_TOLD = 4  # of them in a sentence
UNIT = OUTCOMES[GOAL].unit


class Largest(NamedTuple):
    """The largest regret of a policy, and the given world in which it has it."""

    regret: Interval
    where: str


def regret(part: Comparison, policy: int) -> Interval:
    """Return how much the best policy of a given world is better, with its 95 % interval."""
    return part.against(GOAL, part.order[0], policy).change


def largest_regret(c: Comparison, policy: int) -> Largest:
    """Return the largest regret of a policy over the given worlds.

    No number if all its runs failed in one of them and others did not: there it may be the worst.
    """
    found = [
        Largest(regret(part, policy), part.where)
        for part in c.given
        if np.isfinite(mean(part, part.order[0]).estimate)
    ]
    unknown = Largest(regret(c.given[0], policy), c.given[0].where)
    return max(found, key=lambda x: np.nan_to_num(x.regret.estimate, nan=np.inf), default=unknown)


def reaching(c: Comparison, policy: int) -> list[bool]:
    """Return in which of the given worlds the mean of the goal reaches the threshold."""
    return [mean(part, policy).estimate >= threshold(part) for part in c.given]


def clearly_better(c: Comparison, policy: int) -> list[bool]:
    """Return in which of the given worlds a policy is clearly better than the baseline."""
    return [policy != 0 and part.paired(GOAL, policy).change.low > 0 for part in c.given]


def order(c: Comparison) -> list[int]:
    """Return the policies, smallest largest regret first."""

    def key(policy: int) -> float:
        return float(np.nan_to_num(largest_regret(c, policy).regret.estimate, nan=np.inf))

    return sorted(range(len(c.names)), key=key)


def count(found: list[bool]) -> str:
    """Return a plain count: no share, for listed worlds are no sample."""
    return f"{sum(found)} of {len(found)}"


def world_rows(c: Comparison) -> list[list[str]]:
    """Return a row for each given world and policy."""
    rows = [
        ["given world", c.singular, f"sustained adoption, {UNIT}", f"change from {c.baseline}",
         "P(sustained)", "regret"]
    ]  # fmt: skip
    for part in c.given[:MOST_WORLDS]:
        for n in part.order:
            change = words.with_interval(part.paired(GOAL, n).change, sign=True) if n else "-"
            rows.append(
                [part.where, c.names[n], words.with_interval(mean(part, n)), change,
                 words.percent(probability(part, n)), words.with_interval(regret(part, n))]
            )  # fmt: skip
    return rows


def over_rows(c: Comparison) -> list[list[str]]:
    """Return a row for each policy: its largest regret and counts of given worlds."""
    rows = [
        [c.singular, f"largest regret, {UNIT}", f"mean reaches {threshold(c):g} in",
         "highest mean in", f"clearly better than {c.baseline} in", "largest regret where"]
    ]  # fmt: skip
    for n in order(c):
        worst = largest_regret(c, n)
        best = [part.order[0] == n for part in c.given]
        better = count(clearly_better(c, n)) if n else "-"
        rows.append(
            [c.names[n], words.with_interval(worst.regret), count(reaching(c, n)), count(best),
             better, worst.where if worst.regret.estimate > 0 else "-"]
        )  # fmt: skip
    return rows


def cost_rows(c: Comparison) -> list[list[str]]:
    """Return what every policy costs and brings in each given world."""
    unit = c.currency
    rows = [
        ["given world", c.singular, f"additional cost, {unit}", f"{unit} per additional sustained adopter"]
    ]  # fmt: skip
    for part in c.given[:MOST_WORLDS]:
        for n in part.order:
            if n:
                rows.append(
                    [
                        part.where,
                        c.names[n],
                        money(part.value(n).cost.estimate),
                        price(part.value(n)),
                    ]
                )
    return rows


def summary(c: Comparison) -> list[str]:
    """Say which policy does well in all given worlds, and where it does not."""
    best, total = order(c)[0], len(c.given)
    worst = largest_regret(c, best)
    better, good = clearly_better(c, best), reaching(c, best)
    told = [
        f"The {total} worlds were listed, not drawn: how likely each is, is not known. So each is "
        "told by itself, and there is no mean and no interval over them."
    ]
    others = {n: sum(clearly_better(c, n)) for n in order(c)}
    if not any(others.values()):
        worst_of = "falls least behind in the worst of the given worlds"
        reason = (
            f", which {worst_of}"
            if best == 0
            else f". {titled(c, best)} {worst_of}, but is clearly better in none of them"
        )
        none = f"Recommendation: no {c.singular} is clearly better than {c.baseline}"
        return [f"{none}{reason}.", *told]
    falls = "; it is the best in each of them"
    if worst.regret.estimate > 0:
        falls = (
            f": at most {words.with_interval(worst.regret)} {UNIT} below the best of a given world "
            f"({worst.where})"
        )
    first = (
        f"Recommendation: {nothing(c) if best == 0 else titled(c, best)}. Of all, it falls least behind in the worst of the given "
        f"worlds{falls}. {plan(c, best)}".rstrip()
    )
    if best == 0 or not any(better):
        also = ", ".join(
            f"{c.names[n]} in {often} of the {total}" for n, often in others.items() if often
        )
        nor = "" if best == 0 else f" {c.names[best]} is in none of them."
        return [f"{first} Clearly better than {c.baseline}: {also}.{nor}", *told]
    changes = [part.paired(GOAL, best).change for part in c.given]
    low, high = (f(changes, key=lambda i: i.estimate) for f in (min, max))
    effect = (
        f"Over {horizon(c)} it is clearly better than {c.baseline} in {sum(better)} of the {total} "
        f"given worlds: it changes sustained adoption by {words.with_interval(low, sign=True)} {UNIT} "
        f"({c.given[changes.index(low)].where}) to {words.with_interval(high, sign=True)} "
        f"({c.given[changes.index(high)].where})."
    )
    missed = [part.where for part, reached in zip(c.given, good, strict=True) if not reached]
    fails = f" It fails where {'; or where '.join(missed[:MOST_WORLDS])}." if missed else ""
    reached = (
        f"Its mean reaches {threshold(c):g}, which counts as sustained, in {sum(good)} of the "
        f"{total} given worlds.{fails}"
    )
    costs = ""
    if c.costs_known:
        at = [part.value(best).cost.estimate for part in c.given]
        unit = c.currency
        amount = money(max(at), unit)
        if money(min(at)) != money(max(at)):
            amount = f"{money(min(at))} to {amount}, by world,"
        each = "; ".join(
            f"{price(part.value(best))} where {part.where}" for part in c.given[:MOST_TOLD]
        )
        each += "; the others stand in costs.csv" if total > MOST_TOLD else ""
        costs = (
            f"It costs {amount} more than {c.baseline} {span(c)}. {unit} per additional sustained "
            f"adopter: {each}."
        )
    drawn = [text for part in c.given for text in failing_worlds(part, best) if part.worlds > 1]
    moved = moved_sentence(c.given[0], best)
    moved = f"Where {c.given[0].where}: {moved[:1].lower()}{moved[1:]}" if moved else ""
    told = [costs, moved, *drawn[:MOST_WORLDS], *told]
    return [first, effect, reached, *(text for text in told if text)]


def answer(c: Comparison, heading: str) -> Answer:
    """Return tables of each given world, and of counts over them."""
    runs = "drawn worlds" if c.given[0].worlds > 1 else "runs"
    more = len(c.given) - MOST_WORLDS
    left = f" {more:,} more given worlds stand in comparison.csv." if more > 0 else ""
    note = (
        f"In brackets: 95 % intervals over the {runs} of each given world. P(sustained): share of "
        f"{runs} with at least {threshold(c):g}. Regret, {UNIT}: how much the best of the same "
        f"given world is better.{left}"
    )
    counts = (
        "Counts are of the given worlds: which stand here was chosen, not drawn, so a count is no "
        "probability. The largest regret has the interval of the world it is of."
    )
    blocks: list[str | Table] = [
        heading,
        *filter(None, [titles(c)]),
        Table(world_rows(c), "In each given world:", note, left=2),
        Table(over_rows(c), "Over the given worlds:", counts, text_last=True),
    ]
    if c.given[0].worlds > 1:
        for part in c.given[:MOST_WORLDS]:
            blocks.append(Table(robust(part), f"Over the drawn worlds where {part.where}:"))
    if c.costs_known:
        blocks.append(
            Table(
                cost_rows(c), f"What it costs, against {c.baseline}:", f"Cost: {span(c)}.", left=2
            )
        )
    return Answer(c.result.title, c.result.question, blocks, summary(c))
