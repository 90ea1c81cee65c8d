"""`uncertainty=assumptions`: every number that is an assumption varies, in a Sobol sample."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from sim.design.axes import Axis
from sim.design.points import has_effect
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.limits import check_together
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import plausible
from sim.tables.settings import ASSUMPTIONS, CROSSED_AXES, WORLDS

# Rules and levels of the model; sizes of the world, what is measured and prices stay as they are.
GROUPS = (
    "alignment", "process", "deployment", "development", "incident", "influence", "cooperation",
    "training", "trust", "appraisal", "decision", "review",
)  # fmt: skip
# Two numbers whose sum is limited: varied alone, half of the worlds would not be allowed. Whether the
# tool is there from the start is what is asked, and no assumption.
LEFT_OUT = ("trust.reliability_base", "trust.reliability_gain", "deployment.at_start")
KIND = "sobol"
# What a screening varies besides: people at the start, how they are tied, who leaves
ALSO_SCREENED = ("population", "network", "turnover")
# Sizes of the world, and what limits, or is limited by, others: weights, shares, resources
NOT_SCREENED = (
    "population.organisations", "population.organisation_size", "population.size_spread",
    "population.initial_adopters", "population.resources_spread", "population.priority.",
    "population.expert_priority.",
    *(f"population.{group}.share" for group in GROUP_NAMES),
)  # fmt: skip
# What only matters until a tool is there
OF_INTRODUCTION = ("deployment.", "population.readiness_")


def every_axis(values: Mapping[str, Any], fixed: Container[str]) -> tuple[Axis, ...]:
    """Return an axis over what is plausible for every number of the model that is not `fixed`.

    Raises UserError where the ends of all together are not allowed.
    """
    idle = (*NOT_SCREENED, *(OF_INTRODUCTION if values["deployment.at_start"] == 1 else ()))
    screened = [
        path
        for path, parameter in PARAMETERS.items()
        if path.partition(".")[0] in (*GROUPS, *ALSO_SCREENED) and not path.startswith(idle)
        if parameter.kind in ("float", "integer") and path not in fixed
    ]
    axes = _plausible_axes(values, screened)
    return tuple(axis for axis in axes if has_effect(axis.name, values, axes, KIND))


def _plausible_axes(values: Mapping[str, Any], paths: Sequence[str]) -> tuple[Axis, ...]:
    """Return an axis over what is plausible of each, where that is a range; checked at its ends."""
    axes = []
    for path in paths:
        low, high = plausible(path, float(values[path]))
        if PARAMETERS[path].kind == "integer":
            low, high = round(low), round(high)
        if low < high and path not in LEFT_OUT:
            axes.append(Axis(path, (path,), (low, high), ({path: low}, {path: high})))
    for end in (0, 1):
        corner = {axis.name: axis.values[end] for axis in axes}
        if problems := check_together({**values, **corner}):
            raise UserError([f"uncertainty: {line}" for line in problems])
    return tuple(axes)


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
    varied = {path for axis in axes for path in axis.paths}
    assumed = [
        path
        for path, parameter in PARAMETERS.items()
        if path.partition(".")[0] in GROUPS and path not in varied
        if parameter.assumed and parameter.kind == "float"
    ]
    # the limits of the parameter table say what makes sense at all, and would mostly give worlds in
    # which nothing or everything is adopted: not over them, but over what is plausible
    added = _plausible_axes(values, assumed)
    notes = [
        f"{asked}: {len(added)} assumptions vary over what is plausible of each, in {worlds} worlds"
    ]
    if worlds < (enough := WORLDS[ASSUMPTIONS]):
        notes.append(
            f"worlds={worlds}: in so few, some assumptions go together, and one may be blamed for "
            f"another; from {enough} on they hardly do"
        )
    return (*axes, *added), notes
