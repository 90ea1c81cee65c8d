"""Policies and shocks that a request names: of a user's folder, of Python, or shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.design.folders import NAME, available, find
from sim.design.yaml_file import read_yaml
from sim.policies.kinds import KINDS, POLICY, SHOCK, names_in
from sim.tables.checks import NONE
from sim.tables.errors import UserError, collected
from sim.tables.messages import show

if TYPE_CHECKING:
    from sim.policies.policy import Policy

Policies = dict[tuple[str, str], "Policy"]  # (kind, name) -> policy


def own_policies(policies: Any, shocks: Any) -> Policies:
    """Return what a user gave in Python: mappings of a name to what a file of it would hold."""
    own: Policies = {}
    problems: list[str] = []
    for key, kind, given in (("policies", POLICY, policies), ("shocks", SHOCK, shocks)):
        if not given:
            continue
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
            with collected(problems):
                own[kind, name] = _read(kind, name, content)
    if problems:
        raise UserError(problems)
    return own


def named_policies(
    points: Iterable[Mapping[str, Any]], folders: Sequence[Path], own: Policies | None = None
) -> Policies:
    """Return everything that points name under "policy" and "shock"; `own` needs no file.

    Raises UserError for names that do not exist, and for every mistake in a file.
    """
    own = own or {}
    values = dict.fromkeys((kind, point[kind]) for point in points for kind in KINDS)
    wanted = dict.fromkeys((kind, name) for kind, value in values for name in names_in(value))
    files: dict[tuple[str, str], Path] = {}
    problems: list[str] = []
    for kind, name in [key for key in wanted if key not in own]:
        try:
            more = [n for k, n in own if k == kind]
            files[kind, name] = find(kind, name, list(folders), more)
        except UserError as error:
            other = next(k for k in KINDS if k != kind)
            if name in available(other, list(folders)) or (other, name) in own:
                problems.append(f"{kind}={name}: is a {other}, not a {kind}; write {other}={name}")
            else:
                problems += error.problems
    found: Policies = {}
    for key in wanted:
        with collected(problems):
            if key in own:
                found[key] = own[key]
            elif key in files:
                found[key] = _read(*key, read_yaml(files[key], key[0]).content)
    if problems:
        raise UserError(problems)
    return found


def _read(kind: str, name: str, content: Any) -> Policy:
    from sim.policies.policy import policy_of  # imports the model, which is slow

    return policy_of(name, content, kind)


def remarks(found: Policies, own: Policies, folders: Sequence[Path], horizon: int) -> list[str]:
    """Return what a user may not expect of policies: one replaces another, or comes too late."""
    lines = []
    for (kind, name), policy in found.items():
        *mine, shipped = (available(kind, [folder]).get(name) for folder in folders)
        if (kind, name) in own:
            if _differs(policy, available(kind, folders).get(name)):
                lines.append(
                    f"{kind} {name}: is not as the file of that name says, but as held here"
                )
        elif shipped is not None and any(mine):
            lines.append(f"{kind} {name}: your file replaces the shipped {kind} of that name")
        first = min(lever.first for lever in policy.levers)
        if first > horizon:
            lines.append(
                f"{kind} {name}: changes nothing, for it begins in month {first}, after the last "
                f"month (horizon={horizon})"
            )
    return lines


def _differs(policy: Policy, path: Path | None) -> bool:
    """Whether a file holds another policy; one that can not be read is none."""
    try:
        content = None if path is None else read_yaml(path, policy.kind).content
        return content is not None and _read(policy.kind, policy.name, content) != policy
    except UserError:
        return False
