"""A record of four months that can be counted on paper, shared by the tests here.

Two physicians (members), four nurses and two allied HCPs (others); months 0 (the start) to 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import records
from sim.model.records import Record
from sim.tables.parameters import defaults

OTHER, MEMBER = 0, 1
PHYSICIAN, NURSE, ALLIED = 0, 1, 2
# (membership, group) -> for each month: non-adopters, trials, adopters, lapsed, ever adopted
CENSUS = {
    (MEMBER, PHYSICIAN): [(2, 0, 0, 0, 0), (1, 1, 0, 0, 0), (1, 0, 1, 0, 1), (1, 0, 0, 1, 1)],
    (OTHER, NURSE): [(4, 0, 0, 0, 0), (2, 2, 0, 0, 0), (2, 0, 2, 0, 2), (1, 1, 2, 0, 2)],
    (OTHER, ALLIED): [(0, 0, 2, 0, 2), (0, 0, 2, 0, 2), (0, 0, 1, 1, 2), (0, 1, 0, 1, 2)],
}
# month, membership, group, kind, how many
EVENTS = (
    (3, MEMBER, PHYSICIAN, "seeded", 1),
    (3, MEMBER, PHYSICIAN, "lapses", 1),
    (2, OTHER, ALLIED, "lapses", 1),
    (2, OTHER, NURSE, "failed_trials", 3),
    (3, MEMBER, PHYSICIAN, "failed_trials", 4),
    (2, OTHER, NURSE, "withdrawn_trials", 1),
    (3, OTHER, ALLIED, "withdrawn_adopters", 2),
    (3, OTHER, ALLIED, "returns", 5),
    (1, MEMBER, PHYSICIAN, "meetings", 7),
    (3, OTHER, NURSE, "meetings", 4),
    (3, OTHER, NURSE, "failed_meetings", 6),
    (1, OTHER, NURSE, "trainings", 9),
)
# membership -> column -> for each month; one member and three other organisations
TOOLS = {
    MEMBER: {
        "organisations": (1, 1, 1, 1),
        "running": (0, 1, 1, 1),
        "ever_deployed": (0, 1, 1, 1),
        "seats_deployed": (0, 2, 2, 2),
        "reached": (0, 0, 1, 1),
        "aged": (0, 0, 0, 1),
        "seats_aged": (0, 0, 0, 2),
        "users_aged": (0, 0, 0, 1),
        "incidents": (0, 1, 0, 0),
        "effort_wasted": (0, 0.25, 0.25, 0.25),
    },
    OTHER: {
        "organisations": (3, 3, 3, 3),
        "running": (1, 1, 1, 0),
        "decommissioned": (0, 0, 0, 1),
        "ever_deployed": (1, 1, 1, 1),
        "seats_deployed": (4, 4, 4, 4),
        "reached": (0, 1, 1, 2),
        "aged": (0, 1, 0, 1),
        "seats_aged": (0, 4, 0, 3),
        "users_aged": (0, 2, 0, 0),
        "incidents": (0, 0, 0, 2),
        "effort_wasted": (0, 0, 0.5, 0),
    },
}
# month by month: uses, tries, used and stopped, tried and left, never tried, withdrawn, never came
PLACES = [
    (2, 0, 0, 0, 0, 0, 6),
    (2, 3, 0, 0, 3, 0, 0),
    (4, 0, 1, 0, 1, 0, 2),
    (2, 0, 0, 1, 1, 4, 0),
]
# at the end, sums: trust, literacy, engagement, users, T - R, its part above 0, below 0
LEVELS = {
    (MEMBER, PHYSICIAN): (1.0, 0.6, 1.2, 0, 0, 0, 0),
    (OTHER, NURSE): (2.0, 1.0, 2.0, 3, 0.3, 0.4, -0.1),
    (OTHER, ALLIED): (1.2, 0.4, 0.8, 1, -0.2, 0, -0.2),
}
# at the end, sums: experts, domain knowledge, alignment, then the qualities of running tools
VIEWS = {MEMBER: (1, 0.2, 0.8, *np.arange(8) / 10), OTHER: (2, 0.7, 0.7, *np.zeros(8))}


def record(runs: int = 1) -> Record:
    """Return the record above, the same for each run."""
    made = records.empty_record(runs, 3)
    for (member, group), months in CENSUS.items():
        made.people[:, :, member, group, :5] = months
    for month, member, group, kind, number in EVENTS:
        made.people[:, month, member, group, records.PEOPLE_NAMES.index(kind)] += number
    for member, columns in TOOLS.items():
        for name, months in columns.items():
            made.tools[:, :, member, records.TOOL_NAMES.index(name)] = months
    made.places[:] = PLACES
    for (member, group), sums in LEVELS.items():
        made.levels[:, -1, member, group] = sums
    for member, sums in VIEWS.items():
        made.views[:, -1, member] = sums
    return made


def until(month: int) -> Record:
    """Return the record as if the horizon had been an earlier month (means as at the end)."""
    whole, made = record(), records.empty_record(1, month)
    made.people[:] = whole.people[:, : month + 1]
    made.tools[:] = whole.tools[:, : month + 1]
    made.places[:] = whole.places[:, : month + 1]
    made.levels[:, -1], made.views[:, -1] = whole.levels[:, -1], whole.views[:, -1]
    return made


def values(**windows: Any) -> dict[str, Any]:
    """Return the parameters, with `sustained_months=2` and the like."""
    return defaults() | {f"outcome.{name}": value for name, value in windows.items()}
