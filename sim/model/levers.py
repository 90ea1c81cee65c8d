"""Levers: what policies and shocks may move, month by month, organisation by organisation.

The kernel's input is a schedule (one row per timed lever). Each month it fills one table
organisations x levers; a table over all months would not fit at national scale. A lever at 0
changes nothing, to the bit: levers are added to, or taken from, what they move.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model import streams
from sim.tables.compiled import borrowing, shared
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES

# Columns of the table. Families have one column per group or per quality.
HCP_COOPERATION = 0  # added to process.hcp_cooperation, per group
TRAINING = HCP_COOPERATION + len(GROUP_NAMES)  # added to process.training, per group
ONBOARDING = TRAINING + len(GROUP_NAMES)  # added to turnover.onboarding, per group
QUALITY_WORK = ONBOARDING + len(GROUP_NAMES)  # effort added for one quality alone, per quality
WORKSHOP = QUALITY_WORK + len(QUALITY_NAMES)  # share of the way of attention to W, per quality
INTERDISCIPLINARY = WORKSHOP + len(QUALITY_NAMES)  # added to process.shared_understanding
NETWORK = INTERDISCIPLINARY + 1  # added to process.interorganisational_cooperation, for steps 1-2
FUNDING = NETWORK + 1  # share of the funding gap that is closed
ROLL_OUT = FUNDING + 1  # added to the monthly probability of deployment
BUDGET_CUT = ROLL_OUT + 1  # share of effort taken away
MODEL_FAILURE = BUDGET_CUT + 1  # share of reliability taken away
EXODUS = MODEL_FAILURE + 1  # added to the monthly probability of leaving
CHAMPIONS = EXODUS + 1  # share of an organisation's HCPs who are made adopters, once
ADVERSE_EVIDENCE = CHAMPIONS + 1  # share of trust that bad news costs; every user reconsiders
REGULATION = ADVERSE_EVIDENCE + 1  # mean privacy below which no organisation deploys
N_LEVERS = REGULATION + 1
N_QUALITIES = len(QUALITY_NAMES)

# Whether an organisation belongs to the share that a lever reaches: its draw, + row.luck
SHARE_REACHED = np.uint64(1000)

ROW = np.dtype(
    [
        ("lever", np.int64),
        ("first_month", np.int64),
        ("last_month", np.int64),
        ("strength", np.float64),
        ("share", np.float64),  # of organisations, chosen by their own draws
        ("luck", np.int64),  # number of those draws: rows of one policy may share it
        ("members_only", np.int64),
        ("first_named", np.int64),  # into `named`; none named: all
        ("last_named", np.int64),
    ],
    align=True,
)


class Schedule(NamedTuple):
    """Timed levers."""

    rows: np.ndarray  # (levers,) of dtype ROW
    named: np.ndarray  # (names,) int64, numbers of organisations that rows name


def empty_schedule() -> Schedule:
    """Return the schedule of a world without policies."""
    return Schedule(np.zeros(0, ROW), np.zeros(0, np.int64))


@shared
def is_reached(row, named, o, member, run):
    """Whether a timed lever reaches an organisation: a row of a schedule, or of what levers cost."""
    if row["members_only"] and member != 1:
        return False
    found = row["first_named"] == row["last_named"]
    for n in range(row["first_named"], row["last_named"]):
        found = found or named[n] == o
    if not found or row["share"] >= 1.0:
        return found
    key = streams.month_key(run, streams.ORGANISATION, o, streams.START)
    decision = SHARE_REACHED + np.uint64(row["luck"])
    return streams.uniform(np.uint64(key), decision) < row["share"]


@borrowing
def fill(table, month, schedule, organisations, run):
    """Fill the month's table (organisations, N_LEVERS); overlapping levers add up.

    Shares add up to at most 1: two cuts of 60 percent do not leave negative effort, which would
    wear qualities down.
    """
    table[:] = 0.0
    for number in range(schedule.rows.shape[0]):
        row = schedule.rows[number]
        if row.first_month <= month and month <= row.last_month:
            for o in range(table.shape[0]):
                if is_reached(row, schedule.named, o, organisations[o].member, run):
                    table[o, row.lever] += row.strength
    if schedule.rows.shape[0] > 0:
        for o in range(table.shape[0]):
            for k in range(N_QUALITIES):
                table[o, WORKSHOP + k] = min(1.0, table[o, WORKSHOP + k])
            for share in (
                FUNDING, BUDGET_CUT, MODEL_FAILURE, CHAMPIONS, ADVERSE_EVIDENCE, REGULATION,
            ):  # fmt: skip
                table[o, share] = min(1.0, table[o, share])
