"""From policies to the kernel's schedule."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from sim.model.levers import ROW, Schedule
from sim.policies.lever_table import LEVERS
from sim.policies.policy import Policy
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.messages import did_you_mean, show

LARGEST_LUCK = 2**31
MOST_NAMES = 10


def luck_of(policy: Policy, where: float) -> int:
    """Return the number of the draws that decide which organisations belong to a share.

    All levers of a policy that reach the same share reach the same organisations; two policies
    of different names reach different ones.
    """
    digest = hashlib.sha256(f"{policy.name} {where}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % LARGEST_LUCK


def schedule_of(policies: Sequence[Policy], organisations: int, names: Sequence[str]) -> Schedule:
    """Return the schedule of policies that act together, in a world of so many organisations.

    Where levers overlap, their strengths add up; what is a share of something (sustained
    funding, budget cut, model failure, workshops) adds up to at most 1. A lever of strength 0
    is left out: it changes nothing. Raises UserError for an organisation that does not exist.
    """
    rows: list[tuple[float, ...]] = []
    named: list[int] = []
    for policy in policies:
        for at, lever in enumerate(policy.levers, 1):
            places = [
                number_of(policy, at, name, organisations, names)
                for name in lever.where.organisations
            ]
            if lever.strength == 0.0:
                continue
            first = len(named)
            named += places
            columns = LEVERS[lever.lever].columns
            if lever.groups:
                columns = tuple(columns[GROUP_NAMES.index(g)] for g in lever.groups)
            rows += [
                (column, lever.first, lever.last, lever.strength, lever.where.share,
                 luck_of(policy, lever.where.share), lever.where.members, first, len(named))
                for column in columns
            ]  # fmt: skip
    return Schedule(np.array(rows, ROW), np.array(named, np.int64))


def number_of(policy: Policy, at: int, name: str, organisations: int, names: Sequence[str]) -> int:
    """Return the number, from 0, of an organisation that a policy's lever number `at` names."""
    if name in names:
        return list(names).index(name)
    if name.isascii() and name.isdigit() and not names and 1 <= int(name) <= organisations:
        return int(name) - 1
    if names:
        more = ", ..." if len(names) > MOST_NAMES else ""
        allowed = f"allowed are {', '.join(map(show, names[:MOST_NAMES]))}{more}"
        allowed += did_you_mean(name, names)
    else:
        allowed = f"allowed is a number from 1 to {organisations}"
    key = f"{policy.kind} {policy.name}: levers[{at}].where.organisations"
    raise UserError(f"{key}={show(name)}: there is no such organisation; {allowed}")
