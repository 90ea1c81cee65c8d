"""What to do, in sentences: which policy, from when, at what cost, how sure, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis.prim import Box
from sim.design.posterior import WHICH
from sim.outcomes.table import GOAL
from sim.policies.kinds import POLICY, SHOCK
from sim.reports import titles, words
from sim.studies.comparison.findings import WORTH_MENTIONING, Failure, Findings, OverWorlds
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
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import POSTERIOR

MOST_WORLDS = 12  # told; all stand in comparison.csv
MOST_TOLD = 4  # of them in a sentence
FEWEST_SCOPES = 2
NOT_KNOWN = (
    "Where it fails is not known: all this is for one world. The same command with "
    f"uncertainty={POSTERIOR} says in how many worlds {WHICH} it holds."
)


def in_one_world(f: Findings) -> list[str]:
    """Say which policy is to be chosen, and all that is known of it."""
    if f.of.axis.name == SHOCK:
        return [what_shocks_change(f), *baseline(f)]
    told = [recommendation(f), *baseline(f)]
    if f.recommended[0].clearly_better:
        told += [dearer(f), midway(f), how_sure(f), *on_a_budget(f)]
    if f.best:
        told.append(f"{moved(f)} {scopes(f)}".strip())
    if f.failures:
        told += [fails(f, failure) for failure in f.failures]
    elif f.of.singular == POLICY:
        told.append(NOT_KNOWN)
    return told


def what_shocks_change(f: Findings) -> str:
    """Say what each shock changes at the end."""
    c, (world,) = f.of, f.worlds
    others = [p for p in world.policies.values() if p.number]
    each = "; ".join(f"{c.titles[p.number]}: {more_users(p.against.change)}" for p in others)
    return f"Over {horizon(c)} they change how many use the tool, against {c.baseline}. {each}."


def no_better(f: Findings) -> str:
    c = f.of
    instead = "doing nothing" if c.names[0] == NONE else c.baseline
    over = f", over {c.worlds} worlds {c.which}" if f.over_worlds else ""
    return f"Recommendation: none of the {c.plural} is clearly better than {instead}{over}"


def _changes(f: Findings, policy: int, people: str = PEOPLE) -> str:
    """Return what a policy changes midway and at the end: `9 more of 100 professionals (...) ...`."""
    at = f.worlds[0].choices
    parts = [
        f"{more_users(choice.changes[policy], '' if n else people)} after {time_told(choice.month)}"
        for n, choice in enumerate(at)
    ]
    return " and ".join(parts)


def recommendation(f: Findings) -> str:
    """Say which policy, what it changes, at what cost, how sure that is, and what it is."""
    c, best = f.of, f.best
    if best == 0:
        once = " Each was run once, so what differs may be chance." if f.pairs == 1 else ""
        return f"{no_better(f)}, with which most of all use the tool.{once}"
    (found,) = f.recommended
    if not found.clearly_better:
        return (
            f"{no_better(f)}. Most use the tool with {c.titles[best]}, but that may be chance: "
            f"{_changes(f, best)}."
        )
    cost = ""
    if c.costs_known:
        cost = f"{at_cost(c, found.value.cost.estimate)} {span(c)}"
    shock = f" All have the shock {under(c)}." if under(c) else ""
    name, changes = c.titles[best], _changes(f, best, f"healthcare {PEOPLE}")
    more = f"{changes} use the tool than with {c.baseline}"
    if f.over_worlds is not None:
        first = f"{name}, with which {more}; it {_over_worlds(f, f.over_worlds)}"
        first += f" It costs {cost}." if cost else ""
    else:
        first = f"{name}. With it {more}{cost and f', for {cost}'}. It is better in "
        first += f"{words.percent(found.against.better, c.each_is)}."
    return f"Recommendation: {first}{shock} {what_to_do(c, best)}".rstrip()


def _over_worlds(f: Findings, found: OverWorlds) -> str:
    """Say in how many worlds the policy is to be chosen, and how far they differ."""
    c, holds = f.of, found.holds
    low, high = (words.number(100 * x, 0) for x in found.change[1:3])
    return (
        f"holds in {holds.estimate * holds.runs:.0f} of {holds.runs} worlds {c.which}. It holds where "
        f"it is better than {c.baseline} and at most {100 * WORTH_MENTIONING:g} of 100 behind the "
        f"best, at the end. After {time_told(f.worlds[0].choices[0].month)} nine of ten worlds lie "
        f"between {low} and {high} more of 100."
    )


def baseline(f: Findings) -> list[str]:
    """Say how it goes with the baseline: five years after a tool starts, and at the end."""
    c, world = f.of.parts[0], f.worlds[0]
    first = c.baseline[0].upper() + c.baseline[1:] + (f", where {c.told}" if c.told else "")
    if c.worlds == 1:
        return headline(c.result, int(c.points[0, 0])).sentences(first)
    theirs = world.policies[0]
    return [
        f"{first}: {horizon(c)} from now, {words.of_100(theirs.sustained)} of all use it, on average "
        f"over the {c.each_is}; in {words.percent(theirs.reaches)} of them at least "
        f"{100 * world.threshold:g} of 100 do."
    ]


def dearer(f: Findings) -> str:
    """Say what those add that are not clearly worse either, and cost more."""
    c, (world,) = f.of, f.worlds
    others = [n for n in world.choices[-1].good if n != f.best]
    if not others:
        return ""
    limit = (
        "not clearly worse than the best (that is, by more than "
        f"{100 * WORTH_MENTIONING:g} of 100, beyond chance)"
    )
    told = []
    for n in others:
        text = f"{c.titles[n]}: {more_users(c.paired(GOAL, n, f.best).change)}"
        if c.costs_known:
            further = c.value(n, f.best).cost.estimate
            text += f", for {more_than(further, c.currency, c.titles[f.best])}"
        told.append(text)
    cheapest = "It is the cheapest of those that are " if c.costs_known else "Others are as well "
    return f"{cheapest}{limit}. What the others add to it: {'; '.join(told)}."


def midway(f: Findings) -> str:
    """Say what would be chosen after five years, and where the order is another one."""
    c, found = f.of, f.worlds[0].choices
    if len(found) < 2:
        return ""
    first, last = found
    early, late = time_told(first.month), time_told(last.month)
    told = []
    if not first.good:
        told.append(f"After {early} nothing is clearly better than {c.baseline}")
    elif first.good[0] != f.best:
        one = first.good[0]
        cost = f", for {money(c.value(one).cost.estimate, c.currency)}" if c.costs_known else ""
        told.append(
            f"Who looks at the first {early} alone would choose {c.titles[one]}: "
            f"{more_users(first.changes[one], PEOPLE)} then{cost}"
        )
    else:
        told.append(f"The choice is the same after {early}")
    if f.reversals:
        pairs = "; ".join(
            f"{c.titles[x.more]} does more than {c.titles[x.less]} after {early} "
            f"({_size(x.midway)} of 100), and less after {late} ({_size(x.end)} of 100)"
            for x in f.reversals[:MOST_TOLD]
        )
        more = len(f.reversals) - MOST_TOLD
        told.append(f"The order changes: {pairs}{f'; and {more} more pairs' if more > 0 else ''}")
    else:
        told.append(f"No two change places beyond chance between {early} and {late}")
    return ". ".join(told) + "."


def _size(x: Any) -> str:
    return words.number(100 * abs(x.estimate), 0)


def how_sure(f: Findings) -> str:
    """Say in how many runs at least half use the tool, with and without it, and the price of a user."""
    c, (world,), (ours,) = f.of, f.worlds, f.recommended
    theirs = world.policies[0]
    text = (
        f"At least {100 * world.threshold:g} of 100 use the tool at the end in "
        f"{words.percent(ours.reaches, c.each_is)} with {c.titles[f.best]}, and in "
        f"{words.percent(theirs.reaches)} with {c.baseline}."
    )
    if c.costs_known and ours.value.per_adopter > 0:
        text += f" Each further user costs {price(ours.value, c.currency)}."
    return text


def on_a_budget(f: Findings) -> list[str]:
    """Say what little money buys, and what more of it buys, if the choice is not the cheapest."""
    c, unit, (world,) = f.of, f.of.currency, f.worlds
    policies = world.policies
    if not world.steps:
        return []
    cheapest, *others = world.steps
    found = policies[cheapest.policy]
    if not found.value.cost.estimate < policies[f.best].value.cost.estimate:
        return []
    told = [
        f"If money is short: {c.titles[cheapest.policy]} brings each further user for the least, "
        f"{price(found.value, unit)}. With it {_changes(f, cheapest.policy)}, for "
        f"{at_cost(c, found.value.cost.estimate)}. "
        f"{what_to_do(c, cheapest.policy)}".rstrip()
    ]
    if others:
        more = "; ".join(
            f"{c.titles[step.policy]}, {money(policies[step.policy].value.cost.estimate, unit)} in "
            f"total: {price(step.further, unit)}"
            for step in others
        )
        told.append(f"With more money, what each user beyond the one before costs: {more}.")
    return told


def moved(f: Findings) -> str:
    """Say who is moved by the policy."""
    if f.moved is None:
        return ""
    gained, lost = (words.of_100(x) for x in f.moved)
    return (
        f"Job by job, at the end: {gained} are held by somebody who uses the tool only with "
        f"{f.of.titles[f.best]}, and {lost} by somebody who does only with {f.of.baseline}."
    )


def scopes(f: Findings) -> str:
    """Say where the policy does most and least: groups, membership, sizes."""
    known = {who: x for who, x in f.by_scope.items() if np.isfinite(x.estimate)}
    if len(known) < FEWEST_SCOPES:
        return ""
    most = max(known, key=lambda who: known[who].estimate)
    least = min(known, key=lambda who: known[who].estimate)
    if not known[most].low > known[least].high:
        return ""  # no clear difference between any of them
    return (
        f"It changes most among {most}: {more_users(known[most], '')}; and least among {least}: "
        f"{more_users(known[least], '')}."
    )


def fails(f: Findings, failure: Failure) -> str:
    """Say in how many drawn worlds the policy misses the goal, and which."""
    place = f" ({failure.where})" if failure.where else ""
    text = (
        f"Where it fails{place}: with {f.of.titles[f.best]} less than "
        f"{100 * f.worlds[0].threshold:g} of 100 use the tool at the end in "
        f"{words.percent(failure.missed, 'worlds')}"
    )
    if not np.isnan(failure.worlds_have.estimate):
        middle, low, high = (words.number(100 * x, 0) for x in failure.worlds_have[:3])
        text += f" (in the middle one {middle} of 100 do; nine of ten lie between {low} and {high})"
    if not 0 < failure.missed.estimate < 1:
        return f"{text}."
    if failure.box is None:
        more = "" if f.of.result.worlds.many else f" More may: worlds={2 * failure.worlds}."
        return f"{text}; no short list of conditions tells which.{more}"
    box = failure.box
    return (
        f"{text}. It does so above all where {box_words(failure.names, box, f.of.result.values)}. "
        f"These are {words.share(box.mass)} of all; there it fails in "
        f"{words.share(box.density)}, and {words.share(box.coverage)} of its "
        "failures lie there."
    )


def box_words(names: list[str], box: Box, values: Mapping[str, Any] | None = None) -> str:
    """Return the limits of a box in words, with what each parameter means."""
    parts = []
    for k in box.restricted:
        low, high = box.limits[k]
        low_told, high_told = (
            titles.value_short(names[k], float(f"{x:.3g}")) if np.isfinite(x) else ""
            for x in (low, high)
        )
        if low_told and high_told:
            limits = f"is between {low_told} and {high_told}"
        else:
            limits = f"is {low_told} or more" if low_told else f"is {high_told} or less"
        parts.append(f"{_parameter(names[k], values or {})} {limits}")
    return "; and ".join(parts)


def _parameter(name: str, values: Mapping[str, Any]) -> str:
    """Return the title of a parameter with its key and what is configured."""
    if name not in PARAMETERS:
        return name
    now = f"; as configured: {titles.value_short(name, values[name])}" if name in values else ""
    return f"{titles.within(titles.title(name))} (key: {name}{now})"
