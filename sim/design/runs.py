"""From a request to the points that are run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sim.design.worlds import Organisations, load_world
from sim.model import engine
from sim.model.engine import Point
from sim.model.levers import Schedule
from sim.model.streams import LARGEST_SEED
from sim.policies.cost import costs_of
from sim.policies.policy import KINDS, Policy, names_in
from sim.policies.schedule import schedule_of
from sim.tables.compiled import PACKAGE, model_hash
from sim.tables.version import __version__

WORLD_KEYS = (
    "population.file",
    "network.kind",
    "network.file",
    "population.organisations",
    "population.organisation_size",
    "population.size_spread",
)
# Beside the model: what is counted of a run and of its months, what its policies do and cost, what
# a user's files become, and the luck of a point
DECIDE = (
    "outcomes/**/*.py",
    "policies/**/*.py",
    "ensembles/chunk.py",
    "design/runs.py",
    "design/worlds.py",
)


class Design(NamedTuple):
    """The points of a design; duplicates are left out.

    Attributes
    ----------
    settings : list of dict
        What each point changes: path -> value.
    points : list of Point
    names : list of list of str
        Names of the organisations of each point; empty where they are numbered.
    """

    settings: list[dict[str, Any]]
    points: list[Point]
    names: list[list[str]]


def make_design(
    values: Mapping[str, Any],
    changes: Sequence[dict[str, Any]],
    seeds: str = "common",
    policies: Mapping[tuple[str, str], Policy] | None = None,
) -> Design:
    """Return the distinct points of a design.

    Parameters
    ----------
    values : mapping
        Resolved parameters of the base point.
    changes : sequence of dict
        path -> checked value of what each point changes.
    seeds : {"common", "independent"}
        Independent luck is keyed by a point's own values, so more points change no other.
    policies : mapping of (kind, name) to Policy, optional
        What the values of `policy` and `shock` name.

    Raises
    ------
    UserError
        If a user's file cannot be used.
    """
    worlds: dict[tuple[Any, ...], Organisations] = {}
    design = Design([], [], [])
    schedules: dict[Any, Schedule] = {}
    seen = set()
    for change in changes:
        own = {**values, **change}
        identity = tuple(own.items())
        if identity in seen:
            continue
        seen.add(identity)
        key = tuple(own[k] for k in WORLD_KEYS) if _given(own) else ()
        if key not in worlds:
            worlds[key] = load_world(own)
        luck = _own_luck(own) if seeds == "independent" else 0
        design.settings.append(dict(change))
        names = worlds[key].names
        count = len(names) or int(own["population.organisations"])
        acting = _acting(own, policies or {})
        shared = acting, count, tuple(names)
        if shared not in schedules:
            schedules[shared] = schedule_of(acting, count, names)
        costs = costs_of(acting, count, names)
        design.points.append(engine.prepare(own, schedules[shared], worlds[key].world, luck, costs))
        design.names.append(names)
    return design


def _acting(
    values: Mapping[str, Any], policies: Mapping[tuple[str, str], Policy]
) -> tuple[Policy, ...]:
    """Return the policies and shocks of a point, in the order in which they are named."""
    return tuple(policies[kind, name] for kind in KINDS for name in names_in(values[kind]))


def _own_luck(values: Mapping[str, Any]) -> int:
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).digest()
    return 1 + int.from_bytes(digest[:8], "big") % LARGEST_SEED


def _given(values: Mapping[str, Any]) -> bool:
    return values["population.file"] is not None or values["network.kind"] == "file"


@lru_cache(maxsize=1)
def _decides() -> str:
    """Return a hash of all sources that decide what is kept of a run."""
    digest = hashlib.sha256(model_hash().encode())
    for pattern in DECIDE:
        for path in sorted(PACKAGE.glob(pattern)):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def model_version() -> str:
    """Return version and hash of the sources that decide results."""
    return f"{__version__}+{_decides()[:12]}"
