"""The state of one run: a struct of arrays.

Organisations are the blocks: the HCPs (and the experts) of an organisation lie together in
memory, and within a month one organisation is computed from last month's state alone. What an
HCP needs every month is one row of 48 bytes of a structured array (`state.hcps["trust"]` is a
plain NumPy view of a column); what is needed now and then, and what peers read, lies apart. Few
arrays also keep compilation short: with one array per quantity it took twice as long.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.inputs import N_GROUPS, N_QUALITIES

# What happens to HCPs, counted each month by organisation and group
(
    TRIALS, RETRIALS, RETURNS, ADOPTIONS, FIRST_ADOPTIONS, FAILED_TRIALS, LAPSES,
    WITHDRAWN_TRIALS, WITHDRAWN_ADOPTERS, LEFT_NON_ADOPTERS, LEFT_TRIALS, LEFT_ADOPTERS,
    LEFT_LAPSED, LEFT_EVER_ADOPTERS, MEETINGS, FAILED_MEETINGS, TRAININGS, SEEDED,
) = range(18)  # fmt: skip
FLOW_NAMES = (
    "trials", "retrials", "returns", "adoptions", "first_adoptions", "failed_trials", "lapses",
    "withdrawn_trials", "withdrawn_adopters", "left_non_adopters", "left_trials",
    "left_adopters", "left_lapsed", "left_ever_adopters", "meetings", "failed_meetings",
    "trainings", "seeded",
)  # fmt: skip
# Census columns: the four states, and those who ever adopted
EVER_ADOPTED = 4
CENSUS_NAMES = ("non_adopters", "trials_running", "adopters", "lapsed", "ever_adopters")

# What can go wrong in a run: entries of `failure` are code, entity, quality, month
FINE, NOT_A_NUMBER_HCP, NOT_A_NUMBER_QUALITY, NOT_A_NUMBER_EXPERT, TOO_MUCH_EFFORT = range(5)
# and broken contracts, entity being an organisation
OUT_OF_RANGE, WRONG_CENSUS, WRONG_FLOWS = range(5, 8)

N_CENSUS = len(CENSUS_NAMES)
N_FLOWS = len(FLOW_NAMES)

# Months (int32) are inputs.NEVER where something did not happen.
ORGANISATION = np.dtype(
    [
        ("first_hcp", np.int64),
        ("last_hcp", np.int64),  # one past the last
        ("first_expert", np.int64),
        ("last_expert", np.int64),  # one past the last
        ("readiness", np.float64),  # [0, 1]
        ("resources", np.float64),  # > 0, median 1
        ("membership_draw", np.float64),  # [0, 1), decides membership
        ("wasted", np.float64),  # effort wasted in the current month
        ("quality", np.float64, (N_QUALITIES,)),  # [0, 1], Q
        ("shares", np.float64, (N_GROUPS,)),  # cumulative shares of the HCP groups
        ("census", np.int32, (N_GROUPS, N_CENSUS)),  # HCPs now, by group
        ("flows", np.int32, (N_GROUPS, N_FLOWS)),  # events of the current month, by group
        ("deployed", np.int32),  # month of deployment
        ("ended", np.int32),  # month of decommissioning
        ("reached", np.int32),  # first month with the adopter share that counts as spread
        ("stopped", np.int32),  # HCPs who are lapsed and were adopters once
        ("member", np.int8),
        ("status", np.int8),  # see rules.STATUS_NAMES
        ("incident", np.int8),  # in the current month
        ("seeded", np.int8),  # whether it has had its champions
    ],
    align=True,
)

HCP = np.dtype(
    [
        ("trust", np.float64),
        ("literacy", np.float64),
        ("engagement", np.float64),
        ("hired", np.int32),  # month in which the person took the seat
        ("adopted", np.int32),  # month of the first adoption
        ("lapsed", np.int32),  # month of the last lapse, failed trial or withdrawal
        ("meetings", np.uint16),
        ("state", np.int8),  # see rules.STATE_NAMES
        ("group", np.int8),  # see factors.GROUP_NAMES
        ("ever", np.int8),  # ever adopted
        ("trained", np.int8),  # ever trained
    ],
    align=True,
)

EXPERT = np.dtype(
    [
        ("domain", np.float64),  # domain knowledge D
        ("draw", np.float64),  # interdisciplinary if below the share of shared understanding
        ("attention", np.float64, (N_QUALITIES,)),  # v
        ("heard", np.float64, (N_QUALITIES,)),  # priorities summed over the month's successes
        ("successes", np.int64),  # successful meetings in the current month
    ],
    align=True,
)


class State(NamedTuple):
    """Everything that changes in a run, and the network."""

    organisations: np.ndarray  # (organisations,) of dtype ORGANISATION
    hcps: np.ndarray  # (HCPs,) of dtype HCP
    priorities: np.ndarray  # (HCPs, 8), w; rows sum to 1
    words: np.ndarray  # (2, HCPs) uint32, what peers see: last month is read, this one written
    experts: np.ndarray  # (experts,) of dtype EXPERT
    # Peers of HCP i are peers[first_peer[i]:first_peer[i + 1]]; both empty where all are peers
    first_peer: np.ndarray  # (HCPs + 1,) int64
    peers: np.ndarray  # (2 * ties,) uint32
    levers: np.ndarray  # (organisations, N_LEVERS), this month's
    failure: np.ndarray  # (4,) int64, what went wrong first: code, entity, quality, month
