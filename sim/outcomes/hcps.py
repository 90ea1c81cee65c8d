"""Every HCP of one run at its horizon, for studies that follow persons."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import inputs, rules
from sim.model.state import State
from sim.tables.factors import GROUP_NAMES

# column -> type; months are NaN where it did not happen
HCP_COLUMNS: dict[str, Any] = {
    "point": np.int64,
    "replicate": np.int64,
    "organisation": np.int64,  # numbered from 1
    "hcp": np.int64,  # seat within the organisation, numbered from 1
    "group": object,
    "state": object,
    "hired": float,  # month in which the person took the seat, 0 for those of the start
    "tenure": float,  # months since then
    "adopted": float,  # month of the first adoption
    "lapsed": float,  # month of the last lapse, failed trial or withdrawal
    "trained": np.int64,  # 1 if ever trained
    "meetings": np.int64,  # meetings with AI experts since taking the seat
    "peers": np.int64,
    "trust": float,
    "literacy": float,
    "engagement": float,
}


def hcp_table(state: State, month: int) -> dict[str, np.ndarray]:
    """Return one row per HCP in post.

    Parameters
    ----------
    state : State
        At the end of `month`.
    month : int
        The horizon.
    """
    hcps, organisations = state.hcps, state.organisations
    first, last = organisations["first_hcp"], organisations["last_hcp"]
    sizes = last - first
    everybody = np.arange(hcps.size)
    hired = np.where(hcps["hired"] == inputs.NEVER, 0, hcps["hired"]).astype(float)
    table: dict[str, np.ndarray] = {
        "point": np.zeros(hcps.size, np.int64),
        "replicate": np.zeros(hcps.size, np.int64),
        "organisation": np.repeat(np.arange(1, organisations.size + 1), sizes),
        "hcp": everybody - np.repeat(first, sizes) + 1,
        "group": np.array(GROUP_NAMES, object)[hcps["group"]],
        "state": np.array(rules.STATE_NAMES, object)[hcps["state"]],
        "hired": hired,
        "tenure": month - hired,
    }
    for name in ("adopted", "lapsed"):
        when = hcps[name].astype(float)
        when[hcps[name] == inputs.NEVER] = np.nan
        table[name] = when
    well_mixed = state.first_peer.size == 0
    table["trained"] = hcps["trained"].astype(np.int64)
    table["meetings"] = hcps["meetings"].astype(np.int64)
    table["peers"] = (
        np.full(hcps.size, hcps.size - 1) if well_mixed else np.diff(state.first_peer)
    ).astype(np.int64)
    for name in ("trust", "literacy", "engagement"):
        table[name] = hcps[name].copy()
    return table
