"""Policies and shocks that a request names: found, read, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.design.folders import NAME, available, find
from sim.design.yaml_scan import scan
from sim.policies.policy import KINDS, Policy, checked, names_in
from sim.tables.checks import NONE
from sim.tables.errors import UserError
from sim.tables.messages import show


def load_policies(
    points: Iterable[Mapping[str, Any]],
    folders: Sequence[Path],
    own: Mapping[tuple[str, str], Policy] | None = None,
) -> dict[tuple[str, str], Policy]:
    """Return (kind, name) -> policy of everything that points name.

    Parameters
    ----------
    points : iterable of mapping
        With values under "policy" and "shock".
    folders : sequence of Path
        Configuration folders, a user's first.
    own : mapping of (kind, name) to Policy, optional
        What needs no file.

    Raises
    ------
    UserError
        For a name that does not exist, and for every mistake in a file.
    """
    found: dict[tuple[str, str], Policy] = {}
    own = own or {}
    problems: list[str] = []
    wanted: dict[tuple[str, str], None] = {}
    for kind, value in dict.fromkeys((kind, point[kind]) for point in points for kind in KINDS):
        wanted |= {(kind, name): None for name in names_in(value)}
    for kind, name in wanted:
        if (kind, name) in own:
            found[kind, name] = own[kind, name]
            continue
        try:
            found[kind, name] = read_policy(kind, name, folders, [n for k, n in own if k == kind])
        except UserError as error:
            other = next(k for k in KINDS if k != kind)
            if name in available(other, list(folders)) or (other, name) in own:
                problems.append(f"{kind}={name}: is a {other}, not a {kind}; write {other}={name}")
                continue
            problems += error.problems
    if problems:
        raise UserError(problems)
    return found


def own_policies(
    policies: Mapping[str, Any], shocks: Mapping[str, Any]
) -> dict[tuple[str, str], Policy]:
    """Return (kind, name) -> policy of what a user gave: name -> what a file would hold."""
    own: dict[tuple[str, str], Policy] = {}
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


def read_policy(kind: str, name: str, folders: Sequence[Path], more: Sequence[str] = ()) -> Policy:
    """Return the policy or shock of a name, from the first folder that has it.

    `more` are names that need no file, and that may have been meant by one that has none.
    """
    return checked(name, scan(find(kind, name, list(folders), more), kind).content, kind)


def remarks(
    found: Mapping[tuple[str, str], Policy], folders: Sequence[Path], horizon: int
) -> list[str]:
    """Return what a user may not expect of policies: one replaces a shipped one, or comes too late."""
    lines = []
    for (kind, name), policy in found.items():
        *mine, shipped = (available(kind, [folder]).get(name) for folder in folders)
        if shipped is not None and any(mine):
            lines.append(f"{kind} {name}: your file replaces the shipped {kind} of that name")
        first = min(lever.first for lever in policy.levers)
        if first > horizon:
            lines.append(
                f"{kind} {name}: changes nothing, for it begins in month {first}, after the last "
                f"month (horizon={horizon})"
            )
    return lines
