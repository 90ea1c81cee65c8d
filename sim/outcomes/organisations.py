"""Outcomes of single organisations of one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model import inputs, rules
from sim.model import state as columns
from sim.model.records import Record
from sim.model.state import N_CENSUS, State
from sim.outcomes.compute import MONTHS_IN_YEAR, highest_mean, last_mean, ratio

# column -> type; months are NaN where it did not happen
ORGANISATION_COLUMNS: dict[str, Any] = {
    "point": np.int64,
    "replicate": np.int64,
    "organisation": np.int64,  # numbered from 1
    "hcps": np.int64,
    "member": np.int64,
    "readiness": float,
    "resources": float,
    "status": object,
    "deployed": float,
    "ended": float,
    "reached": float,
    "sustained_adoption": float,
    "scale_up": float,
    "non_adoption": float,
    "lapse_rate": float,
    "trust": float,
    # who is an adopter at the horizon: one bit per seat, seat 1 first, as hexadecimal text
    "adopters_at_end": object,
}


def seats_of(text: str) -> np.ndarray:
    """Return the bits of a cell of `adopters_at_end`, (seats padded to a multiple of 8,) uint8."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))


def organisation_table(
    record: Record, state: State, values: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Return one row per organisation of a run.

    Parameters
    ----------
    record : Record
        Of one run, with `single` kept.
    state : State
        At the horizon.
    values : mapping
        Resolved parameters.
    """
    organisations = state.organisations
    n = organisations.size
    counts = record.single.transpose(1, 0, 2).astype(np.int64)
    adopters = counts[:, :, rules.ADOPTER]
    seats = counts[:, :, :4].sum(axis=2)
    share = ratio(adopters, seats)
    lapses = counts[:, :, N_CENSUS + columns.LAPSES].sum(axis=1)
    first = organisations["first_hcp"]
    table: dict[str, np.ndarray] = {
        "point": np.zeros(n, np.int64),
        "replicate": np.zeros(n, np.int64),
        "organisation": np.arange(1, n + 1),
        "hcps": organisations["last_hcp"] - first,
        "member": organisations["member"].astype(np.int64),
        "readiness": organisations["readiness"].copy(),
        "resources": organisations["resources"].copy(),
        "status": np.array(rules.STATUS_NAMES, object)[organisations["status"]],
    }
    for name in ("deployed", "ended", "reached"):
        month = organisations[name].astype(float)
        month[month == inputs.NEVER] = np.nan
        table[name] = month
    table["sustained_adoption"] = last_mean(share, values["outcome.sustained_months"])
    table["scale_up"] = highest_mean(share, values["outcome.peak_months"])
    table["non_adoption"] = 1.0 - ratio(counts[:, -1, columns.EVER_ADOPTED], seats[:, -1])
    table["lapse_rate"] = MONTHS_IN_YEAR * ratio(lapses, adopters[:, :-1].sum(axis=1))
    table["trust"] = np.add.reduceat(state.hcps["trust"], first) / table["hcps"]
    adopting = state.hcps["state"] == rules.ADOPTER
    bounds = zip(first.tolist(), organisations["last_hcp"].tolist(), strict=True)
    ends = [np.packbits(adopting[a:b]).tobytes().hex() for a, b in bounds]
    table["adopters_at_end"] = np.array(ends, object)
    return table
