"""One row per organisation, and one per HCP in post, of a run; kept where they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.model import inputs, records, rules
from sim.model.records import Record
from sim.model.state import State
from sim.outcomes.columns import COLUMNS
from sim.outcomes.compute import ADOPTION, adoption, highest_mean
from sim.outcomes.table import HEADLINE
from sim.tables.factors import GROUP_NAMES

Rows = dict[str, np.ndarray]


def joined(kind: str, parts: Sequence[Mapping[str, np.ndarray]]) -> Rows:
    """Return rows of a kind, one part after another, as one table; no parts: no rows."""
    return {
        name: np.concatenate([part[name] for part in parts]) if parts else np.zeros(0, column.dtype)
        for name, column in COLUMNS[kind].items()
    }


def _rows(kind: str, point: int, replicate: int, made: Rows) -> Rows:
    """Return copies in the order and types of the table, so that the state can be let go."""
    n = made["organisation"].size
    made |= {"point": np.full(n, point), "replicate": np.full(n, replicate)}
    return {name: np.array(made[name], column.dtype) for name, column in COLUMNS[kind].items()}


def _months(months: np.ndarray) -> np.ndarray:
    return np.where(months == inputs.NEVER, np.nan, months)


def organisation_rows(
    record: Record, state: State, values: Mapping[str, Any], point: int = 0, replicate: int = 0
) -> Rows:
    """Return one row per organisation of a run of `values`, whose record has `single` kept."""
    organisations = state.organisations
    counts = record.single.transpose(1, 0, 2).astype(np.int64)
    adopters = counts[:, :, rules.ADOPTER]
    first, last = organisations["first_hcp"], organisations["last_hcp"]
    adopting = state.hcps["state"] == rules.ADOPTER
    bits = [
        np.packbits(adopting[a:b]).tobytes().hex()
        for a, b in zip(first.tolist(), last.tolist(), strict=True)
    ]
    made = {
        "organisation": np.arange(1, organisations.size + 1),
        "hcps": last - first,
        "member": organisations["member"],
        "readiness": organisations["readiness"],
        "resources": organisations["resources"],
        "status": np.array(rules.STATUS_NAMES, object)[organisations["status"]],
        "deployed": _months(organisations["deployed"]),
        "ended": _months(organisations["ended"]),
        "reached": _months(organisations["reached"]),
        **dict(zip(ADOPTION, adoption(counts, values["outcome.sustained_months"]), strict=True)),
        "scale_up": highest_mean(adopters, values["outcome.peak_months"]) / (last - first),
        HEADLINE: _after_5_years(adopters, organisations["deployed"]) / (last - first),
        "trust": np.add.reduceat(state.hcps["trust"], first) / (last - first),
        "adopters_at_end": np.array(bits, object),
    }
    return _rows("organisations", point, replicate, made)


def _after_5_years(adopters: np.ndarray, deployed: np.ndarray) -> np.ndarray:
    """Return the adopters of (organisations, months + 1) in month AGE of the tool, or NaN."""
    month = deployed + records.AGE
    there = (month > 0) & (month < adopters.shape[1])
    found = adopters[np.arange(month.size), np.where(there, month, 0)]
    return np.where(there, found, np.nan)


def seats_of(text: str) -> np.ndarray:
    """Return the bits of a cell of `adopters_at_end`, (seats padded to a multiple of 8,) uint8."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))


def hcp_rows(state: State, month: int, point: int = 0, replicate: int = 0) -> Rows:
    """Return one row per HCP in post at the end of `month`, the horizon."""
    hcps, organisations = state.hcps, state.organisations
    first, last = organisations["first_hcp"], organisations["last_hcp"]
    sizes = last - first
    hired = np.where(hcps["hired"] == inputs.NEVER, 0, hcps["hired"])
    well_mixed = state.first_peer.size == 0
    made = {
        "organisation": np.repeat(np.arange(1, organisations.size + 1), sizes),
        "hcp": np.arange(hcps.size) - np.repeat(first, sizes) + 1,
        "group": np.array(GROUP_NAMES, object)[hcps["group"]],
        "state": np.array(rules.STATE_NAMES, object)[hcps["state"]],
        "hired": hired,
        "tenure": month - hired,
        "adopted": _months(hcps["adopted"]),
        "lapsed": _months(hcps["lapsed"]),
        "trained": hcps["trained"],
        "meetings": hcps["meetings"],
        "peers": np.full(hcps.size, hcps.size - 1) if well_mixed else np.diff(state.first_peer),
        "trust": hcps["trust"],
        "literacy": hcps["literacy"],
        "engagement": hcps["engagement"],
    }
    return _rows("hcps", point, replicate, made)
