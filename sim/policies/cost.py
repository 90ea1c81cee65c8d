"""What policies cost in a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.model import levers, streams
from sim.policies.lever_table import LEVERS
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
    early: bool  # paid before the tool starts as well, since the lever acts there


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
            months, early = (lever.first, lever.last), LEVERS[lever.lever].early
            costs.append(Cost(lever.cost, *months, share, luck, members, numbers, early))
    return tuple(costs)


def reached(cost: Cost, members: np.ndarray, run: np.uint64) -> np.ndarray:
    """Return whether a lever reaches each organisation; `members` says who is in the network."""
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
    return there


@lru_cache(maxsize=64)
def discounted_months(horizon: int, rate: float) -> np.ndarray:
    """Return months 1 to 0, 1, ..., `horizon`, discounted to month 0: month m counts (1 + rate)^(-m/12)."""
    months = np.arange(1, horizon + 1)
    return np.concatenate(([0.0], np.cumsum((1.0 + rate) ** (-months / MONTHS_IN_YEAR))))


def cost_of_run(
    costs: Sequence[Cost], organisations: np.ndarray, run: np.uint64, horizon: int, rate: float
) -> float:
    """Return the discounted cost of policies in one run, in currency.

    A lever costs the same in every organisation that it reaches and in every month in which it is in force
    and the organisation runs the tool; levers that act before the tool's start are paid before it as well.
    Nothing is paid for a tool that was withdrawn, and nothing in month 0.
    """
    until, total = discounted_months(horizon, rate), 0.0
    for cost in costs:
        paid = organisations[reached(cost, organisations["member"], run)]
        first = np.maximum(1 if cost.early else paid["deployed"], cost.first)
        last = np.minimum(paid["ended"], min(cost.last, horizon))
        first = np.minimum(first, last + 1)  # nothing, where it ends before it begins
        total += cost.amount * math.fsum(until[last] - until[first - 1])
    return total
