"""What is kept of a run: counts every month, means in some months.

Everything is by membership of the organisation and, for HCPs, by group; the outcomes add up.
Row 0 is the start, row m the end of month m.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model import organisation_steps, rules
from sim.model.inputs import DATA_QUALITY, N_GROUPS, N_QUALITIES, NEVER, SCOPE
from sim.model.state import CENSUS_NAMES, FLOW_NAMES, N_CENSUS, N_FLOWS
from sim.tables.compiled import borrowing, compiled

# Columns of `people`: the census, then the flows
PEOPLE_NAMES = CENSUS_NAMES + FLOW_NAMES
# Columns of `tools`
(
    ORGANISATIONS, RUNNING, INSTITUTIONALISED, DECOMMISSIONED, EVER_DEPLOYED, SEATS_DEPLOYED,
    REACHED, INCIDENTS, WASTED, AGED, SEATS_AGED, USERS_AGED,
) = range(12)  # fmt: skip
TOOL_NAMES = (
    "organisations", "running", "institutionalised", "decommissioned", "ever_deployed",
    "seats_deployed", "reached", "incidents", "effort_wasted",
    # in the month that is AGE months after their deployment: organisations, their HCPs, adopters
    "aged", "seats_aged", "users_aged",
)  # fmt: skip
AGE = 60
# Columns of `places`: where everybody in post is
(
    USES, TRIES, USED_AND_STOPPED, TRIED_AND_LEFT, NEVER_TRIED, WITHDRAWN, NEVER_CAME,
) = range(7)  # fmt: skip
N_PLACES = 7
# Columns of `levels`, sums over HCPs; the last four over users (trial, adopter)
TRUST, LITERACY, ENGAGEMENT, USERS, GAP, OVER_TRUST, UNDER_TRUST = range(7)
LEVEL_NAMES = (
    "trust", "literacy", "engagement", "users", "trust_gap", "over_trust", "under_trust",
)  # fmt: skip
N_LEVELS = len(LEVEL_NAMES)
# Columns of `views`: experts, sums over them, then sums of the 8 qualities over running tools
EXPERTS, DOMAIN, ALIGNMENT, QUALITY = range(4)
N_VIEWS = QUALITY + N_QUALITIES


class Record(NamedTuple):
    """The record of one run."""

    people: np.ndarray  # (months + 1, 2, 3, 23) int32, HCPs by membership, group and PEOPLE_NAMES
    tools: np.ndarray  # (months + 1, 2, 12), organisations by membership and TOOL_NAMES
    places: np.ndarray  # (months + 1, 7) int32, HCPs by where they are; everybody in post is
    level_row: np.ndarray  # (months + 1,) int64, row of levels and views, -1 where none is kept
    levels: np.ndarray  # (rows, 2, 3, 7), sums over HCPs by membership, group and LEVEL_NAMES
    views: np.ndarray  # (rows, 2, 11), sums over experts and over running tools
    single: np.ndarray  # (months + 1, organisations, 23) int32, PEOPLE_NAMES; of none unless asked


def level_months(horizon: int, every: int = 12) -> np.ndarray:
    """Return the months in which means are kept: the start, every so many, and the horizon."""
    return np.unique(np.append(np.arange(0, horizon + 1, every), horizon))


def empty_record(runs: int, horizon: int, every: int = 12, single: int = 0) -> Record:
    """Return zeroed records of several runs, arrays with a leading axis over runs.

    Means are kept `every` so many months, and `single` organisations one by one.
    """
    months = level_months(horizon, every)
    level_row = np.full(horizon + 1, -1, np.int64)
    level_row[months] = np.arange(months.size)
    return Record(
        people=np.zeros((runs, horizon + 1, 2, N_GROUPS, N_CENSUS + N_FLOWS), np.int32),
        tools=np.zeros((runs, horizon + 1, 2, len(TOOL_NAMES))),
        places=np.zeros((runs, horizon + 1, N_PLACES), np.int32),
        level_row=level_row,
        levels=np.zeros((runs, months.size, 2, N_GROUPS, len(LEVEL_NAMES))),
        views=np.zeros((runs, months.size, 2, N_VIEWS)),
        single=np.zeros((runs, horizon + 1, single, N_CENSUS + N_FLOWS), np.int32),
    )


def of_run(record: Record, number: int) -> Record:
    """Return the views that belong to one run of several."""
    own = {name: array[number] for name, array in record._asdict().items() if name != "level_row"}
    return record._replace(**own)


@compiled
def write(month, p, s, record):
    """Record the state at the end of a month."""
    write_counts(month, s, record)
    row = record.level_row[month]
    if row >= 0:
        n = s.organisations.shape[0]
        sums = np.empty((n, N_GROUPS, N_LEVELS))
        sum_levels(np.int64(0), n, p, s, sums)
        write_means(row, p, s, sums, record)


@borrowing
def write_counts(month, s, record):
    """Record the counts of a month."""
    for o in range(s.organisations.shape[0]):
        org = s.organisations[o]
        for g in range(N_GROUPS):
            people = record.people[month, org.member, g]
            for c in range(N_CENSUS):
                people[c] += org.census[g, c]
            for c in range(N_FLOWS):
                people[N_CENSUS + c] += org.flows[g, c]
        if record.single.shape[1] > 0:
            for g in range(N_GROUPS):
                for c in range(N_CENSUS):
                    record.single[month, o, c] += org.census[g, c]
                for c in range(N_FLOWS):
                    record.single[month, o, N_CENSUS + c] += org.flows[g, c]
        tools = record.tools[month, org.member]
        tools[ORGANISATIONS] += 1.0
        tools[RUNNING] += rules.is_running(org.status)
        tools[INSTITUTIONALISED] += org.status == rules.INSTITUTIONALISED
        tools[DECOMMISSIONED] += org.status == rules.DECOMMISSIONED
        if org.deployed != NEVER:
            tools[EVER_DEPLOYED] += 1.0
            tools[SEATS_DEPLOYED] += org.last_hcp - org.first_hcp
        tools[REACHED] += org.reached != NEVER
        tools[INCIDENTS] += org.incident
        tools[WASTED] += org.wasted
        if month > 0 and month - org.deployed == AGE:
            tools[AGED] += 1.0
            tools[SEATS_AGED] += org.last_hcp - org.first_hcp
            tools[USERS_AGED] += organisation_steps.count_adopters(org)
        write_places(org, record.places[month])


@borrowing
def write_places(org, places):
    """Add the HCPs of an organisation by where they are: first its tool counts, then they do."""
    if org.status == rules.NOT_DEPLOYED:
        places[NEVER_CAME] += org.last_hcp - org.first_hcp
    elif org.status == rules.DECOMMISSIONED:
        places[WITHDRAWN] += org.last_hcp - org.first_hcp
    else:
        for g in range(N_GROUPS):
            people = org.census[g]
            places[USES] += people[rules.ADOPTER]
            places[TRIES] += people[rules.TRIAL]
            places[TRIED_AND_LEFT] += people[rules.LAPSED]
            places[NEVER_TRIED] += people[rules.NON_ADOPTER]
        places[TRIED_AND_LEFT] -= org.stopped
        places[USED_AND_STOPPED] += org.stopped


@borrowing
def write_means(row, p, s, sums, record):
    """Add up what means need, organisation after organisation."""
    for o in range(s.organisations.shape[0]):
        org = s.organisations[o]
        for g in range(N_GROUPS):
            for c in range(N_LEVELS):
                record.levels[row, org.member, g, c] += sums[o, g, c]
        write_views(org, p, s.experts, record.views[row, org.member])


@borrowing
def sum_levels(first, last, p, s, sums):
    """Sum over the HCPs of organisations `first` to `last` - 1; `sums` is (organisations, 3, 7).

    Each organisation has sums of its own, so that the bits of the total do not depend on who
    adds up which organisations.
    """
    for o in range(first, last):
        org = s.organisations[o]
        reliable = rules.reliability(
            org.quality[DATA_QUALITY],
            org.quality[SCOPE],
            p.trust_reliability_base,
            p.trust_reliability_gain,
            p.trust_scope_floor,
        )
        for g in range(N_GROUPS):
            for c in range(N_LEVELS):
                sums[o, g, c] = 0.0
        for i in range(org.first_hcp, org.last_hcp):
            hcp = s.hcps[i]
            g = hcp.group
            sums[o, g, TRUST] += hcp.trust
            sums[o, g, LITERACY] += hcp.literacy
            sums[o, g, ENGAGEMENT] += hcp.engagement
            if hcp.state == rules.TRIAL or hcp.state == rules.ADOPTER:
                gap = hcp.trust - reliable
                sums[o, g, USERS] += 1.0
                sums[o, g, GAP] += gap
                sums[o, g, OVER_TRUST if gap > 0.0 else UNDER_TRUST] += gap


@borrowing
def write_views(org, p, experts, views):
    """Add the sums over the experts of an organisation, and the qualities of its tool."""
    for j in range(org.first_expert, org.last_expert):
        expert = experts[j]
        distance = 0.0
        attention_sum = 0.0
        for k in range(N_QUALITIES):
            distance += abs(p.population_priority[k] - expert.attention[k])
            attention_sum += expert.attention[k]
        views[EXPERTS] += 1.0
        views[DOMAIN] += expert.domain
        views[ALIGNMENT] += rules.alignment_index(distance, attention_sum)
    if rules.is_running(org.status):
        for k in range(N_QUALITIES):
            views[QUALITY + k] += org.quality[k]
