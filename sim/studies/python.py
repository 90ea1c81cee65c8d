"""The Python interface: the same studies without a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.design.axes import Axis
from sim.design.request import Request, build_request
from sim.design.runs import design_of
from sim.design.scenarios import Words, read_scenario
from sim.ensembles.ensemble import Ensemble
from sim.ensembles.run import of_huge_runs
from sim.studies import study_of
from sim.studies.execute import compile_for, execute, grown_request
from sim.studies.result import Result
from sim.tables.checks import NONE, check_each, once_each, resolve
from sim.tables.errors import StoppedError, UserError
from sim.tables.messages import LONGEST_VALUE, show
from sim.tables.parameters import PARAMETERS
from sim.tables.plain import by_index, named, plain
from sim.tables.settings import DESIGN_KINDS, SAMPLED_KINDS, SETTINGS, STUDIES

if TYPE_CHECKING:
    from sim.model.agents import HCP

# Studies that a kind of design is for
OF_KIND = {"one_at_a_time": "alignment", "morris": "sensitivity"}
COMMAND_LINE_ONLY = ("out", "overwrite", "shard")  # no files are written


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
    words, values = _from_scenario(scenario, parameters)
    return _perform(
        {
            "study": "simulate",
            "title": words.title or ("Simulation" if values else "Baseline"),
            "question": words.question or "Is the tool still used, and why?",
            "parameters": values,
        },
        settings,
    )


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
    kind : {"grid", "one_at_a_time", "pairs", "factorial", "lhs", "sobol", "morris"}
        "morris" asks which axes use hangs on most; all others, what changes along the axes.
    samples : int, optional
        Number of points, for "lhs" and "sobol"; of trajectories, for "morris".
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
    axes, kind, samples = named(axes, "axes"), plain(kind), plain(samples)
    kinds = [k for k in DESIGN_KINDS if k != "list"]
    if kind not in kinds:
        raise UserError(f"kind={show(kind)}: allowed is one of {', '.join(kinds)}")
    if not axes:
        raise UserError("axes={}: needed is at least one parameter with its values")
    if (samples is None) == (kind in SAMPLED_KINDS):
        raise UserError(
            f"samples={show(samples)}: needed with kinds {', '.join(SAMPLED_KINDS)} only"
        )
    words, values = _from_scenario(scenario, parameters)
    return _perform(
        {
            # as on the command line: policies that vary are compared
            "study": OF_KIND.get(kind, "simulate"),
            "parameters": values,
            "design": {"kind": kind, "axes": axes, "samples": samples},
        },
        settings,
        words.title,
    )


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
    listed = plain(scenarios)
    policies = isinstance(listed, list) and not all(isinstance(one, Mapping) for one in listed)
    scenarios = listed if policies else by_index(scenarios, "scenarios")
    if not (policies or isinstance(scenarios, Mapping)):
        raise UserError(
            f"scenarios={show(scenarios)}: needed is a list of policies, or a mapping of names to "
            "what they change"
        )
    words, values = _from_scenario(scenario, parameters)
    content: dict[str, Any] = {"study": "compare", "parameters": values}
    axes: dict[str, Any]
    if isinstance(scenarios, Mapping):
        content |= {"title": "Scenarios", "question": "Which scenario sustains adoption?"}
        wrong: list[str] = []
        base = check_each(PARAMETERS, values, wrong)
        given = once_each(parameters)  # for all of them: more than a scenario's own file
        axes = {} if wrong else {"scenario": axis_of_scenarios(scenarios, base, given)}
    else:
        _check_policies(scenarios, values.get("policy", NONE))
        axes = {"policy": list(scenarios)}
    start = None if "title" in content else words.title
    return _perform({**content, "design": {"axes": axes}}, settings, start)


def _check_policies(names: Sequence[str], base: Any) -> None:
    """Check that each policy is named once, and replaces none without a word."""
    parts = [sorted(str(name).split("+")) for name in names]
    for n, name in enumerate(names):
        if parts[n] in parts[:n]:
            other = names[parts.index(parts[n])]
            as_what = "" if other == name else f", as {show(other)} as well"
            raise UserError(
                f"scenarios: {show(name)} is named twice{as_what}; allowed is each once"
            )
    if base != NONE:
        raise UserError(
            f"policy={show(base)}: would be replaced by those of the list; write it into each of "
            "them, joined by +"
        )


def axis_of_scenarios(
    scenarios: Mapping[str, Any], base: Mapping[str, Any], given: Mapping[str, Any]
) -> Axis:
    """Return the axis of scenarios, checked: what each starts from, `given` for all, its changes."""
    found: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for name, changes in scenarios.items():
        good = isinstance(name, str) and name.strip() and name.isprintable()
        if not good or len(name) > LONGEST_VALUE:
            problems.append(
                f"scenarios: {show(name)!r}: is not a name; allowed is a text of one line, at most "
                f"{LONGEST_VALUE} characters"
            )
            continue
        changes = by_index(changes, f"scenarios: {name}")
        if not isinstance(changes, Mapping):
            problems.append(
                f"scenarios: {show(name)}={show(changes)}: needed is a mapping of what it changes; "
                '{} for nothing, {"scenario": NAME} to start from one'
            )
            continue
        own = dict(changes)
        try:
            _, started = _from_scenario(own.pop("scenario", None), given)
            own = {**started, **_from_scenario(None, own)[1]}
            found[name] = resolve({**base, **own})
        except UserError as error:
            problems += [f"{line} (scenario {name})" for line in error.problems]
    paths = tuple(p for p in PARAMETERS if any(v[p] != base[p] for v in found.values()))
    settings = tuple({path: values[path] for path in paths} for values in found.values())
    for n, name in enumerate(found):
        if settings[n] in settings[:n]:
            other = list(found)[settings.index(settings[n])]
            problems.append(
                f"scenarios: {show(name)} is the same as {show(other)}; allowed is each once"
            )
    if len(scenarios) < 2 and not problems:
        problems.append("scenarios: needed are at least two, the first to compare with")
    if problems:
        raise UserError(problems)
    return Axis("scenario", paths, tuple(scenarios), settings)


def _from_scenario(
    name: str | None, parameters: Mapping[str, Any] | None
) -> tuple[Words, dict[str, Any]]:
    """Return a scenario's words, and its parameters changed by others, flat."""
    given = once_each(parameters)
    if (name := plain(name)) is None:
        return Words(), given
    scenario = read_scenario(name)
    return scenario.words, {**scenario.parameters, **given}


def _perform(
    content: Mapping[str, Any], settings: dict[str, Any], start: str | None = None
) -> Result:
    """Run what Python asks for; policies, shocks and behaviour of the user's own stand in settings."""
    settings = plain(settings)
    own = {key: settings.pop(key, None) for key in ("policies", "shocks")}
    hcp_class = settings.pop("hcp_class", None)
    return perform(build_request({**content, **own, "settings": settings}, start=start), hcp_class)


def perform(request: Request, hcp_class: type[HCP] | None = None) -> Result:
    """Run a request and return its result; notes, progress and a first compilation are shown."""
    unused = [n for n in COMMAND_LINE_ONLY if request.settings[n] != SETTINGS[n].default]
    if unused:
        raise UserError(f"{unused[0]}: files are written by the command line only")
    most = request.settings["most_minutes"]
    if most != SETTINGS["most_minutes"].default and not request.settings["confirm"]:
        raise UserError(
            f"most_minutes={most}: what takes longer is asked for first by the command line; Python asks "
            'nobody: to begin add "confirm=true" to load, or confirm=True to run, sweep and compare'
        )
    if STUDIES[request.study].searches:
        raise UserError(
            f"study={request.study}: what it finds is files, which the command line writes: {request.command}"
        )
    if look := study_of(request).search:
        request = look(request, False)
    if hcp_class is not None:
        from sim.model.model import check_behaviour

        check_behaviour(hcp_class, request.settings["engine"])

    def made(request: Request, earlier: Ensemble | None = None) -> Result:
        design = design_of(request)
        if hcp_class is not None:
            own = [replace(point, hcp_class=hcp_class) for point in design.points]
            design = design._replace(points=own)
        if earlier is None:
            huge = of_huge_runs(design.points, request.replicates, request.settings["threads"])
            if huge and not request.settings["confirm"] and (told := huge.too_long(most)):
                raise UserError(told)
            for note in request.notes:
                print(f"note: {note}")
            compile_for(design, print)
        try:
            return execute(request, design, print, earlier=earlier)
        except MemoryError:
            raise StoppedError("not enough memory") from None

    result = made(request)
    while (grown := grown_request(request, result)) is not None:
        request, result = grown, made(grown, result.single)
    return result
