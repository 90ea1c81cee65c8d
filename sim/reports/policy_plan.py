"""What policies and shocks do, in words: levers, from when, for how long, where, at what price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from sim.policies.lever_table import LEVERS
from sim.policies.policy import Policy, TimedLever
from sim.reports import titles
from sim.tables.factors import GROUPS
from sim.tables.messages import listed


def when(lever: TimedLever, horizon: int) -> str:
    """Return the months of a lever in words."""
    if lever.first > horizon:
        return f"from month {lever.first}, after the end"
    if lever.first == lever.last:
        return f"in month {lever.first}"
    last = f"the end (month {horizon})" if lever.last >= horizon else f"month {lever.last}"
    return f"from month {lever.first} to {last}"


def where(lever: TimedLever) -> str:
    """Return the organisations and the HCPs of a lever in words."""
    places = "in all organisations"
    if lever.where.organisations:
        places = f"in the organisations {', '.join(lever.where.organisations)}"
    if lever.where.members:
        places = places.replace("organisations", "member organisations of the network", 1)
    if lever.where.share < 1.0:
        places += f", in {100 * lever.where.share:g} % of them"
    return places + (f", for {listed([GROUPS[x] for x in lever.groups])}" if lever.groups else "")


def plan(policies: Iterable[Policy], horizon: int, unit: str) -> str:
    """Say what to do under some policies together; levers of one time and place in one go."""
    known = list(policies)
    told = [policy.description for policy in known if policy.description]
    levers = [lever for policy in known for lever in policy.levers if lever.strength > 0]

    def time_and_place(lever: TimedLever) -> tuple[int, int, str]:
        return lever.first, lever.last, where(lever)

    parts = []
    for _, same in groupby(sorted(levers, key=time_and_place), time_and_place):
        group = list(same)
        cost = sum(lever.cost for lever in group)
        names = ", ".join(titles.within(LEVERS[lever.lever].title) for lever in group)
        price = f", at {cost:,.0f} {unit} per organisation and month" if cost else ""
        parts.append(f"{names} {when(group[0], horizon)} {where(group[0])}{price}")
    if parts:
        told.append(f"That is: {'; '.join(parts)}. These numbers are assumptions.")
    return " ".join(told)


def lever_rows(
    policies: Mapping[tuple[str, str], Policy], horizon: int, unit: str
) -> list[list[str]]:
    """Return a table of all levers of policies and shocks, by (kind, name)."""
    price = f"{unit} per organisation and month"
    rows = [["policy or shock", "what it does", "strength", "when", "where", price]]
    for policy in policies.values():
        for lever in policy.levers:
            told = LEVERS[lever.lever]
            rows.append(
                [
                    policy.title,
                    f"{told.title} (key: {lever.lever}): {titles.plain(told.meaning, {})}",
                    told.told(lever.strength),
                    when(lever, horizon),
                    where(lever),
                    f"{lever.cost:,.0f}",
                ]
            )
    return rows
