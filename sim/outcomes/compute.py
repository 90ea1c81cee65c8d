"""Outcomes and months from the records of several runs at once: plain array arithmetic.

What is `shared` is compiled for the what-if page as well. So it takes no names, and writes rows in
the order of the tables; sums go from left to right, where NumPy would sum in an order of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sim.model import records, rules, state
from sim.model.inputs import N_GROUPS, N_QUALITIES
from sim.model.records import Record
from sim.model.state import N_CENSUS
from sim.outcomes.columns import PATHS
from sim.outcomes.table import COST, HEADLINE, MIDWAY, MILESTONES, OUTCOMES, PLACES, WINDOWED
from sim.tables.compiled import shared, when_compiled
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES

MONTHS_IN_YEAR = 12
MEMBERSHIPS = ("others", "members")  # in the order in which arrays hold them
# Everybody, and those of whom some outcomes are told apart
SCOPES = ("", *(f".{name}" for name in (*GROUP_NAMES, *MEMBERSHIPS)))
N_SCOPES = len(SCOPES)

# What is computed together, in the order of its rows
ADOPTION = ("hcps", "adopter_months", "sustained_adoption", "non_adoption", "lapse_rate")
LETTERS = (
    *ADOPTION, "deploying_organisations", "deploying_hcps", "abandonment", "scale_up", "spread",
    "peak_adoption", "sustainability",
)  # fmt: skip
AFTER_5_YEARS = (f"{HEADLINE}.organisations", f"{HEADLINE}.hcps", f"{HEADLINE}.adopters", HEADLINE)
MEANS = (
    "users", "running_organisations", "literacy", "engagement", "trust_gap", "over_trust",
    "under_trust", "domain_knowledge", "alignment_index",
    *(f"quality.{name}" for name in QUALITY_NAMES),
)  # fmt: skip
COUNTED = {
    "lapses": (state.LAPSES,),
    "failed_trials": (state.FAILED_TRIALS,),
    "withdrawals": (state.WITHDRAWN_TRIALS, state.WITHDRAWN_ADOPTERS),
    "returns": (state.RETURNS,),
    "meetings": (state.MEETINGS,),
    "failed_meetings": (state.FAILED_MEETINGS,),
    "trainings": (state.TRAININGS,),
}
FLOW_OF_COUNT = np.array([flow for flows in COUNTED.values() for flow in flows])
COUNT_OF_FLOW = np.array([n for n, flows in enumerate(COUNTED.values()) for _ in flows])


ROW = {name: row for row, name in enumerate(OUTCOMES)}
NOT_KEPT = len(OUTCOMES)  # the row of what is computed and is no outcome


def _rows(names: Iterable[str]) -> np.ndarray:
    return np.array([ROW.get(name, NOT_KEPT) for name in names])


ADOPTION_ROWS = np.array([_rows(f"{name}{scope}" for name in ADOPTION) for scope in SCOPES])
LETTER_ROWS = _rows(LETTERS)
MIDWAY_ROWS = _rows(f"{name}.month_{MIDWAY}" for name in LETTERS)
AFTER_5_YEARS_ROWS = _rows(AFTER_5_YEARS)
MEANS_ROWS = _rows(MEANS)
COUNTED_ROWS = _rows(COUNTED)
N_PLACES = len(PLACES)
TRUST_ROWS = _rows(f"trust{scope}" for scope in SCOPES)
SHARE_ROWS = _rows(f"adopter_share.month_{month}" for month in MILESTONES)
TRUST_AT_ROWS = _rows(f"trust.month_{month}" for month in MILESTONES)
PLACE_ROWS = _rows(f"where.{place.name}.horizon" for place in PLACES)
PLACE_MIDWAY_ROWS = _rows(f"where.{place.name}.month_{MIDWAY}" for place in PLACES)
NON_ADOPTING, SPREAD_MONTH, INCIDENTS, WASTED, SHARE_AT_END, COSTS = (
    ROW[name] for name in (
        "non_adopting_organisations", "spread_month", "incidents", "effort_wasted",
        "adopter_share.horizon", COST,
    )
)  # fmt: skip
assert set(WINDOWED) < set(LETTERS)
assert PATHS[N_PLACES:] == ("lapsed", "running", "trust", "literacy", "lapses")


def ratio(top: Any, bottom: Any) -> np.ndarray:
    """Divide; 0/0 is NaN, without a warning."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(top, float) / np.asarray(bottom, float)


@when_compiled(ratio)
def _ratio(top, bottom):
    return top / bottom


def running(x: np.ndarray) -> np.ndarray:
    """Return the sums of (runs, n) from the left, up to each place."""
    return np.cumsum(x, axis=1)


@when_compiled(running)
def _running(x):
    sums = x.copy()
    for n in range(1, x.shape[1]):
        sums[:, n] += sums[:, n - 1]
    return sums


def most(x: np.ndarray) -> np.ndarray:
    """Return the largest of each row."""
    highest: np.ndarray = x.max(axis=1)
    return highest


@when_compiled(most)
def _most(x):
    highest = x[:, 0].copy()
    for n in range(1, x.shape[1]):
        highest = np.maximum(highest, x[:, n])
    return highest


@shared
def highest_mean(counts: np.ndarray, months: int) -> np.ndarray:
    """Return the highest mean over so many consecutive months of (runs, months + 1) counts.

    Column 0 is the start, which counts only where there are no months.
    """
    if counts.shape[1] == 1:
        return counts[:, 0] * 1.0
    width = min(months, counts.shape[1] - 1)
    sums = running(counts)
    return most(sums[:, width:] - sums[:, : sums.shape[1] - width]) / width


@shared
def last_mean(share: np.ndarray, months: int) -> np.ndarray:
    """Return the mean of the last so many months (of the start where there are none)."""
    width = max(1, min(months, share.shape[1] - 1))
    sums = running(share[:, share.shape[1] - width :])
    return sums[:, width - 1] / width


@shared
def adoption(counts: np.ndarray, sustained_months: int) -> np.ndarray:
    """Return the outcomes `ADOPTION`, which exist for everybody, every scope and organisation.

    Counts are (runs or organisations, months + 1, columns).
    """
    adopters = counts[:, :, rules.ADOPTER]
    seats = counts[:, :, :4].sum(axis=2)
    lapses = counts[:, :, N_CENSUS + state.LAPSES].sum(axis=1)
    made = np.empty((len(ADOPTION), counts.shape[0]))
    made[0] = seats[:, -1]
    # champions become adopters before anybody decides, and may stop in the same month
    made[1] = adopters[:, :-1].sum(axis=1) + counts[:, :, N_CENSUS + state.SEEDED].sum(axis=1)
    made[2] = last_mean(ratio(adopters, seats), sustained_months)
    made[3] = 1.0 - ratio(counts[:, -1, state.EVER_ADOPTED], seats[:, -1])
    made[4] = MONTHS_IN_YEAR * ratio(lapses, made[1])
    return made


@shared
def _letters(counts, tools, sustained_months, peak_months):
    """Return the outcomes `LETTERS`, those of NASSS, at the last month given."""
    end = tools[:, -1]
    made = np.empty((len(LETTERS), counts.shape[0]))
    made[:5] = adoption(counts, sustained_months)
    hcps, sustained = made[0], made[2]
    made[5] = end[:, records.EVER_DEPLOYED]
    made[6] = end[:, records.SEATS_DEPLOYED]
    made[7] = ratio(end[:, records.DECOMMISSIONED], made[5])
    highest = highest_mean(counts[:, :, rules.ADOPTER], peak_months)
    made[8] = ratio(highest, made[6])
    made[9] = ratio(end[:, records.REACHED], end[:, records.ORGANISATIONS])
    # the window of sustained adoption may be shorter than that of the peak, or no multiple of it
    made[10] = np.maximum(ratio(highest, hcps), sustained)
    made[11] = ratio(sustained, made[10])
    return made


@shared
def _trust(people, levels, level_row, month):
    """Return the mean trust of everybody and of each scope at the end of a month with means."""
    trust = np.zeros((N_SCOPES, people.shape[0]))
    seats = np.zeros((N_SCOPES, people.shape[0]))
    for m in range(2):
        for g in range(N_GROUPS):
            for scope in (0, 1 + g, 1 + N_GROUPS + m):
                trust[scope] += levels[:, level_row[month], m, g, records.TRUST]
                seats[scope] += people[:, month, m, g, :4].sum(axis=1)
    return ratio(trust, seats)


@shared
def _sums(levels):
    """Return (runs, rows, 7) sums over HCPs, everybody together."""
    total = np.zeros((levels.shape[0], levels.shape[1], levels.shape[4]))
    for m in range(2):
        for g in range(N_GROUPS):
            total += levels[:, :, m, g]
    return total


@shared
def _after_5_years(tools):
    """Return `AFTER_5_YEARS`, use five years after the tool came; of (runs, months + 1, columns)."""
    total = tools.sum(axis=1)
    made = np.empty((len(AFTER_5_YEARS), tools.shape[0]))
    made[0] = total[:, records.AGED]
    made[1] = total[:, records.SEATS_AGED]
    made[2] = total[:, records.USERS_AGED]
    made[3] = ratio(made[2], made[1])
    return made


@shared
def _means(levels, views, seats, running_tools):
    """Return the `MEANS` at the horizon."""
    sums = _sums(levels[:, levels.shape[1] - 1 :])[:, 0]
    of_views = views[:, -1, 0] + views[:, -1, 1]
    users, experts = sums[:, records.USERS], of_views[:, records.EXPERTS]
    made = np.empty((len(MEANS), levels.shape[0]))
    made[0] = users
    made[1] = running_tools
    made[2] = ratio(sums[:, records.LITERACY], seats)
    made[3] = ratio(sums[:, records.ENGAGEMENT], seats)
    made[4] = ratio(sums[:, records.GAP], users)
    made[5] = ratio(sums[:, records.OVER_TRUST], users)
    made[6] = ratio(sums[:, records.UNDER_TRUST], users)
    made[7] = ratio(of_views[:, records.DOMAIN], experts)
    made[8] = ratio(of_views[:, records.ALIGNMENT], experts)
    for k in range(N_QUALITIES):
        made[9 + k] = ratio(of_views[:, records.QUALITY + k], running_tools)
    return made


@shared
def _put(out, rows, made):
    """Write what was computed together to its rows."""
    for n in range(rows.size):
        out[rows[n]] = made[n]


@shared
def outcomes_of(
    people, tools, places, level_row, levels, views, sustained_months, peak_months
):  # fmt: skip
    """Return (outcomes + 1, runs) of records with a leading axis over runs; all but the costs.

    Rows are in the order of the table; the last one is of no use.
    """
    runs, horizon = people.shape[0], people.shape[1] - 1
    out = np.full((NOT_KEPT + 1, runs), np.nan)
    counts = people.astype(np.int64)
    by_group, by_membership = counts.sum(axis=2), counts.sum(axis=3)
    everybody = by_group.sum(axis=2)
    tools = tools[:, :, 0] + tools[:, :, 1]
    seats = everybody[:, :, :4].sum(axis=2)
    share = ratio(everybody[:, :, rules.ADOPTER], seats)
    end = tools[:, -1]

    _put(out, LETTER_ROWS, _letters(everybody, tools, sustained_months, peak_months))
    for g in range(N_GROUPS):
        _put(out, ADOPTION_ROWS[1 + g], adoption(by_group[:, :, g], sustained_months))
    for m in range(2):
        scope = 1 + N_GROUPS + m
        _put(out, ADOPTION_ROWS[scope], adoption(by_membership[:, :, m], sustained_months))
    out[NON_ADOPTING] = 1.0 - ratio(end[:, records.EVER_DEPLOYED], end[:, records.ORGANISATIONS])
    half = 2 * tools[:, :, records.REACHED] >= tools[:, :, records.ORGANISATIONS]
    reached = running(half.astype(np.int64))
    before = (reached == 0).astype(np.int64).sum(axis=1)
    out[SPREAD_MONTH] = np.where(reached[:, -1] > 0, before, np.nan)
    flows = everybody[:, :, N_CENSUS:].sum(axis=1)
    counted = np.zeros((len(COUNTED_ROWS), runs))
    for n in range(FLOW_OF_COUNT.size):
        counted[COUNT_OF_FLOW[n]] += flows[:, FLOW_OF_COUNT[n]]
    _put(out, COUNTED_ROWS, counted)
    out[INCIDENTS] = tools[:, :, records.INCIDENTS].sum(axis=1)
    out[WASTED] = running(tools[:, :, records.WASTED])[:, -1]
    _put(out, MEANS_ROWS, _means(levels, views, seats[:, -1], end[:, records.RUNNING]))
    _put(out, TRUST_ROWS, _trust(people, levels, level_row, horizon))
    for n in range(len(MILESTONES)):
        month = MILESTONES[n]
        if month <= horizon:
            out[SHARE_ROWS[n]] = share[:, month]
            if level_row[month] >= 0:
                out[TRUST_AT_ROWS[n]] = _trust(people, levels, level_row, month)[0]
    out[SHARE_AT_END] = share[:, -1]
    _put(out, AFTER_5_YEARS_ROWS, _after_5_years(tools))
    for n in range(len(PLACE_ROWS)):
        out[PLACE_ROWS[n]] = ratio(places[:, -1, n], seats[:, -1])
        if horizon >= MIDWAY:
            out[PLACE_MIDWAY_ROWS[n]] = ratio(places[:, MIDWAY, n], seats[:, MIDWAY])
    if horizon >= MIDWAY:
        early, early_tools = everybody[:, : MIDWAY + 1], tools[:, : MIDWAY + 1]
        _put(out, MIDWAY_ROWS, _letters(early, early_tools, sustained_months, peak_months))
    return out


def compute(
    record: Record, values: Mapping[str, Any], costs: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Return all outcomes of several runs that share `values`, in the order of their table.

    The record has a leading axis over runs; `costs` are what policies cost in each. NaN for 0/0.
    """
    windows = values["outcome.sustained_months"], values["outcome.peak_months"]
    made = outcomes_of(*record[:-1], *windows)
    made[COSTS] = 0.0 if costs is None else costs
    return dict(zip(OUTCOMES, made[:-1], strict=True))


@shared
def months_of(people, tools, places, levels, every):
    """Return (PATHS, runs, months) of records: of the start and every so many months after it."""
    counts = people[:, ::every].astype(np.int64).sum(axis=2).sum(axis=2)
    seats = counts[:, :, :4].sum(axis=2)
    of_tools = tools[:, ::every]
    of_tools = of_tools[:, :, 0] + of_tools[:, :, 1]
    sums = _sums(levels[:, : seats.shape[1]])
    made = np.empty((len(PATHS), seats.shape[0], seats.shape[1]))
    for n in range(N_PLACES):
        made[n] = ratio(places[:, ::every, n], seats)
    made[N_PLACES] = ratio(counts[:, :, rules.LAPSED], seats)
    made[N_PLACES + 1] = ratio(
        of_tools[:, :, records.RUNNING], of_tools[:, :, records.ORGANISATIONS]
    )
    made[N_PLACES + 2] = ratio(sums[:, :, records.TRUST], seats)
    made[N_PLACES + 3] = ratio(sums[:, :, records.LITERACY], seats)
    made[N_PLACES + 4] = ratio(counts[:, :, N_CENSUS + state.LAPSES], seats)
    return made


def paths_of(record: Record, every: int = 1) -> dict[str, np.ndarray]:
    """Return what is kept of months: PATHS -> (runs, months).

    The record is of several runs, with means `every` so many months.
    """
    made = months_of(record.people, record.tools, record.places, record.levels, every)
    return dict(zip(PATHS, made, strict=True))
