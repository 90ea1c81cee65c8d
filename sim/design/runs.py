"""From a request to the points that are run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from sim.design.points import points
from sim.design.request import Request
from sim.design.worlds import Organisations, load_world, not_drawn
from sim.model import engine
from sim.model.engine import Point
from sim.model.levers import Schedule
from sim.model.streams import LARGEST_SEED
from sim.policies.cost import costs_of
from sim.policies.kinds import KINDS, names_in
from sim.policies.policy import Policy
from sim.policies.schedule import schedule_of
from sim.tables.errors import UserError
from sim.tables.messages import show
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import ASSUMPTIONS

WORLD_KEYS = (
    "population.file",
    "network.kind",
    "network.file",
    "population.organisations",
    "population.organisation_size",
    "population.size_spread",
)


class Design(NamedTuple):
    """The distinct points of a design."""

    settings: list[dict[str, Any]]  # what each point changes: path -> value
    points: list[Point]
    names: list[list[str]]  # of the organisations of each point; empty where they are numbered


def design_of(request: Request) -> Design:
    """Return the points of a request; raises UserError if a user's file cannot be used."""
    own = points(request.axes, request.design_kind, request.samples, request.settings["seed"])
    changes, worlds = [*own, *request.more], request.worlds.settings
    design = make_design(request.values, changes, request.seeds, request.policies, worlds)
    if any(point.values["population.file"] for point in design.points):
        _say_what_is_not_drawn(request, design)
    return design


def _say_what_is_not_drawn(request: Request, design: Design) -> None:
    """Note the parameters that a population file leaves without effect; an axis of them is wrong."""
    idle = set.intersection(*(not_drawn(point.world, point.schedule) for point in design.points))
    varied = {path for axis in request.axes for path in axis.paths}
    because = "has no effect in this world; population.file says it of every organisation"
    for axis in request.axes if request.settings["uncertainty"] != ASSUMPTIONS else ():
        if idle.issuperset(axis.paths):
            raise UserError(f"axis {axis.name}: {because}, so that all its points are alike")
    for path in sorted(idle - varied):
        if request.values[path] != PARAMETERS[path].default:
            request.notes.append(f"{path}={show(request.values[path])}: {because}")


def make_design(
    values: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    seeds: str = "common",
    policies: Mapping[tuple[str, str], Policy] | None = None,
    worlds: Sequence[Mapping[str, Any]] = ({},),
) -> Design:
    """Return the distinct points of a design: what each changes of the base values, in each world.

    All points share their luck within a world, and each world has its own. Under
    `seeds="independent"` luck is keyed by a point's own values: more points change no other.
    """
    places: dict[tuple[Any, ...], Organisations] = {}
    schedules: dict[Any, Schedule] = {}
    design = Design([], [], [])
    seen = set()
    for change, (number, world) in product(changes, enumerate(worlds)):
        setting = {**change, **world}
        own = {**values, **setting}
        identity = number, *own.items()
        if identity in seen:
            continue
        seen.add(identity)
        own_files = own["population.file"] is not None or own["network.kind"] == "file"
        key = tuple(own[k] for k in WORLD_KEYS) if own_files else ()
        if key not in places:
            places[key] = load_world({k: own[k] for k in WORLD_KEYS})  # and nothing else
        names, place = places[key]
        count = len(names) or int(own["population.organisations"])
        acting = tuple(
            (policies or {})[kind, name] for kind in KINDS for name in names_in(own[kind])
        )
        shared = acting, count, tuple(names)
        if shared not in schedules:
            schedules[shared] = schedule_of(acting, count, names)
        luck = _own_luck(own) if seeds == "independent" else number
        costs = costs_of(acting, count, names)
        design.settings.append(setting)
        design.points.append(engine.prepare(own, schedules[shared], place, luck, costs))
        design.names.append(names)
    return design


def _own_luck(values: Mapping[str, Any]) -> int:
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).digest()
    return 1 + int.from_bytes(digest[:8], "big") % LARGEST_SEED
