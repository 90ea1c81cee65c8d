"""Policies and shocks that a request names: of a user's folder, of Python, or shipped."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.design.folders import NAME, available, find
from sim.design.yaml_file import read_yaml
from sim.policies.kinds import KINDS, POLICY, SHOCK, names_in
from sim.tables.checks import NONE
from sim.tables.errors import UserError, all_at_once, collected
from sim.tables.messages import show

if TYPE_CHECKING:
    from sim.policies.policy import Policy

Policies = dict[tuple[str, str], "Policy"]  # (kind, name) -> policy


def own_policies(policies: Any, shocks: Any, problems: list[str] | None = None) -> Policies:
    """Return what a user gave in Python: mappings of a name to what a file of it would hold.

    Mistakes are added to `problems`, or raised where there is no list.
    """
    own: Policies = {}
    with all_at_once(problems) as wrong:
        for key, kind, given in (("policies", POLICY, policies), ("shocks", SHOCK, shocks)):
            if given and not isinstance(given, Mapping):
                wrong.append(
                    f"{key}={show(given)}: needed is a mapping of names to what a file would hold"
                )
                continue
            for name, content in (given or {}).items():
                if not isinstance(name, str) or name == NONE or not NAME.fullmatch(name):
                    wrong.append(
                        f"{key}: {show(name)}: is not a name for a {kind}; allowed is one of a-z, "
                        f"0-9 and _, but not {NONE}"
                    )
                    continue
                with collected(wrong):
                    own[kind, name] = _read(kind, name, content)
    return own


def named_policies(
    points: Iterable[Mapping[str, Any]],
    folders: Sequence[Path],
    own: Policies | None = None,
    wrong: Container[tuple[str, str]] = (),
) -> Policies:
    """Return everything that points name under "policy" and "shock"; `own` needs no file.

    What is `wrong` was told before, and is left out.

    Raises UserError for names that do not exist, and for every mistake in a file.
    """
    own = own or {}
    values = dict.fromkeys((kind, point[kind]) for point in points for kind in KINDS)
    wanted = dict.fromkeys((kind, name) for kind, value in values for name in names_in(value))
    found: Policies = {}
    with all_at_once() as problems:
        for kind, name in (one for one in wanted if one not in wrong):
            with collected(problems):
                found[kind, name] = own.get((kind, name)) or _named(kind, name, folders, own)
    return found


def _named(kind: str, name: str, folders: Sequence[Path], own: Policies) -> Policy:
    """Return the policy or shock of a file."""
    other = next(k for k in KINDS if k != kind)
    try:
        path = find(kind, name, folders, [n for k, n in own if k == kind])
    except UserError:
        if name in available(other, folders) or (other, name) in own:
            told = f"{kind}={name}: is a {other}, not a {kind}; write {other}={name}"
            raise UserError(told) from None
        raise
    return _read(kind, name, read_yaml(path, kind).content)


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
