"""Outcomes and months from the records of several runs at once: plain array arithmetic."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model import records, rules, state
from sim.model.records import Record
from sim.model.state import N_CENSUS
from sim.outcomes.columns import PATHS
from sim.outcomes.table import COST, HEADLINE, MIDWAY, MILESTONES, OUTCOMES, PLACES, WINDOWED
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES

MONTHS_IN_YEAR = 12
MEMBERSHIPS = ("others", "members")  # in the order in which arrays hold them


def ratio(top: Any, bottom: Any) -> np.ndarray:
    """Divide; 0/0 is NaN, without a warning."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(top, float) / np.asarray(bottom, float)


def highest_mean(counts: np.ndarray, months: int) -> np.ndarray:
    """Return the highest mean over so many consecutive months of (runs, months + 1) counts.

    Column 0 is the start, which counts only where there are no months.
    """
    if counts.shape[1] == 1:
        return counts[:, 0].astype(float)
    width = min(months, counts.shape[1] - 1)
    total = np.cumsum(counts, axis=1)
    highest: np.ndarray = (total[:, width:] - total[:, :-width]).max(axis=1) / width
    return highest


def last_mean(share: np.ndarray, months: int) -> np.ndarray:
    """Return the mean of the last so many months (of the start where there are none)."""
    width = max(1, min(months, share.shape[1] - 1))
    return share[:, -width:].mean(axis=1)


def _scopes(people: np.ndarray) -> dict[str, np.ndarray]:
    """Return suffix -> (runs, months + 1, columns) counts of everybody and of each scope."""
    by_group = people.sum(axis=2, dtype=np.int64)
    by_membership = people.sum(axis=3, dtype=np.int64)
    scopes = {"": by_group.sum(axis=2)}
    scopes |= {f".{name}": by_group[:, :, g] for g, name in enumerate(GROUP_NAMES)}
    return scopes | {f".{name}": by_membership[:, :, m] for m, name in enumerate(MEMBERSHIPS)}


def _flow(counts: np.ndarray, column: int) -> np.ndarray:
    """Return (runs, months + 1) counts of one kind of event."""
    return counts[:, :, N_CENSUS + column]


def adoption(counts: np.ndarray, values: Mapping[str, Any], suffix: str = "") -> dict[str, Any]:
    """Return the outcomes that exist for everybody, every scope and every organisation.

    Counts are (runs or organisations, months + 1, columns).
    """
    adopters = counts[:, :, rules.ADOPTER]
    seats = counts[:, :, :4].sum(axis=2)
    lapses = _flow(counts, state.LAPSES).sum(axis=1)
    share = ratio(adopters, seats)
    # champions become adopters before anybody decides, and may stop in the same month
    months = adopters[:, :-1].sum(axis=1) + _flow(counts, state.SEEDED).sum(axis=1)
    return {
        f"hcps{suffix}": seats[:, -1],
        f"adopter_months{suffix}": months,
        f"sustained_adoption{suffix}": last_mean(share, values["outcome.sustained_months"]),
        f"non_adoption{suffix}": 1.0 - ratio(counts[:, -1, state.EVER_ADOPTED], seats[:, -1]),
        f"lapse_rate{suffix}": MONTHS_IN_YEAR * ratio(lapses, months),
    }


def _trust(record: Record, row: int) -> dict[str, np.ndarray]:
    """Return suffix -> mean trust of everybody and of each scope in a row of means."""
    month = int(np.flatnonzero(record.level_row == row)[0])
    trust = record.levels[:, row, :, :, records.TRUST]
    seats = record.people[:, month, :, :, :4].sum(axis=3, dtype=np.int64)
    means = {"": ratio(trust.sum(axis=(1, 2)), seats.sum(axis=(1, 2)))}
    for g, name in enumerate(GROUP_NAMES):
        means[f".{name}"] = ratio(trust[:, :, g].sum(axis=1), seats[:, :, g].sum(axis=1))
    for m, name in enumerate(MEMBERSHIPS):
        means[f".{name}"] = ratio(trust[:, m].sum(axis=1), seats[:, m].sum(axis=1))
    return means


def compute(
    record: Record, values: Mapping[str, Any], costs: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Return all outcomes of several runs that share `values`, in the order of their table.

    The record has a leading axis over runs; `costs` are what policies cost in each. NaN for 0/0.
    """
    scopes = _scopes(record.people)
    everybody = scopes[""]
    seats = everybody[:, :, :4].sum(axis=2)
    adopters = everybody[:, :, rules.ADOPTER]
    share = ratio(adopters, seats)
    horizon = share.shape[1] - 1
    tools = record.tools.sum(axis=2)
    end = tools[:, -1]

    out: dict[str, Any] = {}
    for suffix, counts in scopes.items():
        out |= adoption(counts, values, suffix)
    out |= _letters(everybody, tools, values)
    out["non_adopting_organisations"] = 1.0 - ratio(
        end[:, records.EVER_DEPLOYED], end[:, records.ORGANISATIONS]
    )
    half = 2 * tools[:, :, records.REACHED] >= tools[:, :, records.ORGANISATIONS]
    out["spread_month"] = np.where(half.any(axis=1), half.argmax(axis=1), np.nan)
    for name, flows in (
        ("lapses", (state.LAPSES,)),
        ("failed_trials", (state.FAILED_TRIALS,)),
        ("withdrawals", (state.WITHDRAWN_TRIALS, state.WITHDRAWN_ADOPTERS)),
        ("returns", (state.RETURNS,)),
        ("meetings", (state.MEETINGS,)),
        ("failed_meetings", (state.FAILED_MEETINGS,)),
        ("trainings", (state.TRAININGS,)),
    ):
        out[name] = sum(_flow(everybody, f).sum(axis=1) for f in flows)
    out["incidents"] = tools[:, :, records.INCIDENTS].sum(axis=1)
    out["effort_wasted"] = tools[:, :, records.WASTED].sum(axis=1)
    out |= _levels(record, everybody, end)
    last = record.levels.shape[1] - 1
    out |= {f"trust{suffix}": mean for suffix, mean in _trust(record, last).items()}
    missing = np.full(share.shape[0], np.nan)
    for month in MILESTONES:
        reached = month <= horizon and record.level_row[month] >= 0
        out[f"adopter_share.month_{month}"] = share[:, month] if month <= horizon else missing
        out[f"trust.month_{month}"] = (
            _trust(record, int(record.level_row[month]))[""] if reached else missing
        )
    out["adopter_share.horizon"] = share[:, -1]
    out |= _after_5_years(tools) | _where(record, seats)
    months = slice(MIDWAY + 1)
    midway = _letters(everybody[:, months], tools[:, months], values) if MIDWAY <= horizon else {}
    for name in WINDOWED:
        out[f"{name}.month_{MIDWAY}"] = midway.get(name, missing)
    out[COST] = np.zeros(share.shape[0]) if costs is None else costs
    return {name: np.asarray(out[name], float) for name in OUTCOMES}


def _letters(
    counts: np.ndarray, tools: np.ndarray, values: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Return the outcomes that the letters of NASSS stand for, at the last month given."""
    adopters = counts[:, :, rules.ADOPTER]
    end = tools[:, -1]
    peak_months = values["outcome.peak_months"]
    out = adoption(counts, values)
    out["deploying_organisations"] = end[:, records.EVER_DEPLOYED]
    out["deploying_hcps"] = end[:, records.SEATS_DEPLOYED]
    out["abandonment"] = ratio(end[:, records.DECOMMISSIONED], out["deploying_organisations"])
    highest = highest_mean(adopters, peak_months)
    out["scale_up"] = ratio(highest, out["deploying_hcps"])
    out["spread"] = ratio(end[:, records.REACHED], end[:, records.ORGANISATIONS])
    # the window of sustained adoption may be shorter than that of the peak, or no multiple of it
    peak = ratio(highest, out["hcps"])
    out["peak_adoption"] = np.maximum(peak, out["sustained_adoption"])
    out["sustainability"] = ratio(out["sustained_adoption"], out["peak_adoption"])
    return out


def _after_5_years(tools: np.ndarray) -> dict[str, np.ndarray]:
    """Return use five years after the tool came; of (runs, months + 1, columns)."""
    total = tools.sum(axis=1)
    return {
        f"{HEADLINE}.organisations": total[:, records.AGED],
        f"{HEADLINE}.hcps": total[:, records.SEATS_AGED],
        f"{HEADLINE}.adopters": total[:, records.USERS_AGED],
        HEADLINE: ratio(total[:, records.USERS_AGED], total[:, records.SEATS_AGED]),
    }


def _where(record: Record, seats: np.ndarray) -> dict[str, np.ndarray]:
    """Return where everybody is at the two months at which that is told."""
    share = ratio(record.places, seats[:, :, None])
    horizon = share.shape[1] - 1
    middle = share[:, MIDWAY] if MIDWAY <= horizon else np.full_like(share[:, 0], np.nan)
    return {
        f"where.{place.name}.{at}": found[:, n]
        for at, found in ((f"month_{MIDWAY}", middle), ("horizon", share[:, -1]))
        for n, place in enumerate(PLACES)
    }


def _levels(record: Record, everybody: np.ndarray, end: np.ndarray) -> dict[str, np.ndarray]:
    """Return the means at the horizon."""
    sums = record.levels[:, -1].sum(axis=(1, 2))
    views = record.views[:, -1].sum(axis=1)
    seats = everybody[:, -1, :4].sum(axis=1)
    users = sums[:, records.USERS]
    running = end[:, records.RUNNING]
    out = {
        "users": users,
        "running_organisations": running,
        "literacy": ratio(sums[:, records.LITERACY], seats),
        "engagement": ratio(sums[:, records.ENGAGEMENT], seats),
        "trust_gap": ratio(sums[:, records.GAP], users),
        "over_trust": ratio(sums[:, records.OVER_TRUST], users),
        "under_trust": ratio(sums[:, records.UNDER_TRUST], users),
        "domain_knowledge": ratio(views[:, records.DOMAIN], views[:, records.EXPERTS]),
        "alignment_index": ratio(views[:, records.ALIGNMENT], views[:, records.EXPERTS]),
    }
    for k, name in enumerate(QUALITY_NAMES):
        out[f"quality.{name}"] = ratio(views[:, records.QUALITY + k], running)
    return out


def paths_of(record: Record, months: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is kept of months: PATHS -> (runs, months).

    The record is of several runs, with a row of means in each of the months.
    """
    people = record.people[:, months].sum(axis=(2, 3), dtype=np.int64)
    seats = people[:, :, :4].sum(axis=2)
    tools = record.tools[:, months].sum(axis=2)
    sums = record.levels[:, record.level_row[months]].sum(axis=(2, 3))
    made = {
        **{p.name: ratio(record.places[:, months, n], seats) for n, p in enumerate(PLACES)},
        "lapsed": ratio(people[:, :, rules.LAPSED], seats),
        "running": ratio(tools[:, :, records.RUNNING], tools[:, :, records.ORGANISATIONS]),
        "trust": ratio(sums[:, :, records.TRUST], seats),
        "literacy": ratio(sums[:, :, records.LITERACY], seats),
        "lapses": ratio(_flow(people, state.LAPSES), seats),
    }
    return {name: made[name] for name in PATHS}
