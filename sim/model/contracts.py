"""Contracts: what must hold at the end of every month, checked where `contracts=true`.

They read and never write, so they change no bit; when off they cost nothing. A broken contract
is a fault of the program, not of the user, and ends the run with an error that names it.
"""

import numpy as np

from sim.model import rules, state
from sim.model.inputs import N_GROUPS, N_QUALITIES
from sim.model.rules import ADOPTER, LAPSED, NON_ADOPTER, TRIAL
from sim.tables.compiled import compiled

SLACK = 1e-9  # of sums of attention and priorities, which rounding may move


@compiled
def in_range(x):
    """Whether a level is a number from 0 to 1."""
    return x >= 0.0 and x <= 1.0


@compiled
def levels_hold(org, hcps, priorities, experts):
    """Whether all levels of an organisation, its HCPs and experts are in their ranges."""
    for k in range(N_QUALITIES):
        if not in_range(org.quality[k]):
            return False
    for i in range(org.first_hcp, org.last_hcp):
        hcp = hcps[i]
        if not (in_range(hcp.trust) and in_range(hcp.literacy) and in_range(hcp.engagement)):
            return False
        total = 0.0
        for k in range(N_QUALITIES):
            total += priorities[i, k]
        if not abs(total - 1.0) <= SLACK:
            return False
    for j in range(org.first_expert, org.last_expert):
        total = 0.0
        for k in range(N_QUALITIES):
            if not in_range(experts[j].attention[k]):
                return False
            total += experts[j].attention[k]
        if not (total <= 1.0 + SLACK and in_range(experts[j].domain)):
            return False
    return True


@compiled
def census_holds(org, hcps):
    """Whether the kept census is that of the HCPs, and states fit the tool's status."""
    counted = np.zeros((N_GROUPS, state.N_CENSUS), np.int64)
    for i in range(org.first_hcp, org.last_hcp):
        hcp = hcps[i]
        counted[hcp.group, hcp.state] += 1
        counted[hcp.group, state.EVER_ADOPTED] += hcp.ever
        user = hcp.state == TRIAL or hcp.state == ADOPTER
        if user and not rules.is_running(org.status):
            return False
        if hcp.state == ADOPTER and hcp.ever == 0:
            return False
    for g in range(N_GROUPS):
        for c in range(state.N_CENSUS):
            if counted[g, c] != org.census[g, c]:
                return False
    return True


@compiled
def flows_hold(org, before):
    """Whether the month's flows are the differences of the census; `before` is (3, 5)."""
    for g in range(N_GROUPS):
        f = org.flows[g]
        left = f[state.LEFT_NON_ADOPTERS] + f[state.LEFT_TRIALS]
        left += f[state.LEFT_ADOPTERS] + f[state.LEFT_LAPSED]
        withdrawn = f[state.WITHDRAWN_TRIALS] + f[state.WITHDRAWN_ADOPTERS]
        change = org.census[g] - before[g]
        if change[NON_ADOPTER] != (
            left - f[state.LEFT_NON_ADOPTERS] - f[state.TRIALS] - f[state.SEEDED]
        ):
            return False
        if change[TRIAL] != (
            f[state.TRIALS] + f[state.RETRIALS] - f[state.ADOPTIONS] - f[state.FAILED_TRIALS]
            - f[state.WITHDRAWN_TRIALS] - f[state.LEFT_TRIALS]
        ):  # fmt: skip
            return False
        if change[ADOPTER] != (
            f[state.ADOPTIONS] + f[state.SEEDED] - f[state.LAPSES] - f[state.WITHDRAWN_ADOPTERS]
            - f[state.LEFT_ADOPTERS]
        ):  # fmt: skip
            return False
        if change[LAPSED] != (
            f[state.FAILED_TRIALS] + f[state.LAPSES] + withdrawn - f[state.RETRIALS]
            - f[state.LEFT_LAPSED]
        ):  # fmt: skip
            return False
        if change[state.EVER_ADOPTED] != f[state.FIRST_ADOPTIONS] - f[state.LEFT_EVER_ADOPTERS]:
            return False
    return True


@compiled
def check(month, s, before):
    """Check everything at the end of a month; the first broken contract goes to `s.failure`.

    `before` is the census of all organisations a month ago.
    """
    for o in range(s.organisations.shape[0]):
        org = s.organisations[o]
        code = state.FINE
        if not levels_hold(org, s.hcps, s.priorities, s.experts):
            code = state.OUT_OF_RANGE
        elif not census_holds(org, s.hcps):
            code = state.WRONG_CENSUS
        elif not flows_hold(org, before[o]):
            code = state.WRONG_FLOWS
        if code != state.FINE and s.failure[0] == state.FINE:
            s.failure[0] = code
            s.failure[1] = o
            s.failure[3] = month
