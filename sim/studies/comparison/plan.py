"""What a policy is: levers, from when, for how long, where, and at what price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from sim.policies.policy import POLICY, SHOCK, Policy, TimedLever, names_in
from sim.policies.table import LEVERS
from sim.tables.layout import Table

if TYPE_CHECKING:
    from sim.studies.comparison.policies import Comparison


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
    if lever.organisations:
        places = f"in the organisations {', '.join(lever.organisations)}"
    if lever.members_only:
        places = places.replace("organisations", "member organisations of the network", 1)
    if lever.share < 1.0:
        places += f", in a share of {lever.share:g} of them"
    return places + (f", for the groups {', '.join(lever.groups)}" if lever.groups else "")


def of_point(c: Comparison, policy: int) -> list[Policy]:
    """Return the policies that the name of a choice joins; none where it names no policy."""
    named = names_in(c.names[policy]) if c.axis.name == POLICY else []
    known = [c.result.policies.get((POLICY, name)) for name in named]
    return [found for found in known if found is not None]


def titled(c: Comparison, policy: int) -> str:
    """Return the title of a policy with the name that commands take; the name alone without one."""
    known = of_point(c, policy)
    if not known:
        return c.names[policy]
    return f"{' with '.join(one.title for one in known)} ({c.names[policy]})"


def under(c: Comparison) -> str:
    """Return the shocks that all runs have, as titles with names; empty for none."""
    names = names_in(c.result.values[SHOCK])
    shocks = [c.result.policies.get((SHOCK, name)) for name in names]
    return " and ".join(f"{one.title} ({one.name})" for one in shocks if one is not None)


def titles(c: Comparison) -> Table | None:
    """Return what the policies and shocks are, each in a sentence; None where there are none."""
    found = c.result.policies
    rows = [["name", "title", "what it is"]]

    def of_shocks(item: tuple[tuple[str, str], Policy]) -> bool:
        return item[0][0] == SHOCK  # policies first

    rows += [
        [name, one.title, one.description or "-"]
        for (_, name), one in sorted(found.items(), key=of_shocks)
    ]
    shocks = any(kind == SHOCK for kind, _ in found)
    what = f"{c.plural}{' and shocks' if shocks else ''}" if c.axis.name == POLICY else "policies and shocks"  # fmt: skip
    return Table(rows, f"What the {what} are:", left=2, text_last=True) if found else None


def plan(c: Comparison, policy: int) -> str:
    """Say what to do, from when, for how long and at what price."""
    horizon, unit = int(c.result.values["horizon"]), c.currency
    told = [one.description for one in of_point(c, policy) if one.description]
    levers = [lever for one in of_point(c, policy) for lever in one.levers if lever.strength > 0]

    def time_and_place(lever: TimedLever) -> tuple[int, int, str]:
        return lever.first, lever.last, where(lever)

    parts = []
    for _, same in groupby(sorted(levers, key=time_and_place), time_and_place):
        group = list(same)
        cost = sum(lever.cost for lever in group)
        names = ", ".join(lever.lever.replace(".", " on ").replace("_", " ") for lever in group)
        price = f", at {cost:,.0f} {unit} per organisation and month" if cost else ""
        parts.append(f"{names} {when(group[0], horizon)} {where(group[0])}{price}")
    if parts:
        told.append(f"That is: {'; '.join(parts)}. These numbers are assumptions.")
    return " ".join(told)


def rows(policies: Mapping[tuple[str, str], Policy], horizon: int, unit: str) -> list[list[str]]:
    """Return a table of all levers of policies and shocks.

    Parameters
    ----------
    policies : mapping of (kind, name) to Policy
    horizon : int
    unit : str
        The currency.
    """
    made = [
        ["policy or shock", "what it does", "strength", "when", "where",
         f"{unit} per organisation and month"]
    ]  # fmt: skip
    for (_, name), policy in policies.items():
        made += list(_lever_rows(name, policy, horizon))
    return made


def _lever_rows(name: str, policy: Policy, horizon: int) -> Iterable[list[str]]:
    for lever in policy.levers:
        told = LEVERS[lever.lever]
        yield [
            name, f"{lever.lever}: {told.meaning}", f"{lever.strength:g} {told.unit}",
            when(lever, horizon), where(lever), f"{lever.cost:,.0f}",
        ]  # fmt: skip
