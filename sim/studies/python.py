"""The Python interface: the same studies without a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.design.axes import Axis, what_changes
from sim.design.points import apply_overrides, check_design
from sim.design.request import Request
from sim.design.scenarios import Words, read_scenario
from sim.design.uncertain import with_uncertainty
from sim.studies.execute import design_of, execute
from sim.studies.named import Policies, named_policies, own_policies
from sim.studies.result import Result
from sim.tables.checks import check_value
from sim.tables.errors import UserError
from sim.tables.messages import LONGEST_VALUE, show
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import DESIGN_KINDS, SAMPLED_KINDS, SETTINGS
from sim.tables.validate import once_each, resolve, resolve_both

if TYPE_CHECKING:
    from sim.model.agents import HCP


def run(
    parameters: Mapping[str, Any] | None = None, scenario: str | None = None, **settings: Any
) -> Result:
    """Simulate one world.

    Parameters
    ----------
    parameters : mapping, optional
        What differs from the defaults, or from the scenario, by dotted path or nested.
    scenario : str, optional
        Name of a scenario to start from, as in `python -m sim scenario=NAME`.
    **settings
        `seed`, `replicates`, `engine`, `threads`, `progress`, `organisations`, as on the
        command line; `policies` and `shocks`, mappings of a name to what a file of it would hold,
        for names that `policy` and `shock` use; `hcp_class`, a subclass of `HCP` with behaviour
        of its own, which needs `engine="agents"`.

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
    >>> run(scenario="small_clinic")
    """
    own, hcp_class = _own(settings)
    words, changes = _from_scenario(scenario, parameters)
    checked_settings, values = resolve_both(settings, changes)
    title = words.title or ("Simulation" if changes else "Baseline")
    question = words.question or "Is the tool still used, and why?"
    request = Request(
        "python", "simulate", title, question, checked_settings, values, policies=own,
    )  # fmt: skip
    return perform(request, hcp_class)


def sweep(
    axes: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    kind: str = "grid",
    samples: int | None = None,
    scenario: str | None = None,
    **settings: Any,
) -> Result:
    """Run a design over the values of one or more parameters, with common random numbers.

    Parameters
    ----------
    axes : mapping
        Parameter -> values: a list, `{"from": 0, "to": 1, "steps": 11}`, `"low_high"`, or, under
        any name, `{"parameters": [...], "values": ...}` for linked parameters.
    parameters : mapping, optional
        What differs from the defaults, or from the scenario, at all points.
    kind : {"grid", "one_at_a_time", "factorial", "lhs", "sobol"}
    samples : int, optional
        Number of points, for "lhs" and "sobol".
    scenario : str, optional
        Name of a scenario that all points start from.
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
    own, hcp_class = _own(settings)
    parsed, _ = apply_overrides(axes, {}, {}, kind)
    words, changes = _from_scenario(scenario, parameters)
    checked_settings, values = resolve_both(settings, changes)
    request = Request(
        "python", "alignment" if kind == "one_at_a_time" else "sweep",
        f"{words.title}, sweep" if words.title else "Sweep",
        what_changes(parsed),
        checked_settings, values, parsed, kind, samples=samples,
        policies=own,
    )  # fmt: skip
    problems = check_design(request.values, parsed, kind)
    if problems:
        raise UserError(problems)
    return perform(request, hcp_class)


def compare(
    scenarios: Mapping[str, Mapping[str, Any]] | Sequence[str],
    parameters: Mapping[str, Any] | None = None,
    scenario: str | None = None,
    **settings: Any,
) -> Result:
    """Compare scenarios, or policies, with the first of them, run by run under the same luck.

    Parameters
    ----------
    scenarios : mapping, or list of str
        Name -> what the scenario changes; under "scenario" it may name one to start from:
        `{"clinic": {"scenario": "small_clinic"}}`. Or names of policies, shipped ones or those
        of `policies`, joined by + where several act together. The first is what others are
        compared with.
    parameters : mapping, optional
        What differs from the defaults, or from the scenario, in all scenarios.
    scenario : str, optional
        Name of a scenario that all others start from.
    **settings
        As for `run`.

    Returns
    -------
    Result
        Printed: paired differences with 95 % intervals, costs, a recommendation; `.comparison`
        and `.costs` are data frames of them.

    Raises
    ------
    UserError
        One line per mistake.

    Examples
    --------
    >>> compare(["none", "training", "co_design+training"], {"shock": "budget_cut"})
    >>> compare({"as it is": {}, "more training": {"process.training": 0.1}})
    """
    if isinstance(scenarios, str) or not isinstance(scenarios, (Mapping, Sequence)):
        raise UserError(
            f"scenarios={show(scenarios)}: needed is a list of policies, or a mapping of names to "
            "what they change"
        )
    if len(scenarios) < 2:
        raise UserError("scenarios: needed are at least two, the first to compare with")
    own, hcp_class = _own(settings)
    words, changed = _from_scenario(scenario, parameters)
    checked_settings, values = resolve_both(settings, changed)
    if isinstance(scenarios, Mapping):
        title, question = "Scenarios", "Which scenario sustains adoption?"
        axis = _axis_of_scenarios(scenarios, values)
    else:
        title = f"{words.title}, policies" if words.title else "Policies"
        question = "Which policy sustains adoption?"
        axis = _axis_of_policies(scenarios, values)
    request = Request(
        "python", "compare", title, question, checked_settings, values, (axis,),
        policies=own,
    )  # fmt: skip
    return perform(request, hcp_class)


def _axis_of_policies(names: Sequence[str], values: Mapping[str, Any]) -> Axis:
    """Return the axis of policies by name, checked."""
    parts = [sorted(str(name).split("+")) for name in names]
    for n, name in enumerate(names):
        if parts[n] in parts[:n]:
            other = names[parts.index(parts[n])]
            as_what = "" if other == name else f", as {show(other)} as well"
            raise UserError(
                f"scenarios: {show(name)} is named twice{as_what}; allowed is each once"
            )
    if values["policy"] != "none":
        raise UserError(
            f"policy={show(values['policy'])}: would be replaced by those of the list; write it "
            "into each of them, joined by +"
        )
    ((axis,), _) = apply_overrides({"policy": list(names)}, {}, {}, "grid")
    return axis


def _axis_of_scenarios(scenarios: Mapping[str, Any], values: Mapping[str, Any]) -> Axis:
    """Return the axis of scenarios that change parameters, checked."""
    flat: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for name, changes in scenarios.items():
        good = isinstance(name, str) and name.strip() and name.isprintable()
        if not good or len(name) > LONGEST_VALUE:
            problems.append(
                f"scenarios: {show(name)!r}: is not a name; allowed is a text of one line, at most "
                f"{LONGEST_VALUE} characters"
            )
            continue
        if not isinstance(changes, Mapping):
            problems.append(
                f"scenarios: {show(name)}={show(changes)}: needed is a mapping of what it changes; "
                '{} for nothing, {"scenario": NAME} to start from one'
            )
            continue
        own_changes = dict(changes)
        try:
            start = own_changes.pop("scenario", None)
            flat[name] = _from_scenario(start, own_changes)[1]
            resolve({**values, **flat[name]})
        except UserError as error:
            problems += [f"{line} (scenario {name})" for line in error.problems]
    if problems:
        raise UserError(problems)
    paths = tuple(p for p in PARAMETERS if any(p in changes for changes in flat.values()))
    chosen = tuple(
        {p: check_value(PARAMETERS[p], changes.get(p, values[p])) for p in paths}
        for changes in flat.values()
    )
    for n, (name, setting) in enumerate(zip(scenarios, chosen, strict=True)):
        if setting in chosen[:n]:
            other = list(scenarios)[chosen.index(setting)]
            problems.append(
                f"scenarios: {show(name)} is the same as {show(other)}; allowed is each once"
            )
    if problems:
        raise UserError(problems)
    return Axis("scenario", paths, tuple(scenarios), chosen)


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
    from sim.cli.compose import compose

    for text in overrides:
        if not isinstance(text, str):
            raise UserError(f"{show(text)}: needed is a text, such as 'replicates=8'")
    return perform(compose([f"+experiment={experiment}", *overrides]))


def perform(request: Request, hcp_class: type[HCP] | None = None) -> Result:
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
    request = replace(request, policies=named_policies(points, request.policies))
    design = design_of(request)
    if hcp_class is not None:
        from sim.model.model import check_behaviour

        check_behaviour(hcp_class, settings["engine"])
        own = [replace(point, hcp_class=hcp_class) for point in design.points]
        design = design._replace(points=own)
    return execute(request, design, print)


def _from_scenario(
    name: str | None, parameters: Mapping[str, Any] | None
) -> tuple[Words, dict[str, Any]]:
    """Return a scenario's words, and its parameters changed by others."""
    if parameters is not None and not isinstance(parameters, Mapping):
        resolve(parameters)  # says what is wrong
    given, problems = once_each(parameters or {})
    if problems:
        raise UserError(problems)
    if name is None:
        return Words(), given
    scenario = read_scenario(name)
    return scenario.words, {**scenario.parameters, **given}


def _own(settings: dict[str, Any]) -> tuple[Policies, type[HCP] | None]:
    """Take a user's own policies, shocks and behaviour out of the settings; the first two checked."""
    own = own_policies(settings.pop("policies", {}), settings.pop("shocks", {}))
    return own, settings.pop("hcp_class", None)
