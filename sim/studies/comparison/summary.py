"""What to do, in sentences: which policy, from when, at what cost, how sure, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis.intervals import middle
from sim.analysis.prim import Box
from sim.design.posterior import WHICH
from sim.outcomes.table import GOAL
from sim.policies.kinds import POLICY, SHOCK
from sim.reports import titles, words
from sim.studies.comparison.policy_effects import (
    Failure,
    by_scope,
    clear_steps,
    failure,
    holds,
    moved,
    reversals,
)
from sim.studies.comparison.policy_runs import WORTH_MENTIONING, Comparison
from sim.studies.comparison.terms import (
    PEOPLE,
    at_cost,
    horizon,
    money,
    more_than,
    more_users,
    price,
    span,
    under,
    what_to_do,
)
from sim.studies.headline import headline, time_told
from sim.tables.checks import NONE
from sim.tables.messages import counted
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import POSTERIOR

MOST_WORLDS = 12  # told; all stand in comparison.csv
MOST_TOLD = 4  # of them in a sentence
NOT_KNOWN = (
    "Where it fails is not known: all this is for one world. The same command with "
    f"uncertainty={POSTERIOR} says in how many worlds {WHICH} it holds."
)


def in_one_world(c: Comparison) -> list[str]:
    """Say which policy is to be chosen, and all that is known of it."""
    if c.axis.name == SHOCK:
        each = "; ".join(f"{c.titles[n]}: {more_users(c.change(n))}" for n in c.order if n)
        over = f"Over {horizon(c)} they change how many use the tool, against {c.baseline}."
        return [f"{over} {each}.", *baseline(c)]
    if np.isnan(c.change(c.best).estimate):
        return [
            f"Nothing is known of what the {c.plural} change: no run with {c.baseline} ended well."
        ]
    told = [recommendation(c), *baseline(c)]
    if c.clearly_better(c.best):
        told += [dearer(c), midway(c), how_sure(c), *on_a_budget(c)]
    if c.best:
        told.append(f"{who_is_moved(c, c.best)} {scopes(c)}".strip())
    if c.worlds > 1:
        told.append(fails(c, c.best, failure(c, c.best)))
    elif c.singular == POLICY:
        told.append(NOT_KNOWN)
    return told


def no_better(c: Comparison) -> str:
    """Begin a recommendation of none."""
    instead = "doing nothing" if c.names[0] == NONE else c.baseline
    over = f", over {c.worlds} worlds {c.which}" if c.worlds > 1 and not c.several else ""
    return f"Recommendation: none of the {c.plural} is clearly better than {instead}{over}"


def _looks_better(c: Comparison, outcome: str) -> str:
    """Say why nothing is clearly better where an interval by itself says that something is."""
    others = range(1, len(c.names))
    if len(others) < 2 or not any(c.change(n, outcome).low > 0 for n in others):
        return ""
    return f", for of {len(others)} that are tried chance makes one look so more easily than of one"


def _changes(c: Comparison, policy: int, people: str = PEOPLE) -> str:
    """Return what a policy changes midway and at the end: `9 more of 100 professionals (...) ...`."""
    parts = [
        f"{more_users(c.change(policy, at.outcome), '' if n else people)} {time_told(at.month)} from now"
        for n, at in enumerate(c.choices)
    ]
    return " and ".join(parts)


def recommendation(c: Comparison) -> str:
    """Say which policy, what it changes, at what cost, how sure that is, and what it is."""
    best = c.best
    if best == 0:
        once = " Each was run once, so what differs may be chance." if c.pairs == 1 else ""
        return f"{no_better(c)}, with which most of all use the tool.{once}"
    if not c.clearly_better(best):
        return (
            f"{no_better(c)}{_looks_better(c, GOAL)}. Most use the tool with {c.titles[best]}, but that may "
            f"be chance: {_changes(c, best)}."
        )
    cost = f"{at_cost(c, best)} {span(c)}" if c.costs_known else ""
    shock = f" All have the shock {under(c)}." if under(c) else ""
    name, changes = c.titles[best], _changes(c, best, f"healthcare {PEOPLE}")
    more = f"{changes} use the tool than with {c.baseline}"
    if c.worlds > 1:
        first = f"{name}, with which {more}; it {_over_worlds(c)}"
        first += f" It costs {cost}." if cost else ""
    else:
        first = f"{name}. With it {more}{cost and f', for {cost}'}. It is better in "
        first += f"{words.percent(c.paired(GOAL, best).better, c.each_is)}."
    return f"Recommendation: {first}{shock} {what_to_do(c, best)}".rstrip()


def _over_worlds(c: Comparison) -> str:
    """Say in how many worlds the policy is to be chosen, and how far they differ."""
    found, first = holds(c, c.best), c.choices[0]
    use = c.samples(first.outcome)
    change = middle(use[c.best] - use[0])
    low, high = (words.number(100 * x, 0) for x in change[1:3])
    number = f"{found.estimate * found.runs:.0f} of {found.runs} worlds {c.which}"
    if not found.runs:
        number = f"an unknown number of {c.worlds} worlds: in each all runs of another failed"
    return (
        f"holds in {number}. It holds where it is better than {c.baseline} and at most "
        f"{100 * WORTH_MENTIONING:g} of 100 behind the best, at the end. After {time_told(first.month)} nine of ten worlds lie "
        f"between {low} and {high} more of 100."
    )


def baseline(f: Comparison) -> list[str]:
    """Say how it goes with the baseline: five years after a tool starts, and at the end."""
    c = f.parts[0]
    first = c.baseline[0].upper() + c.baseline[1:] + (f", under {c.there}" if c.told else "")
    if c.worlds == 1:
        return headline(c.result, int(c.points[0, 0])).sentences(first)
    known = f"; with {c.titles[f.best]} {_levels(c, f.best, False)}"
    with_best = known if c.clearly_better(f.best) else ""
    return [f"{first}: {_levels(c, 0)} use it, on average over the {c.each_is}{with_best}."]


def _levels(c: Comparison, policy: int, dated: bool = True) -> str:
    """Return how many use it midway and at the end with a policy."""
    return " and ".join(
        words.of_100(c.use(policy, at.outcome)) + f" {time_told(at.month)} from now" * dated
        for at in c.choices
    )


def dearer(c: Comparison) -> str:
    """Say what those add that are not clearly worse either, and cost more."""
    others = [n for n in c.choices[-1].good if n != c.best]
    if not others:
        return ""
    limit = (
        "not clearly worse than the best (that is, by more than "
        f"{100 * WORTH_MENTIONING:g} of 100, beyond chance)"
    )
    told = []
    for n in others:
        text = f"{c.titles[n]}: {more_users(c.change(n, GOAL, c.best))}"
        if c.costs_known:
            further = c.value(n, c.best).cost.estimate
            text += f", for {more_than(further, c.currency, c.titles[c.best])}"
        told.append(text)
    cheapest = "It is the cheapest of those that are " if c.costs_known else "Others are as well "
    return f"{cheapest}{limit}. What the others add to it: {'; '.join(told)}."


def midway(c: Comparison) -> str:
    """Say what would be chosen after five years, and where the order is another one."""
    if len(c.choices) < 2:
        return ""
    first, last = c.choices
    early, late = time_told(first.month), time_told(last.month)
    told = []
    if not first.good:
        why = _looks_better(c, first.outcome)
        told.append(f"After {early} nothing is clearly better than {c.baseline}{why}")
    elif first.good[0] != c.best:
        one = first.good[0]
        cost = f", for {money(c.value(one).cost.estimate, c.currency)}" if c.costs_known else ""
        told.append(
            f"Who looks at the first {early} alone would choose {c.titles[one]}: "
            f"{more_users(c.change(one, first.outcome), PEOPLE)} then{cost}"
        )
    else:
        told.append(f"The choice is the same after {early}")
    if found := reversals(c):
        pairs = "; ".join(
            f"{c.titles[x.more]} does more than {c.titles[x.less]} after {early} "
            f"({words.number(100 * x.midway.estimate, 0)} of 100), and less after {late} "
            f"({words.number(-100 * x.end.estimate, 0)} of 100)"
            for x in found[:MOST_TOLD]
        )
        more = len(found) - MOST_TOLD
        rest = f"; and {counted(more, 'more pair')}" if more > 0 else ""
        told.append(f"The order changes: {pairs}{rest}")
    else:
        told.append(f"No two change places beyond chance between {early} and {late}")
    return ". ".join(told) + "."


def how_sure(c: Comparison) -> str:
    """Say in how many runs at least half use the tool, with and without it, and the price of a user."""
    text = (
        f"At least {100 * c.threshold:g} of 100 use the tool at the end in "
        f"{words.percent(c.reaches(c.best), c.each_is)} with {c.titles[c.best]}, and in "
        f"{words.percent(c.reaches(0))} with {c.baseline}."
    )
    if c.costs_known and c.value(c.best).per_adopter > 0:
        text += f" Each further user costs {price(c.value(c.best), c.currency)}."
    return text


def on_a_budget(c: Comparison) -> list[str]:
    """Say what little money buys, and what more of it buys, if the choice is not the cheapest."""
    if not (found := clear_steps(c)):
        return []
    (cheapest, *_), *others = found
    if not c.value(cheapest).cost.estimate < c.value(c.best).cost.estimate:
        return []
    told = [
        f"If money is short: {c.titles[cheapest]} brings each further user for the least, "
        f"{price(c.value(cheapest), c.currency)}. With it {_changes(c, cheapest)}, for "
        f"{at_cost(c, cheapest)}. {what_to_do(c, cheapest)}".rstrip()
    ]
    if others:
        more = "; ".join(
            f"{c.titles[n]}, {money(c.value(n).cost.estimate, c.currency)} in total: "
            f"{price(further, c.currency)}"
            for n, _, further in others
        )
        told.append(
            f"With more money, what each further user costs, beyond those of the policy before: {more}."
        )
    return told


def who_is_moved(c: Comparison, policy: int) -> str:
    """Say who is moved by a policy."""
    if (found := moved(c, policy)) is None:
        return ""
    gained, lost = map(words.of_100, found)
    return (
        f"Job by job, at the end: {gained} are held by somebody who uses the tool only with "
        f"{c.titles[policy]}, and {lost} by somebody who does only with {c.baseline}."
    )


def scopes(c: Comparison) -> str:
    """Say where the policy does most and least: groups, membership, sizes."""
    known = {who: x for who, x in by_scope(c, c.best).items() if np.isfinite(x.estimate)}
    if not known:
        return ""
    most = max(known, key=lambda who: known[who].estimate)
    least = min(known, key=lambda who: known[who].estimate)
    if not known[most].low > known[least].high:
        return ""  # no clear difference between any of them
    return (
        f"It changes most among {most}: {more_users(known[most], '')}; and least among {least}: "
        f"{more_users(known[least], '')}."
    )


def fails(c: Comparison, policy: int, found: Failure) -> str:
    """Say in how many drawn worlds a policy misses the goal, and which."""
    place = f" ({c.there})" if c.told else ""
    text = (
        f"Where it fails{place}: with {c.titles[policy]} less than "
        f"{100 * c.threshold:g} of 100 use the tool at the end in "
        f"{words.percent(found.missed, 'worlds')}"
    )
    if not np.isnan(found.worlds_have.estimate):
        middle_one, low, high = (words.number(100 * x, 0) for x in found.worlds_have[:3])
        text += (
            f" (in the middle one {middle_one} of 100 do; nine of ten lie between {low} and {high})"
        )
    if not 0 < found.missed.estimate < 1:
        return f"{text}."
    if found.box is None:
        more = "" if c.result.worlds.many else f" More may: worlds={2 * c.worlds}."
        return f"{text}; no short list of conditions tells which.{more}"
    box = found.box
    return (
        f"{text}. It does so above all where {box_words(found.names, box, c.result.values)}. "
        f"These are {words.share(box.mass)} of all; there it fails in "
        f"{words.share(box.density)}, and {words.share(box.coverage)} of its "
        "failures lie there."
    )


def box_words(names: list[str], box: Box, values: Mapping[str, Any]) -> str:
    """Return the limits of a box in words, with what each parameter means."""
    parts = []
    for k in box.restricted:
        low, high = (
            titles.value_short(names[k], float(f"{x:.3g}")) if np.isfinite(x) else ""
            for x in box.limits[k]
        )
        limits = f"between {low} and {high}"
        if not (low and high):
            limits = f"{low} or more" if low else f"{high} or less"
        parts.append(f"{_parameter(names[k], values)} is {limits}")
    return "; and ".join(parts)


def _parameter(name: str, values: Mapping[str, Any]) -> str:
    """Return the title of a parameter with its key and what is configured."""
    if name not in PARAMETERS:
        return name
    now = f"; as configured: {titles.value_short(name, values[name])}" if name in values else ""
    return f"{titles.in_sentence(name)} (key: {name}{now})"
