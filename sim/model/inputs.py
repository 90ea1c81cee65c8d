"""From checked values to what the compiled kernel reads: one record per design point.

The record's fields derive from the parameter table: `trust.success_gain` becomes the field
`trust_success_gain`; a family `alignment.<quality>` becomes one field `alignment` of 8 numbers,
`population.<group>.trust` one field `population_trust` of 3, and `population.<group>.emphasis.
<quality>` one field of 3 x 8. Whole numbers are kept as floats so that both engines compute with
the same type.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sim.model import rules
from sim.tables.compiled import shared
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.parameters import NETWORK_KINDS, PARAMETERS, Parameter

N_QUALITIES = len(QUALITY_NAMES)
N_GROUPS = len(GROUP_NAMES)
TRANSPARENCY, USABILITY, VALUE, SCOPE, RESPONSIBILITY, ROLES, DATA_QUALITY, PRIVACY = range(8)
MODULAR, SMALL_WORLD, RANDOM, SCALE_FREE, WELL_MIXED, FILE = range(len(NETWORK_KINDS))
NEVER = 1 << 20  # a month that does not come


@cache  # asked for every parameter of every point
def _field(parameter: Parameter) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Return a parameter's field, the field's shape, and its place in it."""
    parts = parameter.path.split(".")
    left = list(parts)
    shape: tuple[int, ...] = ()
    place: tuple[int, ...] = ()
    for names in (GROUP_NAMES, QUALITY_NAMES):
        for at, part in enumerate(parts):
            # `decision.roles` is one number, not one of a family over the qualities
            siblings = [".".join([*parts[:at], name, *parts[at + 1 :]]) for name in names]
            if part in names and all(sibling in PARAMETERS for sibling in siblings):
                left.remove(part)
                shape += (len(names),)
                place += (names.index(part),)
    return "_".join(left), shape, place


def _record_type() -> np.dtype:
    shapes = {}
    for parameter in PARAMETERS.values():
        if parameter.numeric or parameter.kind == "choice":
            field, shape, _ = _field(parameter)
            shapes[field] = shape
    # Derived once per point, so that the kernel does not derive them every month
    shapes |= {"hazard": (N_GROUPS,), "attention": (N_QUALITIES,)}
    return np.dtype([(name, np.float64, shape) for name, shape in shapes.items()], align=True)


RECORD = _record_type()


def pack(values: Mapping[str, Any]) -> np.ndarray:
    """Return the kernel's record (shape (), dtype `RECORD`) of the resolved value of every parameter."""
    record = np.zeros((), RECORD)
    for path, parameter in PARAMETERS.items():
        value = values[path]
        if parameter.kind == "choice":
            value = parameter.choices.index(value)
        elif not parameter.numeric:
            continue
        field, _, place = _field(parameter)
        record[field][place] = np.nan if value is None else value
    derive(record)
    return record


@shared
def derive(p):
    """Fill in what other parameters say; `p` is a record of dtype `RECORD`."""
    if p["turnover_onboarding"] != p["turnover_onboarding"]:
        months = p["turnover_onboarding_factor"]
        p["turnover_onboarding"] = min(1.0, months * p["process_training"])
    for g in range(N_GROUPS):
        p["hazard"][g] = rules.monthly_hazard(p["turnover"][g])
    for k in range(N_QUALITIES):
        aligned = p["alignment"][k]
        left_alone = (1.0 - aligned) * p["population_expert_priority"][k]
        p["attention"][k] = left_alone + aligned * p["population_priority"][k]


class World(NamedTuple):
    """A user's own organisations and ties; all arrays empty where the world is generated."""

    sizes: np.ndarray  # (organisations,) int64, HCPs of each
    readiness: np.ndarray  # (organisations,) float64, NaN where drawn
    resources: np.ndarray  # as readiness
    member: np.ndarray  # (organisations,) int8: 1, 0, or -1 where drawn
    deployed: np.ndarray  # (organisations,) int64: month, 0 or before; NEVER where not at the start
    shares: np.ndarray  # (organisations, 3) of the groups; NaN where those of the parameters hold
    # Peers of HCP i are peers[first_peer[i]:first_peer[i + 1]]
    first_peer: np.ndarray  # (HCPs + 1,) int64
    peers: np.ndarray  # (ties * 2,) uint32


@shared
def generated_world() -> World:
    """Return the world of which everything is drawn."""
    return World(
        sizes=np.zeros(0, np.int64),
        readiness=np.zeros(0),
        resources=np.zeros(0),
        member=np.zeros(0, np.int8),
        deployed=np.zeros(0, np.int64),
        shares=np.zeros((0, N_GROUPS)),
        first_peer=np.zeros(0, np.int64),
        peers=np.zeros(0, np.uint32),
    )
