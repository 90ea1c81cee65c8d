"""Policies and shocks that a request names: found, read, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.config.folders import find
from sim.config.yaml_scan import scan
from sim.errors import UserError
from sim.policies.policy import Policy, checked

KINDS = ("policy", "shock")
NONE = "none"


def names_in(value: Any) -> list[str]:
    """Return the names in a value such as `co_design+training`."""
    return [name for name in str(value).split("+") if name != NONE]


def load_policies(
    points: Iterable[Mapping[str, Any]], folders: Sequence[Path]
) -> dict[tuple[str, str], Policy]:
    """Return (kind, name) -> policy of everything that points name.

    Parameters
    ----------
    points : iterable of mapping
        With values under "policy" and "shock".
    folders : sequence of Path
        Configuration folders, a user's first.

    Raises
    ------
    UserError
        For a name that does not exist, and for every mistake in a file.
    """
    found: dict[tuple[str, str], Policy] = {}
    problems: list[str] = []
    wanted = {
        (kind, name): None for point in points for kind in KINDS for name in names_in(point[kind])
    }
    for kind, name in wanted:
        try:
            found[kind, name] = read_policy(kind, name, folders)
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    return found


def read_policy(kind: str, name: str, folders: Sequence[Path]) -> Policy:
    """Return the policy or shock of a name, from the first folder that has it."""
    return checked(name, scan(find(kind, name, list(folders)), kind).content, kind)
