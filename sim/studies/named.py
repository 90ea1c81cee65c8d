"""Policies and shocks by name, or as mappings, for whoever works in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.design.folders import NAME, shipped_folder
from sim.tables.checks import NONE
from sim.tables.errors import UserError
from sim.tables.messages import show

if TYPE_CHECKING:
    from sim.policies.policy import Policy

Policies = dict[tuple[str, str], "Policy"]


def own_policies(policies: Mapping[str, Any], shocks: Mapping[str, Any]) -> Policies:
    """Return (kind, name) -> policy of what a user gave as mappings.

    Parameters
    ----------
    policies, shocks : mapping
        Name -> what a file of that name would hold.

    Raises
    ------
    UserError
        For what is no mapping, and for every mistake in one.
    """
    if not (policies or shocks):
        return {}
    from sim.policies.policy import checked

    own: Policies = {}
    problems: list[str] = []
    for key, kind, given in (("policies", "policy", policies), ("shocks", "shock", shocks)):
        if not isinstance(given, Mapping):
            problems.append(
                f"{key}={show(given)}: needed is a mapping of names to what a file would hold"
            )
            continue
        for name, content in given.items():
            if not isinstance(name, str) or name == NONE or not NAME.fullmatch(name):
                problems.append(
                    f"{key}: {show(name)}: is not a name for a {kind}; allowed is one of a-z, 0-9 "
                    f"and _, but not {NONE}"
                )
                continue
            try:
                own[kind, name] = checked(name, content, kind)
            except UserError as error:
                problems += error.problems
    if problems:
        raise UserError(problems)
    return own


def named_policies(points: Sequence[Mapping[str, Any]], own: Policies) -> Policies:
    """Return (kind, name) -> policy of everything that points name, shipped or a user's own."""
    if all(point[kind] == "none" for point in points for kind in ("policy", "shock")):
        return {}
    from sim.design.policies import load_policies

    return load_policies(points, [shipped_folder()], own)
