"""Tables with one row per entity of a run: organisations, HCPs; kept where they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.outcomes.hcps import HCP_COLUMNS
from sim.outcomes.organisations import ORGANISATION_COLUMNS

Columns = Mapping[str, np.ndarray]

# kind -> column -> type. A setting of the same name asks for it, and names the result's file.
ENTITY_COLUMNS: dict[str, dict[str, Any]] = {
    "organisations": ORGANISATION_COLUMNS,
    "hcps": HCP_COLUMNS,
}


def empty(kind: str) -> dict[str, np.ndarray]:
    """Return a table of a kind without rows."""
    return joined(kind, [])


def joined(kind: str, tables: Sequence[Columns]) -> dict[str, np.ndarray]:
    """Return tables of a kind, one after another, as one."""
    parts = {name: [table[name] for table in tables] for name in ENTITY_COLUMNS[kind]}
    return {
        name: np.concatenate(parts[name]) if tables else np.zeros(0, dtype)
        for name, dtype in ENTITY_COLUMNS[kind].items()
    }
