"""Policies and shocks, and how several of them are named at once: known without the model."""

from __future__ import annotations

from typing import Any

from sim.tables.checks import NONE

POLICY, SHOCK = "policy", "shock"
KINDS = (POLICY, SHOCK)


def names_in(value: Any) -> list[str]:
    """Return the names in a value such as `co_design+training`; none of them in `none`."""
    return [name for name in str(value).split("+") if name != NONE]
