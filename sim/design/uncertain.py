"""`uncertainty=assumptions`: every number that is an assumption varies, in a Sobol sample."""

from __future__ import annotations

from dataclasses import replace

from sim.design.axes import Axis
from sim.design.request import Request
from sim.tables.checks import check_together
from sim.tables.errors import UserError
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES, ENOUGH_WORLDS

# Rules and levels of the model; sizes of the world, what is measured and prices stay as they are.
GROUPS = (
    "alignment", "process", "deployment", "development", "incident", "influence", "cooperation",
    "training", "trust", "appraisal", "decision", "review",
)  # fmt: skip
# Two numbers whose sum is limited: varied alone, half of the worlds would not be allowed.
LEFT_OUT = ("trust.reliability_base", "trust.reliability_gain")
# How far each may be from its value: a convention of this program, wide on purpose (assumption).
WIDTH = 0.5
KIND = "sobol"


def uncertain_axes(request: Request) -> tuple[Axis, ...]:
    """Return an axis from low to high for every assumption that has a width.

    From half to one and a half of the value asked for, cut to what the table allows. The table's
    own limits say what makes sense at all, not what is likely, and would mostly give worlds in
    which nothing or everything is adopted.
    """
    varied = {path for axis in request.axes for path in axis.paths}
    axes = []
    for path, parameter in PARAMETERS.items():
        inside = path.partition(".")[0] in GROUPS and path not in varied and path not in LEFT_OUT
        if not (inside and parameter.assumed and parameter.kind == "float"):
            continue
        value = float(request.values[path])
        ends = sorted((value * (1 - WIDTH), value * (1 + WIDTH)))
        low, high = (float(f"{min(parameter.high, max(parameter.low, x)):.10g}") for x in ends)
        if low < high:
            axes.append(Axis(path, (path,), (low, high), ({path: low}, {path: high})))
    return tuple(axes)


def with_uncertainty(request: Request) -> Request:
    """Return the request in many worlds, if it asks for that.

    Raises
    ------
    UserError
        If the study cannot use it, or if worlds would not be allowed.
    """
    settings = request.settings
    if settings["uncertainty"] == "none":
        return request
    if request.study != "compare":
        raise UserError(
            f"uncertainty={settings['uncertainty']}: study {request.study} compares nothing; "
            "allowed with study=compare"
        )
    others = [a.name for a in request.axes if a.name not in CROSSED_AXES]
    if request.design_kind != KIND and others:
        raise UserError(
            f"uncertainty={settings['uncertainty']}: axis {others[0]} is varied already; allowed "
            f"beside it are {', '.join(CROSSED_AXES)}"
        )
    axes = uncertain_axes(request)
    for end in (0, 1):
        corner = {axis.name: axis.values[end] for axis in axes}
        if problems := check_together({**request.values, **corner}):
            raise UserError([f"uncertainty: {line}" for line in problems])
    note = (
        f"uncertainty=assumptions: {len(axes)} assumptions vary by {WIDTH:.0%} around their "
        f"values, in {settings['worlds']} worlds"
    )
    notes = [*request.notes, note]
    if settings["worlds"] < ENOUGH_WORLDS:
        notes.append(
            f"worlds={settings['worlds']}: in so few, some assumptions go together, and one may be "
            f"blamed for another; from {ENOUGH_WORLDS} on they hardly do"
        )
    return replace(
        request, axes=(*request.axes, *axes), design_kind=KIND, samples=settings["worlds"],
        notes=notes,
    )  # fmt: skip
