"""What is shipped, as plain mappings: to read, to copy, and to change."""

from __future__ import annotations

from typing import Any

from sim.design.folders import available, shipped_folder
from sim.design.yaml_file import read_yaml
from sim.policies.kinds import KINDS
from sim.policies.lever_table import LEVERS
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown


def catalogue(kind: str = "policy") -> dict[str, dict[str, Any]]:
    """Return the shipped policies, shocks, or the levers that they are made of.

    Parameters
    ----------
    kind : {"policy", "shock", "lever"}

    Returns
    -------
    dict of str to dict
        Name -> content. That of a policy or shock is what `policies` and `shocks` of `run` and
        `compare` take, so it can be changed and used under another name; that of a lever is its
        row of the lever table.

    Raises
    ------
    UserError
        For another kind.

    Examples
    --------
    >>> mine = catalogue("policy")["training"]
    >>> mine["levers"][0]["to"] = 24
    >>> compare(["none", "training", "mine"], policies={"mine": mine})
    """
    if not isinstance(kind, str) or kind not in (*KINDS, "lever"):
        raise UserError(unknown(show(kind), [*KINDS, "lever"], "kind of a catalogue"))
    if kind == "lever":
        return {
            lever.name: {
                "kind": lever.kind, "unit": lever.unit, "highest": lever.high,
                "meaning": lever.meaning, "by_group": lever.by_group, "source": lever.source,
            }
            for lever in LEVERS.values()
        }  # fmt: skip
    folder = shipped_folder()
    files = available(kind, [folder])
    return {
        name: dict(read_yaml(path, kind).content) for name, path in files.items() if name != "none"
    }
