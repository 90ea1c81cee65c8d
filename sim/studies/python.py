"""The Python interface: the same studies without a command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.config.axes import Axis
from sim.config.checks import check_value
from sim.config.design import apply_overrides, check_design
from sim.config.folders import shipped_folder
from sim.config.request import Request
from sim.config.settings import DESIGN_KINDS, SAMPLED_KINDS, SETTINGS
from sim.config.uncertain import with_uncertainty
from sim.config.validate import flatten, resolve, resolve_settings
from sim.errors import UserError
from sim.parameters import PARAMETERS
from sim.studies.execute import design_of, execute
from sim.studies.result import Result

if TYPE_CHECKING:
    from sim.policies.policy import Policy


def run(parameters: Mapping[str, Any] | None = None, **settings: Any) -> Result:
    """Simulate one world.

    Parameters
    ----------
    parameters : mapping, optional
        What differs from the defaults, by dotted path or nested.
    **settings
        `seed`, `replicates`, `engine`, `threads`, `progress`, `organisations`, as on the
        command line; `policies` and `shocks`, mappings of a name to what a file of it would hold,
        for names that `policy` and `shock` use.

    Returns
    -------
    Result
        Printed: the answer, with intervals.

    Raises
    ------
    UserError
        One line per mistake.

    Examples
    --------
    >>> run({"process.training": 0.1}, replicates=8).mean("sustained_adoption")
    """
    own = _own_policies(settings)
    request = Request(
        "python", "simulate", "Baseline" if not parameters else "Simulation",
        "Is the tool still used, and why?", resolve_settings(settings), resolve(parameters),
        policies=own,
    )  # fmt: skip
    return perform(request)


def sweep(
    axes: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    kind: str = "grid",
    samples: int | None = None,
    **settings: Any,
) -> Result:
    """Run a design over the values of one or more parameters, with common random numbers.

    Parameters
    ----------
    axes : mapping
        Parameter -> values: a list, `{"from": 0, "to": 1, "steps": 11}`, `"low_high"`, or, under
        any name, `{"parameters": [...], "values": ...}` for linked parameters.
    parameters : mapping, optional
        What differs from the defaults at all points.
    kind : {"grid", "one_at_a_time", "factorial", "lhs", "sobol"}
    samples : int, optional
        Number of points, for "lhs" and "sobol".
    **settings
        As for `run`.

    Returns
    -------
    Result
        Printed: the answer, with intervals.

    Raises
    ------
    UserError
        One line per mistake.
    """
    kinds = [k for k in DESIGN_KINDS if k != "list"]
    if kind not in kinds:
        raise UserError(f"kind={kind}: allowed is one of {', '.join(kinds)}")
    if not axes:
        raise UserError("axes={}: needed is at least one parameter with its values")
    if (samples is None) == (kind in SAMPLED_KINDS):
        raise UserError(f"samples={samples}: needed with kinds {', '.join(SAMPLED_KINDS)} only")
    own = _own_policies(settings)
    parsed, _ = apply_overrides(axes, {}, {}, kind)
    request = Request(
        "python", "alignment" if kind == "one_at_a_time" else "sweep", "Sweep",
        f"What do {', '.join(axis.name for axis in parsed)} change?",
        resolve_settings(settings), resolve(parameters), parsed, kind, samples=samples,
        policies=own,
    )  # fmt: skip
    problems = check_design(request.values, parsed, kind)
    if problems:
        raise UserError(problems)
    return perform(request)


def compare(
    scenarios: Mapping[str, Mapping[str, Any]],
    parameters: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Result:
    """Compare named scenarios with the first of them, run by run under the same luck.

    Parameters
    ----------
    scenarios : mapping
        Name -> what the scenario changes; the first is what others are compared with.
    parameters : mapping, optional
        What differs from the defaults in all scenarios.
    **settings
        As for `run`.

    Returns
    -------
    Result
        Printed: paired differences with 95 % intervals.

    Raises
    ------
    UserError
        One line per mistake.
    """
    if len(scenarios) < 2:
        raise UserError("scenarios: needed are at least two, the first to compare with")
    own = _own_policies(settings)
    values = resolve(parameters)
    flat = {name: dict(flatten(changes)) for name, changes in scenarios.items()}
    problems: list[str] = []
    for name, changes in flat.items():
        try:
            resolve({**values, **changes})
        except UserError as error:
            problems += [f"{line} (scenario {name})" for line in error.problems]
    if problems:
        raise UserError(problems)
    paths = tuple(p for p in PARAMETERS if any(p in changes for changes in flat.values()))
    chosen = tuple(
        {p: check_value(PARAMETERS[p], changes.get(p, values[p])) for p in paths}
        for changes in flat.values()
    )
    axis = Axis("scenario", paths, tuple(scenarios), chosen)
    request = Request(
        "python", "compare", "Scenarios", "Which scenario sustains adoption?",
        resolve_settings(settings), values, (axis,), policies=own,
    )  # fmt: skip
    return perform(request)


def load(experiment: str, *overrides: str) -> Result:
    """Run an experiment of the command line by its name, without writing files.

    Parameters
    ----------
    experiment : str
        As in `python -m sim +experiment=NAME`.
    *overrides : str
        As on the command line, such as "replicates=8".

    Returns
    -------
    Result
        Printed: the answer, with intervals.

    Raises
    ------
    UserError
        One line per mistake.
    """
    from sim.config.compose import compose

    return perform(compose([f"+experiment={experiment}", *overrides]))


def perform(request: Request) -> Result:
    """Run a request and return its result; only progress and a first compilation are shown."""
    settings = request.settings
    command_line_only = ("out", "overwrite", "most_minutes", "confirm", "shard")
    unused = [n for n in command_line_only if settings[n] != SETTINGS[n].default]
    if unused:
        raise UserError(
            f"{unused[0]}: files are written, and confirmation is asked for, by the command line only"
        )
    request = with_uncertainty(request)
    points = [request.values, *({**request.values, **s} for a in request.axes for s in a.settings)]
    if any(point[kind] != "none" for point in points for kind in ("policy", "shock")):
        from sim.config.policies import load_policies

        policies = load_policies(points, [shipped_folder()], request.policies)
        request = replace(request, policies=policies)
    return execute(request, design_of(request), print)


def _own_policies(settings: dict[str, Any]) -> dict[tuple[str, str], Policy]:
    """Take `policies` and `shocks` out of the settings, checked."""
    given = {
        kind: settings.pop(key, {}) for kind, key in (("policy", "policies"), ("shock", "shocks"))
    }
    if not any(given.values()):
        return {}
    from sim.policies.policy import checked

    return {
        (kind, name): checked(name, content, kind)
        for kind, mapping in given.items()
        for name, content in mapping.items()
    }
