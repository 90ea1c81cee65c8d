"""`uncertainty=assumptions`: every number that is an assumption varies, in a Sobol sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.design.axes import Axis
from sim.tables.errors import UserError
from sim.tables.limits import check_together
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import plausible
from sim.tables.settings import ASSUMPTIONS, CROSSED_AXES, WORLDS

# Rules and levels of the model; sizes of the world, what is measured and prices stay as they are.
GROUPS = (
    "alignment", "process", "deployment", "development", "incident", "influence", "cooperation",
    "training", "trust", "appraisal", "decision", "review",
)  # fmt: skip
# Two numbers whose sum is limited: varied alone, half of the worlds would not be allowed.
LEFT_OUT = ("trust.reliability_base", "trust.reliability_gain")
KIND = "sobol"


def uncertain_axes(values: Mapping[str, Any], axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Return an axis from low to high for every assumption that no axis varies yet.

    Over what is plausible: the limits of the parameter table say what makes sense at all, and would mostly
    give worlds in which nothing or everything is adopted.
    """
    varied = {path for axis in axes for path in axis.paths}
    made = []
    for path, parameter in PARAMETERS.items():
        inside = path.partition(".")[0] in GROUPS and path not in varied and path not in LEFT_OUT
        if not (inside and parameter.assumed and parameter.kind == "float"):
            continue
        low, high = plausible(path, float(values[path]))
        if low < high:
            made.append(Axis(path, (path,), (low, high), ({path: low}, {path: high})))
    return tuple(made)


def in_many_worlds(
    study: str, settings: Mapping[str, Any], values: Mapping[str, Any], axes: tuple[Axis, ...],
    kind: str,
) -> tuple[tuple[Axis, ...], list[str]]:  # fmt: skip
    """Return the axes of a comparison with those of all assumptions, and notes."""
    asked, worlds = f"uncertainty={ASSUMPTIONS}", settings["worlds"]
    if study != "compare":
        raise UserError(f"{asked}: study {study} compares nothing; allowed with study=compare")
    others = [axis.name for axis in axes if axis.name not in CROSSED_AXES]
    if kind != KIND and others:
        raise UserError(
            f"{asked}: axis {others[0]} is varied already; allowed beside it are "
            f"{', '.join(CROSSED_AXES)}"
        )
    added = uncertain_axes(values, axes)
    for end in (0, 1):
        corner = {axis.name: axis.values[end] for axis in added}
        if problems := check_together({**values, **corner}):
            raise UserError([f"uncertainty: {line}" for line in problems])
    notes = [
        f"{asked}: {len(added)} assumptions vary over what is plausible of each, in {worlds} worlds"
    ]
    if worlds < (enough := WORLDS[ASSUMPTIONS]):
        notes.append(
            f"worlds={worlds}: in so few, some assumptions go together, and one may be blamed for "
            f"another; from {enough} on they hardly do"
        )
    return (*axes, *added), notes
