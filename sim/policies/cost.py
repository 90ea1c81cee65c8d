"""What policies cost in a run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.model import numerics
from sim.model.levers import is_reached
from sim.policies.lever_table import LEVERS
from sim.policies.policy import Policy
from sim.policies.schedule import luck_of, number_of
from sim.tables.compiled import shared

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


ROW = np.dtype(
    [
        ("amount", np.float64), ("first", np.int64), ("last", np.int64), ("share", np.float64),
        ("luck", np.int64), ("members_only", np.int64), ("early", np.int64),
        ("first_named", np.int64), ("last_named", np.int64),
    ],
    align=True,
)  # fmt: skip


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


def rows_of(costs: Sequence[Cost]) -> tuple[np.ndarray, np.ndarray]:
    """Return costs as an array of dtype `ROW`, and the organisations that they name."""
    rows, named = np.zeros(len(costs), ROW), [o for cost in costs for o in cost.named]
    last = 0
    for row, cost in zip(rows, costs, strict=True):
        for name, value in cost._asdict().items():
            if name != "named":
                row[name] = value
        row["first_named"], last = last, last + len(cost.named)
        row["last_named"] = last
    return rows, np.array(named, np.int64)


@shared
def discounted_months(horizon, rate):
    """Return months 1 to 0, 1, ..., `horizon`, discounted to month 0: month m counts (1 + rate)^(-m/12)."""
    until = np.zeros(horizon + 1)
    for month in range(1, horizon + 1):
        until[month] = until[month - 1] + numerics.power(1.0 + rate, -month / MONTHS_IN_YEAR)
    return until


@shared
def cost_of_rows(rows, named, organisations, run, until):
    """Return the discounted cost of policies in one run, in currency; `until` is of `discounted_months`.

    A lever costs the same in every organisation that it reaches and in every month in which it is in force
    and the organisation runs the tool; levers that act before the tool's start are paid before it as well.
    Nothing is paid for a tool that was withdrawn, and nothing in month 0.
    """
    total, horizon = 0.0, until.size - 1
    for n in range(rows.size):
        row = rows[n]
        for o in range(organisations.size):
            org = organisations[o]
            if is_reached(row, named, o, org["member"], run):
                first = max(1 if row["early"] else org["deployed"], row["first"])
                last = min(org["ended"], row["last"], horizon)
                if first <= last:
                    total += row["amount"] * (until[last] - until[first - 1])
    return total


def cost_of_run(
    costs: Sequence[Cost], organisations: np.ndarray, run: np.uint64, horizon: int, rate: float
) -> float:
    """Return what `cost_of_rows` does."""
    return float(cost_of_rows(*rows_of(costs), organisations, run, _discounted(horizon, rate)))


_discounted = lru_cache(maxsize=64)(discounted_months)
