"""What policies cost in a run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.model import levers, streams
from sim.policies.policy import Policy
from sim.policies.schedule import luck_of, number_of

MONTHS_IN_YEAR = 12


class Cost(NamedTuple):
    """What one timed lever costs, when, and in which organisations."""

    amount: float  # per organisation and month, in currency
    first: int  # month; the last one is included as well
    last: int
    share: float  # of organisations
    luck: int  # number of the draws that decide which
    members_only: bool
    named: tuple[int, ...]  # organisations, from 0; empty for all


def costs_of(
    policies: Sequence[Policy], organisations: int, names: Sequence[str]
) -> tuple[Cost, ...]:
    """Return what the levers of policies cost; those of strength 0 are not in force."""
    costs = []
    for policy in policies:
        for at, lever in enumerate(policy.levers, 1):
            if lever.cost == 0.0 or lever.strength == 0.0:
                continue
            share, members, named = (
                lever.where.share,
                lever.where.members,
                lever.where.organisations,
            )
            numbers = tuple(number_of(policy, at, name, organisations, names) for name in named)
            luck = luck_of(policy, share)
            costs.append(Cost(lever.cost, lever.first, lever.last, share, luck, members, numbers))
    return tuple(costs)


def reached(cost: Cost, members: np.ndarray, run: np.uint64) -> int:
    """Return how many organisations a lever reaches; `members` says who is in the network."""
    there = np.ones(members.size, bool)
    if cost.named:
        there[:] = False
        there[list(cost.named)] = True
    if cost.members_only:
        there &= members == 1
    if cost.share < 1.0:
        decision = levers.SHARE_REACHED + np.uint64(cost.luck)
        for o in np.flatnonzero(there):
            key = streams.month_key(run, streams.ORGANISATION, int(o), streams.START)
            there[o] = streams.uniform(np.uint64(key), decision) < cost.share
    return int(there.sum())


@lru_cache(maxsize=1024)
def discounted_months(first: int, last: int, rate: float) -> float:
    """Return months discounted to month 0: month m counts (1 + rate)^(-m/12)."""
    months = np.arange(first, last + 1)
    return float(np.sum((1.0 + rate) ** (-months / MONTHS_IN_YEAR)))


def cost_of_run(
    costs: Sequence[Cost], members: np.ndarray, run: np.uint64, horizon: int, rate: float
) -> float:
    """Return the discounted cost of policies in one run, in currency.

    A lever costs the same in every organisation that it reaches and in every month that it is in
    force, whether or not the organisation runs the tool then.
    """
    total = 0.0
    for cost in costs:
        months = discounted_months(cost.first, min(cost.last, horizon), rate)
        total += cost.amount * reached(cost, members, run) * months
    return total
